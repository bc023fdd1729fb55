"""Value checks on altered, reworded and handwritten sentences of the sample."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from click.testing import CliRunner

from evals.altered import KINDS, Altered, Told, alterations, articles, passage_around, reworded, told_sentences
from evals.verify_bench import claims_by_hand, main
from rag.checking.reading import Premise
from rag.checking.verify import check


@pytest.fixture(scope="module")
def found() -> dict[str, Premise]:
    return articles()


@pytest.fixture(scope="module")
def told(found: dict[str, Premise]) -> list[Told]:
    return told_sentences(found)


@pytest.fixture(scope="module")
def altered(told: list[Told]) -> list[Altered]:
    return alterations(told, 600, elsewhere=False)


def caught(made: Sequence[Altered]) -> float:
    return sum(not check(one.sentence, [one.told.evidence]).supported for one in made) / len(made)


def test_alterations_change_one_value_for_one_that_stands_nowhere(told: list[Told], altered: list[Altered]) -> None:
    assert alterations(told[:60], 20, elsewhere=False) == alterations(told[:60], 20, elsewhere=False)
    assert {one.kind for one in altered} == set(KINDS)
    for one in altered:
        assert one.sentence != one.told.sentence
        assert one.told.sentence in one.told.evidence.text
        assert one.sentence not in one.told.evidence.text


def test_values_that_stand_nowhere_are_caught_without_a_judge(altered: list[Altered]) -> None:
    assert caught(altered) >= 0.98


def test_sentences_of_the_passage_are_kept_all_and_reworded_ones_too(told: list[Told]) -> None:
    assert all(check(one.sentence, [one.evidence]).supported for one in told)
    made = reworded(told)
    assert len(made) > 250
    assert sum(check(text, [one.evidence]).supported for _, one, text in made) / len(made) >= 0.98


def test_right_answers_written_by_hand_are_kept(found: dict[str, Premise]) -> None:
    claims = claims_by_hand("right", found)
    assert len(claims) >= 100
    kept = [check(one.text, [one.evidence]).supported for one in claims]
    assert sum(kept) / len(kept) >= 0.95


def test_places_are_whole_sentences_that_hold_the_words(told: list[Told]) -> None:
    for name, one, text in reworded(told)[:100]:
        checked = check(text, [one.evidence])
        assert checked.places, name
        shown = one.evidence.text[checked.places[0].start : checked.places[0].end]
        assert shown[-1] in '.”"!?:' or shown == one.evidence.text
        assert one.evidence.text.count(shown) >= 1


def test_the_table_has_a_line_for_each_promise() -> None:
    result = CliRunner().invoke(main, ["--count", "14", "--judge", "none"], catch_exceptions=False)
    assert "| altered, the value stands nowhere: caught | 14 of 14 | 100.0 % |" in result.output
    assert "| unchanged: kept |" in result.output
    assert "milliseconds a sentence" in result.output


def test_a_passage_is_around_its_sentence_and_no_longer_than_needed() -> None:
    text = " ".join(f"This is sentence number {number} of the story." for number in range(100))
    passage = passage_around(Premise(text), text.index("number 50"))
    assert "number 50" in passage.text
    assert 190 <= len(passage.text.split()) < 220
    assert passage_around(Premise("One."), 0) == Premise("One.")
    assert told_sentences({"a": Premise("It is so.")}) == []
