"""Relative dates as days, and which of them are shown beside a quote."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.days import find_relative_dates, resolve_relative
from rag.text.resolved_dates import resolved_dates
from rag.types import ResolvedDate

DAY = dt.date(2025, 8, 13)  # a Wednesday


@pytest.mark.parametrize(
    ("phrase", "first", "last"),
    [
        ("today", "2025-08-13", "2025-08-13"),
        ("yesterday", "2025-08-12", "2025-08-12"),
        ("tomorrow", "2025-08-14", "2025-08-14"),
        ("on Tuesday", "2025-08-12", "2025-08-12"),
        ("Wednesday", "2025-08-13", "2025-08-13"),
        ("last Wednesday", "2025-08-06", "2025-08-06"),
        ("last Tuesday", "2025-08-12", "2025-08-12"),
        ("next Wednesday", "2025-08-20", "2025-08-20"),
        ("this coming Friday", "2025-08-15", "2025-08-15"),
        ("this Monday", "2025-08-11", "2025-08-11"),
        ("this week", "2025-08-11", "2025-08-17"),
        ("next week", "2025-08-18", "2025-08-24"),
        ("last weekend", "2025-08-09", "2025-08-10"),
        ("last month", "2025-07-01", "2025-07-31"),
        ("earlier this month", "2025-08-01", "2025-08-13"),
        ("later this year", "2025-08-13", "2025-12-31"),
        ("last year", "2024-01-01", "2024-12-31"),
        ("three days ago", "2025-08-10", "2025-08-10"),
        ("two weeks ago", "2025-07-28", "2025-08-03"),
        ("in two weeks", "2025-08-25", "2025-08-31"),
        ("eight months ago", "2024-12-01", "2024-12-31"),
        ("the past three days", "2025-08-10", "2025-08-13"),
        ("in June", "2025-06-01", "2025-06-30"),
        ("in December", "2024-12-01", "2024-12-31"),
        ("last August", "2024-08-01", "2024-08-31"),
        ("next January", "2026-01-01", "2026-01-31"),
        ("23 August", "2025-08-23", "2025-08-23"),
        ("Dec. 31", "2025-12-31", "2025-12-31"),
    ],
)
def test_resolve_relative(phrase: str, first: str, last: str) -> None:
    assert resolve_relative(phrase, DAY) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize("phrase", ["", "soon", "31 June", "the harbour", "0 June"])
def test_resolve_relative_knows_no_such_phrase(phrase: str) -> None:
    assert resolve_relative(phrase, DAY) is None


def test_future_verb_turns_a_weekday_ahead() -> None:
    assert resolve_relative("on Tuesday", DAY, future=True) == (dt.date(2025, 8, 19), dt.date(2025, 8, 19))
    text = "She will meet the mayor on Tuesday, her office said on Monday."
    assert [str(found.first_day) for found in find_relative_dates(text, DAY)] == ["2025-08-19", "2025-08-11"]


def test_a_while_is_not_a_date() -> None:
    assert find_relative_dates("It was the first time in two years.", DAY) == ()
    assert find_relative_dates("After two days of talks they may agree on 13 August 2025.", DAY) == ()


@given(
    st.text(max_size=60),
    st.sampled_from(["yesterday", "on Tuesday", "last month", "three days ago"]),
    st.dates(dt.date(1900, 1, 1)),
)
def test_relative_dates_lie_in_the_text_and_in_order(text: str, words: str, published: dt.date) -> None:
    text = f"{text} {words} {text}"
    dates = find_relative_dates(text, published)
    assert words in [found.words for found in dates]
    for found in dates:
        assert text[found.start : found.end] == found.words
        assert found.first_day <= found.last_day


def told(text: str) -> list[str]:
    """`words first` or `words first/last` of every date shown beside a quote from that Wednesday."""
    return [
        f"{date.words} {date.first}" + (f"/{date.last}" if date.last != date.first else "")
        for date in resolved_dates(text, DAY)
    ]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("The ministers met in Seoul on Tuesday.", ["Tuesday 2025-08-12"]),
        ("The ministers will meet on Tuesday.", ["Tuesday 2025-08-19"]),
        ("She said on Monday that they will meet on Tuesday.", ["Monday 2025-08-11", "Tuesday 2025-08-19"]),
        ("She is due to meet him on Monday.", ["Monday 2025-08-18"]),
        (
            "Prices fell last week, and by half since yesterday.",
            ["last week 2025-08-04/2025-08-10", "yesterday 2025-08-12"],
        ),
        ("It was opened on Aug. 5 and closed on 12 August.", ["Aug. 5 2025-08-05", "12 August 2025-08-12"]),
        ("A U.S. stamp will honour Dr. Hale on Tuesday.", ["Tuesday 2025-08-19"]),
        ("Today the club won; it had lost three days ago.", ["Today 2025-08-13", "three days ago 2025-08-10"]),
        ("On Tuesday, police arrested a man who will be tried.", ["Tuesday 2025-08-12"]),
        ("The bridge opened to buses on Monday.", ["Monday 2025-08-11"]),
        ("The strike spread on Tuesday.", ["Tuesday 2025-08-12"]),
        ("The bank will cut its rate on Tuesday.", ["Tuesday 2025-08-19"]),
        ("It will be closed on Tuesday.", ["Tuesday 2025-08-19"]),
        ("Before Tuesday, 19 towns had closed it.", ["Tuesday 2025-08-12"]),
        ("The court will hear it in December.", ["in December 2025-12-01/2025-12-31"]),
        ("It will open in two weeks.", ["in two weeks 2025-08-25/2025-08-31"]),
        ("Both Tuesday and yesterday were dry, yesterday more so.", ["Tuesday 2025-08-12", "yesterday 2025-08-12"]),
        ("“We will decide tomorrow,” she said on Monday.", ["Monday 2025-08-11"]),
        ("A day after the crews walked out, he has summoned both sides for talks on Friday.", ["Friday 2025-08-15"]),
        ("The party lost its leader and has called an election for Sunday.", ["Sunday 2025-08-17"]),
        ("They lost the first one before a vote due Friday.", ["Friday 2025-08-15"]),
        ("The mayor, who has two boats, on Monday told the council.", ["Monday 2025-08-11"]),
        ("The tower fell at 6 p.m. Monday.", ["Monday 2025-08-11"]),
    ],
)
def test_relative_dates_are_told_with_their_days(text: str, dates: list[str]) -> None:
    assert told(text) == dates


@pytest.mark.parametrize(
    "text",
    [
        "It rained on 13 August 2025 and on August 12, 2025.",
        "It began on Aug. 12-14, 2025.",
        "In August of 2020 it rained.",
        "The water stayed clean.",
    ],
)
def test_whole_dates_need_no_note(text: str) -> None:
    assert told(text) == []


def test_the_weekday_of_a_named_day_is_not_told_twice() -> None:
    assert told("On Friday, Aug. 22, it will be signed.") == ["Aug. 22 2025-08-22"]
    assert told("It ended on Aug 13 last year.") == ["last year 2024-01-01/2024-12-31"]


@pytest.mark.parametrize(
    "text",
    [
        "Shoppers on Black Friday spent more.",
        "The club met every Tuesday.",
        "The office was open Monday to Friday.",
        "USA Today and TODAY reported it on “Fox News Tonight”.",
        "It was built more than a year ago and ran for the past 30 years.",
        "She will be governor like Maura Healey, who clinched hers on Tuesday.",
        "The curtain goes up with a hearing on Tuesday.",  # past or future
        "He will host the show, the broadcaster revealed Tuesday.",
        "The long-awaited probe is on track to launch in October.",
        "The fair is on Dec. 20.",  # or was it last year?
        "They agreed on a debate in September.",  # the last or the next one
        "The result is expected in November.",
        "A valve that would not close stopped the launch on Tuesday.",
        "It was banned after the Sept. 11 attacks.",
        "The data was taken from Aug. 30 on.",
        "He will not appear after the police arrested him on Monday.",
        "She ended a drought of goals from open play to win on Friday.",
        "He is visiting China on Sunday and Monday.",
        "On Tuesday, the elected council will vote.",
        "On Tuesday, the council will vote.",  # the verb comes after its day
        "The show was called off due to rain on Tuesday.",
        "The council ordered a count of boats starting Monday.",
        "The judge gave them until Monday.",
        "She asked the owners to appear on Monday.",
        "“No,” said the captain, who has a race on Friday.",
        "The runners advanced to Tuesday's final.",
        "If the clubs meet again on Sunday, both could go up.",
        "He is happy. On Sunday, voters go to the polls.",
        "The crews were expected to sail on Friday.",  # and may or may not have
        "He took the Mail on Sunday to court.",
        'We decide tomorrow," she said.',  # relative to the day on which she said it
        'He said: "We go today.',
        "He said on Tuesday that it would end on Tuesday.",  # two days, the same word
    ],
)
def test_what_a_sentence_leaves_open_is_left_out(text: str) -> None:
    assert told(text) == []


def test_an_undated_article_resolves_nothing() -> None:
    assert resolved_dates("They met on Tuesday.", None) == ()


WORDS = st.sampled_from(
    'on|On|Tuesday|friday|last week|Aug. 5|12 August|, 2025|in May|yesterday|said|will|“|”|"|every|in two weeks|due to'.split(
        "|"
    )
)


@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=12).map(" ".join)), st.dates())
def test_resolved_dates_stand_in_the_quote_each_once(text: str, published: dt.date) -> None:
    dates = resolved_dates(text, published)
    assert all(date.words in text and date.first <= date.last for date in dates)
    assert len({date.words.casefold() for date in dates}) == len(dates)
    assert all(ResolvedDate.from_json(date.to_json()) == date for date in dates)
