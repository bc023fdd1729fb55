"""The newest of several good answers."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.dates.recency import Dated, is_present_tense, newest_first, wants_newest
from rag.dates.window import window_of
from rag.types import Filters

AUGUST = [dt.date(2025, 8, day) for day in range(1, 32)]


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


def test_of_equally_good_answers_the_newest_goes_first() -> None:
    told = [
        Dated(1.0, AUGUST[10], "23"),
        Dated(0.95, AUGUST[17], "41"),
        Dated(0.5, AUGUST[25], "7"),  # much worse
        Dated(0.99, AUGUST[28], None),  # newer, but it answers nothing
        Dated(0.97, None, "23"),
    ]
    assert newest_first(told, tie=0.1) == [1, 0, 4, 3, 2]
    assert newest_first(told, tie=0.0) == [0, 3, 4, 1, 2]


def test_a_better_sentence_without_an_answer_stays_before_them() -> None:
    told = [Dated(2.0, AUGUST[1], None), Dated(1.0, AUGUST[2], "a"), Dated(1.0, AUGUST[3], "b")]
    assert newest_first(told, tie=0.5) == [0, 2, 1]


def test_later_than_the_day_that_is_asked_about_is_not_preferred() -> None:
    told = [Dated(1.0, AUGUST[5], "9"), Dated(1.0, AUGUST[9], "12"), Dated(1.0, AUGUST[20], "41")]
    assert newest_first(told, tie=0.1, until=AUGUST[10]) == [1, 0, 2]


candidates = st.lists(
    st.builds(
        Dated,
        score=st.floats(-5, 5),
        published=st.one_of(st.none(), st.sampled_from(AUGUST)),
        answer=st.sampled_from([None, "23", "41"]),
    ),
    max_size=8,
)


@given(candidates, st.floats(0, 3))
def test_nothing_is_lost_or_doubled(told: list[Dated], tie: float) -> None:
    assert sorted(newest_first(told, tie)) == list(range(len(told)))


@given(candidates, st.floats(0, 3))
def test_the_first_answer_is_nearly_the_best(told: list[Dated], tie: float) -> None:
    answering = [told[place] for place in newest_first(told, tie) if told[place].answer]
    if answering:
        assert answering[0].score >= max(one.score for one in answering) - tie
