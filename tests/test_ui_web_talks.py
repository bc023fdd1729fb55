"""Conversations on the page, in Chromium: no question is lost, and the browser's Back goes where a reader expects."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from page_reader import MARKS, NEW, ask, come_back, open_page
from page_server import PageServer, page_server
from playwright.sync_api import Browser, Page, expect

from ui.format import day

pytestmark = MARKS
BRIDGE = "When will the Kestrel Bridge open again?"
FERRY = "What ended the ferry strike?"


def asked(page: Page, question: str) -> None:
    ask(page, question)
    expect(page.locator(NEW + ".dl-question")).to_have_text(question)
    expect(page.locator(NEW + ".dl-rate")).to_be_visible()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def begin_anew(page: Page) -> None:
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".dl-turn")).to_have_count(0)


def open_list(page: Page):  # type: ignore[no-untyped-def]
    page.get_by_role("button", name="Conversations (").click()
    rows = page.locator(".dl-list li")
    expect(rows.first).to_be_visible()
    return rows


def test_a_new_conversation_keeps_the_old_one_which_is_renamed_and_found(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    asked(page, BRIDGE)
    begin_anew(page)
    asked(page, FERRY)
    rows = open_list(page)
    expect(rows.locator("strong")).to_have_text([FERRY, BRIDGE])
    today = dt.datetime.now().astimezone().date()
    expect(rows.locator(".dl-hint").first).to_have_text(f"1 question · {day(today)}")
    rows.filter(has_text=BRIDGE).get_by_role("button", name="Rename").click()
    name = page.get_by_role("textbox", name="Name of the conversation")
    name.fill("<b>Harbour</b> works")
    name.press("Enter")
    expect(rows.locator("strong")).to_have_text([FERRY, "<b>Harbour</b> works"])
    search = page.get_by_role("searchbox", name="Search conversations")
    search.fill("kestrel")  # a word of its question, not of its name
    expect(rows.locator("strong")).to_have_text(["<b>Harbour</b> works"])
    search.fill("nothing of the kind")
    expect(rows).to_have_text(["No conversation contains these words."])
    search.fill("kestrel")
    rows.filter(has_text="Harbour").locator(".dl-open").click()
    expect(page.locator(".dl-question")).to_have_text([BRIDGE])
    ask(page, "And who pays for it?")
    expect(page.locator(NEW + ".dl-searched bdi")).to_contain_text("Kestrel Bridge")
    expect(page.locator(NEW + ".dl-rate")).to_be_visible()
    come_back(page)
    expect(page.locator(".dl-question")).to_have_text([BRIDGE, "And who pays for it?"])


def test_a_deleted_conversation_comes_back_by_undo(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    asked(page, BRIDGE)
    begin_anew(page)
    asked(page, FERRY)
    rows = open_list(page)
    for question in (BRIDGE, FERRY):
        rows.filter(has_text=question).get_by_role("button", name="Delete").click()
    expect(rows.locator("s")).to_have_text([FERRY, BRIDGE])
    expect(page.get_by_role("button", name=f"Undo: bring back “{FERRY}”")).to_be_focused()
    page.get_by_role("button", name="Close the list").click()
    # The open one is gone from the page, too, and a question begins another.
    expect(page.locator(".dl-turn")).to_have_count(0)
    come_back(page)
    asked(page, "Who built the Kestrel Bridge?")
    expect(page.locator(".dl-question")).to_have_count(1)
    page.get_by_role("button", name="Conversations (1)").click()
    rows.filter(has_text=BRIDGE).get_by_role("button", name="Undo").click()
    expect(rows.locator("strong")).to_have_text(["Who built the Kestrel Bridge?", BRIDGE])
    expect(rows.locator("s")).to_have_text([FERRY])


def test_two_tabs_keep_what_both_asked(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    asked(page, BRIDGE)
    other = page.context.new_page()
    open_page(other, sample)
    asked(other, FERRY)
    rows = open_list(page)  # redrawn without a reload
    expect(rows.locator("strong")).to_have_text([FERRY, BRIDGE])
    page.get_by_role("button", name="Close the list").click()
    # Both continue the same conversation.
    open_list(other).filter(has_text=BRIDGE).locator(".dl-open").click()
    expect(other.locator(".dl-question")).to_have_text([BRIDGE])
    asked(other, "How much will the Kestrel Bridge cost?")
    asked(page, "Who built the Kestrel Bridge?")
    come_back(page)
    expect(page.locator(".dl-question")).to_have_text(
        [BRIDGE, "How much will the Kestrel Bridge cost?", "Who built the Kestrel Bridge?"]
    )
    other.close()


def test_back_closes_an_article_and_walks_through_questions(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    page.set_viewport_size({"width": 1280, "height": 400})
    for question in ("What happened to the Kestrel Bridge?", BRIDGE, FERRY):
        asked(page, question)
        expect(page.locator("#quote")).to_be_in_viewport()  # the first source opens by itself
    opened = page.locator("#dl-panel .dl-article-title").inner_text()
    for _ in range(2):
        page.go_back()
        expect(page.locator("#dl-panel .dl-article")).to_have_count(0)
        expect(page.locator("#dl-live .dl-question")).to_be_in_viewport()
        page.go_forward()
        expect(page.locator("#dl-panel .dl-article-title")).to_have_text(opened)
    page.go_back()
    expect(page.locator("#dl-panel .dl-article")).to_have_count(0)
    for place in (1, 0):
        page.go_back()
        expect(page.locator("#dl-past .dl-question").nth(place)).to_be_in_viewport()
        expect(page.locator("#dl-live .dl-text")).not_to_be_in_viewport()
    page.locator("#dl-past .dl-marker").first.click()
    expect(page.locator(".dl-article-title")).to_be_focused()
    page.get_by_role("tab", name="Library").click()
    page.locator(".dl-cell-title button").first.click()
    expect(page.locator("#dl-shelf-panel .dl-article-title")).to_be_focused()
    page.go_back()
    expect(page.locator("#dl-shelf-panel .dl-article")).to_have_count(0)
    expect(page.locator(".dl-cell-title button").first).to_be_focused()
    page.get_by_role("tab", name="Chat").click()
    expect(page.locator("#dl-panel .dl-article")).to_be_visible()
    page.go_back()
    expect(page.locator("#dl-panel .dl-article")).to_have_count(0)
    assert sample.address in page.url


def test_an_empty_question_leaves_the_page_as_it_is(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    send = page.get_by_role("button", name="Ask", exact=True)
    send.click()
    asked(page, BRIDGE)
    box = page.get_by_role("textbox", name="Question")
    box.fill("   ")
    box.press("Enter")
    page.wait_for_timeout(500)
    expect(page.locator(".dl-question")).to_have_text([BRIDGE])
    expect(send).to_be_visible()


def test_back_returns_to_the_conversation_before(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    asked(page, BRIDGE)
    begin_anew(page)
    asked(page, FERRY)
    expect(page.locator("#quote")).to_be_in_viewport()
    page.go_back()  # closes the article
    expect(page.locator("#dl-panel .dl-article")).to_have_count(0)
    page.go_back()
    expect(page.locator(".dl-question")).to_have_text([BRIDGE])


def test_filters_survive_a_reload(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    page.get_by_role("button", name="Dates and outlets").click()
    page.locator(".dl-day", has_text="As of").locator("input[type=text]").fill("25 Aug 2025")
    page.get_by_role("combobox", name="Outlets").click()
    page.get_by_role("option", name="Port Ansel Gazette").click()
    chips = page.locator("#dl-chips .dl-chip")
    expect(chips).to_have_count(2)
    come_back(page)
    expect(chips).to_contain_text(["As of 25 Aug 2025", "Port Ansel Gazette"])
    asked(page, BRIDGE)
    expect(page.locator(NEW + ".dl-about")).to_contain_text("as of 25 Aug 2025")


def test_a_question_is_asked_again_edited_and_copied(page: Page, sample: PageServer) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, sample)
    asked(page, BRIDGE)
    live = page.locator(NEW)
    live.get_by_role("button", name="Copy", exact=True).click()
    expect(live.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(BRIDGE)
    text = live.locator(".dl-text").inner_text()
    assert copied.count(text.split(" [")[0]) == 1
    for link in live.locator(".dl-card .dl-link").all():
        assert link.get_attribute("href") in copied.splitlines()
    live.get_by_role("button", name="Edit").click()
    expect(page.get_by_role("textbox", name="Question")).to_have_value(BRIDGE)
    live.get_by_role("button", name="Ask again").click()
    expect(page.locator(".dl-question")).to_have_text([BRIDGE, BRIDGE])
    expect(live.locator(".dl-rate")).to_be_visible()


def test_an_open_article_alone_is_asked_about(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    asked(page, FERRY)
    page.locator(NEW + ".dl-marker").first.click()
    title = page.locator("#dl-panel .dl-article-title").inner_text().split("] ")[-1]
    page.get_by_role("button", name="Ask about this article only").click()
    expect(page.locator("#dl-chips .dl-chip")).to_contain_text([f"Only “{title}”"])
    expect(page.get_by_role("textbox", name="Question")).to_be_focused()
    come_back(page)
    expect(page.locator("#dl-chips .dl-chip")).to_contain_text([f"Only “{title}”"])
    asked(page, "What happened?")
    titles = page.locator(NEW + ".dl-found button").all_text_contents()
    assert titles
    assert all(title in one for one in titles)
    page.locator("#dl-chips .dl-chip").click()
    expect(page.locator("#dl-chips .dl-chip")).to_have_count(0)


def test_a_link_shows_one_answer_as_it_was_given_to_another_reader(
    page: Page, sample: PageServer, browser: Browser
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, sample)
    asked(page, BRIDGE)
    text = page.locator(NEW + ".dl-text").inner_text()
    come_back(page)  # the browser restored it, and it is recognised
    page.locator(NEW).get_by_role("button", name="Copy link").click()
    expect(page.locator(NEW).get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(re.escape(sample.address) + r"/a/\w{45}", link)
    other = browser.new_context().new_page()
    other.goto(link)
    expect(other.locator(".dl-question")).to_have_text(BRIDGE)
    expect(other.locator(".dl-text")).to_have_text(text)
    expect(other.locator(".dl-meta")).to_contain_text("from library version r")
    other.locator(".dl-marker").first.click()
    expect(other.locator("#quote")).to_be_in_viewport()
    other.keyboard.press("Escape")
    expect(other.locator(".dl-article")).to_have_count(0)
    expect(other.locator(".dl-marker").first).to_be_focused()
    assert other.goto(link[:-1] + "!").status == 404  # type: ignore[union-attr]
    expect(other.locator("main")).to_contain_text("There is no answer under this link.")
    # The reader who got the answer can withdraw the link.
    withdraw = page.locator(NEW).get_by_role("button", name="Withdraw link")
    withdraw.click()
    expect(withdraw).to_be_hidden()
    expect(page.get_by_text("Link withdrawn")).to_be_visible()
    assert other.goto(link).status == 404  # type: ignore[union-attr]
    other.context.close()


def test_an_answer_that_a_browser_made_up_gets_no_link(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    asked(page, BRIDGE)
    page.evaluate(
        "for (const [key, value] of Object.entries(localStorage)) if (key.includes('/'))"
        " localStorage.setItem(key, value.replaceAll('bridge', 'palace').replaceAll('Bridge', 'Palace'))"
    )
    come_back(page)
    expect(page.locator(".dl-question")).to_have_text([BRIDGE.replace("Bridge", "Palace")])
    page.locator(NEW).get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("This answer is no longer known here")).to_be_visible()


def test_with_a_login_conversations_follow_a_reader_to_another_browser(browser: Browser, tmp_path: Path) -> None:
    login = {"username": "dateline", "password": "p"}
    with page_server("fake", tmp_path, environment={"DATELINE_PASSWORD": "p"}) as server:
        pages = []
        for question in ("Is there anything?", "Is there more?"):
            page = browser.new_context(http_credentials=login).new_page()  # type: ignore[arg-type]
            open_page(page, server)
            asked(page, question)
            pages.append(page)
        rows = open_list(pages[1])
        expect(rows.locator("strong")).to_have_text(["Is there more?", "Is there anything?"])
        expect(pages[1].locator(".dl-list")).to_contain_text("on the server")
        rows.last.locator(".dl-open").click()
        expect(pages[1].locator(".dl-question")).to_have_text(["Is there anything?"])
        for page in pages:
            page.context.close()
