"""Days from metadata, addresses, datelines and text, and what is never guessed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.datelines import Dateline, read_dateline
from ingest.dates import ORDER, Published, Said, address_day, complete_year, plausible, publication_date
from rag.types import DateSource

DAY = dt.date(2025, 8, 13)  # a Wednesday
TODAY = dt.date(2025, 9, 30)


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2025/08/13/harbour", DAY),
        ("https://a.example/2025-08-13/harbour", DAY),
        ("https://a.example/world/2025/aug/13/harbour", DAY),
        ("https://a.example/harbour-20250813.html", DAY),
        ("https://a.example/news/13-08-2025", DAY),
        ("https://archive.example/web/20250930182711/http://a.example/20250813/harbour", DAY),
        ("https://a.example/2025/13/45/x", None),
        ("https://a.example/05-08-2025/x", None),
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


def said(day: dt.date, source: DateSource, utc_hour: int | None = None) -> Said:
    return Said((day,), source, utc_hour)


@given(st.permutations(ORDER))
def test_the_first_in_the_order_is_believed(sources: list[DateSource]) -> None:
    days = [said(DAY - dt.timedelta(days=7 * ORDER.index(source)), source) for source in sources]
    assert publication_date(days, today=TODAY) == Published(DAY, DateSource.METADATA)
    without = [one for one in days if one.source is DateSource.GUESS]
    assert publication_date(without, today=TODAY).source is DateSource.GUESS
    assert publication_date(today=TODAY) == Published(None, DateSource.UNKNOWN)


def test_a_guess_never_beats_the_address() -> None:
    guess = said(dt.date(2025, 8, 1), DateSource.GUESS)
    assert publication_date([guess], "https://a.example/2025/08/13/x", today=TODAY) == Published(
        DAY, DateSource.ADDRESS
    )


@pytest.mark.parametrize(
    ("utc_hour", "printed", "right"),
    [
        (3, DAY - dt.timedelta(days=1), True),  # an evening in America
        (22, DAY + dt.timedelta(days=1), True),  # a morning in Asia
        (22, DAY - dt.timedelta(days=1), False),  # nowhere on earth
        (3, DAY + dt.timedelta(days=1), False),
        (3, DAY - dt.timedelta(days=2), False),
        (None, DAY - dt.timedelta(days=1), False),  # a time with its own zone
    ],
)
def test_a_printed_day_beats_a_time_in_utc(utc_hour: int | None, printed: dt.date, right: bool) -> None:
    days = [said(DAY, DateSource.LINKED_DATA, utc_hour), said(printed, DateSource.TEXT)]
    expected = Published(printed, DateSource.TEXT) if right else Published(DAY, DateSource.LINKED_DATA)
    assert publication_date(days, today=TODAY) == expected
    address = f"https://a.example/{printed:%Y/%m/%d}/x"
    assert publication_date(days[:1], address, today=TODAY).day == expected.day


def test_which_number_is_the_month_must_be_said() -> None:
    both = Said((dt.date(2025, 3, 4), dt.date(2025, 4, 3)), DateSource.TEXT)
    assert publication_date([both], today=TODAY).day is None
    assert publication_date([both], language="en", today=TODAY).day is None
    assert publication_date([both], language="en-US", today=TODAY).day == dt.date(2025, 3, 4)
    assert publication_date([both], language="en-GB", today=TODAY).day == dt.date(2025, 4, 3)
    assert publication_date([both], language="pt", today=TODAY).day == dt.date(2025, 4, 3)
    modified = said(dt.date(2025, 4, 4), DateSource.UPDATED)
    assert publication_date([both, modified], today=TODAY) == Published(dt.date(2025, 4, 3), DateSource.TEXT)
    machine = Said(both.days, DateSource.META)
    assert publication_date([machine], language="de", today=TODAY).day is None


def test_dateline_without_a_year_is_unknown_until_another_day_is_known() -> None:
    assert publication_date(dateline=dateline(8, 13), today=TODAY).day is None
    changed = said(dt.date(2025, 8, 14), DateSource.UPDATED)
    completed = publication_date([changed], dateline=dateline(8, 13), today=TODAY)
    assert completed == Published(DAY, DateSource.DATELINE)


@pytest.mark.parametrize(
    "day", [dt.date(1, 1, 1), dt.date(1799, 12, 31), dt.date(1970, 1, 1), dt.date(2025, 10, 3), dt.date(9999, 1, 1)]
)
def test_impossible_days_are_passed_over(day: dt.date) -> None:
    assert plausible(day, TODAY) is None
    url = "https://a.example/2025/08/13/x"
    assert publication_date([said(day, DateSource.META)], url, today=TODAY) == Published(DAY, DateSource.ADDRESS)


def test_two_days_ahead_may_be_a_time_zone() -> None:
    assert plausible(dt.date(2025, 10, 2), TODAY) is not None
