"""Narrowing a question on the page, in Chromium: days and outlets, always in sight, gone with one press."""

from __future__ import annotations

from page_reader import MARKS, NEW, ask, open_page
from page_server import PageServer
from playwright.sync_api import Page, expect

pytestmark = MARKS
BRIDGE = "When will the Kestrel Bridge open again?"


def choose_day(page: Page, label: str, day: str) -> None:
    """As a reader does: the field becomes the browser's own calendar when it is pressed."""
    field = page.locator(".dl-day", has_text=label).locator("input")
    field.focus()
    expect(field).to_have_attribute("type", "date")
    field.fill(day)


def test_days_and_outlets_narrow_the_answer_and_stay_in_sight(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    chips = page.locator("#dl-chips .dl-chip")
    fold = page.get_by_role("button", name="Dates and outlets")
    fold.click()
    choose_day(page, "As of", "2025-01-01")
    expect(chips).to_contain_text(["As of 1 Jan 2025"])
    ask(page, BRIDGE)
    expect(page.locator(NEW + ".dl-abstained")).to_contain_text("chosen dates")
    choose_day(page, "As of", "2025-08-25")
    page.get_by_role("combobox", name="Outlets").click()
    page.get_by_role("option", name="Port Ansel Gazette").click()
    expect(chips).to_have_count(2)
    ask(page, BRIDGE)
    expect(page.locator(NEW + ".dl-about")).to_contain_text("as of 25 Aug 2025")
    sources = page.locator(NEW + ".dl-card .dl-open strong").all_inner_texts()
    assert sources
    assert all(source.startswith("Port Ansel Gazette") for source in sources)
    fold.click()
    expect(page.locator(".dl-day", has_text="As of").locator("input")).to_be_hidden()
    expect(chips.nth(1)).to_be_in_viewport()
    chips.nth(1).click()
    expect(chips).to_have_count(1)
    chips.first.click()
    expect(chips).to_have_count(0)
    fold.click()
    expect(page.locator(".dl-day", has_text="As of").locator("input")).to_have_value("")
    ask(page, BRIDGE)
    expect(page.locator("#dl-past .dl-turn")).to_have_count(2)
    expect(page.locator(NEW + ".dl-about")).not_to_contain_text("as of")


def test_a_day_that_is_none_is_said_at_once_in_one_sentence(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    page.get_by_role("button", name="Dates and outlets").click()
    # A browser without a calendar of its own lets anything be typed.
    page.evaluate(
        "document.querySelectorAll('.dl-day input').forEach(input => input.closest('.dl-day').classList.remove('dl-day'))"
    )
    page.locator("#dl-filters input").first.fill("yesterday")
    problem = page.locator("#dl-chips .dl-problem")
    expect(problem).to_have_text("“From”: 'yesterday' is not a day; write it as 2025-08-13.")
    ask(page, BRIDGE)
    expect(page.locator(NEW + ".dl-problem")).to_contain_text("'yesterday' is not a day")
    expect(page.get_by_role("textbox", name="Question")).to_have_value(BRIDGE)
    page.locator("#dl-filters input").first.fill("2025-09-01")
    page.locator("#dl-filters input").nth(1).fill("2025-08-01")
    expect(problem).to_contain_text("Nothing can be from 1 Sep 2025 or later and not later than 1 Aug 2025")
    page.get_by_role("button", name="Clear all").click()
    expect(problem).to_have_count(0)
    expect(page.locator("#dl-filters input").first).to_have_value("")
