"""Filtering a question on the page, in Chromium: days and outlets, always visible, removed with one press."""

from __future__ import annotations

import re

from page_reader import MARKS, NEW, ask, open_page
from page_server import PageServer
from playwright.sync_api import Locator, Page, expect

pytestmark = MARKS
BRIDGE = "When will the Kestrel Bridge open again?"


def typed(page: Page, label: str) -> Locator:
    """The field of a day."""
    return page.get_by_role("textbox", name=re.compile(rf"^{label}\b(?!:)"))


def choose_day(page: Page, label: str, day: str) -> None:
    """As a reader types or pastes it."""
    typed(page, label).fill(day)


def test_days_and_outlets_narrow_the_answer_and_stay_in_sight(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    chips = page.locator("#dl-chips .dl-chip")
    fold = page.get_by_role("button", name="Dates and outlets")
    fold.click()
    choose_day(page, "As of", "2025-01-01")
    expect(chips).to_contain_text(["As of 1 Jan 2025"])
    ask(page, BRIDGE)
    expect(page.locator(NEW + ".dl-abstained")).to_contain_text("within these dates")
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
    expect(typed(page, "As of")).to_be_hidden()
    expect(chips.nth(1)).to_be_in_viewport()
    chips.nth(1).click()
    expect(chips).to_have_count(1)
    chips.first.click()
    expect(chips).to_have_count(0)
    fold.click()
    expect(typed(page, "As of")).to_have_value("")
    ask(page, BRIDGE)
    expect(page.locator("#dl-past .dl-turn")).to_have_count(2)
    expect(page.locator(NEW + ".dl-about")).not_to_contain_text("as of")


def test_a_day_that_is_none_is_said_at_once_in_one_sentence(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    page.get_by_role("button", name="Dates and outlets").click()
    choose_day(page, "From", "some day")
    problem = page.locator("#dl-chips .dl-problem")
    expect(problem).to_contain_text("“From”: 'some day' is not a date; write it as 2025-08-13")
    ask(page, BRIDGE)
    expect(page.locator(NEW + ".dl-problem")).to_contain_text("'some day' is not a date")
    expect(page.get_by_role("textbox", name="Question")).to_have_value(BRIDGE)
    choose_day(page, "From", "2025-09-01")
    choose_day(page, "To", "2025-08-01")
    expect(problem).to_contain_text("The first day, 1 Sep 2025, is after the last one, 1 Aug 2025")
    page.get_by_role("button", name="Clear all").click()
    expect(problem).to_have_count(0)
    expect(typed(page, "From")).to_have_value("")


def test_a_day_is_read_as_it_is_typed_or_chosen_and_how_is_told(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    page.get_by_role("button", name="Dates and outlets").click()
    chips = page.locator("#dl-chips .dl-chip")
    for words, shown in (
        ("03.09.2025", "From 3 Sep 2025 (read from “03.09.2025”)"),
        ("13 Aug 2025", "From 13 Aug 2025"),
        ("2025-08-13", "From 13 Aug 2025"),
        ("yesterday", "(read from “yesterday”)"),
    ):
        choose_day(page, "From", words)
        expect(chips).to_contain_text([shown])
    choose_day(page, "From", "")
    expect(chips).to_have_count(0)
    page.get_by_label("As of: calendar").fill("2025-08-25")
    expect(typed(page, "As of")).to_have_value("2025-08-25")
    expect(page.locator("#dl-chips")).to_contain_text("Nothing published after 25 Aug 2025 is used.")
    choose_day(page, "As of", "13 Aug 2025")
    expect(page.locator("#dl-chips .dl-chip")).to_contain_text(["As of 13 Aug 2025"])
