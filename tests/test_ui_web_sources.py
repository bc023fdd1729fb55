"""The tab of followed sources in Chromium, with a real feed server on this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from page_reader import MARKS, NEW, ask, open_page
from page_server import PageServer
from web_server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = MARKS
FIRES = {
    "mill": "The Zorvath mill burned down on Monday night, and the fire chief Anna Quillon said that a faulty dryer had started the fire.",
    "dairy": "The Quendal dairy burned down on Friday morning, and the fire chief Odo Marrin said that a broken lamp had started the fire.",
}


@pytest.fixture(scope="module")
def feeds() -> Iterator[Server]:
    """Feeds with one article each."""
    yield from serving("/good", "/listed", "/moody", "/told", "/gone", "/packed")


@pytest.fixture
def failing() -> Iterator[Server]:
    """A host of its own, because a failing one is left alone for minutes."""
    yield from serving("/broken")


def serving(*paths: str) -> Iterator[Server]:
    with Server() as server:
        server.page("/robots.txt", b"", 404)
        for path in paths:
            announce(server, path, "mill")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def announce(server: Server, path: str, *names: str) -> None:
    items = ""
    for name in names:
        body = f"<p>{FIRES[name]}</p><p>Nobody was hurt. It had stood beside the river for a hundred years, and the town council wants to build it again.</p>"
        server.page(
            f"/{name}", f"<title>{name} burns down</title><article><h1>{name} burns down</h1>{body}</article>".encode()
        )
        items += f"<item><title>{name} burns down</title><link>{server.url(f'/{name}')}</link><guid>{name}</guid><description>Read on.</description></item>"
    feed = f"<rss version='2.0'><channel><title>Herald</title>{items}</channel></rss>".encode()
    server.page(path, feed, Content_Type="application/rss+xml", ETag=f'"{len(names)}"')


def open_sources(page: Page, server: PageServer) -> None:
    from playwright.sync_api import expect

    open_page(page, server)
    page.get_by_role("tab", name="Sources").click()
    expect(page.locator("#dl-sources :is(.dl-empty, .dl-count)")).to_be_visible()


def follow(page: Page, *addresses: str) -> None:
    page.get_by_label("Follow feeds, news sitemaps").fill("\n".join(addresses))
    page.get_by_role("button", name="Follow", exact=True).click()


def source(page: Page, address: str) -> Locator:
    return page.locator(".dl-source", has_text=address.partition("://")[2])


def test_a_followed_feed_can_be_asked_about_within_a_minute(page: Page, newsroom: PageServer, feeds: Server) -> None:
    from playwright.sync_api import expect

    open_sources(page, newsroom)
    started = time.monotonic()
    follow(page, feeds.url("/good"))
    good = source(page, feeds.url("/good"))
    expect(good).to_contain_text("Working", timeout=60_000)
    expect(good.get_by_role("button", name="1 article")).to_be_visible()
    page.get_by_role("tab", name="Chat").click()
    ask(page, "What started the fire at the Zorvath mill?")
    expect(page.locator(NEW + ".dl-text")).to_contain_text("dryer")
    assert time.monotonic() - started < 60


def test_the_articles_of_a_source_are_listed(page: Page, newsroom: PageServer, feeds: Server) -> None:
    from playwright.sync_api import expect

    open_sources(page, newsroom)
    follow(page, feeds.url("/listed"))
    source(page, feeds.url("/listed")).get_by_role("button", name="1 article").click(timeout=60_000)
    expect(page.get_by_role("tab", name="Library")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#dl-articles .dl-count")).to_contain_text("1 of ")
    expect(page.locator(".dl-cell-title")).to_have_text(["mill burns down"])
    expect(page.locator(".dl-fields").get_by_label("Source")).to_have_value(feeds.url("/listed"))


def test_what_cannot_be_followed_is_told_and_stays_to_be_mended(
    page: Page, newsroom: PageServer, feeds: Server
) -> None:
    from playwright.sync_api import expect

    open_sources(page, newsroom)
    follow(page, "")
    expect(page.get_by_text("Give the web address of a feed or site, or an OPML file.")).to_be_visible()
    follow(page, "not an address")
    told = page.get_by_role("alert")
    expect(told.locator("li")).to_have_count(1)
    follow(page, feeds.url("/told"), "/etc", "http://127.0.0.1:9/feed")
    expect(told).to_contain_text("127.0.0.1 cannot be reached")
    expect(told).to_contain_text("https:///etc")
    expect(page.get_by_label("Follow feeds, news sitemaps")).to_have_value("https:///etc\nhttp://127.0.0.1:9/feed")
    expect(source(page, feeds.url("/told"))).to_be_visible()


def test_a_failing_source_says_why_and_what_comes_next(page: Page, newsroom: PageServer, failing: Server) -> None:
    from playwright.sync_api import expect

    whole = failing.answers["/broken"]

    def once(request: BaseHTTPRequestHandler) -> None:
        failing.page("/broken", b"", 500)
        whole(request)

    failing.answers["/broken"] = once
    open_sources(page, newsroom)
    follow(page, failing.url("/broken"))
    broken = source(page, failing.url("/broken"))
    expect(broken).to_contain_text("Failing", timeout=60_000)
    expect(broken).to_contain_text("HTTP 500")
    expect(broken).to_contain_text("next")


def test_the_feeds_of_an_opml_file_are_followed(
    page: Page, newsroom: PageServer, feeds: Server, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    open_sources(page, newsroom)
    chosen, form = (
        page.get_by_label("or the feeds of an OPML file"),
        page.get_by_role("button", name="Follow", exact=True),
    )
    other, packed = tmp_path / "other.opml", tmp_path / "feeds.opml"
    other.write_text("Nothing of the kind.", encoding="utf-8")
    chosen.set_input_files(other)
    form.click()
    expect(page.get_by_role("alert")).to_contain_text("OPML")
    packed.write_text(f'<opml><body><outline xmlUrl="{feeds.url("/packed")}"/></body></opml>', encoding="utf-8")
    chosen.set_input_files(packed)
    form.click()
    expect(source(page, feeds.url("/packed"))).to_contain_text("Working", timeout=60_000)


def test_pause_and_resume(page: Page, newsroom: PageServer, feeds: Server) -> None:
    from playwright.sync_api import expect

    open_sources(page, newsroom)
    follow(page, feeds.url("/moody"))
    moody = source(page, feeds.url("/moody"))
    expect(moody).to_contain_text("Working", timeout=60_000)
    moody.get_by_role("button", name="Pause").click()
    expect(moody).to_contain_text("left alone until it is resumed")
    announce(feeds, "/moody", "mill", "dairy")
    moody.get_by_role("button", name="Resume").click()
    expect(moody.get_by_role("button", name="2 articles")).to_be_visible(timeout=60_000)


def test_remove_and_undo(page: Page, newsroom: PageServer, feeds: Server) -> None:
    from playwright.sync_api import expect

    open_sources(page, newsroom)
    follow(page, feeds.url("/gone"))
    good = source(page, feeds.url("/gone"))
    expect(good).to_contain_text("Working", timeout=60_000)
    good.get_by_role("button", name="Remove").click()
    expect(good).to_have_count(0)
    expect(page.locator("#dl-sources")).to_contain_text("No longer followed")
    page.get_by_role("button", name="Undo").click()
    expect(good).to_contain_text("1 article")
