"""Checking an answer on the page, in Chromium: its words in their article, publication days, and hostile articles."""

from __future__ import annotations

from page_reader import MARKS, NEW, Listener, ask, come_back, open_page
from page_server import PageServer
from playwright.sync_api import Page, expect

pytestmark = MARKS
BRIDGE = "When will the Kestrel Bridge open again?"
SMALL = """() => [...document.querySelectorAll('button:not([tabindex="-1"]), a[href], summary, input:not([type=checkbox]), textarea')].filter((one) => {
  const box = one.getBoundingClientRect();
  if (!one.checkVisibility({visibilityProperty: true, opacityProperty: true}) || box.width < 2) return false;
  const around = getComputedStyle(one, '::after');
  const grown = around.content !== 'none' && around.position === 'absolute' ? Math.max(0, -2 * parseFloat(around.top) || 0) : 0;
  return box.height + grown < 43.5;
}).map((one) => one.outerHTML.slice(0, 160))"""
"""Finds elements too low for a finger."""


def test_a_citation_opens_its_words_in_the_article(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    page.set_viewport_size({"width": 1280, "height": 400})
    ask(page, BRIDGE)
    source = page.locator(NEW + ".dl-card .dl-open strong").first.inner_text().split(",")[0]
    page.locator(NEW + ".dl-marker").first.click()
    mark = page.locator("#dl-panel #quote")
    expect(mark).to_be_in_viewport()
    words = " ".join(page.locator("#dl-panel .dl-article mark:not(.dl-faint)").all_inner_texts())
    assert "Kestrel Bridge" in words or "bridge" in words
    meta = page.locator("#dl-panel .dl-meta")
    expect(meta).to_contain_text("2025")
    assert source in meta.inner_text()
    why = page.locator("#dl-panel .dl-why")
    expect(why).to_contain_text("words from your question")
    answering = page.locator(NEW + ".dl-text mark").first.inner_text()
    expect(why).to_contain_text(f"The answer in it: “{answering}”")
    assert page.locator("#dl-panel mark strong").inner_text() in answering


def test_it_works_with_the_keyboard(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    ask(page, "What ended the ferry strike?")
    marker = page.locator(NEW + ".dl-marker").first
    marker.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#dl-panel .dl-article-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#dl-panel .dl-article")).to_have_count(0)
    expect(marker).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#quote")).to_be_in_viewport()
    # From anywhere on the page, too.
    page.get_by_role("textbox", name="Question").focus()
    page.keyboard.press("Escape")
    expect(marker).to_be_focused()


def test_points_in_time_open_their_articles(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    ask(page, "A timeline of the Kestrel Bridge")
    plot = page.locator(NEW + ".dl-timeline")
    points = plot.locator("button.dl-point")
    expect(points.first).to_be_visible()
    assert points.count() >= 3
    places = [point.bounding_box() or {} for point in points.all()]
    assert [place["x"] for place in places] == sorted(place["x"] for place in places)
    expect(plot.locator("svg text").first).to_contain_text("Aug")
    last = points.last
    label = last.get_attribute("aria-label") or ""
    last.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#dl-panel .dl-article-title")).to_be_focused()
    assert page.locator("#dl-panel .dl-meta").inner_text().split(" · ")[1].split(" ·")[0].strip() in label
    page.keyboard.press("Escape")
    expect(last).to_be_focused()


def test_reports_of_the_same_event_open_from_the_article(page: Page, sample: PageServer) -> None:
    open_page(page, sample)
    ask(page, "Which spokesperson announced President Lee's trip to Tokyo?")
    page.locator(NEW + ".dl-marker").first.click()
    related = page.locator("#dl-panel .dl-related button").first
    title = related.inner_text()
    related.click()
    expect(page.locator("#dl-panel .dl-article-title")).to_contain_text(title.splitlines()[-1].split("2025 ")[-1][:20])
    page.keyboard.press("Escape")
    expect(page.locator(NEW + ".dl-marker").first).to_be_focused()


def test_a_phone_shows_the_article_over_the_page_and_what_a_finger_has_to_hit_is_44_pixels_high(
    page: Page, sample: PageServer
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, sample)
    ask(page, "What happened to the Kestrel Bridge?")
    expect(page.locator(NEW + ".dl-timeline")).to_be_visible()
    expect(page.locator(NEW + ".dl-rate")).to_be_visible()
    page.get_by_role("button", name="Dates and outlets").click()
    calendar = page.get_by_label("From: calendar")
    expect(calendar).to_be_visible()
    assert calendar.bounding_box()["width"] >= 44  # type: ignore[index]
    assert page.evaluate(SMALL) == []
    page.get_by_role("button", name="Dates and outlets").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(NEW + ".dl-marker").first.click()
    expect(page.locator("#quote")).to_be_in_viewport()
    page.get_by_role("button", name="Close the article").click()
    expect(page.locator("#dl-panel")).to_be_hidden()
    for tab, there in (("New", "#dl-news .dl-news"), ("Library", "#dl-articles table")):
        page.get_by_role("tab", name=tab, exact=True).click()
        expect(page.locator(there).first).to_be_visible()
        assert page.evaluate(SMALL) == []


def test_a_hostile_article_stays_text(page: Page, sample: PageServer, listener: Listener) -> None:
    open_page(page, sample)
    ask(page, "Who painted the Grobnik lighthouse purple? <img src=x onerror=alert(5)>")
    answer = page.locator(NEW + ".dl-turn")
    expect(answer).to_contain_text("Odo Vinterberg")
    expect(answer).to_contain_text("<img src=x onerror=")
    page.locator(NEW + ".dl-marker").first.click()
    expect(page.locator("#quote")).to_be_in_viewport()
    expect(page.locator("#dl-panel .dl-article-text")).to_contain_text("onerror")
    come_back(page)
    expect(page.locator(NEW + ".dl-turn")).to_contain_text("Odo Vinterberg")
    page.wait_for_timeout(500)
    for place in ("#dl-live", "#dl-panel"):
        made = page.locator(place).locator(
            "img, script, style, form, input:not([maxlength]), svg[onload], iframe, object, [onerror], b"
        )
        expect(made).to_have_count(0)
        expect(page.locator(place).locator("a[href^='javascript' i]")).to_have_count(0)
    assert listener.hits == []


def test_hostile_text_is_inert_while_it_streams(page: Page, scripted: PageServer) -> None:
    open_page(page, scripted)
    ask(page, "Be hostile")
    expect(page.locator(NEW + ".dl-answer")).to_contain_text("<img src='http://127.0.0.1:9/stream.png' onerror")
    expect(page.locator(NEW).locator("img, style")).to_have_count(0)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(page.locator(NEW).locator("img, style")).to_have_count(0)
