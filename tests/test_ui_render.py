"""Answers and articles as HTML: what they show, and that words of other people never become markup."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.types import (
    AbstentionReason,
    Answer,
    Article,
    Citation,
    Conflict,
    Freshness,
    LibraryStats,
    NearestArticle,
    Passage,
    Reason,
    ResolvedDate,
    Retrieved,
    Sentence,
    Span,
    Status,
    Unsupported,
    Verdict,
    Window,
)
from ui.web.markup import link_to
from ui.web.panel import render_article, render_missing
from ui.web.render import render_library, render_problem, render_progress, render_stopped, render_turn

DAY = dt.date(2025, 8, 13)
TEXT = "Kang Yu-jung announced the trip. It begins on 23 August. Nothing else is known."
TAGS = set("a article bdi blockquote button code details div h1 h2 li mark ol p section span strong summary ul".split())
ATTRIBUTES = set(
    "aria-label class data-article data-citation data-close data-passage data-turn dir href id lang rel role tabindex "
    "target type".split()
)


def citation(**changes: object) -> Citation:
    values: dict[str, object] = {
        "number": 1,
        "article_id": "a1",
        "passage_id": "a1:0",
        "outlet": "Harbour Ledger",
        "title": "The trip",
        "url": "https://ledger.example/trip",
        "published": DAY,
        "quote": TEXT[:32],
        "start": 0,
        "end": 32,
    }
    return Citation.model_validate(values | changes)


def answer(**changes: object) -> Answer:
    values: dict[str, object] = {
        "question": "Who announced it?",
        "standalone_question": "Who announced it?",
        "text": "Kang Yu-jung announced the trip. [1]",
        "status": Status.ANSWERED,
        "citations": (citation(),),
        "freshness": Freshness(oldest=DAY, newest=DAY),
    }
    return Answer.model_validate(values | changes)


def article(**changes: object) -> Article:
    values: dict[str, object] = {
        "article_id": "a1",
        "title": "The trip",
        "text": TEXT,
        "outlet": "Harbour Ledger",
        "published": DAY,
        "url": "https://ledger.example/trip",
        "added_at": dt.datetime(2025, 9, 1, tzinfo=dt.UTC),
    }
    return Article.model_validate(values | changes)


class Parts(HTMLParser):
    """What a browser would make of it: tags, attributes, text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.other: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)

    def hrefs(self) -> list[str]:
        return [value or "" for name, value in self.attributes if name == "href"]


def test_markers_become_buttons_that_name_their_citation() -> None:
    html = render_turn(answer(text="The trip. [1] Not ours: [9]"), 4)
    assert html.count('class="dl-marker" data-turn="4" data-citation="1"') == 1
    assert "Not ours: [9]" in html


def test_a_source_shows_outlet_day_title_quote_and_host() -> None:
    text = Parts(render_turn(answer(citations=(citation(also_in=("Northline",)),)), 0)).text
    for words in ("[1] Harbour Ledger, 13 Aug 2025 The trip", TEXT[:32], "Also in: Northline", "ledger.example"):
        assert words in text


def test_relative_dates_are_shown_under_their_citation_and_never_in_the_quote() -> None:
    quote = "They met on Tuesday, as they had last week."
    tuesday = ResolvedDate(words="Tuesday", first=dt.date(2025, 8, 12), last=dt.date(2025, 8, 12))
    week = ResolvedDate(words="last week", first=dt.date(2025, 8, 4), last=dt.date(2025, 8, 10))
    cited = citation(quote=quote, end=len(quote), dates=(tuesday, week))
    note = '<p class="dl-dates"><bdi>Tuesday: 12 Aug 2025; last week: 4–10 Aug 2025</bdi></p>'
    html = render_turn(answer(citations=(cited,)), 0)
    assert f'<blockquote dir="auto">{quote}</blockquote>{note}' in html
    opened = render_article(article(text=quote), cited)
    assert note in opened
    assert f'<mark id="quote">{quote}</mark>' in opened
    assert "dl-dates" not in render_turn(answer(), 0) + render_article(article(), citation())


def test_links_open_elsewhere_and_tell_nothing() -> None:
    html = render_turn(answer(), 0)
    assert 'href="https://ledger.example/trip" target="_blank" rel="noopener noreferrer">ledger.example</a>' in html


@pytest.mark.parametrize(
    ("newest", "oldest", "line"),
    [
        (DAY, DAY, "Newest source: 13 Aug 2025"),
        (DAY, dt.date(2025, 8, 5), "Newest source: 13 Aug 2025, oldest: 5 Aug 2025"),
    ],
)
def test_freshness(newest: dt.date, oldest: dt.date, line: str) -> None:
    parts = Parts(render_turn(answer(freshness=Freshness(oldest=oldest, newest=newest)), 0))
    assert line in parts.text


def test_dates_that_were_read_from_the_words_are_shown() -> None:
    window = Window(since=dt.date(2025, 8, 1), until=dt.date(2025, 8, 31), words="in august")
    text = Parts(render_turn(answer(window=window), 0)).text
    assert "Dates looked at: 1 Aug 2025 – 31 Aug 2025 (from “in august”)" in text


def test_the_day_of_an_event_is_shown_beside_its_words() -> None:
    election = dt.date(2025, 6, 3)
    window = Window(since=election, until=dt.date(2025, 8, 20), words="since the election", event_day=election)
    text = Parts(render_turn(answer(window=window), 0)).text
    assert "Dates looked at: 3 Jun 2025 – 20 Aug 2025 (from “since the election [3 Jun 2025]”)" in text


def test_what_was_searched_is_shown_when_it_differs() -> None:
    assert "Searched for" not in render_turn(answer(), 0)
    html = render_turn(answer(standalone_question="Who announced the trip of Lee?"), 0)
    assert "Searched for: Who announced the trip of Lee?" in Parts(html).text


def test_an_abstention_says_why_and_what_there_is() -> None:
    reason = Reason(
        kind=AbstentionReason.NOTHING_CLOSE,
        message="The library has nothing close to this question.",
        articles=2,
        earliest=dt.date(2025, 8, 4),
        latest=DAY,
        outlets=("Harbour Ledger",),
        nearest=(NearestArticle(article_id="a1", title="The trip", outlet="Harbour Ledger", published=DAY),),
    )
    html = render_turn(answer(status=Status.ABSTAINED, text="No.", reason=reason, citations=()), 0)
    text = Parts(html).text
    assert "dl-abstained" in html
    assert 'data-article="a1"' in html
    assert "nothing close to this question" in text
    assert "The library holds 2 articles from 4 Aug 2025 – 13 Aug 2025. Outlets: Harbour Ledger." in text
    assert "dl-abstained" not in render_turn(answer(), 0)


def test_a_conflict_names_both_sides_with_their_days() -> None:
    other = citation(number=2, outlet="Meridian Post", published=dt.date(2025, 8, 14), quote="It begins on 24 August.")
    html = render_turn(
        answer(
            text="On 23 August. [1] On 24 August. [2]",
            status=Status.CONFLICT,
            citations=(citation(), other),
            conflicts=(Conflict(subject="when it begins", values=("noon", "one"), citations=(1, 2)),),
        ),
        0,
    )
    text = Parts(html).text
    assert "Sources disagree" in text
    assert "disagree about when it begins" in text
    assert "Harbour Ledger, 13 Aug 2025" in text
    assert "Meridian Post, 14 Aug 2025" in text


def test_an_outdated_report_is_shown_apart_from_a_disagreement() -> None:
    earlier = citation(
        number=2, outlet="Meridian Post", published=dt.date(2025, 8, 11), quote="It begins on 20 August."
    )
    conflict = Conflict(subject="when it begins", values=("23", "20"), citations=(1, 2), outdated=(2,))
    text = Parts(render_turn(answer(citations=(citation(), earlier), conflicts=(conflict,)), 0)).text
    assert "An earlier report, now outdated, about when it begins:Meridian Post, 11 Aug 2025" in text
    assert "disagree" not in text


def test_notices_and_what_was_taken_out_are_shown() -> None:
    removed = Unsupported(text="Shinzo Abe announced it.", why="the name is in no source")
    text = Parts(render_turn(answer(notices=("One index is down.",), unsupported=(removed,)), 0)).text
    for words in ("One index is down.", "1 sentence taken out", "Shinzo Abe announced it. — the name is in no source"):
        assert words in text


def test_the_quote_is_marked_in_its_article_and_others_faintly() -> None:
    other = citation(number=2, quote="It begins on 23 August.", start=33, end=56)
    html = render_article(article(), citation(), (citation(), other))
    assert '<mark id="quote">Kang Yu-jung announced the trip.</mark>' in html
    assert '<mark class="dl-faint">It begins on 23 August.</mark>' in html
    assert TEXT in Parts(html).text
    assert "Harbour Ledger · 13 Aug 2025" in Parts(html).text


def test_overlapping_passages_are_marked_once() -> None:
    around = citation(number=2, quote=TEXT[:56], start=0, end=56)
    html = render_article(article(), citation(), (around,))
    assert html.count('id="quote"') == 1
    assert TEXT in Parts(html).text


def test_a_quote_that_moved_is_found_and_one_that_is_gone_is_told() -> None:
    moved = article(text="Corrected. " + TEXT)
    assert '<mark id="quote">Kang Yu-jung announced the trip.</mark>' in render_article(moved, citation())
    gone = render_article(article(text="All is different."), citation())
    assert "<mark" not in gone
    assert "has changed since. It said: “Kang Yu-jung announced the trip.”" in Parts(gone).text


def test_of_a_very_long_article_the_part_around_the_quote_is_shown() -> None:
    text = "a" * 500_000 + TEXT + "b" * 500_000
    html = render_article(article(text=text), citation(start=500_000, end=500_032))
    assert "<mark" in html
    assert len(html) < 70_000


def test_an_empty_library_says_how_to_fill_it() -> None:
    stats = LibraryStats(
        articles=0,
        passages=0,
        unpublished_passages=0,
        undated_articles=0,
        earliest=None,
        latest=None,
        outlets=(),
        version="r0",
        generation=None,
    )
    assert "dateline ingest PATH" in render_library(stats)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>",
        "//evil.example/x",
        "http:evil.example",
        "ftp://ledger.example",
        "http://evil.example\\@ledger.example",
        "http://0x7f.1/",
        "http://a..b/",
        "http://[::1",
        "http://x:99999/",
        "",
        None,
    ],
)
def test_what_is_not_plainly_a_web_address_is_no_link(url: str | None) -> None:
    assert link_to(url) is None


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://bank.example@evil.example/x", "evil.example"),
        ("HTTP://LEDGER.example:8080/a", "ledger.example:8080"),
        ("http://аpple.example/", "xn--pple-43d.example"),
        ("http://full。width.example/", "full.width.example"),
        ("http://[::1]/", "[::1]"),
    ],
)
def test_a_link_shows_the_host_to_which_it_goes(url: str, host: str) -> None:
    link = link_to(url)
    assert link
    assert link.host == host
    assert link.address.split("/")[2] == host


ATTACKS = st.sampled_from(
    (
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '" onmouseover="alert(1)',
        "'><svg onload=alert(1)>",
        "</article></div><iframe src=//evil.example>",
        "<!-- ",
        "]]><![CDATA[",
        "&lt;b&gt;",
        "[1]",
        "javascript:alert(1)",
        "https://ledger.example/<b>\"'",
        "\x00<\x00b>",
        "\u202etxet",
        "$$x$$ ![](http://evil.example/x.png)",
    )
)
HOSTILE = st.lists(st.one_of(ATTACKS, st.text(max_size=20)), max_size=4).map("".join)


@given(title=HOSTILE, outlet=HOSTILE, quote=HOSTILE, url=st.one_of(HOSTILE, HOSTILE.map("https://".__add__)))
def test_words_of_others_never_become_markup(title: str, outlet: str, quote: str, url: str) -> None:
    dates = (ResolvedDate(words=title, first=DAY, last=DAY),)
    cited = citation(title=title, outlet=outlet, quote=quote, url=url, end=len(quote), also_in=(outlet,), dates=dates)
    passage = Passage(id="a1:0", article_id="a1", title=title, outlet=outlet, text=quote, url=url, start=0, end=1)
    near = NearestArticle(article_id=title, title=title, outlet=outlet)
    reason = Reason(kind=AbstentionReason.NOTHING_CLOSE, message=title, articles=1, outlets=(outlet,), nearest=(near,))
    whole = answer(
        question=quote,
        standalone_question=title,
        text=f"{quote} [1]",
        citations=(cited,),
        passages=(passage,),
        conflicts=(Conflict(subject=title, values=(title,), citations=(1,)),),
        unsupported=(Unsupported(text=quote, why=title),),
        notices=(title,),
        window=Window(since=DAY, until=DAY, words=quote),
    )
    stored = article(title=title, outlet=outlet, text=quote + TEXT, url=url, authors=(title,), language=outlet)
    pages = [
        render_turn(whole, 0),
        render_turn(whole.model_copy(update={"reason": reason}), 0),
        render_progress(quote, Retrieved(standalone_question=title, window=Window(), passages=(passage,)), quote),
        render_problem(quote, title),
        render_stopped(quote),
        render_article(stored, cited, (cited,)),
        render_article(stored, citation(quote=title + "gone")),
        render_missing(),
    ]
    for html in pages:
        parts = Parts(html)
        assert set(parts.tags) <= TAGS
        assert {name for name, _ in parts.attributes} <= ATTRIBUTES
        assert all(href.startswith(("https://", "http://")) for href in parts.hrefs())
        assert parts.other == []
        html.encode()  # lone surrogates would break the connection


@given(HOSTILE)
def test_the_text_of_an_article_is_shown_as_it_is(text: str) -> None:
    shown = Parts(render_article(article(text=text)).partition('dir="auto">')[2]).text
    assert shown == "".join(
        character
        for character in text.encode("utf-8", "replace").decode()
        if character in "\n\t" or not (ord(character) < 32 or 127 <= ord(character) < 160)
    )


def test_the_words_that_answer_are_marked() -> None:
    text = "<Kang> announced the trip. [1]"
    sentence = Sentence(start=0, end=len(text), citations=(1,), verdict=Verdict.VERBATIM, answer=Span(start=0, end=6))
    page = render_turn(answer(text=text, sentences=(sentence,)), 0)
    assert "<mark>&lt;Kang&gt;</mark> announced the trip. <button" in page
