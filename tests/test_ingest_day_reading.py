"""Words that name a day, in many languages, and what only looks like one."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.day_reading import chosen, given_day, month_of, parse_day, possible_days

DAY = dt.date(2025, 8, 13)  # a Wednesday


@pytest.mark.parametrize(
    "text",
    [
        "2025-08-13",
        "2025-08-13T23:30:00-05:00",
        "2025-08-13T14:23:00Z",
        "Wed, 13 Aug 2025 14:23:00 GMT",
        "Aug 13, 2025 14:23",
        "August 13th, 2025",
        "13 August 2025",
        "13th of August, 2025",
        "13-Aug-2025",
        "2025/08/13",
        "2025/8/13 14:23",
        "20250813",
        "20250813T142300Z",
        "8/13/2025",
        "13/8/2025",
        "13.08.2025",
        "Updated : Aug 13, 2025 14:23 IST",
        "2025年8月13日",
        "2025년 8월 13일 14:23",
        "2025. 8. 13.",
        "13 августа 2025 г.",
        "Mittwoch, 13. August 2025, 14:23 Uhr",
        "mercredi 13 août 2025 à 14h23",
        "13 de agosto de 2025",
        "mié, 13 ago 2025 14:23:00 +0200",
        "13 agosto 2025",
        "١٣ أغسطس ٢٠٢٥",
        "13 अगस्त 2025",
    ],
)
def test_reads(text: str) -> None:
    assert parse_day(text) == given_day(text) == DAY


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2025-02-30", "05/08/2025", "August 2025", "2025", "99999999", "Aug 45, 2025", "12 boats 2025"],
)
def test_does_not_guess(text: str) -> None:
    assert parse_day(text) is None
    assert given_day(text) is None


def test_both_readings_are_kept_and_the_language_chooses() -> None:
    either = possible_days("05/08/2025")
    assert either == (dt.date(2025, 5, 8), dt.date(2025, 8, 5))
    assert chosen(either, "en-us") == dt.date(2025, 5, 8)
    assert chosen(either, "en-IN") == chosen(either, "fr") == dt.date(2025, 8, 5)
    assert chosen(either, "en") is None


@pytest.mark.parametrize(
    "text", ["Wed Aug 13 14:23:41 CEST 2025", "13 Aug 25 14:23 GMT", "2025-W33-3", "1755043200", "1755043200000"]
)
def test_forms_of_feeds_and_data(text: str) -> None:
    assert given_day(text) == DAY


def test_a_month_is_one_in_any_language() -> None:
    assert [month_of(word) for word in ("März", "июня", "févr", "gennaio", "harbour", "Sunday")] == [
        3,
        6,
        2,
        1,
        None,
        None,
    ]


@given(st.text(max_size=200))
def test_never_raises(text: str) -> None:
    assert len(possible_days(text)) <= 2
    given_day(text)


@given(st.dates(min_value=dt.date(1800, 1, 1), max_value=dt.date(2099, 12, 31)))
def test_reads_back_iso(day: dt.date) -> None:
    assert parse_day(day.isoformat()) == day
