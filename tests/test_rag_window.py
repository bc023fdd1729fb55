"""Words of a question → the days that it is about."""

import datetime as dt

import pytest

from rag.types import Filters
from rag.window import asks_about_now, window_of

WEDNESDAY = dt.date(2025, 8, 20)


def days(question: str, today: dt.date = WEDNESDAY, **filters: dt.date) -> tuple[str | None, str | None]:
    window = window_of(question, Filters(**filters), today)
    return (
        window.since.isoformat() if window.since else None,
        window.until.isoformat() if window.until else None,
    )


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What happened today?", "2025-08-20", "2025-08-20"),
        ("What happened yesterday?", "2025-08-19", "2025-08-19"),
        ("Which bridge closed this week?", "2025-08-14", "2025-08-20"),
        ("Which bridge closed last week?", "2025-08-11", "2025-08-17"),
        ("What was decided this month?", "2025-08-01", "2025-08-20"),
        ("What was decided last month?", "2025-07-01", "2025-07-31"),
        ("What was decided last year?", "2024-01-01", "2024-12-31"),
        ("What happened in August?", "2025-08-01", "2025-08-31"),
        ("What happened in October?", "2024-10-01", "2024-10-31"),
        ("What happened in February 2024?", "2024-02-01", "2024-02-29"),
        ("Who met on 13 August?", "2025-08-13", "2025-08-13"),
        ("Who met on August 13th, 2024?", "2024-08-13", "2024-08-13"),
        ("Who met on 2025-08-13?", "2025-08-13", "2025-08-13"),
        ("Who met on 30 December?", "2024-12-30", "2024-12-30"),
        ("Who met on 31 February?", None, None),
        ("Who is May Parker?", None, None),
        ("Who announced the visit?", None, None),
    ],
)
def test_words_name_days(question: str, since: str | None, until: str | None) -> None:
    assert days(question) == (since, until)


def test_as_of_is_the_day_of_the_question() -> None:
    assert days("What happened yesterday?", as_of=dt.date(2025, 9, 2)) == ("2025-09-01", "2025-09-01")


def test_the_callers_dates_win_over_the_words() -> None:
    assert days("What happened last week?", since=dt.date(2025, 8, 1)) == ("2025-08-01", "2025-08-17")


@pytest.mark.parametrize("question", ["What is the latest toll?", "Who is currently in office?", "How many so far?"])
def test_words_for_now_prefer_the_newest(question: str) -> None:
    assert window_of(question, Filters(), WEDNESDAY).prefers_newest


def test_the_words_are_kept_to_be_shown() -> None:
    assert window_of("Which bridge closed LAST week?", Filters(), WEDNESDAY).words == "last week"


def test_a_month_is_the_last_one_that_the_library_has_news_of() -> None:
    window = window_of("What happened in August?", Filters(), dt.date(2027, 3, 1), newest=dt.date(2025, 9, 11))
    assert (window.since, window.until) == (dt.date(2025, 8, 1), dt.date(2025, 8, 31))


@pytest.mark.parametrize(
    ("question", "present"),
    [
        ("Which roads are closed now?", True),
        ("What is the latest toll?", True),
        ("What happened today?", True),
        ("Which bridge closed this week?", True),
        ("Who is the mayor of Dunmoor?", True),
        ("Who’s the mayor?", True),
        ("Who was the mayor?", False),
        ("Who issued the order?", False),
        ("What happened yesterday?", False),
        ("Who is said to have met him in July?", False),
        ("What was the latest toll on 13 August?", False),
    ],
)
def test_questions_about_the_present(question: str, present: bool) -> None:
    assert asks_about_now(question, window_of(question, Filters(), WEDNESDAY), WEDNESDAY) is present


def test_the_callers_last_day_makes_it_a_question_about_the_past() -> None:
    filters = Filters(until=dt.date(2025, 8, 1))
    question = "What is the latest toll?"
    assert not asks_about_now(question, window_of(question, filters, WEDNESDAY), WEDNESDAY)
