"""What answers show as HTML."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from page_values import DAY, TEXT, Parts, answer, article, citation

from rag.types import (
    AbstentionReason,
    Checked,
    Conflict,
    Doubt,
    Freshness,
    Kind,
    LibraryStats,
    NearestArticle,
    Reason,
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
from ui.web.chat.filters import chips_of
from ui.web.html.article import render_article
from ui.web.html.turn import outcome, render_draft, render_turn, whole_words
from ui.web.markup import part


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
    words = "<bdi>Tuesday</bdi>: 12 Aug 2025; <bdi>last week</bdi>: 4–10 Aug 2025"
    note = f'<p class="dl-dates">{words}</p>'
    html = render_turn(answer(citations=(cited,)), 0)
    assert f'<blockquote dir="auto">{quote}</blockquote>{note}' in html
    opened = render_article(article(text=quote), cited)
    assert note in opened
    assert f'<mark id="quote">{quote}</mark>' in opened
    assert "dl-dates" not in render_turn(answer(), 0) + render_article(article(), citation())


def test_a_day_that_stands_there_already_is_not_said_again() -> None:
    own = ResolvedDate(words="Wednesday", first=DAY, last=DAY)
    tuesday = ResolvedDate(words="Tuesday", first=dt.date(2025, 8, 12), last=dt.date(2025, 8, 12))
    named = ResolvedDate(words="29 September", first=dt.date(2025, 9, 29), last=dt.date(2025, 9, 29))
    cited = [citation(number=number, dates=(own, tuesday, named)) for number in (1, 2)]
    other = citation(number=3, article_id="b", dates=(own, tuesday))
    text = Parts(render_turn(answer(citations=(*cited, other)), 0)).text
    assert text.count("Tuesday: 12 Aug 2025") == 1
    assert "September" not in text
    assert "Wednesday" not in text + Parts(render_article(article(), cited[0])).text


def test_links_open_elsewhere_and_tell_nothing() -> None:
    html = render_turn(answer(), 0)
    assert 'href="https://ledger.example/trip" target="_blank" rel="noopener noreferrer">ledger.example</a>' in html


@pytest.mark.parametrize(
    ("newest", "oldest", "line"),
    [
        (DAY, DAY, "Newest source: 13 Aug 2025"),
        (DAY, dt.date(2025, 8, 5), "Newest source: 13 Aug 2025 · oldest: 5 Aug 2025"),
    ],
)
def test_freshness(newest: dt.date, oldest: dt.date, line: str) -> None:
    parts = Parts(render_turn(answer(freshness=Freshness(oldest=oldest, newest=newest)), 0))
    assert line in parts.text


def test_dates_that_were_read_from_the_words_are_shown() -> None:
    window = Window(since=dt.date(2025, 8, 1), until=dt.date(2025, 8, 31), words="in august")
    text = Parts(render_turn(answer(window=window), 0)).text
    assert "Published 1–31 Aug 2025 (“in august”)" in text


def test_newest_first_is_said_where_there_is_something_to_sort() -> None:
    newest = answer(window=Window(prefers_newest=True), citations=(citation(), citation(number=2)))
    assert "newest first" in render_turn(newest, 0)
    assert "newest first" not in render_turn(newest.model_copy(update={"citations": ()}), 0)


def test_what_was_searched_is_shown_when_it_differs() -> None:
    assert "Searched for" not in render_turn(answer(), 0)
    html = render_turn(answer(standalone_question="Who announced the trip of Lee?"), 0)
    assert "Searched for: Who announced the trip of Lee?" in Parts(html).text


def test_what_a_question_took_over_is_shown_and_can_be_left_out() -> None:
    followed = answer(question="And when?", standalone_question="And when? (Lee, <trip>)", carried=("Lee", "<trip>"))
    parts = Parts(render_turn(followed, 3))
    assert "About: Lee, <trip>" in parts.text
    assert "Searched for" not in parts.text
    again = [value for name, value in parts.attributes if name == "data-again"]
    assert again == ["now", "asked", "copy", "link", "withdraw", "searched", "alone"]
    assert "alone" not in [value for name, value in Parts(render_turn(answer(), 0)).attributes if name == "data-again"]


def lines_of(*lines: str, first: int = 0) -> dict[str, object]:
    """An answer with these lines as its text, and its sentences: one per line from number `first` on."""
    text, sentences = "", []
    for number, line in enumerate(lines):
        text += ("\n" if text else "") + line
        if number >= first:
            cited = (number - first + 1,)
            start = len(text) - len(line)
            sentences.append(Sentence(start=start, end=len(text), citations=cited, verdict=Verdict.VERBATIM))
    return {"text": text, "sentences": tuple(sentences)}


def test_a_brief_is_a_list_of_dated_lines() -> None:
    told = lines_of("13 Aug 2025: It begins on 23 August. [1]", "9 Aug 2025: <Kang> announced the trip. [2]")
    # A sentence begins after the day of its line.
    moved = tuple(one.model_copy(update={"start": one.start + 12}) for one in told["sentences"])  # type: ignore[attr-defined]
    html = render_turn(answer(**told | {"sentences": moved}, citations=(citation(), citation(number=2))), 0)
    lines = re.findall(r'<li dir="auto">(.*?)</li>', html)
    assert [Parts(line).text for line in lines] == told["text"].splitlines()  # type: ignore[attr-defined]
    assert [line.count("dl-marker") for line in lines] == [1, 1]


def test_the_closest_passages_stand_in_a_box_of_their_own_without_marks() -> None:
    whole = "Kang Yu-jung announced the trip.\n\nIt begins on 23 August."
    told = lines_of("Closest passages:", "“Kang Yu-jung announced the trip. It begins on 23 August.” [1]", first=1)
    html = render_turn(answer(**told, status=Status.CLOSEST, citations=(citation(quote=whole, end=len(whole)),)), 0)
    box = html[html.index('<div class="dl-answer dl-closest">') : html.index("</div>", html.index("dl-closest"))]
    assert "<mark" not in box
    assert "No certain answer" in Parts(html).text
    assert re.findall(r'<li dir="auto">(.*?)</li>', html)[0].startswith("“Kang")
    assert "Closest passages:" not in "".join(re.findall(r"<li.*?</li>", html))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Answered from 1 source."),
        ({"citations": (), "kind": Kind.META}, "Answered."),
        ({"status": Status.CLOSEST}, "No certain answer"),
        ({"reason": Reason(kind=AbstentionReason.NOTHING_CLOSE, message="Nothing."), "citations": ()}, "No answer."),
    ],
)
def test_those_who_hear_the_page_are_told_how_it_came_out(changes: dict[str, object], words: str) -> None:
    assert words in outcome(answer(**changes))


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
    assert "The library holds 2 articles, 4–13 Aug 2025. Outlets: Harbour Ledger." in text
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
    assert re.search("noon.*Harbour Ledger, 13 Aug 2025.*one.*Meridian Post, 14 Aug 2025", text)
    assert "Harbour Ledger, 13 Aug 2025" in text
    assert "Meridian Post, 14 Aug 2025" in text


def test_an_earlier_figure_is_shown_apart_from_a_disagreement() -> None:
    earlier = citation(
        number=2, outlet="Meridian Post", published=dt.date(2025, 8, 11), quote="It begins on 20 August."
    )
    conflict = Conflict(subject="when it begins", values=("23", "20"), citations=(1, 2), outdated=(2,))
    text = Parts(render_turn(answer(citations=(citation(), earlier), conflicts=(conflict,)), 0)).text
    assert "Earlier figure: 20 August (11 Aug) [2]" in text
    spelt = conflict.model_copy(update={"values": ("nine", "five")})
    assert (
        "Earlier figure: five"
        in Parts(render_turn(answer(citations=(citation(), earlier), conflicts=(spelt,)), 0)).text
    )
    assert "disagree" not in text


def test_notices_and_what_was_taken_out_are_shown() -> None:
    removed = Unsupported(text="Shinzo Abe announced it.", why="the name is in no source")
    text = Parts(render_turn(answer(notices=("One index is down.",), unsupported=(removed,)), 0)).text
    for words in (
        "One index is down.",
        "1 sentence removed",
        "Shinzo Abe announced it. meaning the name is in no source",
    ):
        assert words in text


def test_the_words_that_answer_are_marked() -> None:
    text = "<Kang> announced the trip. [1]"
    sentence = Sentence(start=0, end=len(text), citations=(1,), verdict=Verdict.VERBATIM, answer=Span(start=0, end=6))
    page = render_turn(answer(text=text, sentences=(sentence,)), 0)
    assert "<mark>&lt;Kang&gt;</mark> announced the trip. <button" in page


def test_a_draft_marks_what_was_checked_and_strikes_out_what_was_not_found() -> None:
    text = "It opens today. It costs <b>9</b>. It"
    checks = (
        Checked(start=0, end=15, verdict=Verdict.SUPPORTED),
        Checked(start=15, end=34, verdict=Verdict.UNSUPPORTED, why="No source says 9."),
    )
    html = render_draft("small", text, checks)
    assert "<span>It opens today.</span>" in html
    assert "<s> It costs &lt;b&gt;9&lt;/b&gt;.</s>" in html
    assert '<span class="dl-unchecked"> It</span>' in html
    assert "No source says 9." in Parts(html).text
    # A check that comes twice or reaches too far does not repeat words.
    twice = render_draft("small", text, (*checks, Checked(start=10, end=99, verdict=Verdict.SUPPORTED)))
    assert Parts(twice).text.count("costs") == 1


def test_a_language_model_that_did_not_write_is_told_of_once() -> None:
    failed = Writing(model="<big>", problem=WritingProblem.TOO_SLOW)
    told = Parts(render_turn(answer(writing=failed, notices=("The language model <big> took too long.",)), 0)).text
    assert told.count("<big>") == 1
    assert (
        "The language model <big> wrote no answer, so here are quotes."
        in Parts(render_turn(answer(writing=failed), 0)).text
    )


def test_it_is_said_who_wrote() -> None:
    text = Parts(render_turn(answer(writing=Writing(model="small")), 0)).text
    assert "Written by small, every sentence checked against its sources." in text
    assert "Written by" not in Parts(render_turn(answer(), 0)).text


@pytest.mark.parametrize("doubt", Doubt)
def test_every_doubt_has_a_word(doubt: Doubt) -> None:
    html = render_turn(answer(unsupported=(Unsupported(text="It rained.", why="Nobody says so.", doubt=doubt),)), 0)
    assert '<s dir="auto">It rained.</s> <span class="dl-doubt">' in html


def test_chips_say_what_is_set_and_take_it_away() -> None:
    html = chips_of("", [DAY.isoformat(), "", DAY.isoformat(), ["<Ledger>"]])
    names = [value for name, value in Parts(html).attributes if name == "data-drop"]
    assert names == ["follows", "since", "as_of", "outlet", "all"]
    assert "From 13 Aug 2025" in Parts(html).text
    assert ("data-value", "<Ledger>") in Parts(html).attributes
    assert chips_of(None, ["", "", "", []]) == ""


def test_an_empty_library_says_how_to_fill_it() -> None:
    nothing = {"articles": 0, "passages": 0, "unpublished_passages": 0, "undated_articles": 0, "outlets": ()}
    stats = LibraryStats.model_validate(
        nothing | {"earliest": None, "latest": None, "version": "r0", "generation": None}
    )
    assert "empty" in part("page_parts.html", "head", stats)
    assert "dateline ingest PATH" in part("page_parts.html", "welcome")


def test_one_card_an_article() -> None:
    second = citation(number=2, quote="It begins on 23 August.", start=33, end=56, also_in=("Northline",))
    other = citation(number=3, article_id="a2", outlet="Meridian Post")
    html = render_turn(answer(citations=(citation(), second, other)), 0)
    cards = re.findall(r'<li class="dl-card">(.*?)</li>', html)
    assert [Parts(card).text[:6] for card in cards] == ["[1][2]", "[3] Me"]
    assert "It begins on 23 August." in Parts(cards[0]).text
    assert "Also in: Northline" in Parts(cards[0]).text


@pytest.mark.parametrize(
    ("text", "pointed", "whole"),
    [
        ("It did damage of 38 million crowns, it said.", "38 million", "38 million crowns"),
        ("It opens on 1 September 2025.", "1 September", "1 September 2025"),
        ("Rates rose by 12.5 per cent.", "12.5", "12.5 per cent"),
        ("It cost $40 in all.", "40", "$40"),
        ("Kang Yu-jung announced it.", "Kang Yu", "Kang Yu-jung"),
        ("Petra Lindqvale Monday refused.", "Petra", "Petra Lindqvale"),
        ("He left on Monday.", "He", "He"),
        ("The mayor of Port Ansel Monday left.", "Ansel", "Port Ansel"),
        ("South Korean President Lee Jae Myung will visit Tokyo.", "Jae Myung", "Lee Jae Myung"),
        ("On Friday Dr. Yusra Kellaway spoke.", "Kellaway", "Yusra Kellaway"),
        ("It ended. Yesterday Petra Lindqvale said so.", "Lindqvale", "Petra Lindqvale"),
        ("It rose to 23.1 million crowns.", "1 million", "23.1 million crowns"),
        ("At least 264 people fell ill.", "264", "264 people"),
        ("Seven people were hurt.", "ven peop", "Seven people"),
    ],
)
def test_answering_words_are_marked_whole(text: str, pointed: str, whole: str) -> None:
    span = Span(start=text.index(pointed), end=text.index(pointed) + len(pointed))
    found = whole_words(text, span, 0, len(text))
    assert text[found.start : found.end] == whole
