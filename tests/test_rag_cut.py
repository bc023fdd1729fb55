"""Long sentences are cut around their answer: whole clauses, verbatim, and with who says it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.cut import Cut, cut

FERRIES = (
    "The ferries, which carry 4,000 people a day, will stay in port until Monday, "
    "the union of seafarers said in a letter to the ministry of transport."
)


def shown(sentence: str, answer: str, most: int) -> tuple[str, str]:
    """What a cut shows, and whom it names."""
    start = sentence.index(answer)
    piece = cut(sentence, start, start + len(answer), most)
    return sentence[piece.start : piece.end], sentence[slice(*piece.says)] if piece.says else ""


def test_a_short_sentence_stays_whole() -> None:
    assert cut("Nine boats sank.", 0, 4, 3) == Cut(0, 16)


def test_whole_clauses_around_the_answer() -> None:
    text = "Rain fell all night, the river rose to 4.2 metres, and nine boats sank in the old harbour of Tolva."
    assert shown(text, "4.2 metres", 12) == ("Rain fell all night, the river rose to 4.2 metres", "")
    assert shown(text, "nine", 12) == ("and nine boats sank in the old harbour of Tolva.", "")


def test_a_clause_of_a_word_is_not_left_alone() -> None:
    text = "After two weeks the company and the office agree on how many people in the city fell ill: 264."
    assert shown(text, "264", 10) == ("how many people in the city fell ill: 264.", "")


def test_a_clause_that_is_too_long_is_cut_to_words_around_the_answer() -> None:
    text = " ".join(f"w{number}" for number in range(40)) + "."
    assert shown(text, "w20", 8) == ("w17 w18 w19 w20 w21 w22", "")


@pytest.mark.parametrize(
    ("text", "answer", "names"),
    [
        (FERRIES, "Monday", "the union of seafarers said"),
        (
            "Police said that 14 people were hurt when a tram left its rails near the market on Sunday, and that 3 "
            "of them were in hospital.",
            "3",
            "Police said",
        ),
        (
            "At least 14 people were hurt, three of them badly, when a tram left its rails near the market, according "
            "to the fire service of Tolva.",
            "14",
            "according to the fire service of Tolva",
        ),
        (
            "“Nobody was told that the bridge had 41 cracks in it before the summer began, and nobody asked,” said "
            "Mara Holm.",
            "41",
            "said Mara Holm",
        ),
        (
            "“Nobody was told that the bridge had 41 cracks in it before the summer began, and nobody asked,” said "
            "Dr. Mara Holm.",
            "41",
            "said Dr. Mara Holm",
        ),
        (
            "“Nobody was told that the bridge had 41 cracks in it before the summer began, and nobody asked,” she said.",
            "41",
            "",
        ),
        (
            "The budget of the city will grow by 4 percent in the coming year and by 3 percent in the year after it, "
            "the ministry expects.",
            "4 percent",
            "the ministry expects",
        ),
    ],
)
def test_who_says_it_is_named(text: str, answer: str, names: str) -> None:
    words, says = shown(text, answer, 14)
    assert answer in words
    assert says == names


def test_nobody_is_named_twice() -> None:
    words, says = shown(FERRIES, "seafarers", 8)
    assert "seafarers" in words
    assert says == ""


@given(
    st.lists(
        st.sampled_from(["ship", "Tolva,", "said", "police", "(9", "—", "“no", "way”", "according", "to"]), min_size=1
    ),
    st.integers(0, 60),
    st.integers(1, 12),
    st.integers(5, 40),
)
def test_never_too_many_words_and_never_without_the_beginning_of_the_answer(
    words: list[str], first: int, count: int, most: int
) -> None:
    first %= len(words)
    text = " ".join(words)
    start = len(" ".join(words[:first])) + (first > 0)
    end = start + len(" ".join(words[first : first + count]))
    piece = cut(text, start, end, most)
    assert 0 <= piece.start < piece.end <= len(text)
    assert piece.start <= start < piece.end or words[first] in "—,"
    told = len(text[piece.start : piece.end].split()) + (len(text[slice(*piece.says)].split()) if piece.says else 0)
    assert told + (piece.start > 0) + (piece.end < len(text.rstrip(" ,;:—–"))) <= most
