"""A page's publication day: what its tags say, what is printed by the headline, and which days are not its own."""

from __future__ import annotations

import datetime as dt

import pytest

from ingest.document import Document, Metadata
from ingest.extract import extract
from rag.types import DateSource

DAY = dt.date(2025, 6, 3)
TEXT = (
    "<p>The ferry of Ansel will sail again after fourteen months in the dock, the county said on Friday, and a crowd came.</p>"
    "<p>Its captain, whose father had worked there, said that the engine came from the yard and had cost six million.</p>"
)
TITLE = "The ferry of Ansel sails again"


def day_of(head: str = "", above: str = "", below: str = "", url: str | None = None, lang: str = "en") -> Metadata:
    page = (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{TITLE}</title>{head}</head>'
        f"<body><article><h1>{TITLE}</h1>{above}{TEXT}</article>{below}</body></html>"
    )
    return extract(Document("page", page.encode(), "html", Metadata(url=url))).metadata


def linked(text: str, kind: str = "NewsArticle", headline: str = TITLE) -> str:
    data = f'{{"@type":"{kind}","headline":"{headline}","datePublished":"{text}"}}'
    return f'<script type="application/ld+json">{data}</script>'


@pytest.mark.parametrize(
    ("head", "above", "source"),
    [
        (linked("2025-06-03T10:00:00Z"), "", DateSource.LINKED_DATA),
        (linked("2025-06-03", "WebPage"), "", DateSource.LINKED_DATA),
        (linked("2025-06-03").replace(">{", ">//<![CDATA[\n{").replace("}<", "};//]]><"), "", DateSource.LINKED_DATA),
        (linked("2025-06-03", "LiveBlogPosting"), "", DateSource.LINKED_DATA),
        (linked("1970-01-01T00:00:00Z") + '<meta name="date" content="2025-06-03">', "", DateSource.META),
        (linked("0001-01-01T00:00:00Z"), '<time datetime="2025-06-03">3 June</time>', DateSource.TEXT),
        ("", '<span itemprop="datePublished">June 3, 2025</span>', DateSource.TEXT),
        ("", "<div><span>By Jane Doe</span> <span>3 June 2025, 10:15</span></div>", DateSource.TEXT),
        ("", "<p>3. Juni 2025</p>", DateSource.TEXT),
        ("", "<div><b>Jun</b><b>03</b><span>2025</span></div>", DateSource.TEXT),
        ("", "<aside><b>3 June 2025</b></aside>", DateSource.TEXT),
        ("", "<p>9 June 2025</p><p>Published: 3 June 2025</p>", DateSource.TEXT),
    ],
)
def test_where_a_page_says_its_day(head: str, above: str, source: DateSource) -> None:
    found = day_of(head, above)
    assert (found.published, found.published_source) == (DAY, source)


def test_an_article_is_believed_before_its_page() -> None:
    head = linked("2019-01-01", "WebPage") + linked("2025-06-03")
    assert day_of(head + '<meta name="date" content="2020-02-02">').published == DAY


def test_of_two_articles_the_one_with_the_headline_is_believed() -> None:
    assert day_of(linked("2019-01-01", headline="Another tale") + linked("2025-06-03")).published == DAY


@pytest.mark.parametrize(
    "day", ["вторник, 3 июня 2025 г.", "mardi 3 juin 2025", "Martedì, 3 giugno 2025", "الثلاثاء ٣ يونيو ٢٠٢٥"]
)
def test_a_day_with_its_weekday_is_read_and_is_no_text(day: str) -> None:
    page = f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1><p>{day}</p>{TEXT}</article></body></html>"
    found = extract(Document("page", page.encode(), "html"))
    assert found.metadata.published == DAY
    assert day not in found.text


def test_a_time_is_read_from_its_attribute() -> None:
    assert day_of(above='<time datetime="2025-06-03">Tuesday</time>').published == DAY


@pytest.mark.parametrize(
    "below",
    [
        '<aside><time datetime="2019-02-02">2 February 2019</time></aside>',
        '<div class="related"><span>2 February 2019</span></div>',
        '<ul class="events"><li><time datetime="2019-02-02">2 February 2019</time></li></ul>',
        '<article><h2>Another tale</h2><time itemprop="datePublished" datetime="2019-02-02">x</time></article>',
        "<footer>2 February 2019</footer>",
        '<nav><span class="date">2 February 2019</span></nav>',
        "<ul><li>2 February 2019: Dinner at the inn</li></ul>",
        '<p>Their next dinner is on 2 February 2019 in the <a href="/inn">inn at the old quay</a>, and all may come.</p>',
    ],
)
def test_the_day_of_something_else_is_none(below: str) -> None:
    assert day_of(below=below).published_source in (DateSource.UNKNOWN, DateSource.GUESS)
    found = day_of(above='<time datetime="2025-06-03">3 June 2025</time>', below=below)
    assert found.published == DAY


def test_a_printed_day_beats_a_time_in_utc_on_the_day_after() -> None:
    found = day_of(linked("2025-06-04T02:59:46Z"), "<p>June 3, 2025</p>")
    assert (found.published, found.published_source) == (DAY, DateSource.TEXT)
    assert day_of(linked("2025-06-04T02:59:46Z"), url="https://a.example/2025/06/03/ferry").published == DAY


def test_the_day_of_a_change_is_not_taken_for_that_of_publication() -> None:
    above = "<p><span>Aktualisiert: 5. Juni 2025</span></p><p><span>Veröffentlicht: 3. Juni 2025</span></p>"
    found = day_of(above=above, lang="de")
    assert (found.published, found.published_source) == (DAY, DateSource.TEXT)


def test_two_possible_days_are_told_apart_by_the_page() -> None:
    assert day_of(above="<p>03/06/2025</p>").published is None
    assert day_of(above="<p>03/06/2025</p>", lang="en-GB").published == DAY
    assert day_of('<meta property="article:modified_time" content="2025-06-03">', "<p>03/06/2025</p>").published == DAY
