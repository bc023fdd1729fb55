"""A conversation as Markdown: everything is in it, and foreign text stays only text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.types import (
    AbstentionReason,
    Agreement,
    Answer,
    Citation,
    Conflict,
    Freshness,
    NearestArticle,
    Reason,
    ResolvedDate,
    Status,
    Unsupported,
    Window,
    Writing,
    WritingProblem,
)
from ui.web.texts import spoken
from ui.web.transcript import transcript

DAY = dt.date(2025, 8, 13)
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
"""A reader that accepts raw HTML."""


def citation(number: int = 1, **more: object) -> Citation:
    known = {"number": number, "article_id": "a", "passage_id": "p", "title": "Bridge shut", "quote": "It is shut."}
    return Citation.model_validate({**known, "outlet": "Gazette", "published": DAY, "start": 0, "end": 11, **more})


def answer(**more: object) -> Answer:
    known = {"question": "Is it shut?", "standalone_question": "Is it shut?", "text": "It is shut. [1]"}
    return Answer.model_validate({**known, "status": Status.ANSWERED, "citations": (citation(),), **more})


def tokens_of(markdown: str) -> Iterator[Token]:
    for token in READER.parse(markdown):
        yield token
        yield from token.children or []


def test_question_text_and_sources() -> None:
    written = transcript([answer(citations=(citation(url="https://gazette.example/shut?a=1&copy=2"),))])
    assert written == (
        "# Conversation with Dateline\n\n## Is it shut?\n\nIt is shut. [1]\n\n**Sources**\n\n"
        "- [1] Gazette, 13 Aug 2025: Bridge shut <https://gazette.example/shut?a=1&copy=2>\n  > It is shut.\n\n"
    )


def test_what_was_searched_and_when() -> None:
    window = Window(since=dt.date(2025, 8, 4), until=dt.date(2025, 8, 10), as_of=DAY, words="last week")
    written = transcript([answer(standalone_question="Is the bridge shut?", window=window)])
    assert "Searched for: Is the bridge shut?" in written
    assert "Published 4–10 Aug 2025 (“last week”) · as of 13 Aug 2025" in written


def test_what_was_carried_on_stands_for_what_was_searched() -> None:
    written = transcript(
        [answer(standalone_question="And? (Kestrel *Bridge*)", carried=("Kestrel *Bridge*", "cracks"))]
    )
    assert "About: Kestrel \\*Bridge\\*, cracks\n" in written
    assert "Searched for" not in written


def test_each_line_of_a_brief_is_a_paragraph() -> None:
    brief = answer(text="13 Aug 2025: It is shut. [1]\n9 Aug 2025: It shook. [2]", citations=(citation(), citation(2)))
    assert "13 Aug 2025: It is shut. [1]\n\n9 Aug 2025: It shook. [2]\n\n" in transcript([brief])


def test_the_closest_passages_are_no_refusal_and_no_answer() -> None:
    closest = answer(text="Closest passages:\n“It is shut.” [1]", status=Status.CLOSEST)
    written = transcript([closest])
    assert "Closest passages:\n\n“It is shut.” [1]\n\n**Sources**" in written
    assert "**No answer.**" not in written


def test_it_is_in_the_readers_language() -> None:
    reason = Reason(kind=AbstentionReason.NOTHING_CLOSE, message="The library has nothing close to this question.")
    with spoken("de"):
        written = transcript([answer(citations=(citation(outlet=None),)), answer(text="", reason=reason, citations=())])
    assert written.startswith("# Gespräch mit Dateline")
    assert "**Quellen**\n\n- [1] unbekanntes Medium, 13.08.2025: Bridge shut" in written
    assert "**Keine Antwort.** Die Bibliothek hat nichts" in written


def test_several_answers_in_order() -> None:
    written = transcript([answer(), answer(question="And now?", standalone_question="And now?")])
    assert written.index("Is it shut?") < written.index("And now?")


def test_beside_a_source() -> None:
    agreed = Agreement(article_id="b", passage_id="q", outlet="Mail", title="Closed", quote="Closed.", start=0, end=7)
    date = ResolvedDate(words="Tuesday", first=dt.date(2025, 8, 12), last=dt.date(2025, 8, 12))
    written = transcript([answer(citations=(citation(also_in=("Post",), agreed_by=(agreed,), dates=(date,)),))])
    for told in ("Dates in the quote: Tuesday: 12 Aug 2025", "Also in: Post", "Says the same: Mail, no date: Closed"):
        assert told in written


def test_doubt_is_told() -> None:
    conflict = Conflict(subject="toll", values=("two", "three"), citations=(1, 2))
    written = transcript(
        [
            answer(
                citations=(citation(), citation(2, outlet="Mail", published=None)),
                conflicts=(conflict, Conflict(subject="toll", values=("two", "3"), citations=(1, 2), outdated=(1,))),
                unsupported=(Unsupported(text="The mayor fell.", why="not in the sources"),),
                freshness=Freshness(oldest=DAY, newest=DAY),
                notices=("One index is down.",),
                writing=Writing(model="small"),
            )
        ]
    )
    assert "**Sources disagree**\n\n- [1] Gazette, 13 Aug 2025: two\n- [2] Mail, no date: three" in written
    assert "Earlier figure: two (13 Aug) [1]\n\n" in written
    assert "**Removed: not in the sources**\n\n- The mayor fell. (not in the sources)" in written
    assert "Newest source: 13 Aug 2025" in written
    assert "Note: One index is down." in written
    assert "Written by small" in written
    failed = Writing(model="small", problem=WritingProblem.TOO_SLOW)
    assert "Written by" not in transcript([answer(writing=failed)])


def test_no_answer_says_what_there_is() -> None:
    nearest = NearestArticle(article_id="b", title="Ferry runs", outlet="Mail", published=DAY)
    reason = Reason(
        kind=AbstentionReason.NOTHING_CLOSE, message="Nothing near.", articles=2, earliest=DAY, latest=DAY,
        nearest=(nearest,),
    )  # fmt: skip
    written = transcript([answer(text="Nothing near.", status=Status.ABSTAINED, reason=reason, citations=())])
    assert "**No answer.** Nothing near." in written
    assert "The library holds 2 articles, 13 Aug 2025." in written
    assert "- Mail, 13 Aug 2025: Ferry runs" in written
    assert written.count("Nothing near.") == 1


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "![shot](http://evil.example/x.png)",
    "[click](javascript:alert(1))",
    "<javascript:alert(1)> <https://evil.example>",
    "# Heading",
    "- [1] Gazette, 1 Jan 2025: forged",
    "1. one",
    "***",
    "===",
    "| a | b |",
    "```html",
    "&lt;b&gt; &copy;",
    "text\n\n[1]: javascript:alert(1)\n\n<script>alert(2)</script>",
    "a\u202eb\u2066c\x00d\x1b[31m",
    "> quoted",
    "    indented",
    "\\<b>",
    "trailing backslash \\",
    "~~~",
    "+ item",
    ": definition",
]


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("carries", [False, True])
def test_hostile_words_stay_words(words: str, carries: bool) -> None:
    carried = (words,) if carries else ()
    written = transcript(
        [
            answer(
                question=words,
                standalone_question=f"about {words}",
                carried=carried,
                text=f"{words} [1]",
                citations=(citation(title=words, outlet=words, quote=words, url="javascript:alert(3)", also_in=(words,)),),
                conflicts=(Conflict(subject=words, values=(words,), citations=(1,)),),
                unsupported=(Unsupported(text=words, why=words),),
                notices=(words,),
            )
        ]
    )  # fmt: skip
    assert_inert(written)
    assert written.count("\n## ") == 1
    assert not any(character in written for character in "\u202e\u2066\x00\x1b")


@given(st.text(max_size=60))
def test_any_words_stay_the_same_words(words: str) -> None:
    written = transcript([answer(question=f"About {words}", standalone_question=f"About {words}", citations=())])
    assert_inert(written)
    shown = "".join(token.content for token in tokens_of(written) if token.type in ("text", "text_special"))
    for word in words.split():
        if word.isprintable() and word.isascii():
            assert word in shown


def assert_inert(markdown: str) -> None:
    """No HTML, link, picture, code or table; headings, quotes and lists are only ours."""
    tokens = list(tokens_of(markdown))
    kinds = {token.type for token in tokens}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "code_inline", "fence", "code_block", "hr"}
    assert not kinds & {"table_open", "ordered_list_open", "em_open", "s_open"}
    assert sum(token.type == "heading_open" for token in tokens) == 2


def test_bare_addresses_are_not_made_into_links() -> None:
    # GitHub and many others turn these into links unless they are broken up.
    written = transcript([answer(text="See https://evil.example and www.evil.example or mail@evil.example.")])
    assert r"See https:\//evil.example and www\.evil.example or mail\@evil.example." in written


@pytest.mark.parametrize("path", ["a", "a b"])
def test_an_address_that_poses_as_another_is_no_link(path: str) -> None:
    written = transcript([answer(citations=(citation(url=f"https://bank.example@evil.example/{path}"),))])
    assert "bank.example" not in written
    assert not [token for token in tokens_of(written) if token.type == "link_open"]
