"""Whether a question asks for the newest state of things."""

import datetime as dt

import pytest

from rag.question.recency import is_present_tense, wants_newest
from rag.question.window import window_of
from rag.types import Filters


@pytest.mark.parametrize(
    ("question", "present"),
    [
        ("Who runs the ferry company?", True),
        ("Which firm owns the dock?", True),
        ("How many people are on strike?", True),
        ("How many have died in the flood?", True),
        ("What does a ticket cost?", True),
        ("What’s the death toll?", True),
        ("Who ran the ferry company?", False),
        ("How many people died?", False),
        ("Which mayor said that the bridge is unsafe?", False),
        ("Whose code switched off the museum's alarm?", False),
        ("When will the bridge open?", False),
        ("Did the toll rise?", False),
    ],
)
def test_the_present_tense(question: str, present: bool) -> None:
    assert is_present_tense(question) is present


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What is the latest toll?", True),
        ("How many are missing?", True),
        ("How many were missing by 11 August?", True),
        ("How many were missing on 11 August?", False),
        ("What is known of the fire of 11 August?", False),
        ("Who broke in?", False),
    ],
)
def test_who_wants_the_newest(question: str, wanted: bool) -> None:
    asked = dt.date(2025, 8, 20)
    assert wants_newest(question, window_of(question, Filters(), asked), asked) is wanted
