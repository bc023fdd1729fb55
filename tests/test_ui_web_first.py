"""The first screen and what surrounds an answer, in Chromium."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_reader import MARKS, NEW, ask, open_page
from page_server import PageServer
from playwright.sync_api import Browser, Page, expect

pytestmark = MARKS
BRIDGE = "When will the Kestrel Bridge open again?"
STORY = "What happened to the Kestrel Bridge?"
AXE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dateline" / "axe" / "axe.min.js"
FETCH_AXE = f"npm pack axe-core@4.14.1 && tar xzf axe-core-4.14.1.tgz && install -D package/axe.min.js {AXE}"
FOUND_MILLISECONDS = 90_000
"""Until questions are suggested, on a busy machine."""


def offers(page: Page) -> list[str]:
    buttons = page.locator("#dl-suggested .dl-suggestion")
    expect(buttons.first).to_be_visible(timeout=FOUND_MILLISECONDS)
    return buttons.all_inner_texts()


def finished(page: Page) -> None:
    expect(page.locator(NEW + ".dl-rate")).to_be_visible()


def test_the_first_screen_is_centred_on_the_question_and_the_first_step_skips_to_it(
    page: Page, sample: PageServer
) -> None:
    open_page(page, sample)
    expect(page.locator(".dl-what")).to_be_visible()
    expect(page.locator("#dl-holds")).to_contain_text(re.compile(r"\d+ articles · \d+ outlets · .* 2025"))
    for width in (390, 820, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        box = page.locator("#dl-chat").bounding_box()
        assert box
        assert abs(box["x"] + box["width"] / 2 - width / 2) < 12
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator("#dl-panel")).to_be_hidden()
    page.evaluate("document.body.tabIndex = -1; document.body.focus()")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Skip to the question")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Question")).to_be_focused()


def test_every_suggested_question_has_an_answer(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    offered = offers(page)
    assert len(offered) == 4
    assert len(set(offered)) == 4
    assert all(question.endswith("?") for question in offered)
    for question in offered:
        page.locator("#dl-suggested").get_by_role("button", name=question).click()
        expect(page.locator(NEW + ".dl-question")).to_have_text(question)
        finished(page)
        expect(page.locator(NEW + ".dl-card").first).to_be_visible()
        expect(page.locator(NEW + ":is(.dl-abstained, .dl-closest)")).to_have_count(0)
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator("#dl-suggested .dl-suggestion")).to_have_count(4)


def test_an_answer_is_gone_on_from(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    ask(page, BRIDGE)
    following = page.locator("#dl-following .dl-suggestion")
    expect(following.first).to_be_visible(timeout=FOUND_MILLISECONDS)
    assert 1 <= following.count() <= 3
    question = following.first.inner_text()
    assert question != BRIDGE
    # Those offered within filters have an answer within them.
    page.get_by_role("button", name="Dates and outlets").click()
    page.get_by_role("textbox", name=re.compile("^As of")).fill("2025-09-10")
    expect(page.locator("#dl-chips .dl-chip")).to_have_count(1)
    ask(page, STORY)
    expect(page.locator(NEW + ".dl-question")).to_have_text(STORY)
    expect(following.first).to_be_visible(timeout=FOUND_MILLISECONDS)
    question = following.first.inner_text()
    following.first.click()
    expect(page.locator(NEW + ".dl-question")).to_have_text(question)
    finished(page)
    expect(page.locator(NEW + ":is(.dl-abstained, .dl-closest)")).to_have_count(0)


def test_a_new_question_moves_to_the_top(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    for question in (BRIDGE, STORY):
        ask(page, question)
        expect(page.locator(NEW + ".dl-question")).to_have_text(question)
        finished(page)
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    page.wait_for_function(f"document.querySelector('{NEW}.dl-question').getBoundingClientRect().top < 60")
    # The actions on the conversation are in one line.
    buttons = [page.get_by_role("button", name=name) for name in ("Export", "New conversation", "Conversations (1)")]
    boxes = [button.bounding_box() for button in buttons]
    assert len({round(box["y"]) for box in boxes if box}) == 1


def test_a_long_question_leaves_its_answer_in_sight(page: Page, sample: PageServer) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, sample)
    ask(page, f"{BRIDGE} " * 40)
    finished(page)
    expect(page.locator(NEW + ".dl-answer")).to_be_in_viewport()


def test_the_first_source_opens_by_itself_where_there_is_room_and_others_when_pointed_at(
    page: Page, sample: PageServer
) -> None:
    open_page(page, sample)
    box = page.get_by_role("textbox", name="Question")
    ask(page, BRIDGE)
    expect(page.locator("#quote")).to_be_in_viewport()
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#dl-panel .dl-article")).to_have_count(0)
    finished(page)
    marker, preview = page.locator(NEW + ".dl-marker").first, page.get_by_role("tooltip")
    expect(preview).to_have_count(0)
    marker.hover()
    expect(preview.locator("mark")).to_contain_text("bridge", ignore_case=True)
    expect(preview.locator("mark")).to_be_in_viewport()
    # It stays while the pointer is over it.
    preview.hover()
    page.wait_for_timeout(400)
    expect(preview).to_be_visible()
    page.mouse.move(5, 5)
    expect(preview).to_have_count(0)
    page.set_viewport_size({"width": 820, "height": 900})
    ask(page, STORY)
    expect(page.locator(NEW + ".dl-question")).to_have_text(STORY)
    finished(page)
    page.wait_for_timeout(500)
    expect(page.locator("#dl-panel .dl-article")).to_have_count(0)


def test_each_article_has_one_card(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    ask(page, STORY)
    finished(page)
    cards = page.locator(NEW + ".dl-card")
    titles = [text.splitlines()[0] for text in cards.all_inner_texts()]
    assert len(set(titles)) == len(titles)
    cited = "".join(cards.locator(".dl-number").all_inner_texts())
    assert sorted(re.findall(r"\d+", cited)) == sorted(
        set(re.findall(r"\d+", "".join(page.locator(NEW + ".dl-marker").all_inner_texts())))
    )
    expect(cards.first.locator("blockquote").first).to_be_visible()


def test_a_citation_shows_its_passage_to_the_keyboard(page: Page, sample: PageServer) -> None:
    page.set_viewport_size({"width": 820, "height": 500})  # focus has to scroll
    open_page(page, sample)
    ask(page, BRIDGE)
    finished(page)
    # Two steps of the keyboard from the question to a source of the answer.
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="To the sources of this answer")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(NEW + ".dl-card button").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator(NEW + ".dl-marker").last).to_be_focused()
    preview = page.get_by_role("tooltip")
    expect(preview).to_be_visible()
    page.keyboard.press("Escape")
    expect(preview).to_have_count(0)
    expect(page.locator(NEW + ".dl-marker").last).to_be_focused()


@pytest.fixture
def abroad(browser: Browser) -> Iterator[Page]:
    """The page of a reader whose browser speaks German."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="de-DE")
    yield context.new_page()
    context.close()


def test_the_page_speaks_the_language_of_its_reader(abroad: Page, sample: PageServer) -> None:
    abroad.goto(sample.address)
    expect(abroad.locator("#dl-holds")).to_contain_text("Artikel · 1")
    expect(abroad.locator("html")).to_have_attribute("lang", "de")
    expect(abroad.get_by_role("tab", name="Bibliothek")).to_be_visible()
    box = abroad.get_by_role("textbox", name="Frage")
    box.fill(BRIDGE)
    box.press("Enter")
    expect(abroad.locator(NEW + ".dl-about")).to_contain_text("Neueste Quelle: 09.09.2025")
    expect(abroad.locator("#dl-panel .dl-why")).to_contain_text("Warum diese Textstelle")
    expect(abroad.get_by_role("button", name="Fragen", exact=True)).to_be_visible()
    abroad.get_by_role("button", name="Gespräche (1)").click()
    expect(abroad.locator(".dl-list li")).to_contain_text(["1 Frage"])
    expect(abroad.get_by_role("searchbox", name="Gespräche durchsuchen")).to_be_visible()
    abroad.get_by_role("button", name="Liste schließen").click()
    box.fill("Wer wohnt auf dem Mond?")
    box.press("Enter")
    expect(abroad.locator(NEW + ".dl-label").first).to_contain_text("Keine")
    abroad.get_by_role("tab", name="Bibliothek").click()
    expect(abroad.get_by_role("button", name="Artikel hinzufügen")).to_be_visible()
    expect(abroad.get_by_role("searchbox", name="Titel und Medien durchsuchen")).to_be_visible()


@pytest.mark.skipif(not AXE.exists(), reason=f"no axe-core; run: {FETCH_AXE}")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_tab(page: Page, sample: PageServer, theme: str) -> None:
    page.goto(f"{sample.address}?__theme={theme}")
    expect(page.locator("#dl-holds")).to_contain_text("articles")
    found = serious(page, "first")
    for question in (STORY, "How much damage did the fire at Torsund Timber do?", "Who is on the moon?"):
        ask(page, question)
        expect(page.locator(NEW + ".dl-question")).to_have_text(question)
        finished(page)
        found += serious(page, question)
    page.locator("#dl-past .dl-marker").first.click()
    expect(page.locator("#quote")).to_be_in_viewport()
    found += serious(page, "article")
    for tab, there in (
        ("New", "#dl-news .dl-count"),
        ("Library", "#dl-articles table"),
        ("Sources", "#dl-sources .dl-empty"),
    ):
        page.get_by_role("tab", name=tab, exact=True).click()
        expect(page.locator(there)).to_be_visible(timeout=FOUND_MILLISECONDS)
        found += serious(page, tab)
        if tab == "Library":
            title = page.locator(".dl-cell-title button", has_text="Kestrel Bridge").first
            story = f"/story/{title.get_attribute('data-article')}"
            title.click()
            expect(page.locator("#dl-shelf-panel .dl-article")).to_be_visible()
            found += serious(page, "article of the library")
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto(f"{sample.address}{story}")
    assert found + serious(page, "story") == []


def serious(page: Page, where: str) -> list[tuple[str, str, list[str]]]:
    """Problems found by axe-core that keep people from reading or using the page; themes differ only in colours."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    dark = page.evaluate("document.body.classList.contains('dark')")
    rules = {"runOnly": ["color-contrast"]} if dark else {}
    found = page.evaluate("rules => axe.run(document, {resultTypes: ['violations'], ...rules})", rules)
    return [
        (where, one["id"], [node["html"][:150] + " | " + node["failureSummary"][:200] for node in one["nodes"]])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
