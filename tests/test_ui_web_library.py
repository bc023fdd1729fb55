"""The library tab in Chromium: adding, asking about it at once, sorting, opening, removing with undo."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from page_reader import MARKS, NEW, ask, come_back, open_page
from page_server import PageServer, page_server

from ingest.document import Document
from ingest.jsonl import read_jsonl
from rag.store.catalog_rows import folded

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = MARKS
MILL = (
    "Zorvath mill burns down\n\nPublished: 2025-08-20\n\nThe Zorvath mill burned down on Monday night, and the fire chief "
    "Anna Quillon said that a faulty dryer had started the fire. Nobody was hurt. The mill had stood beside the river for "
    "a hundred years, and the town council wants to build it again.\n"
)
PAGE = (
    "<html><head><title>Tram line to Osterby opens</title></head><body><article><h1>Tram line to Osterby opens</h1>"
    "<p>The tram line to Osterby opened on Saturday, the transport director Pell Marrick said, three years late and after "
    "a dispute about the bridge over the Lane.</p><p>The first tram carried two hundred passengers, and the town paid for "
    "their tickets. A second line to the harbour is planned for next year.</p></article></body></html>"
)
UNANSWERED = ":is(.dl-abstained, .dl-closest)"
WHO_MILL, WHO_TRAM = "What started the fire at the Zorvath mill?", "Who said that the tram line to Osterby opened?"


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    """The address of an article on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(PAGE.encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/tram.html"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """The page over an empty library."""
    with page_server("fake", tmp_path_factory.mktemp("empty")) as server:
        yield server


def open_library(page: Page, server: PageServer) -> None:
    from playwright.sync_api import expect

    open_page(page, server)
    page.get_by_role("tab", name="Library").click()
    expect(page.locator("#dl-articles .dl-count, #dl-articles .dl-empty").first).to_be_visible()


def titles(page: Page) -> list[str]:
    return page.locator(".dl-cell-title").all_inner_texts()


def search_for(page: Page, words: str) -> None:
    """Searches for words that only some titles have."""
    from playwright.sync_api import expect

    page.get_by_label("Search titles and outlets").fill(words)
    expect(page.locator(".dl-count")).to_contain_text(" of ")
    rows = page.locator(".dl-table tbody tr").all_inner_texts()
    assert rows
    assert all(word in row.lower() for row in rows for word in words.lower().split())


def write(folder: Path, **files: str) -> list[Path]:
    paths = [folder / name.replace("_", ".") for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.write_text(text)
    return paths


def test_uploads_are_reported_and_can_be_asked_about_in_an_open_page(
    page: Page, browser: Browser, newsroom: PageServer, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    context = browser.new_context()
    reader = context.new_page()
    open_page(reader, newsroom)
    ask(reader, WHO_MILL)
    expect(reader.locator(NEW + UNANSWERED)).to_be_visible()
    open_library(page, newsroom)
    page.get_by_role("button", name="Add articles").click()
    page.locator("#dl-files input[type=file]").set_input_files(write(tmp_path, mill_txt=MILL, bad_xyz="nothing"))
    expect(page.locator("#dl-told")).to_contain_text("1 article added.")
    expect(page.locator("#dl-failures")).to_contain_text("bad.xyz: This is not a kind of file that is read")
    assert "/tmp" not in page.locator("body").inner_text()
    expect(page.locator(".dl-cell-title").first).to_have_text("Zorvath mill burns down")
    started = time.monotonic()
    ask(reader, WHO_MILL + " ")
    expect(reader.locator(NEW + ".dl-text")).to_contain_text("dryer", timeout=10_000)
    assert time.monotonic() - started < 10
    context.close()


def test_add_by_address(page: Page, newsroom: PageServer, web: str) -> None:
    from playwright.sync_api import expect

    open_library(page, newsroom)
    page.get_by_role("button", name="Add articles").click()
    box = page.get_by_label("Web addresses of articles or feeds, one a line")
    box.fill(f"{web}\n/etc/passwd\nhttp://127.0.0.1:9/")
    page.get_by_role("button", name="Add from the web").click()
    expect(page.locator("#dl-told")).to_contain_text("1 article added")
    expect(page.locator("#dl-failures")).to_contain_text("only http:// and https:// addresses can")
    expect(page.locator("#dl-failures")).to_contain_text("127.0.0.1 cannot be reached")
    page.get_by_role("tab", name="Chat").click()
    ask(page, WHO_TRAM)
    expect(page.locator(NEW + ".dl-text")).to_contain_text("Pell Marrick")


def test_search_sort_and_open_with_the_keyboard(page: Page, newsroom: PageServer) -> None:
    from playwright.sync_api import expect

    open_library(page, newsroom)
    search_for(page, "KESTREL ledger")
    page.get_by_label("Search titles and outlets").fill("xyzzy")
    expect(page.locator("#dl-articles .dl-empty")).to_contain_text("No article fits")
    page.get_by_label("Search titles and outlets").fill("")
    heading = page.get_by_role("columnheader", name="Title")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    assert titles(page) == sorted(titles(page), key=folded)
    expect(heading.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert titles(page) == sorted(titles(page), key=folded, reverse=True)
    button = page.locator(".dl-cell-title button").nth(3)
    title = button.inner_text()
    button.focus()
    page.keyboard.press("Enter")
    heading = page.locator("#dl-shelf-panel .dl-article-title")
    expect(heading).to_have_text(title)
    expect(heading).to_be_focused()
    page.keyboard.press("Escape")
    expect(heading).to_have_count(0)
    expect(button).to_be_focused()


def test_remove_undo_and_remove_again(page: Page, newsroom: PageServer, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    open_library(page, newsroom)
    page.get_by_role("button", name="Add articles").click()
    text = MILL.replace("Zorvath mill", "Brunvik tower").replace("dryer", "lantern")
    page.locator("#dl-files input[type=file]").set_input_files(write(tmp_path, tower_txt=text))
    expect(page.locator(".dl-report")).to_contain_text("1 article added")
    tick = page.get_by_role("checkbox", name="Select “Brunvik tower burns down”")
    undo = page.get_by_role("button", name="Undo: bring back “Brunvik tower burns down”")
    tick.check()
    page.get_by_role("button", name="Remove selected").click()
    expect(undo).to_be_focused()
    expect(tick).to_have_count(0)
    asked_in_chat(page, "What started the fire at the Brunvik tower?", answered="")
    undo.click()
    expect(tick).to_be_visible()
    expect(undo).to_have_count(0)
    asked_in_chat(page, "What started the fire in the Brunvik tower?", answered="lantern")
    page.get_by_role("button", name="Brunvik tower burns down", exact=True).click()
    page.get_by_role("button", name="Remove this article").click()
    expect(tick).to_have_count(0)
    expect(page.locator("#dl-shelf-panel .dl-article")).to_have_count(0)
    asked_in_chat(page, "What started the fire at Brunvik tower?", answered="")


def narrow(page: Page, **fields: str) -> None:
    """Sets filters by their labels."""
    if not page.locator(".dl-fields").is_visible():
        page.get_by_text("Filters", exact=True).click()
    for label, value in fields.items():
        field = page.locator(".dl-fields").get_by_label(label.replace("_", " "), exact=True)
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def test_filters_by_outlet_day_language_and_source(page: Page, newsroom: PageServer) -> None:
    from playwright.sync_api import expect

    open_library(page, newsroom)
    narrow(page, Outlet="Meridian Post")
    expect(page.locator(".dl-count")).to_contain_text(" of ")
    assert set(page.locator(".dl-table td:nth-child(3)").all_inner_texts()) == {"Meridian Post"}
    narrow(page, Outlet="", Published_from="2025-08-20", to="2025-08-20")
    expect(page.locator(".dl-table tbody td:nth-child(4)").first).to_have_text("20 Aug 2025")
    expect(page.locator(".dl-table tbody td:nth-child(4)", has_not_text="20 Aug 2025")).to_have_count(0)
    narrow(page, Published_from="", to="", Source="kestrel")
    expect(page.locator(".dl-count")).to_contain_text(" of ")
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator(".dl-count")).not_to_contain_text(" of ")


def test_articles_that_are_selected_or_found_are_exported_and_can_be_added_again(
    page: Page, newsroom: PageServer, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    open_library(page, newsroom)
    chosen = titles(page)[:2]
    for title in chosen:
        page.get_by_role("checkbox", name=f"Select “{title}”").check()
    expect(page.locator(".dl-selected")).to_contain_text("2 selected")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export selected").click()
    download.value.save_as(tmp_path / "articles.jsonl")
    read = list(read_jsonl(tmp_path / "articles.jsonl"))
    assert [one.known.title for one in read if isinstance(one, Document)] == chosen
    expect(page.locator(".dl-selected")).to_be_visible()  # the page is still there
    search_for(page, "kestrel")
    found = titles(page)
    with page.expect_download() as download:
        page.get_by_role("link", name=f"Export {len(found)} articles").click()
    download.value.save_as(tmp_path / "all.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    assert sorted(row["title"] for row in rows) == sorted(found)


def test_failures_stay_until_they_are_dismissed_and_nobody_else_sees_them(
    page: Page, browser: Browser, newsroom: PageServer, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    open_library(page, newsroom)
    page.get_by_role("button", name="Add articles").click()
    page.locator("#dl-files input[type=file]").set_input_files(write(tmp_path, odd_xyz="nothing"))
    failures = page.locator("#dl-failures")
    expect(failures).to_contain_text("odd.xyz")
    context = browser.new_context()
    other = context.new_page()
    open_library(other, newsroom)
    expect(other.locator("body")).not_to_contain_text("odd.xyz")
    context.close()
    page.get_by_role("tab", name="Chat").click()
    come_back(page)
    page.get_by_role("tab", name="Library").click()
    expect(failures).to_contain_text("odd.xyz")
    failures.get_by_role("button", name="Dismiss").click()
    expect(failures).to_be_hidden()
    page.get_by_role("tab", name="Chat").click()
    come_back(page)
    page.get_by_role("tab", name="Library").click()
    expect(page.locator(".dl-count")).to_be_visible()
    expect(failures).to_be_hidden()


def asked_in_chat(page: Page, question: str, answered: str) -> None:
    """Asks on the other tab and comes back; without answering words, Dateline must say nothing about the tower."""
    from playwright.sync_api import expect

    page.get_by_role("tab", name="Chat").click()
    ask(page, question)
    expect(page.locator(NEW + ".dl-question")).to_contain_text(question)
    if answered:
        expect(page.locator(NEW + ".dl-text")).to_contain_text(answered)
    else:
        expect(page.locator(NEW + UNANSWERED)).to_be_visible()
        expect(page.locator(NEW + UNANSWERED)).not_to_contain_text("lantern")
    page.get_by_role("tab", name="Library").click()


def test_a_phone_shows_cards(page: Page, newsroom: PageServer) -> None:
    from playwright.sync_api import expect

    page.set_viewport_size({"width": 390, "height": 844})
    open_library(page, newsroom)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".dl-cell-title button").first.click()
    expect(page.locator("#dl-shelf-panel .dl-article-text")).to_be_in_viewport()
    page.get_by_role("button", name="Close the article").click()
    expect(page.locator("#dl-shelf-panel")).to_be_hidden()


def test_an_open_article_leaves_the_list_its_width(page: Page, newsroom: PageServer) -> None:
    from playwright.sync_api import expect

    page.set_viewport_size({"width": 820, "height": 1180})
    open_library(page, newsroom)
    title = page.locator(".dl-cell-title").nth(1)
    before = title.bounding_box()
    title.get_by_role("button").click()
    expect(page.locator("#dl-shelf-panel .dl-article-title")).to_be_visible()
    assert title.bounding_box() == before


def test_an_empty_library_is_filled_from_here(page: Page, empty: PageServer, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    open_library(page, empty)
    expect(page.locator("#dl-articles .dl-empty")).to_contain_text("Drop files above")
    page.locator("#dl-files input[type=file]").set_input_files(write(tmp_path, mill_txt=MILL))
    expect(page.locator(".dl-report")).to_contain_text("1 article added")
    expect(page.locator(".dl-table tbody tr")).to_have_count(1)
    page.get_by_role("tab", name="Chat").click()
    expect(page.locator("#dl-holds")).to_contain_text("1 article")


def test_leaving_during_an_addition_loses_nothing(
    browser: Browser, page: Page, newsroom: PageServer, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    context = browser.new_context()
    leaver = context.new_page()
    open_library(leaver, newsroom)
    leaver.get_by_role("button", name="Add articles").click()
    text = MILL.replace("Zorvath", "Quendal").replace("mill", "dairy")
    leaver.locator("#dl-files input[type=file]").set_input_files(write(tmp_path, dairy_txt=text))
    expect(leaver.locator(".dl-adding")).to_be_visible()
    context.close()
    open_library(page, newsroom)
    expect(page.locator(".dl-cell-title").first).to_have_text("Quendal dairy burns down", timeout=30_000)
