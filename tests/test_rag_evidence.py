"""Sentences that could be quoted: where they are, what they must not be, and how words alone rate them."""

from __future__ import annotations

import pytest
from fakes import PointingReader, passage_of
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.evidence import Evidence, evidence_of, is_evidence
from rag.reader import Reader
from rag.search.retrieve import Ranking
from rag.text.stems import stems
from rag.types import Passage


def evidence(question: str, *passages: Passage, reader: Reader | None = None) -> tuple[Evidence, ...]:
    terms = stems(question)
    return evidence_of(question, passages, Ranking(passages, dict.fromkeys(terms, 1.0)), reader)


def best(question: str, *passages: Passage, reader: Reader | None = None) -> Evidence:
    return max(evidence(question, *passages, reader=reader), key=lambda one: one.reading.answers)


def test_each_sentence_knows_its_place_in_the_article_and_what_stands_before_it() -> None:
    text = "Rain fell. Mara Holm leads the union. She resigned on Friday."
    passage = passage_of(text, start=100, end=100 + len(text))
    first, second, third = evidence("When did she resign?", passage, reader=PointingReader("Friday"))
    assert [one.start for one in (first, second, third)] == [100, 111, 138]
    assert text[third.start - 100 : third.end - 100] == third.text == "She resigned on Friday."
    assert [third.text_of(span) for span in third.before] == [first.text, second.text]
    assert third.before_text == second.text
    assert first.before_text == ""
    assert third.answer_text == "Friday"
    assert first.answer_text == ""


def test_passages_keep_their_order_and_a_sentence_of_two_passages_counts_once() -> None:
    text = "Rain fell. The dam broke."
    whole = passage_of(text, "a", id="a1")
    later = passage_of("The dam broke.", "a", id="a2", start=11, end=25)
    other = passage_of("The dam broke.", "b")
    found = evidence("What broke?", whole, later, other, reader=PointingReader("dam"))
    assert [(one.passage.id, one.text, one.rank) for one in found] == [
        ("a1", "Rain fell.", 0),
        ("a1", "The dam broke.", 0),
        ("b", "The dam broke.", 2),
    ]


def test_a_story_is_one_witness() -> None:
    one, copy, alone = evidence(
        "?",
        passage_of("Rain fell.", "a", story="s"),
        passage_of("Rain fell.", "b", story="s"),
        passage_of("It is so.", "c"),
    )
    assert one.source == copy.source
    assert alone.source == "c"


@pytest.mark.parametrize(
    "text",
    [
        "Who cracked the hangers?",
        "“Who cracked the hangers?”",
        "谁弄坏了吊杆？",
        "Updated",
        "—",
        "Correction: an earlier version of this article said that cracks had been found in 41 hangers.",
        "A previous version of the headline gave another day.",
    ],
)
def test_what_is_no_evidence(text: str) -> None:
    assert not is_evidence(text)


@pytest.mark.parametrize(
    "text",
    [
        "The correct number is 14 hangers.",
        "Rain fell.",
        "桥梁于周一关闭。",
        "He asked “Why?” and left.",
        "The city has published an earlier version of the plan.",
    ],
)
def test_what_is_evidence(text: str) -> None:
    assert is_evidence(text)


@pytest.mark.parametrize("mark", ["- ", "* ", "• ", "– ", "3. ", "12) "])
def test_the_mark_of_a_list_is_no_part_of_the_sentence(mark: str) -> None:
    text = f"The prizes are these.\n\n{mark}Ada Marlo won the first prize."
    found = evidence("Who won the first prize?", passage_of(text), reader=PointingReader("Ada Marlo"))[-1]
    assert found.text == text[found.start : found.end] == "Ada Marlo won the first prize."
    assert found.answer_text == "Ada Marlo"


def test_a_number_at_the_beginning_is_no_mark() -> None:
    text = "14 boats sank."
    (found,) = evidence("How many boats sank?", passage_of(text), reader=PointingReader("14"))
    assert (found.text, found.answer_text) == (text, "14")


def test_the_reading_model_decides_between_sentences_that_are_alike() -> None:
    passage = passage_of("The old bridge was closed by the mayor. The old bridge was closed by the council.")
    for words in ("mayor", "council"):
        assert words in best("Who closed the old bridge?", passage, reader=PointingReader(words)).text


# --- by words alone --------------------------------------------------------------------------------------------------


def test_without_a_reading_model_the_sentence_with_the_questions_words_is_best() -> None:
    text = "The bridge was built in stone. Inspectors found 41 cracked hangers on the bridge. Rain fell all day."
    found = best("How many cracked hangers did inspectors find on the bridge?", passage_of(text))
    assert found.text == "Inspectors found 41 cracked hangers on the bridge."
    assert found.answer_text == ""


def test_without_a_reading_model_rare_words_count_more() -> None:
    passage = passage_of("The report names the harbour. The Kestrel sank at night.")
    weights = {**dict.fromkeys(stems("report names harbour"), 0.1), **dict.fromkeys(stems("kestrel"), 5.0)}
    found = evidence_of("?", [passage], Ranking((passage,), weights), None)
    assert found[1].reading.answers > found[0].reading.answers


def test_without_a_reading_model_title_and_sentence_before_count_less_than_the_sentence() -> None:
    """Identical except for where "Kestrel" occurs."""
    question = "When was the Kestrel closed?"

    def judged(text: str, title: str = "") -> float:
        return evidence(question, passage_of(text, title=title))[-1].reading.answers

    inside = judged("Rain fell. The Kestrel was closed.")
    beside = judged("Kestrel swayed. It was closed.")
    titled = judged("Rain fell. It was closed.", "Kestrel")
    nowhere = judged("Rain fell. It was closed.")
    assert inside > beside == titled > nowhere


@given(st.text(max_size=80), st.lists(st.text("ab .?\n-1", max_size=60), max_size=3))
def test_every_evidence_is_verbatim(question: str, texts: list[str]) -> None:
    passages = [passage_of(text, str(number)) for number, text in enumerate(texts) if text]
    for reader in (None, PointingReader("a", "b")):
        for one in evidence(question, *passages, reader=reader):
            assert one.passage.text[one.start : one.end] == one.text.strip() != ""
            assert 0 <= one.reading.start <= one.reading.end <= len(one.text)
            assert one.answer_text in one.text
            assert all(before.end <= one.start for before in one.before)
