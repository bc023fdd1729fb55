"""Words pasted from an article are found where they occur, and a question is not mistaken for such words."""

from __future__ import annotations

import datetime as dt

import pytest
from fakes import passage_of
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.quotation import matched_first, matches, pasted_words
from rag.text.stems import stems

SAID = "Nobody was told that the bridge had cracks in it before the summer began"
TEXT = f"Rain fell. {SAID}, said Mara Holm. The mayor left the room. The ferries sailed at noon."
OTHER = passage_of("The mayor said that nobody had told her of the summer's bridge or its cracks.", "other")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (SAID, SAID),
        (f"who said “{SAID}”?", SAID),
        (f'Who said "{SAID}"', SAID),
        (f"„{SAID}“ — where was this published?", SAID),
        ("who said 'the bridge had cracks'?", "the bridge had cracks"),
        (
            "“Nobody was told” and “nobody was told that the bridge had cracks”",
            "nobody was told that the bridge had cracks",
        ),
    ],
)
def test_what_may_be_words_of_an_article(asked: str, words: str) -> None:
    assert words in pasted_words(asked)


def test_apostrophes_are_no_quotation_marks() -> None:
    asked = "What did the union's leader say about the drivers' strike?"
    assert pasted_words(asked) == (asked,)


def test_words_quoted_within_a_question_are_not_what_is_asked() -> None:
    asked = "What did the mayor mean by “the bridge had cracks” when he spoke of the summer?"
    assert pasted_words(asked) == (asked,)


def test_a_sentence_with_a_quotation_in_it_is_tried_as_a_whole_first() -> None:
    asked = "“The bridge had cracks in May,” he said."
    assert pasted_words(asked)[0] == asked


def test_what_leads_in_is_no_part_of_the_words() -> None:
    for lead in ("who said ", "Who said that ", "where is this quote from: ", "source: "):
        assert pasted_words(lead + SAID) == (SAID,)


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "Who leads the union?",
        "“Rain”?",
        "What is the “Kestrel Bridge”?",
    ],
)
def test_a_short_question_is_none(asked: str) -> None:
    assert pasted_words(asked) == ()


@pytest.mark.parametrize(
    "words",
    [
        SAID,
        SAID.upper(),
        SAID.replace("summer", "winter"),
        SAID.replace(" ", "  "),
        f"{SAID.lower()}!",
    ],
    ids=["the same", "capitals", "another word", "spaces", "a mark"],
)
def test_words_are_found_as_they_stand_or_nearly(words: str) -> None:
    passage = passage_of(TEXT, start=200, end=200 + len(TEXT))
    (found,) = matches(words, [OTHER, passage])
    assert found.passage is passage
    assert TEXT[found.start - 200 : found.end - 200] == f"{SAID}, said Mara Holm."


def test_words_over_several_sentences_are_shown_with_all_of_them() -> None:
    words = "nobody was told that the bridge had cracks in it before the summer began, said Mara Holm. The mayor left the room."
    (found,) = matches(words, [passage_of(TEXT)])
    assert TEXT[found.start : found.end] == f"{SAID}, said Mara Holm. The mayor left the room."


@pytest.mark.parametrize(
    "words",
    [
        "the summer that nobody told the bridge of its cracks before it began",
        "Nobody was told that the harbour would close for repairs until the spring",
        "When was the bridge that had cracks in it closed?",
        "the the the",
        "",
    ],
    ids=["another order", "another end", "a question", "no word", "nothing"],
)
def test_other_words_are_not_found(words: str) -> None:
    assert matches(words, [passage_of(TEXT), OTHER]) == []


def test_more_of_the_words_first_then_the_earliest_and_each_article_once() -> None:
    days = {"late": dt.date(2025, 9, 2), "early": dt.date(2025, 9, 1), "undated": None}
    exact = [passage_of(TEXT, name, published=day) for name, day in days.items()]
    nearly = passage_of(TEXT.replace("summer", "winter"), "nearly", published=dt.date(2024, 1, 1))
    again = passage_of(TEXT, "early", id="again", published=days["early"])
    found = matches(SAID, [nearly, *exact, again])
    assert [one.passage.article_id for one in found] == ["early", "late", "undated", "nearly"]
    assert found[0].share == 1.0 > found[-1].share


def test_the_passages_that_have_the_words_come_first() -> None:
    has, has_not = passage_of(TEXT, "has"), passage_of("Rain fell.", "not")
    assert matched_first([OTHER, has_not, has], matches(SAID, [has])) == (has, OTHER, has_not)
    assert matched_first([has_not], matches(SAID, [has])) == (has, has_not)
    assert matched_first([has_not, has], []) == (has_not, has)


@given(st.lists(st.sampled_from("rain sea. Tolva, bridge 14 the: “mayor” left\n\n".split(" ")), max_size=40), st.data())
def test_any_run_of_an_article_is_found_in_it(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words).strip() or "Rain."
    passage = passage_of(text)
    first = data.draw(st.integers(0, len(words)))
    pasted = " ".join(words[first : first + data.draw(st.integers(0, 20))])
    found = matches(pasted, [passage])
    if len(stems(pasted)) > 2:
        assert [one.share for one in found] == [1.0]
    for one in found:
        assert 0 <= one.start < one.end <= len(text)


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ('"Seals fill in no forms when they move house," he said.', "Halvor Quist counts the seals. "),
        ('"Seals fill in no forms when they move house," Quist said.', ""),
        ("It had been bought second-hand, and it was still plugged in that night.", "Halvor Quist counts the seals. "),
    ],
)
def test_whose_words_they_are_is_shown_with_them(said: str, whole: str) -> None:
    passage = passage_of(f"The ferry sailed. Halvor Quist counts the seals. {said} The mayor left.", "seals")
    (found,) = matches(said, [passage])
    assert passage.text[found.start - passage.start : found.end - passage.start] == whole + said


def test_in_scripts_without_spaces_two_characters_count_as_a_word() -> None:
    said = "我们要的不是更多的书，而是更多的灯"
    assert said in pasted_words(f"“{said}” 这句话是谁说的?")
    assert pasted_words("图书馆几点关门?") == ()
    passage = passage_of(f"居民担心噪音。沈若岚说：“{said}。” 南门关闭。", "library").model_copy(
        update={"language": "zh"}
    )
    (found,) = matches(said.replace("，", ","), [passage])
    assert found.share == 1.0
