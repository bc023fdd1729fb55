"""Values become text for a terminal that no article can control."""

from __future__ import annotations

import datetime as dt

import pytest

from ingest.report import Named, Report
from rag.doctor import Check
from rag.types import (
    Answer,
    Article,
    ArticleSummary,
    ArticleVersion,
    Citation,
    Conflict,
    DateSource,
    Passage,
    RelatedArticle,
    Relation,
    ResolvedDate,
    Sentence,
    Span,
    Status,
    Unsupported,
    Verdict,
    Window,
    Writing,
    WritingProblem,
)
from ui import format
from ui.cli import tell

HOSTILE = "Clear\x1b[2J\x1b]0;owned\x07 the\r\nroom\x9b31m \u202etxt.exe\u2066 \U000e0041 \ud800"
DATES = (
    ResolvedDate(words="Tuesday", first=dt.date(2025, 8, 12), last=dt.date(2025, 8, 12)),
    ResolvedDate(words="last week", first=dt.date(2025, 8, 4), last=dt.date(2025, 8, 10)),
    ResolvedDate(words="two weeks ago", first=dt.date(2025, 7, 28), last=dt.date(2025, 8, 3)),
    ResolvedDate(words="last year", first=dt.date(2024, 1, 1), last=dt.date(2024, 12, 31)),
)
ADDED = dt.datetime(2025, 8, 14, 12, 0, tzinfo=dt.UTC)


def _citation(**changes: object) -> Citation:
    values = {
        "number": 1,
        "article_id": "a1",
        "passage_id": "p1",
        "outlet": "Northline News",
        "title": "Ferries sail again",
        "url": "https://northline.example/a/1",
        "published": dt.date(2025, 8, 13),
        "quote": "They sailed.",
        "start": 0,
        "end": 12,
    }
    return Citation.model_validate(values | changes)


def _answer(**changes: object) -> Answer:
    values = {
        "question": "When?",
        "standalone_question": "When?",
        "text": "They sailed. [1]",
        "status": Status.ANSWERED,
        "citations": (_citation(),),
    }
    return Answer.model_validate(values | changes)


def test_plain_writes_control_characters_out_and_keeps_the_rest() -> None:
    assert format.plain("a\x1b[31mb\x07\x7f\x9b") == r"a\x1b[31mb\x07\x7f\x9b"
    assert format.plain("\u202eevil\u2066") == r"\u202eevil\u2066"
    assert format.plain("tag\U000e0041") == r"tag\U000e0041"
    assert format.plain("half \ud800") == r"half \ud800"
    assert format.plain("line\r\nline\rover") == "line\nline\\rover"
    # Joiners belong to Persian words and to emoji.
    assert format.plain("naïve\tنمی‌خواهم 👩‍🔬\n") == "naïve\tنمی‌خواهم 👩‍🔬\n"


def test_one_line_has_one_line() -> None:
    assert format.one_line(" a\n\tb \x1b c ") == r"a b \x1b c"
    assert "\n" not in format.one_line("a\u2028b\x85c\r\nd")


def test_day_is_the_same_in_every_locale() -> None:
    assert format.day(dt.date(2025, 3, 4)) == "4 Mar 2025"
    assert format.day(None) == ""


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (dt.date(2025, 8, 12), dt.date(2025, 8, 12), "12 Aug 2025"),
        (dt.date(2025, 8, 4), dt.date(2025, 8, 10), "4–10 Aug 2025"),
        (dt.date(2025, 7, 28), dt.date(2025, 8, 3), "28 Jul – 3 Aug 2025"),
        (dt.date(2024, 12, 30), dt.date(2025, 1, 5), "30 Dec 2024 – 5 Jan 2025"),
        (dt.date(2024, 8, 4), dt.date(2025, 8, 10), "4 Aug 2024 – 10 Aug 2025"),
    ],
)
def test_span_says_what_both_days_share_once(first: dt.date, last: dt.date, expected: str) -> None:
    assert format.span(first, last) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(-1, "0 s"), (9.9, "9 s"), (60, "1:00"), (187, "3:07"), (3765, "1:02:45")]
)
def test_duration(seconds: float, expected: str) -> None:
    assert format.duration(seconds) == expected


@pytest.mark.parametrize(
    ("done", "total", "seconds", "expected"),
    [
        (0, 0, 0.0, "0 passages"),
        (1920, 0, 30.0, "1,920 passages, 64/s"),  # 1920 / 30; the total is unknown
        (640, 6400, 10.0, "640/6,400 passages, 64/s, 1:30 left"),  # (6400 - 640) / 64 = 90 s
        (6400, 6400, 100.0, "6,400/6,400 passages, 64/s"),
        (1, 4, 2.0, "1/4 passages, 0.5/s, 6 s left"),
        (0, 4, 2.0, "0/4 passages"),
    ],
)
def test_pace(done: int, total: int, seconds: float, expected: str) -> None:
    assert format.pace(done, total, seconds, "passages") == expected


def test_answer_is_wrapped_and_its_sources_are_numbered() -> None:
    text = "The first ferry in three weeks left Sundskar at six on Wednesday morning with nobody on board. [1]"
    told = tell.answer(_answer(text=text), 60)
    assert all(len(line) <= 60 for line in told.splitlines())
    assert " ".join(told.split("\n\n")[0].split()) == text
    assert told.endswith("\n\n[1] Northline News, 13 Aug 2025 — Ferries sail again\n    https://northline.example/a/1")


def test_each_line_of_a_brief_stays_a_line() -> None:
    lines = ["13 Aug 2025: The ferries sail again after nineteen days of strike. [1]", "1 Aug 2025: They stopped. [2]"]
    told = tell.answer(_answer(text="\n".join(lines), citations=(_citation(), _citation(number=2))), 40)
    shown = told.split("\n\n")[0].splitlines()
    assert all(len(line) <= 40 for line in shown)
    assert shown[0].startswith("13 Aug 2025: ")
    assert shown[-1] == lines[1]


def test_closest_passages_are_told_line_by_line_and_nothing_is_bold() -> None:
    text = "Closest passages:\n“They sailed.” [1]"
    sentence = Sentence(start=18, end=len(text), citations=(1,), verdict=Verdict.VERBATIM)
    value = _answer(text=text, status=Status.CLOSEST, sentences=(sentence,))
    told = tell.answer(value, 80, bold=True)
    assert told.startswith(text + "\n\n[1] Northline News")
    assert "\x1b" not in told


def test_what_a_question_took_over_is_told() -> None:
    assert "About: Sundskar, ferry\\x1b" in tell.answer(_answer(carried=("Sundskar", "ferry\x1b")), 80)
    assert "About:" not in tell.answer(_answer(), 80)


def test_answer_names_other_outlets_conflicts_and_what_was_taken_out() -> None:
    told = tell.answer(
        _answer(
            citations=(_citation(also_in=("Harbour Ledger", "Gazette")), _citation(number=2, outlet=None, url=None)),
            conflicts=(Conflict(subject="the toll", values=("41", "38"), citations=(1, 2)),),
            unsupported=(Unsupported(text="Forty drowned.", why="no passage says 40"),),
        ),
        200,
    )
    assert "(also in Harbour Ledger, Gazette)" in told
    assert "[2] 13 Aug 2025 — Ferries sail again" in told
    assert "The sources disagree about the toll: 41 ([1], 13 Aug 2025), 38 ([2], 13 Aug 2025)." in told
    assert "Taken out: “Forty drowned.” (no passage says 40)" in told


def test_an_outdated_report_is_told_with_its_day() -> None:
    conflict = Conflict(subject="the toll", values=("41", "38"), citations=(1, 2), outdated=(2,))
    later = _citation(published=dt.date(2025, 8, 15))
    told = tell.answer(_answer(citations=(later, _citation(number=2)), conflicts=(conflict,)), 200)
    assert "Outdated: 38 ([2], 13 Aug 2025)." in told
    assert "disagree" not in told


def test_the_words_that_answer_are_bold_where_the_terminal_can() -> None:
    text = "The first ferry left at six. [1]"
    sentence = Sentence(start=0, end=len(text), citations=(1,), verdict=Verdict.VERBATIM, answer=Span(start=24, end=27))
    value = _answer(text=text, sentences=(sentence,))
    assert tell.answer(value, 60, bold=True).startswith("The first ferry left at \x1b[1msix\x1b[22m. [1]\n")
    assert tell.answer(value, 60).startswith(text)


def test_relative_dates_are_told_on_the_line_of_their_citation_three_at_most() -> None:
    told = tell.answer(_answer(citations=(_citation(dates=DATES, also_in=("Gazette",)),)), 200)
    assert (
        "[1] Northline News, 13 Aug 2025 — Ferries sail again "
        "(Tuesday: 12 Aug 2025; last week: 4–10 Aug 2025; two weeks ago: 28 Jul – 3 Aug 2025) (also in Gazette)\n"
    ) in told


def test_citation_without_outlet_and_date_is_its_title() -> None:
    assert tell.answer(_answer(citations=(_citation(outlet=None, published=None, url=None),)), 80).endswith(
        "\n[1] Ferries sail again"
    )


def test_long_address_is_not_broken() -> None:
    url = "https://northline.example/" + "a" * 200
    assert f"    {url}" in tell.answer(_answer(citations=(_citation(url=url),)), 40).splitlines()


def _every_telling_of_hostile_values() -> dict[str, str]:
    article = Article(
        article_id=HOSTILE,
        title=HOSTILE,
        text=HOSTILE,
        outlet=HOSTILE,
        authors=(HOSTILE,),
        url=HOSTILE,
        language=HOSTILE,
        agency=HOSTILE,
        sources=(HOSTILE,),
        added_at=ADDED,
        versions=(ArticleVersion(content_hash="h", title=HOSTILE, text=HOSTILE, stored_at=ADDED),),
    )
    passage = Passage(
        id="p", article_id=HOSTILE, title=HOSTILE, outlet=HOSTILE, url=HOSTILE, text=HOSTILE, start=0, end=1
    )
    summary = ArticleSummary(article_id=HOSTILE, title=HOSTILE, outlet=HOSTILE, passages=1, added_at=ADDED)
    citation = _citation(
        title=HOSTILE,
        outlet=HOSTILE,
        url=HOSTILE,
        also_in=(HOSTILE,),
        dates=(DATES[0].model_copy(update={"words": HOSTILE}),),
    )
    answer = _answer(
        text=HOSTILE,
        carried=(HOSTILE,),
        citations=(citation,),
        conflicts=(Conflict(subject=HOSTILE, values=(HOSTILE,), citations=(1,)),),
        unsupported=(Unsupported(text=HOSTILE, why=HOSTILE),),
    )
    named = [Named(HOSTILE, HOSTILE)]
    return {
        "answer": tell.answer(answer, 80),
        "article": tell.article(article, 80),
        "passages": tell.passages([passage], 80),
        "listing": tell.listing([summary]),
        "report": tell.report(Report(failed=named, skipped=named)),
        "check": tell.check(Check(HOSTILE, False, HOSTILE)),
    }


@pytest.mark.parametrize("telling", _every_telling_of_hostile_values())
def test_nothing_that_others_wrote_steers_the_terminal(telling: str) -> None:
    told = _every_telling_of_hostile_values()[telling]
    assert told.isprintable() or told.replace("\n", "").isprintable()
    assert r"\x1b[2J" in told
    told.encode("utf-8")


def test_listing_is_one_line_an_article() -> None:
    summaries = [
        ArticleSummary(
            article_id="a",
            title="One\nline",
            outlet="Ledger",
            published=dt.date(2025, 8, 3),
            language="de",
            passages=1,
            added_at=ADDED,
        ),
        ArticleSummary(article_id="longer", title="Undated", passages=1, added_at=ADDED),
    ]
    assert tell.listing(summaries).splitlines() == [
        "a        3 Aug 2025  de  Ledger — One line",
        "longer      no date  –   no outlet — Undated",
    ]
    assert tell.listing([]) == ""


def test_article_tells_what_replaced_it_and_who_else_has_it() -> None:
    known = {"title": "Bridge shut", "outlet": "Ledger", "published": dt.date(2025, 8, 7)}
    related = (
        RelatedArticle(article_id="b7", relation=Relation.SUPERSEDED_BY, **known),
        RelatedArticle(article_id="c5", relation=Relation.COPY, title="The bridge\x1b is shut"),
    )
    article = Article(article_id="a5", title="Bridge shut", text="Text.", added_at=ADDED, related=related)
    lines = tell.article(article, 80).splitlines()
    assert lines[1:6] == [
        "id:            a5",
        "published:     unknown",
        "added:         14 Aug 2025",
        "superseded by: Ledger, 7 Aug 2025 — Bridge shut (b7)",
        "copy:          The bridge\\x1b is shut (c5)",
    ]


def test_article_tells_what_is_known_and_leaves_out_the_rest() -> None:
    article = Article(
        article_id="a1",
        title="Ferries sail again",
        text="First paragraph.\n\nSecond one.",
        outlet="Northline News",
        published=dt.date(2025, 8, 13),
        published_source=DateSource.DATELINE,
        sources=("/news/one.txt", "/news/copy.txt"),
        added_at=ADDED,
        versions=(ArticleVersion(content_hash="h", title="Ferries to sail", text="Old.", stored_at=ADDED),),
    )
    assert tell.article(article, 80).splitlines() == [
        "Ferries sail again",
        "id:        a1",
        "outlet:    Northline News",
        "published: 13 Aug 2025 (from its dateline)",
        "added:     14 Aug 2025",
        "source:    /news/one.txt",
        "source:    /news/copy.txt",
        "earlier:   text until 14 Aug 2025: Ferries to sail",
        "",
        "First paragraph.",
        "",
        "Second one.",
    ]


def test_report_names_twenty_and_counts_the_rest() -> None:
    many = [Named(f"file{number}.txt", "It is empty.") for number in range(23)]
    lines = tell.report(Report(stored=2, failed=many, skipped=many[:1])).splitlines()
    assert lines[0].startswith("2 new, ")
    assert lines[1] == "failed: file0.txt: It is empty."
    assert lines[20:] == ["failed: file19.txt: It is empty.", "failed: and 3 more", "skipped: file0.txt: It is empty."]


def test_check_is_marked() -> None:
    assert tell.check(Check("catalog", True, "47 articles")) == "✓ catalog: 47 articles"
    assert tell.check(Check("index", False, "missing")) == "✗ index: missing"


@pytest.mark.parametrize(
    ("window", "line"),
    [
        (
            Window(since=dt.date(2025, 8, 4), until=dt.date(2025, 8, 10), words="last week"),
            "Published 4–10 Aug 2025 (“last week”)",
        ),
        (
            Window(until=dt.date(2025, 5, 4), words="before 5 may"),
            "Published until 4 May 2025 (“before 5 may”)",
        ),
        (Window(since=dt.date(2025, 5, 6)), ""),  # the caller's own
        (Window(words="latest", prefers_newest=True), ""),
    ],
)
def test_the_days_that_words_name(window: Window, line: str) -> None:
    told = tell.answer(_answer(window=window), 200)
    assert told.endswith(line)
    assert ("Published" in told) == bool(line)


def test_a_written_answer_says_by_whom_and_shows_the_words_of_its_sources() -> None:
    told = tell.answer(_answer(writing=Writing(model="small\x1b[2J")), 80)
    assert "“They sailed.”" in told
    assert "Written by small\\x1b[2J, every sentence checked against its sources." in told
    quotes = tell.answer(_answer(writing=Writing(model="small", problem=WritingProblem.TOO_SLOW)), 80)
    assert "Written by" not in quotes
    assert "“They sailed.”" not in quotes
