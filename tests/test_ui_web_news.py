"""What is new, kept questions and an article's story in Chromium."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from page_reader import MARKS, NEW, ask, come_back, open_page
from page_server import PageServer, page_server
from story_articles import POOL

from ingest.run import ingest
from rag.library import Library

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = MARKS
HOW_MANY = "How many people were killed by the earthquake at Port Maliva?"
TODAY = dt.date.today()


def rows(*keys: str, day: dt.date) -> str:
    """Articles of the pool, moved to a day."""
    chosen = [one for one in POOL if one.key in keys]
    return "".join(json.dumps({**one.row(), "published": day.isoformat()}) + "\n" for one in chosen)


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """The page over two articles from yesterday with the same text, and one about a lottery."""
    folder = tmp_path_factory.mktemp("news")
    articles = folder / "today.jsonl"
    articles.write_text(
        rows("quake-herald", "quake-post", "lottery-1", day=TODAY - dt.timedelta(days=1)), encoding="utf-8"
    )
    with page_server("changing", folder, [articles]) as server:
        yield server


def open_news(page: Page, server: PageServer) -> None:
    from playwright.sync_api import expect

    open_page(page, server)
    page.get_by_role("tab", name="New", exact=True).click()
    expect(page.locator("#dl-news .dl-count")).to_contain_text("New", timeout=60_000)


def add(server: PageServer, folder: Path, *keys: str) -> None:
    (folder / "later.jsonl").write_text(rows(*keys, day=TODAY), encoding="utf-8")
    assert ingest(Library.open(server.folder / "library"), [str(folder / "later.jsonl")]).failed == []


def test_each_story_is_told_once_with_who_carries_it(page: Page, yesterday: PageServer) -> None:
    from playwright.sync_api import expect

    open_news(page, yesterday)
    quake = page.locator(".dl-news", has_text="Port Maliva")
    expect(quake).to_have_count(1)
    expect(quake).to_contain_text("One text, carried by")


def test_a_source_opens_at_the_quoted_words(page: Page, yesterday: PageServer) -> None:
    from playwright.sync_api import expect

    open_news(page, yesterday)
    story = page.locator(".dl-news", has_text="Port Maliva")
    said = story.locator("p").first.inner_text()
    story.get_by_role("button").first.click()
    mark = page.locator(".dl-side .dl-article #quote")
    expect(mark).to_be_visible()
    assert mark.inner_text()[:40] in said


def test_what_was_seen_before_the_last_visit_is_not_new(page: Page, yesterday: PageServer) -> None:
    from playwright.sync_api import expect

    open_page(page, yesterday)
    tomorrow = (dt.datetime.now().timestamp() + 86_400) * 1000
    page.evaluate(
        "then => { const key = Object.keys(localStorage).find((one) => one.endsWith('-visit'));"
        " localStorage.setItem(key, JSON.stringify({last: then, before: then})) }",
        tomorrow,
    )
    page.get_by_role("tab", name="New", exact=True).click()
    expect(page.locator("#dl-news .dl-count")).to_contain_text(f"on {TODAY.day} ", timeout=60_000)


def test_a_visit_ends_with_half_an_hour_away(page: Page, yesterday: PageServer) -> None:
    open_page(page, yesterday)
    week = 7 * 86_400_000
    page.wait_for_function("window.datelineBefore")
    page.evaluate(
        "week => { const key = Object.keys(localStorage).find((one) => one.endsWith('-visit'));"
        " localStorage.setItem(key, JSON.stringify({last: Date.now() - week, before: 0})) }",
        week,
    )
    come_back(page)
    # Until it is reloaded, the page knows of no visit.
    back = "week => window.datelineBefore && Math.abs(Date.now() - week - new Date(window.datelineBefore())) < 60000"
    page.wait_for_function(back, arg=week)


def test_a_kept_question_is_listed_dropped_and_brought_back(page: Page, yesterday: PageServer) -> None:
    from playwright.sync_api import expect

    open_page(page, yesterday)
    ask(page, "Which town sold the winning lottery ticket?")
    page.locator(NEW).get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("It is asked again after each fetch")).to_be_visible()
    page.get_by_role("tab", name="New", exact=True).click()
    kept = page.locator("#dl-kept .dl-source", has_text="Which town sold")
    expect(kept).to_contain_text("Unchanged since")
    kept.get_by_role("button", name="Remove").click()
    expect(kept).to_have_count(0)
    page.locator("#dl-kept").get_by_role("button", name="Undo").click()
    expect(kept).to_be_visible()


def test_a_kept_question_is_marked_with_what_changed(page: Page, yesterday: PageServer, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    from rag.assistant import Assistant
    from rag.keeping import ask_again

    open_page(page, yesterday)
    ask(page, HOW_MANY)
    page.locator(NEW).get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("It is asked again after each fetch")).to_be_visible()
    add(yesterday, tmp_path, "quake-herald-corrected")
    library = Library.open(yesterday.folder / "library")
    ask_again(Assistant(library), dt.datetime.now(dt.UTC))
    page.get_by_role("tab", name="New", exact=True).click()
    kept = page.locator("#dl-kept .dl-source", has_text="How many people were killed")
    expect(kept).to_contain_text("Changed")
    expect(kept).to_contain_text("41")


def test_a_story_is_a_page_of_its_own(page: Page, yesterday: PageServer) -> None:
    from playwright.sync_api import expect

    open_news(page, yesterday)
    page.locator(".dl-news", has_text="Port Maliva").get_by_role("link").click()
    expect(page.get_by_role("heading", name="Who told it when")).to_be_visible()
    expect(page.locator("main")).to_contain_text("independent outlet")
    expect(page.get_by_text("The same text:")).to_be_visible()
    assert page.locator("script").count() == 0
    page.get_by_role("link", name="Dateline").click()
    expect(page.get_by_role("tab", name="Chat")).to_be_visible()


def test_the_story_of_an_article_that_is_gone(page: Page, yesterday: PageServer) -> None:
    from playwright.sync_api import expect

    open_page(page, yesterday)
    answer = page.request.get(f"{yesterday.address}/story/nowhere")
    assert answer.status == 404
    assert "no longer in the library" in answer.text()
    expect(page.get_by_role("tab", name="Chat")).to_be_visible()
