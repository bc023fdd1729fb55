"""Words of a question → the days that it is about."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.window import asks_about_now, is_present_tense, wants_newest, window_of
from rag.types import Filters, Window

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


@pytest.mark.parametrize(
    ("question", "since", "until", "words"),
    [
        # Weekdays and weekends; 20 August 2025 is a Wednesday.
        ("What happened on Tuesday?", "2025-08-19", "2025-08-19", "tuesday"),
        ("What happened last Friday?", "2025-08-15", "2025-08-15", "last friday"),
        ("Which roads closed Tuesday because of ice?", "2025-08-19", "2025-08-19", "tuesday"),
        ("Who won Monday's vote?", "2025-08-18", "2025-08-18", "monday"),
        ("Who marched this weekend?", "2025-08-16", "2025-08-17", "this weekend"),
        ("Who marched last weekend?", "2025-08-16", "2025-08-17", "last weekend"),
        ("Who marched over the weekend?", "2025-08-16", "2025-08-17", "over the weekend"),
        # Periods
        ("What was said in the past three weeks?", "2025-07-30", "2025-08-20", "in the past three weeks"),
        ("What was said in the last 10 days?", "2025-08-10", "2025-08-20", "in the last 10 days"),
        ("What was said in the last 36 hours?", "2025-08-18", "2025-08-20", "in the last 36 hours"),
        ("Which roads closed over the past month?", "2025-07-21", "2025-08-20", "the past month"),
        ("Who resigned in recent weeks?", "2025-07-21", "2025-08-20", "in recent weeks"),
        ("What happened three days ago?", "2025-08-17", "2025-08-17", "three days ago"),
        ("What happened two weeks ago?", "2025-08-04", "2025-08-10", "two weeks ago"),
        ("What happened the day before yesterday?", "2025-08-18", "2025-08-18", "the day before yesterday"),
        # Seasons
        ("Which forests burned this summer?", "2025-06-01", "2025-08-31", "this summer"),
        ("Which forests burned last summer?", "2024-06-01", "2024-08-31", "last summer"),
        ("Which roads froze last winter?", "2024-12-01", "2025-02-28", "last winter"),
        ("Which forests burned in the summer of 2023?", "2023-06-01", "2023-08-31", "in the summer of 2023"),
        # Years and parts of months and years
        ("Which bridges opened in 2023?", "2023-01-01", "2023-12-31", "in 2023"),
        ("Which bridges opened in late 2024?", "2024-09-01", "2024-12-31", "in late 2024"),
        ("Which bridges opened in early August?", "2025-08-01", "2025-08-10", "in early august"),
        ("Which bridges opened in mid-July?", "2025-07-11", "2025-07-20", "in mid-july"),
        # From and to
        ("What opened between 3 and 10 August?", "2025-08-03", "2025-08-10", "between 3 and 10 august"),
        ("What opened from 28 July to 3 August?", "2025-07-28", "2025-08-03", "from 28 july to 3 august"),
        ("What opened 3–10 August?", "2025-08-03", "2025-08-10", "3–10 august"),
        ("What opened on August 3-10, 2024?", "2024-08-03", "2024-08-10", "august 3-10, 2024"),
        ("What opened between March and May 2024?", "2024-03-01", "2024-05-31", "between march and may 2024"),
        ("What opened from November to February?", "2024-11-01", "2025-02-28", "from november to february"),
        ("What opened between 2019 and 2021?", "2019-01-01", "2021-12-31", "between 2019 and 2021"),
        # Since, before, after, until, by
        ("What has changed since March?", "2025-03-01", "2025-08-20", "since march"),
        ("What has changed since 5 May?", "2025-05-05", "2025-08-20", "since 5 may"),
        ("What has changed since yesterday?", "2025-08-19", "2025-08-20", "since yesterday"),
        ("What has changed since Monday?", "2025-08-18", "2025-08-20", "since monday"),
        ("What has changed since 2023?", "2023-01-01", "2025-08-20", "since 2023"),
        ("Who was mayor before 5 May?", None, "2025-05-04", "before 5 may"),
        ("Who was mayor before March?", None, "2025-02-28", "before march"),
        ("Who was mayor until 5 May?", None, "2025-05-05", "until 5 may"),
        ("Who was mayor after 5 May?", "2025-05-06", "2025-08-20", "after 5 may"),
        ("How many were ill by Monday 11 August?", None, "2025-08-11", "by monday 11 august"),
        ("How many were found by the end of July?", None, "2025-07-31", "by the end of july"),
        ("As of 13 August, how many are missing?", None, "2025-08-13", "as of 13 august"),
        # The near takes precedence over the far, wherever it is
        ("What reopened this week after a fire in March 2020?", "2025-08-14", "2025-08-20", "this week"),
        ("Which lamp, found in 2007, was sold last week?", "2025-08-11", "2025-08-17", "last week"),
    ],
)
def test_phrases(question: str, since: str | None, until: str | None, words: str) -> None:
    assert days(question) == (since, until)
    assert window_of(question, Filters(), WEDNESDAY).words == words


@pytest.mark.parametrize(
    "question",
    [
        # Names, people and things
        "Who hosts the World Cup 2026?",
        "Who hosts Euro 2024?",
        "Who won the 2023 harbour prize?",
        "What did he say about the 1994 genocide?",
        "Which lawmakers testified about the January 6 inquiry?",
        "Who spoke at an October 7 memorial?",
        "How did the law change after May resigned?",
        "Which books by April Jones sold best?",
        "What happened in Mar del Plata?",
        "How many may stand trial?",
        "Which of the 12 may stand trial?",
        "Who led the march on the capital?",
        "What do the Ides of March mean?",
        "What fell in the fall of Rome?",
        "Who took part in the Summer Olympics?",
        "What does the USA TODAY poll say?",
        "Who writes for Psychology Today?",
        "What did the band Right Now play?",
        "Who starred in Wednesday?",
        "What sold best on Black Friday?",
        "What does Thursday Night Football cost?",
        "Which ferries run on Tuesdays?",
        "Which ferries run Monday to Friday?",
        # Lengths of time
        "Which animal was frozen 46,000 years ago?",
        "By when must it end at the latest?",
        # Plans
        "Which bridge will open in 2027?",
        "Who runs for mayor in 2026?",
        "Which roads will close on Friday?",
        "How many must leave by the end of August?",
        "Which vaccine will be updated this autumn?",
        # What led to the news
        "Which firm did she join after leaving the council last year?",
        "Which city dropped the toll after sealing its gates in March 2020?",
    ],
)
def test_what_only_looks_like_a_time(question: str) -> None:
    window = window_of(question, Filters(), WEDNESDAY)
    assert (window.since, window.until, window.words) == (None, None, "")


def test_a_day_that_words_end_with_asks_for_the_newest_until_then() -> None:
    assert window_of("How many were found by 11 August?", Filters(), WEDNESDAY).prefers_newest
    assert not window_of("How many were found before 11 August?", Filters(), WEDNESDAY).prefers_newest


def test_words_that_the_caller_leaves_no_day_for_are_not_told() -> None:
    window = window_of("What happened last week?", Filters(since=dt.date(2025, 8, 19)), WEDNESDAY)
    assert window == Window(since=dt.date(2025, 8, 19))


@pytest.mark.parametrize("question", ["What has changed since March?", "What was said in the past three weeks?"])
def test_what_reaches_the_present_is_about_it(question: str) -> None:
    assert asks_about_now(question, window_of(question, Filters(), WEDNESDAY), WEDNESDAY)


PHRASES = (
    "since before after until by in on between from to and the last this past next early late mid- end of ago today now "
    "May march August summer fall winter 2019 2024 2025 2031 3 10 31 12th Monday tuesday weekend week month year three days"
).split()


@given(
    st.lists(st.sampled_from(PHRASES), max_size=12).map(" ".join), st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1))
)
def test_any_words_give_days_in_order_that_have_begun(words: str, today: dt.date) -> None:
    window = window_of(words, Filters(), today)
    if window.since:
        assert window.since <= today
    if window.since and window.until:
        assert window.since <= window.until
    assert bool(window.words) or not (window.since or window.until)


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
