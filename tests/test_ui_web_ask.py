"""Asking on the page, in Chromium: passages at once, then words, then the answer; stopping, following up, asking again."""

from __future__ import annotations

import re

from page_reader import MARKS, NEW, ask, open_page
from page_script import MODEL, SLOW, WHY
from page_server import PageServer, wait_until
from playwright.sync_api import Page, expect

pytestmark = MARKS


def test_each_kind_of_answer_looks_as_it_is(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    ask(page, "Which spokesperson announced President Lee's trip to Tokyo?")
    expect(page.locator(NEW + ".dl-text mark").first).to_contain_text("Kang Yu-jung")
    expect(page.locator(NEW + ".dl-marker").first).to_have_text("[1]")
    first = page.locator(NEW + ".dl-card").first
    expect(first).to_contain_text("[1]")
    expect(first).to_contain_text("Aug 2025")
    expect(page.locator(NEW + ".dl-about")).to_contain_text("Newest source:")
    expect(page.get_by_role("textbox", name="Question")).to_have_value("")
    # A brief is read line by line.
    ask(page, "What happened to the Kestrel Bridge?")
    lines = page.locator(NEW + ".dl-lines li")
    expect(lines.nth(1)).to_be_visible()
    told, markers = lines.all(), page.locator(NEW + ".dl-lines li .dl-marker").all_inner_texts()
    assert markers == [f"[{n + 1}]" for n in range(len(markers))]
    assert len(markers) >= len(told)
    # Newest first; an article without a day is shown without one, at the end.
    assert re.match(r"\d{1,2} \w{3} 2025: ", told[0].inner_text())
    expect(page.locator(NEW + ".dl-lines mark")).to_have_count(0)
    # Sources that disagree stand side by side.
    ask(page, "How much damage did the fire at Torsund Timber do?")
    sides = page.locator(NEW + ".dl-conflict .dl-sides li")
    expect(sides).to_have_count(2)
    for side in sides.all_inner_texts():
        assert re.search(r"million crowns.*Sep 2025", side, re.DOTALL)
    # No answer: the page says what there is.
    ask(page, "How many penguins live in Antarctica?")
    box = page.locator(NEW + ".dl-abstained")
    expect(box).to_contain_text("No answer")
    expect(box).to_contain_text("The library holds")
    assert box.evaluate("element => getComputedStyle(element).borderLeftStyle") == "dashed"
    expect(page.locator(NEW + ".dl-marker")).to_have_count(0)
    box.locator(".dl-open").first.click()
    expect(page.locator("#dl-panel .dl-article-text")).to_be_visible()


def test_passages_come_first_and_can_be_opened_before_the_answer(page: Page, scripted: PageServer) -> None:
    closed = scripted.folder / "closed"
    closed.unlink(missing_ok=True)
    open_page(page, scripted)
    ask(page, "Tell it slowly")
    expect(page.locator("#dl-status")).to_contain_text(re.compile("Reading|Answering"))
    expect(page.locator(NEW + ".dl-found")).to_contain_text("Port Ansel Gazette, 19 Aug 2025")
    expect(page.locator(NEW + ".dl-answer")).to_contain_text("piece 3")
    page.locator(NEW + ".dl-found button").click()
    expect(page.locator("#dl-panel .dl-article-title")).to_contain_text("no longer in the library")
    assert not closed.exists()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(NEW + ".dl-stopped")).to_have_text("Stopped.")
    wait_until("the stream is closed", closed.exists, 3.0)
    expect(page.get_by_role("textbox", name="Question")).to_have_value("Tell it slowly")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def test_written_words_are_marked_until_they_are_checked(page: Page, scripted: PageServer) -> None:
    open_page(page, scripted)
    ask(page, "Please write an answer")
    expect(page.locator(NEW + ".dl-answer")).to_contain_text("opens again on 29 September")
    draft = page.locator("#dl-draft")
    expect(draft).to_contain_text("not checked yet")
    expect(draft.locator(".dl-unchecked").first).to_be_in_viewport()
    expect(draft.locator(".dl-unchecked")).to_contain_text("It opens on")
    expect(draft.locator("s")).to_contain_text("99 million")
    expect(draft).to_contain_text(WHY)
    expect(page.locator(NEW + ".dl-written")).to_have_text(
        f"Written by {MODEL}, every sentence checked against its sources."
    )
    expect(draft).to_be_hidden()
    assert "99 million" not in page.locator(NEW + ".dl-text").inner_text()
    removed = page.locator(NEW + ".dl-removed")
    expect(removed.locator("s")).to_be_hidden()
    removed.locator("summary").click()
    expect(removed.locator("s")).to_have_text("The repair costs 99 million crowns. [1]")
    expect(removed).to_contain_text(WHY)


def test_quotes_stay_when_writing_is_stopped_or_fails(page: Page, scripted: PageServer) -> None:
    closed = scripted.folder / "closed"
    closed.unlink(missing_ok=True)
    open_page(page, scripted)
    ask(page, "Please write forever")
    expect(page.locator("#dl-draft s")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#dl-draft")).to_be_hidden()
    wait_until("the stream is closed", closed.exists, 3.0)
    expect(page.locator(NEW + ".dl-text")).to_contain_text("opens again on 29 September")
    expect(page.locator(NEW + ".dl-written")).to_have_count(0)
    ask(page, "Please write while the model is down")
    expect(page.locator(NEW + ".dl-notice")).to_have_text(SLOW)
    expect(page.locator("#dl-past .dl-turn")).to_have_count(1)


def test_a_follow_up_shows_what_was_searched_and_lets_it_be_changed(page: Page, sample: PageServer) -> None:
    box = page.get_by_role("textbox", name="Question")
    open_page(page, sample)
    ask(page, "Why was the reopening of the Kestrel Bridge delayed?")
    expect(page.locator(NEW + ".dl-about")).to_be_visible()
    expect(page.locator(NEW + ".dl-searched")).to_have_count(0)
    ask(page, "And how much will it cost?")
    expect(page.locator(NEW + ".dl-searched bdi")).to_contain_text("Kestrel Bridge")
    expect(page.locator("#dl-past .dl-turn")).to_have_count(1)
    # The previous answer still opens its own sources.
    page.locator("#dl-past .dl-marker").first.click()
    expect(page.locator("#quote")).to_be_in_viewport()
    # The searched question can be edited, and then stands alone.
    expect(page.locator(NEW + ".dl-searched")).to_contain_text("About:")
    page.locator(NEW + ".dl-searched").get_by_role("button", name="Edit").click()
    expect(box).to_have_value(re.compile("cost.*Kestrel Bridge"))
    expect(box).to_be_focused()
    expect(page.locator("#dl-chips")).to_contain_text("Asked on its own")
    ask(page, "And what will it cost to repair the ferry?")
    expect(page.locator("#dl-past .dl-turn")).to_have_count(2)
    expect(page.locator(NEW + ".dl-answer")).to_be_visible()
    expect(page.locator(NEW + ".dl-searched")).to_have_count(0)
    expect(page.locator("#dl-chips button")).to_have_count(0)
    # An earlier follow-up asked again follows the same turn as before.
    page.locator("#dl-past .dl-turn").nth(1).get_by_role("button", name="Edit").first.click()
    expect(box).to_have_value("And how much will it cost?")
    expect(page.locator("#dl-chips")).to_contain_text("Follows “Why was the reopening")
    box.press("Enter")
    expect(page.locator("#dl-past .dl-turn")).to_have_count(3)
    expect(page.locator(NEW + ".dl-searched bdi")).to_contain_text("Kestrel Bridge")
    # Or without what it took over.
    page.locator(NEW + ".dl-searched").get_by_role("button", name="Ask without it").click()
    expect(box).to_have_value("And how much will it cost?")
    expect(page.locator("#dl-chips")).to_contain_text("Asked on its own")
    box.press("Enter")
    expect(page.locator("#dl-past .dl-turn")).to_have_count(4)
    expect(page.locator(NEW + ".dl-answer")).to_be_visible()
    expect(page.locator(NEW + ".dl-searched")).to_have_count(0)


def test_enter_sends_and_shift_enter_makes_a_line(page: Page, scripted: PageServer) -> None:
    open_page(page, scripted)
    box = page.get_by_role("textbox", name="Question")
    box.fill("Is there")
    box.press("Shift+Enter")
    box.press_sequentially("anything?")
    expect(box).to_have_value("Is there\nanything?")
    box.press("Enter")
    expect(page.locator(NEW + ".dl-question")).to_have_text("Is there\nanything?")


def test_a_fault_shows_a_number_and_no_secret(page: Page, scripted: PageServer) -> None:
    open_page(page, scripted)
    ask(page, "Now break")
    problem = page.locator(NEW + ".dl-problem")
    expect(problem).to_contain_text("request")
    text = problem.inner_text()
    assert not re.search("secret|hunter2|RuntimeError|Traceback", page.locator("body").inner_text())
    number = re.search(r"request ([0-9a-f]{8})", text)
    assert number
    wait_until("the log has it", lambda: f"request {number[1]} failed" in scripted.log.read_text())
    assert "password=hunter2" in scripted.log.read_text()
    ask(page, "Does the next question work?")
    expect(page.locator(NEW + ".dl-abstained")).to_be_visible()
