"""Days out of metadata, addresses, datelines and text, and what is never guessed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import (
    Dateline,
    Published,
    address_day,
    complete_year,
    parse_day,
    plausible,
    publication_date,
    read_dateline,
)
from rag.types import DateSource

DAY = dt.date(2025, 8, 13)  # a Wednesday
TODAY = dt.date(2025, 9, 30)


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
        "20250813",
        "20250813T142300Z",
        "8/13/2025",
        "13/8/2025",
        "13.08.2025",
        "2025年8月13日",
        "Updated : Aug 13, 2025 14:23 IST",
    ],
)
def test_parse_day_reads(text: str) -> None:
    assert parse_day(text) == DAY


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2025-02-30", "05/08/2025", "1755043200", "August 2025", "99999999", "Aug 45, 2025"]
)
def test_parse_day_does_not_guess(text: str) -> None:
    assert parse_day(text) is None


@given(st.text(max_size=200))
def test_parse_day_never_raises(text: str) -> None:
    assert parse_day(text) is None or isinstance(parse_day(text), dt.date)


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_parse_day_reads_back_iso(day: dt.date) -> None:
    assert parse_day(day.isoformat()) == day


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2025/08/13/harbour", DAY),
        ("https://a.example/2025-08-13/harbour", DAY),
        ("https://a.example/world/2025/aug/13/harbour", DAY),
        ("https://a.example/harbour-20250813.html", DAY),
        ("https://a.example/2025/13/45/x", None),
        ("https://a.example/?from=/2025/08/13/", None),
        ("https://a.example/news/world-12345678", None),
        ("http://[bad", None),
        ("", None),
    ],
)
def test_address_day(url: str, day: dt.date | None) -> None:
    assert address_day(url) == day


@pytest.mark.parametrize(
    ("paragraph", "place", "month_day", "agency", "rest"),
    [
        ("Seoul, Aug 13 (AP) The harbour reopened.", "Seoul", (8, 13), "AP", "The harbour"),
        ("Lyng, Aug 13 (Norwire) Crews walked off.", "Lyng", (8, 13), "Norwire", "Crews"),
        ("SEOUL (Reuters) - The harbour reopened.", "SEOUL", None, "Reuters", "The"),
        ("SEOUL, South Korea (AP) — The harbour reopened.", "SEOUL, South Korea", None, "AP", "The"),
        ("LONDON, Aug. 13 — The harbour reopened.", "LONDON", (8, 13), None, "The"),
        ("Karsholm, 13 August 2025 - The harbour reopened.", "Karsholm", (8, 13), None, "The"),
        ("Cape Alder, Aug 13: The launch is off.", "Cape Alder", (8, 13), None, "The"),
        ("PARIS, Wednesday Aug 13, 2025 (AFP) - The harbour.", "PARIS", (8, 13), "AFP", "The"),
        ("Aug 13 (Reuters) - Shares fell.", None, (8, 13), "Reuters", "Shares"),
        ("LYNGSEY – iPhone sales rose.", "LYNGSEY", None, None, "iPhone"),
        ("THE HAGUE, Netherlands (AP) — The court ruled.", "THE HAGUE, Netherlands", None, "AP", "The court"),
        ("HOLMSUND - The strike ended.", "HOLMSUND", None, None, "The"),
        ("New Delhi: The court ruled.", "New Delhi", None, None, "The"),
        ("CNN — The harbour reopened.", None, None, "CNN", "The"),
        ("(CNN) — The harbour reopened.", None, None, "CNN", "The"),
        ("New York CNN Business — Shares fell.", "New York", None, "CNN Business", "Shares"),
    ],
)
def test_read_dateline(
    paragraph: str, place: str | None, month_day: tuple[int, int] | None, agency: str | None, rest: str
) -> None:
    found = read_dateline(paragraph)
    assert found is not None
    assert (found.place, found.agency) == (place, agency)
    assert (found.month, found.day) == (month_day or (None, None))
    assert paragraph[found.end :].startswith(rest)


@pytest.mark.parametrize(
    "paragraph",
    [
        "",
        "Love — the only thing that lasts.",
        "Orla Maren Vane, (June 19, 1910 – June 5, 1988) Was a judge in Port Ansel.",
        "Orla Maren Vane (June 19, 1910 – June 5, 1988) Was a judge in Port Ansel.",
        "National Harbour Pilot Service (NHPS): The service guides ships.",
        "JANE DOE: I think that it will rain.",
        "BREAKING — The harbour is shut.",
        "NASA — The agency said so.",
        "The treaty (NAFTA) - The old one.",
        "John Smith, May 5 (his birthday) — He sang.",
        "In Paris (AP) The story was told.",
        "Senator Jane Doe (D) - The old one.",
        "SEOUL — ",
    ],
)
def test_read_dateline_leaves_sentences_alone(paragraph: str) -> None:
    assert read_dateline(paragraph) is None


@given(st.text(max_size=300))
def test_dateline_ends_inside_the_paragraph(paragraph: str) -> None:
    found = read_dateline(paragraph)
    assert found is None or 0 < found.end < len(paragraph)


def dateline(month: int, day: int, year: int | None = None) -> Dateline:
    return Dateline(place="Lyng", month=month, day=day, year=year, agency=None, end=0)


def test_year_of_a_dateline_is_the_nearest_one() -> None:
    assert complete_year(dateline(8, 13), dt.date(2025, 8, 14)) == DAY
    assert complete_year(dateline(12, 31), dt.date(2025, 1, 1)) == dt.date(2024, 12, 31)
    assert complete_year(dateline(2, 29), dt.date(2024, 3, 1)) == dt.date(2024, 2, 29)
    assert complete_year(dateline(8, 13, 2019), dt.date(2025, 1, 1)) == dt.date(2019, 8, 13)
    assert complete_year(dateline(8, 13), None) is None
    assert complete_year(dateline(13, 45, 2025), None) is None


def test_publication_date_order() -> None:
    url, line = "https://a.example/2025/08/12/x", dateline(8, 11, 2025)
    text = [dt.date(2025, 8, 10)]
    everything = publication_date(DAY, url, line, text, today=TODAY)
    assert everything == Published(DAY, DateSource.METADATA)
    assert publication_date(None, url, line, text, today=TODAY).source is DateSource.ADDRESS
    assert publication_date(None, None, line, text, today=TODAY).source is DateSource.DATELINE
    assert publication_date(None, None, None, text, today=TODAY) == Published(text[0], DateSource.TEXT)
    assert publication_date(today=TODAY) == Published(None, DateSource.UNKNOWN)


def test_dateline_without_a_year_is_unknown_until_another_day_is_known() -> None:
    assert publication_date(dateline=dateline(8, 13), today=TODAY).day is None
    completed = publication_date(dateline=dateline(8, 13), text_days=[dt.date(2025, 8, 14)], today=TODAY)
    assert completed == Published(DAY, DateSource.DATELINE)
    made = publication_date(dateline=dateline(8, 13), file_day=dt.date(2025, 8, 20), today=TODAY)
    assert made == Published(DAY, DateSource.DATELINE)


@pytest.mark.parametrize("day", [dt.date(1799, 12, 31), dt.date(2025, 10, 3), dt.date(9999, 1, 1)])
def test_impossible_days_are_passed_over(day: dt.date) -> None:
    assert plausible(day, TODAY) is None
    url = "https://a.example/2025/08/13/x"
    assert publication_date(day, url, today=TODAY) == Published(DAY, DateSource.ADDRESS)


def test_two_days_ahead_may_be_a_time_zone() -> None:
    assert plausible(dt.date(2025, 10, 2), TODAY) is not None
