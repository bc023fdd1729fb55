"""Sentence ends with offsets; nothing is lost, nothing overlaps."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\n ", []),
        ("One. Two!", ["One.", "Two!"]),
        (
            "Mr. Orme of the U.S. Navy met Dr. Lee on Aug. 13. They spoke.",
            ["Mr. Orme of the U.S. Navy met Dr. Lee on Aug. 13.", "They spoke."],
        ),
        ("It opens at 5 p.m. Tuesday. Bring boots.", ["It opens at 5 p.m. Tuesday.", "Bring boots."]),
        ("A headline without a stop\n\nA sentence.", ["A headline without a stop", "A sentence."]),
        ("“It is good,” she said. “We won.”", ["“It is good,” she said.", "“We won.”"]),
        ("It cost $3.5 billion. No one paid.", ["It cost $3.5 billion.", "No one paid."]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet=st.sampled_from('ab .!?\n"”’A1,é😀语。…()-'), max_size=200))
def test_every_visible_character_is_in_exactly_one_sentence(text: str) -> None:
    spans = sentence_spans(text)
    for span in spans:
        assert text[span.start : span.end] == text[span.start : span.end].strip() != ""
    for one, following in pairwise(spans):
        assert one.end <= following.start
    covered = "".join(text[span.start : span.end] for span in spans)
    assert "".join(covered.split()) == "".join(text.split())
