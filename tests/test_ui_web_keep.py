"""Keeping a conversation, in Chromium: over a reload, as a file, with ratings; and the page for newcomers."""

from __future__ import annotations

import re
from pathlib import Path

from page_reader import MARKS, NEW, ask, come_back, open_page
from page_server import PageServer, wait_until
from playwright.sync_api import Page, expect

from rag.library import Library

pytestmark = MARKS


def test_a_conversation_survives_a_reload_and_goes_on(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    ask(page, "Why was the reopening of the Kestrel Bridge delayed?")
    expect(page.locator(NEW + ".dl-about")).to_be_visible()
    ask(page, "And how much will it cost?")
    expect(page.locator("#dl-past .dl-turn")).to_have_count(1)
    expect(page.locator(NEW + ".dl-marker").first).to_be_visible()
    expect(page.locator(NEW + ".dl-rate")).to_be_visible()
    text = page.locator(NEW + ".dl-text").inner_text()
    come_back(page)
    expect(page.locator(NEW + ".dl-text")).to_have_text(text)
    expect(page.locator("#dl-past .dl-turn")).to_have_count(1)
    expect(page.locator("#dl-suggested")).to_be_hidden()
    page.locator(NEW + ".dl-marker").first.click()
    expect(page.locator("#quote")).to_be_in_viewport()
    page.keyboard.press("Escape")
    page.locator(NEW + ".dl-more summary").last.click()
    page.locator(NEW + ".dl-found button").last.click()
    expect(page.locator("#quote")).to_be_in_viewport()
    ask(page, "And who pays for it?")
    expect(page.locator("#dl-past .dl-turn")).to_have_count(2)
    expect(page.locator(NEW + ".dl-searched bdi")).to_contain_text("Kestrel Bridge")
    expect(page.locator(NEW + ".dl-rate")).to_be_visible()
    come_back(page)
    expect(page.locator(".dl-turn")).to_have_count(3)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".dl-turn")).to_have_count(0)
    come_back(page)
    expect(page.locator("#dl-suggested")).to_be_visible()
    expect(page.locator(".dl-turn")).to_have_count(0)


def test_what_the_browser_kept_is_not_trusted(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    ask(page, "What ended the ferry strike?")
    expect(page.locator(NEW + ".dl-about")).to_be_visible()
    wait_until("it is kept", lambda: page.evaluate("localStorage.length") > 0)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    page.evaluate(
        "for (const key of Object.keys(localStorage)) localStorage.setItem(key, localStorage.getItem(key).slice(9))"
    )
    open_page(page, sample)
    ask(page, "What ended the ferry strike?")
    expect(page.locator(NEW + ".dl-about")).to_be_visible()


def test_a_thumb_is_stored_with_its_note_and_can_be_taken_back(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    question = "What ended the ferry strike? (thumbs)"
    ask(page, question)
    store = Library.open(sample.folder / "library").feedback

    def given() -> list[tuple[str, str]]:
        return [(one.thumbs, one.note) for one in store.all() if one.answer.question == question]

    up, down = (page.locator(NEW).get_by_role("button", name=name) for name in ("Good answer", "Bad answer"))
    up.click()
    wait_until("the thumb is stored", lambda: given() == [("up", "")])
    expect(up).to_have_attribute("aria-pressed", "true")
    note = page.get_by_role("textbox", name="Note on this answer")
    expect(note).to_be_focused()
    note.fill("right <b>and</b> quick")
    note.press("Enter")
    wait_until("the note is stored", lambda: given() == [("up", "right <b>and</b> quick")])
    expect(page.get_by_text("Rating and note saved.")).to_be_visible()
    down.click()
    wait_until("the thumb is turned", lambda: [thumbs for thumbs, _ in given()] == ["down"])
    come_back(page)
    expect(down).to_have_attribute("aria-pressed", "true")
    down.click()
    wait_until("it is taken back", lambda: given() == [])
    expect(down).to_have_attribute("aria-pressed", "false")


def test_an_empty_library_leads_to_where_articles_are_added(page: Page, scripted: PageServer) -> None:
    open_page(page, scripted)
    expect(page.locator("#dl-welcome")).to_contain_text("dateline ingest PATH")
    expect(page.locator("#dl-suggested")).to_be_hidden()
    ask(page, "Is there anything?")
    expect(page.locator(NEW + ".dl-abstained")).to_contain_text("empty")
    page.get_by_role("button", name="Add articles").click()
    expect(page.get_by_role("tab", name="Library")).to_have_attribute("aria-selected", "true")


def test_everything_that_can_be_pressed_has_a_name_and_the_conversation_becomes_a_file(
    page: Page, sample: PageServer
) -> None:
    open_page(page, sample)
    ask(page, "What happened to the Kestrel Bridge?")
    expect(page.locator(NEW + ".dl-timeline")).to_be_visible()
    page.locator(NEW + ".dl-marker").first.click()
    expect(page.locator("#quote")).to_be_in_viewport()
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, input, textarea, a')].filter(one => one.offsetParent && "
        "!(one.textContent.trim() || one.getAttribute('aria-label') || one.labels?.length)).map(one => one.outerHTML.slice(0, 200))"
    )
    assert nameless == []
    expect(page.locator("#dl-status [role=status]")).to_contain_text("Answered from")
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_text("Dateline")
    for _ in range(2):
        with page.expect_download() as download:
            page.get_by_role("button", name="Export").click()
        assert re.fullmatch(r"dateline-\d{4}-\d\d-\d\d\.md", download.value.suggested_filename)
        text = Path(download.value.path()).read_text(encoding="utf-8")
        assert text.startswith("# ")
        assert "What happened to the Kestrel Bridge?" in text
        assert "[1]" in text
