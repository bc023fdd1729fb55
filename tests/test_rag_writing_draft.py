"""A model's text, cut into sentences with the numbers that each cites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.writing.draft import draft_sentences


@pytest.mark.parametrize(
    ("draft", "sentences"),
    [
        ("The bridge reopens in May. [1]", [("The bridge reopens in May.", (1,))]),
        ("The bridge reopens in May [1].", [("The bridge reopens in May.", (1,))]),
        ("The bridge reopens in May [1][3].", [("The bridge reopens in May.", (1, 3))]),
        ("It reopens [1, 2]. Trams run (14) times [3-5].", [("It reopens.", (1, 2)), ("Trams run (14) times.", (3, 4, 5))]),
        ("[2] It reopens. [1] Trams run.", [("It reopens.", (2,)), ("Trams run.", (1,))]),
        ("[1]: It reopens.\n[2]: Trams run.", [("It reopens.", (1,)), ("Trams run.", (2,))]),
        ("It reopens 【2】. Trams run [source 3].", [("It reopens.", (2,)), ("Trams run.", (3,))]),
        ("Answer: **May** [Excerpt 1]", [("May", (1,))]),
        ("- It reopens. [1]\n- Trams run. [2]", [("It reopens.", (1,)), ("Trams run.", (2,))]),
        ("On Aug. 3, U.S. officials met Mr. Lee [1].", [("On Aug. 3, U.S. officials met Mr. Lee.", (1,))]),
        ("It reopens in May. [1] Trams run. [2]", [("It reopens in May.", (1,)), ("Trams run.", (2,))]),
        ("Nothing is cited here.", [("Nothing is cited here.", ())]),
        ("", []),
        ("[1]", []),
    ],
)  # fmt: skip
def test_sentences_of_a_draft(draft: str, sentences: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(one.words, one.numbers) for one in draft_sentences(draft, whole=True)] == sentences


def test_the_last_sentence_waits_for_its_number() -> None:
    assert draft_sentences("It reopens in May. ", whole=False) == []
    (first,) = draft_sentences("It reopens in May. [1] Trams", whole=False)
    assert (first.words, first.numbers) == ("It reopens in May.", (1,))


@given(st.text(alphabet="ab. [1]\n(),U", max_size=60))
def test_places_are_those_of_the_draft(draft: str) -> None:
    end = 0
    for sentence in draft_sentences(draft, whole=True):
        assert end <= sentence.start < sentence.end <= len(draft)
        end = sentence.end


@given(st.text(max_size=80))
def test_what_is_complete_stays_as_more_is_written(draft: str) -> None:
    """A sentence that has its verdict must not change when the model continues with a new one."""
    known = draft_sentences(draft, whole=False)
    assert draft_sentences(draft, whole=True)[: len(known)] == known
