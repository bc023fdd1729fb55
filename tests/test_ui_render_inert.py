"""Foreign text never becomes markup, and links go where they say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_values import DAY, TEXT, Parts, answer, article, citation

from rag.types import (
    AbstentionReason,
    Agreement,
    Checked,
    Conflict,
    NearestArticle,
    Passage,
    Reason,
    RelatedArticle,
    Relation,
    ResolvedDate,
    Status,
    Unsupported,
    Verdict,
    Window,
    Writing,
)
from ui.web.chat.filters import chips_of
from ui.web.html.article import render_article
from ui.web.html.turn import render_draft, render_note, render_progress, render_turn
from ui.web.markup import link_to

TAGS = set(
    "a article bdi blockquote br button code details div figcaption figure h1 h2 h3 input li line mark ol p path s section "
    "span strong summary svg text ul".split()
)
ATTRIBUTES = set(
    "aria-hidden aria-label aria-pressed class d data-again data-agreed data-article data-citation data-close data-drop data-keep "
    "data-note data-passage data-preview data-thumb data-turn data-value dir height hidden href id lang maxlength placeholder rel role "
    "style tabindex target title type viewbox width x x1 x2 y y1 y2".split()
)


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


@settings(deadline=None)  # templates are loaded on first use
@given(title=HOSTILE, outlet=HOSTILE, quote=HOSTILE, url=st.one_of(HOSTILE, HOSTILE.map("https://".__add__)))
def test_words_of_others_never_become_markup(title: str, outlet: str, quote: str, url: str) -> None:
    dates = (ResolvedDate(words=title, first=DAY, last=DAY),)
    cited = citation(title=title, outlet=outlet, quote=quote, url=url, end=len(quote), also_in=(outlet,), dates=dates)
    agreed = Agreement(
        article_id="a2", passage_id=title, title=title, outlet=outlet, published=DAY, quote=quote, start=0, end=1
    )
    cited = cited.model_copy(update={"agreed_by": (agreed,)})
    passage = Passage(
        id=f"a1:0{title}", article_id="a1", title=title, outlet=outlet, text=quote, url=url, start=0, end=1
    )
    near = NearestArticle(article_id=title, title=title, outlet=outlet)
    reason = Reason(kind=AbstentionReason.NOTHING_CLOSE, message=title, articles=1, outlets=(outlet,), nearest=(near,))
    whole = answer(
        question=quote,
        standalone_question=title,
        carried=(outlet, title),
        text=f"{quote} [1]",
        citations=(cited,),
        passages=(passage,),
        conflicts=(Conflict(subject=title, values=(title,), citations=(1,)),),
        unsupported=(Unsupported(text=quote, why=title),),
        notices=(title,),
        writing=Writing(model=title),
        window=Window(since=DAY, until=DAY, words=quote),
    )
    related = RelatedArticle(article_id=title, title=title, outlet=outlet, relation=Relation.SUPERSEDED_BY)
    stored = article(
        title=title, outlet=outlet, text=quote + TEXT, url=url, authors=(title,), language=outlet, related=(related,)
    )
    pages = [
        render_turn(whole, 0),
        render_turn(whole.model_copy(update={"reason": reason}), 0),
        render_turn(whole.model_copy(update={"text": f"{title}\n“{quote}” [1]", "status": Status.CLOSEST}), 0),
        render_progress(quote, answer(standalone_question=title, passages=(passage,)), quote),
        render_note(quote, title),
        render_article(stored, cited, (cited, agreed), why=title),
        render_article(stored, citation(quote=title + "gone")),
        render_article(None),
        render_draft(title, quote, (Checked(start=0, end=1, verdict=Verdict.UNSUPPORTED, why=outlet),)),
        chips_of(title, ["", quote, "", [outlet]]),
    ]
    for html in pages:
        parts = Parts(html)
        assert set(parts.tags) <= TAGS
        assert {name for name, _ in parts.attributes} <= ATTRIBUTES
        assert all(href.startswith(("https://", "http://")) for href in parts.hrefs())
        assert parts.other == []
        styles = [value or "" for name, value in parts.attributes if name == "style"]
        assert all(re.fullmatch(r"(left:[\d.]+%;bottom|height):\d+px", style) for style in styles)
        html.encode()  # lone surrogates would break the connection


@settings(deadline=None)  # templates are loaded on first use
@given(HOSTILE)
def test_the_text_of_an_article_is_shown_as_it_is(text: str) -> None:
    shown = Parts(render_article(article(text=text)).partition('dir="auto">')[2]).text
    assert shown == "".join(
        character
        for character in text.encode("utf-8", "replace").decode()
        if character in "\n\t" or not (ord(character) < 32 or 127 <= ord(character) < 160)
    )
