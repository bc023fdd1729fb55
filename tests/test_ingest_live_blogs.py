"""A live blog over several days becomes one article per day; a guessed day is treated as such wherever it is used."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from ingest.document import Document
from ingest.live_blogs import by_day
from ingest.run import ingest
from rag.library import Library
from rag.store.catalog import Catalog
from rag.types import DateSource, Filters
from ui.cli import tell

FIRST = "The ferry of Ansel was held in port since this morning, the harbour office of the county said to reporters."
SECOND = "The captain of the ferry was found yesterday evening in Lyng, a speaker of the police said at a meeting."


def entry(day: str, text: str) -> str:
    return f'<div class="entry"><time datetime="{day}T09:00:00+00:00">09:00</time><h2>News of the hour</h2><p>{text}</p></div>'


def live_page(*entries: str) -> bytes:
    head = '<script type="application/ld+json">{"@type":"LiveBlogPosting","datePublished":"2025-01-14T06:00:00+00:00"}</script>'
    body = f"<main><article><h1>Ferry of Ansel, as it happened</h1>{''.join(entries)}</article></main>"
    return f"<!doctype html><html><head><title>Ferry of Ansel</title>{head}</head><body>{body}</body></html>".encode()


def test_each_entry_keeps_its_own_day(library: Library, tmp_path: Path) -> None:
    page = tmp_path / "live.html"
    page.write_bytes(live_page(entry("2025-01-16", SECOND), entry("2025-01-14", FIRST)))
    for _ in range(2):
        ingest(library, [str(page)], sync=True)
        articles = {one.published: library.article(one.article_id).text for one in library.articles()}
        assert sorted(articles) == [dt.date(2025, 1, 14), dt.date(2025, 1, 16)]
        assert FIRST in articles[dt.date(2025, 1, 14)]
        assert SECOND not in articles[dt.date(2025, 1, 14)]
        assert SECOND in articles[dt.date(2025, 1, 16)]
        assert FIRST not in articles[dt.date(2025, 1, 16)]


def test_a_live_blog_of_one_day_and_any_other_page_stay_as_they_are() -> None:
    one_day = Document("a", live_page(entry("2025-01-14", FIRST), entry("2025-01-14", SECOND)), "html")
    other = Document("b", one_day.content.replace(b"LiveBlogPosting", b"NewsArticle"), "html")
    for document in (one_day, other, Document("c", b"LiveBlogPosting", "text")):
        assert list(by_day(document)) == [document]


def test_a_guessed_day_is_shown_as_one_and_unknown_as_of_a_day(library: Library, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    body = f"<article><p>{FIRST}</p><p>{SECOND}</p></article><aside><span class='date'>14 January 2025</span></aside>"
    page.write_text(
        f"<!doctype html><html><head><title>Ferry of Ansel is held</title></head><body>{body}</body></html>"
    )
    ingest(library, [str(page)])
    found = library.article(library.articles()[0].article_id)
    assert (found.published, found.published_source) == (dt.date(2025, 1, 14), DateSource.GUESS)
    assert "14 Jan 2025 (a guess" in tell.article(found, 100)
    assert "14 Jan 2025 (a guess)" in tell.listing(library.articles())
    catalog = Catalog(library.path)
    assert len(catalog.numbers(Filters(as_of=dt.date(2025, 2, 1)))) == 0
    assert len(catalog.numbers(Filters(as_of=found.added_at.date()))) > 0
    assert all(one.published_guessed for one in catalog.newest_beginnings(Filters(), 1))
