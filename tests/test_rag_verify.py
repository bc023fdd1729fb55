"""The verifier: what is word for word, what is missing, and what a paraphrase may change."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.checking.facts import facts
from rag.checking.verify import THRESHOLD, Support, support

QUOTE = (
    "Presidential spokesperson Kang Yu-jung announced on Aug. 13 that President Lee Jae Myung will visit Tokyo on Aug. 23 "
    "and meet Japanese Prime Minister Shigeru Ishiba, then fly to Washington for a $350 billion trade deal with the U.S."
)
DATA = Path(os.environ.get("DATELINE_PUBLIC_DATA", Path(__file__).parents[2] / "shared" / "data"))


# --- word for word ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        QUOTE,
        QUOTE.replace(" ", "\n  "),
        "… will visit Tokyo on Aug. 23 and meet …",
        "President Lee Jae Myung will visit Tokyo...",
    ],
)
def test_what_stands_there_word_for_word_is_supported(sentence: str) -> None:
    assert support(sentence, ["Something else.", QUOTE]) == Support(supported=True, score=1.0)


def test_quote_marks_and_brackets_of_any_kind_are_the_same() -> None:
    assert support('"It\'s (1) over," he said', ["“It’s [1] over,” he said."]).score == 1.0


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("12 people died", "On Monday 112 people died."),
        ("It rose to 1", "It rose to 1.5 in May."),
        ("It rose to 1", "It rose to 10."),
        ("visited … Vellan on Sunday", "He visited a friend whose dog Vellan died on Saturday."),
    ],
)
def test_a_piece_of_a_number_or_a_cut_inside_is_not_word_for_word(sentence: str, evidence: str) -> None:
    assert support(sentence, [evidence]) != Support(supported=True, score=1.0)


def test_nothing_supports_nothing() -> None:
    assert support("", [QUOTE]) == support("…", [QUOTE]) == Support(supported=False, score=0.0)
    assert support("Lee will visit Tokyo.", []).missing == ("Lee", "Tokyo")


# --- in other words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "Kang Yu-jung announced the visit.",
        "Kang announced that Lee will visit Tokyo on 23 August.",
        "Lee will meet Japan's Prime Minister Ishiba.",
        "Meanwhile, Lee will visit Tokyo in August.",
        "President Lee will fly to Washington for a 350bn-dollar trade deal with the United States.",
        "The American trade deal: 350 billion dollars.",
    ],
)
def test_the_same_in_other_words_is_supported(sentence: str) -> None:
    assert support(sentence, [QUOTE]).supported


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("The visit was announced by the Japanese President, Shinzo Abe.", ("Japanese President", "Shinzo Abe")),
        ("Abe announced that Lee will visit Tokyo.", ("Abe",)),
        ("Kang Yu-min announced the visit.", ("Kang Yu-min",)),
        ("Shigeru Lee will visit Tokyo.", ("Shigeru Lee",)),  # a first name of one with the last name of another
        ("Lee will visit Tokyo on Aug. 24.", ("Aug. 24",)),
        ("Lee will visit Tokyo on Friday.", ("Friday",)),
        ("Lee will visit Tokyo in September.", ("September",)),
        ("Lee will visit Tokyo on Aug. 23, 2024.", ("2024",)),
        ("Lee will fly to Washington for a $35 billion trade deal.", ("$35 billion",)),
        ("Lee will fly to Washington for a 350 billion euro trade deal.", ("350 billion euro",)),
        ("Two spokespersons announced the visit.", ("Two",)),
        ("Lee will not visit Tokyo.", ("not",)),
    ],
)
def test_a_name_number_or_day_that_nobody_wrote_is_told(sentence: str, missing: tuple[str, ...]) -> None:
    found = support(sentence, [QUOTE])
    assert not found.supported
    assert found.missing == missing
    assert found.score < THRESHOLD


def test_the_score_is_the_share_of_words_that_are_held() -> None:
    # carrying words: visit, tokyo, held; cancelled, typhoon, not: 2 of 4
    assert support("A typhoon cancelled the visit to Tokyo.", [QUOTE]) == Support(supported=False, score=0.5)
    # the day makes 3 of 5, and nothing of it holds when the day is another: 2 of 5, halved
    assert support("A typhoon cancelled the visit to Tokyo on Aug. 23.", [QUOTE]).score == pytest.approx(3 / 5)
    assert support("A typhoon cancelled the visit to Tokyo on Aug. 24.", [QUOTE]).score == pytest.approx(2 / 5 / 2)


def test_several_quotes_support_a_sentence_together() -> None:
    parts = ["Lee will visit Tokyo.", "He will be in Washington on Monday."]
    sentence = "Lee will visit Tokyo, and Washington on Monday."
    assert support(sentence, parts).supported
    assert not support(sentence, parts[:1]).supported
    assert not support(sentence, parts[1:]).supported


def test_names_do_not_run_from_one_quote_into_the_next() -> None:
    assert support("John Smith resigned.", ["a letter by John\n\nSmith resigned."]).missing == ()
    assert support("John Smith resigned.", ["a letter by John Brown", "Mary Smith resigned."]).missing == (
        "John Smith",
    )
    assert support("President Biden resigned.", ["President Joe Biden resigned."]).supported


def test_a_text_without_capitals_is_judged_by_its_words() -> None:
    evidence = "the mayor of oslo said on sunday that the bridge will be closed for repairs until spring, " * 4
    assert support("Mayor of oslo closes the bridge for repairs.", [evidence]).supported
    found = support("Thieves close the bridge.", [evidence])  # "Thieves" only begins a sentence
    assert (found.supported, found.missing) == (False, ())


# --- facts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$100 billion", "100bn dollars"),
        ("£ 1.1 m", "1.1 million pounds"),
        ("25 percent", "25%"),
        ("25 per cent", "25%"),
        ("twenty-five", "25"),
        ("third", "3rd"),
        ("2,000", "2000"),
        ("two thousand", "2,000"),
        ("1.50", "1.5"),
        ("5 percent", "5 to 10 percent"),
        ("$10 million", "$5-10 million"),
        ("100m", "100 metres"),
        ("Aug. 25", "25th of August"),
        ("Sept. 3", "September 3"),
        ("26 August", "Aug. 25 and 26"),
        ("May 7", "2025-05-07"),
        ("August", "Aug. 25"),
        ("9.45pm", "9:45 p.m."),
        ("the 1990s", "1990"),
    ],
)
def test_facts_that_are_the_same(one: str, other: str) -> None:
    given = {key for fact in facts(other) for key in fact.gives}
    assert all(fact.needs & given for fact in facts(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$100 billion", "$100 million"),
        ("$100", "£100"),
        ("25%", "25"),
        ("Aug. 25", "Aug. 26"),
        ("Aug. 25", "Sept. 25"),
        ("September", "Aug. 25"),
        ("21:45", "21:54"),
        ("G7", "G8"),
        ("1.5", "15"),
        ("Monday", "Sunday"),
    ],
)
def test_facts_that_are_not_the_same(one: str, other: str) -> None:
    given = {key for fact in facts(other) for key in fact.gives}
    assert not any(fact.needs & given for fact in facts(one))


# --- properties ------------------------------------------------------------------------------------------------------


@given(st.text(), st.text(), st.text())
def test_a_sentence_is_supported_by_evidence_that_contains_it(before: str, sentence: str, after: str) -> None:
    assume(any(character.isalnum() for character in sentence))
    assert support(sentence, ["Other.", f"{before} {sentence} {after}"]) == Support(supported=True, score=1.0)


@given(st.text(), st.lists(st.text(), max_size=3))
def test_it_never_raises_and_the_score_is_a_share(sentence: str, evidence: list[str]) -> None:
    found = support(sentence, evidence)
    assert 0 <= found.score <= 1
    assert found.supported == (found.score >= THRESHOLD)
    assert not (found.supported and found.missing)


NUMBERS = st.one_of(
    st.integers(0, 10**15).map(str),
    st.integers(0, 10**15).map("{:,}".format),
    st.decimals(0, 10**6, places=2).map(str),
    st.integers(1, 999).map("${} billion".format),
    st.integers(1, 100).map("{} percent".format),
    st.integers(1, 28).map("Aug. {}".format),
)
TEMPLATES = st.sampled_from(
    [
        "The fire destroyed {} homes in Vellan on Sunday.",
        "It was {}, officials in Vellan said.",
        "{} and 7 more",
        "3-{}",
    ]
)


def _amount(number: str) -> tuple[str, Decimal]:
    digits = "".join(character for character in number if character.isdigit() or character == ".").strip(".")
    return number.strip("0123456789.,"), Decimal(digits)


@given(TEMPLATES, NUMBERS, NUMBERS)
def test_a_changed_number_is_never_supported(template: str, number: str, other: str) -> None:
    evidence = template.format(number)
    changed = template.format(other)
    kept = {key for fact in facts(evidence) for key in fact.gives}
    assume(_amount(number)[1] != _amount(other)[1])
    assume(other not in {"3", "7"})
    assume(not kept & {f"{_amount(other)[1].normalize():f}"})
    found = support(changed, [evidence])
    assert not found.supported
    assert found.missing


# --- measured --------------------------------------------------------------------------------------------------------


@pytest.mark.public_data
@pytest.mark.skipif(not (DATA / "qags").is_dir(), reason="the public data folder is not there")
def test_on_judged_summaries_it_is_better_than_chance() -> None:
    from sklearn.metrics import balanced_accuracy_score, roc_auc_score

    truths, found = [], []
    for line in (DATA / "qags" / "mturk_xsum.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        sentence = row["summary_sentences"][0]
        truths.append([vote["response"] for vote in sentence["responses"]].count("yes") >= 2)
        found.append(support(sentence["sentence"], [row["article"]]))
    assert roc_auc_score(truths, [one.score for one in found]) > 0.66
    assert balanced_accuracy_score(truths, [one.supported for one in found]) > 0.61
