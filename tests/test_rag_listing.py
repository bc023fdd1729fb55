"""The list of articles: searched, sorted, page by page."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import WordEmbedder, article_text, config_for

from ingest.run import ingest
from rag.library import Library
from rag.store.engine import Address
from rag.store.listing import Choices, Order, Sought, choices

pytestmark = pytest.mark.both_engines

ROWS = [
    {"id": "a", "title": "Élections in Ørsund", "outlet": "Zeit", "published": "2025-08-03"},
    {"id": "b", "title": "bridge shut", "outlet": "alpha", "published": None},
    {"id": "c", "title": "Ferry runs", "outlet": None, "published": "2025-08-01"},
    {"id": "d", "title": "Airport 100% open_now", "outlet": "Beta", "published": "2025-08-02"},
]


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory, library_place: Callable[[Path], Address]) -> Library:
    """Four articles, added one after the other."""
    folder = tmp_path_factory.mktemp("four")
    lines = [json.dumps({**row, "text": article_text(number)}) + "\n" for number, row in enumerate(ROWS)]
    (folder / "four.jsonl").write_text("".join(lines))
    address = library_place(folder / "library")
    library = Library.create(address, config_for(address), WordEmbedder())
    assert ingest(library, [str(folder / "four.jsonl")]).stored == 4
    return library


def ids(library: Library, *arguments: object, **named: object) -> str:
    return "".join(one.article_id for one in library.listing(*arguments, **named).articles)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("order", "ascending", "descending"),
    [
        (Order.TITLE, "dbac", "cabd"),
        (Order.OUTLET, "bdac", "adbc"),
        (Order.PUBLISHED, "cdab", "adcb"),
        (Order.ADDED, "abcd", "dcba"),
    ],
)
def test_order(four: Library, order: Order, ascending: str, descending: str) -> None:
    assert ids(four, order=order, descending=False) == ascending
    assert ids(four, order=order) == descending


@pytest.mark.parametrize(
    ("words", "matching"),
    [
        ("elections", "a"),
        ("ÉLECTIONS zei", "a"),
        ("alpha", "b"),
        ("r", "abcd"),
        ("ferry alpha", ""),
        ("100%", "d"),
        ("%", "d"),
        ("n_n", "d"),
        ("'; DROP TABLE articles; --", ""),
        ("  ", "abcd"),
        ("orsund", ""),
        ("ørsund", "a"),
    ],
)
def test_words(four: Library, words: str, matching: str) -> None:
    page = four.listing(Sought(words), Order.ADDED, descending=False)
    assert "".join(one.article_id for one in page.articles) == matching
    assert (page.matching, page.total) == (len(matching), 4)


@pytest.mark.parametrize(
    ("sought", "matching"),
    [
        (Sought(outlet="Beta"), "d"),
        (Sought(outlet="beta"), ""),
        (Sought(language="en"), "abcd"),
        (Sought(language="de"), ""),
        (Sought(source="FOUR.jsonl"), "abcd"),
        (Sought(source="#c"), "c"),
        (Sought(since=dt.date(2025, 8, 2)), "ad"),
        (Sought(since=dt.date(2025, 8, 1), until=dt.date(2025, 8, 2)), "cd"),
        (Sought("r", outlet="Beta", source="four", until=dt.date(2025, 8, 2)), "d"),
    ],
)
def test_filters(four: Library, sought: Sought, matching: str) -> None:
    assert ids(four, sought, Order.ADDED, descending=False) == matching


def test_what_there_is_to_choose_from(four: Library) -> None:
    assert choices(four.catalog) == Choices(("alpha", "Beta", "Zeit"), ("en",))


def test_a_page(four: Library) -> None:
    page = four.listing(order=Order.ADDED, descending=False, first=1, most=2)
    assert [one.article_id for one in page.articles] == ["b", "c"]
    assert (page.matching, page.total) == (4, 4)
    assert four.listing(first=99).articles == ()
    assert ids(four, first=-5, most=1) == "d"


def test_a_line_is_the_article(four: Library) -> None:
    assert sorted(four.listing().articles, key=lambda one: one.article_id) == sorted(
        four.articles(), key=lambda one: one.article_id
    )


def test_empty(library: Library) -> None:
    page = library.listing(Sought("x"))
    assert (page.articles, page.matching, page.total) == ((), 0, 0)
