"""A question with its answer as HTML: finished, pending, stopped, or failed."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from rag.checking.quantities import quantities
from rag.checking.values import TITLES
from rag.text import names
from rag.text.days import MONTH, WEEKDAY, day_text
from rag.types import Answer, Checked, CheckedBy, Citation, Conflict, Doubt, Passage, ResolvedDate, Span, Status
from ui.format import by_article, lines_of, sides, window_told
from ui.web.html.timeline import timeline
from ui.web.markup import day, inert, one_line, part, render, short_day
from ui.web.texts import counted, label, of_core, say

OUTLETS_MOST = 8  # Outlets named in the status line.
_MARKER = re.compile(r"\[([0-9]{1,4})\]")
_LABELS = {
    Status.PARTIAL: label("Partly answered"),
    Status.CONFLICT: label("Sources disagree"),
    Status.CLOSEST: label("No certain answer"),
}
_DOUBTS = {
    Doubt.NUMBER: label("number"),
    Doubt.DATE: label("date"),
    Doubt.NAME: label("name"),
    Doubt.QUOTE: label("quotation"),
    Doubt.MARKER: label("wrong source"),
    Doubt.UNCITED: label("no source"),
    Doubt.MEANING: label("meaning"),
    Doubt.FORM: label("not a sentence"),
}
_INSIDE = re.compile(r"[\w'’-]")
_CURRENCY = "$€£¥₩"
_AFTER = (
    (re.compile(r"\b\d{1,2}$"), re.compile(rf" {MONTH}\b")),
    (re.compile(rf"\b{MONTH}$"), re.compile(r" \d{1,2}\b(?![:.,]\d)")),
    (re.compile(rf"(?:\b{MONTH}|{MONTH} \d{{1,2}},?)$"), re.compile(r",? (?:19|20)\d\d\b")),
)
_COUNTED = re.compile(r" (?:people|men|women|children|[^\W\d_A-Z][^\W\d_]+s)\b")
_DAY_NAME = re.compile(rf"{MONTH}|{WEEKDAY}")


def render_turn(answer: Answer, turn: int, thumbs: str = "", shared: bool = False, **options: bool) -> str:
    """A question with its answer; `turn` tells its buttons from those of other answers.

    `thumbs` is `up` or `down` if the reader has rated it; `shared`, whether it has a link. Of the `options`, `whole` is
    false while a language model writes another answer, and `alone` true where nothing can be asked, rated or exported.
    """
    return render(
        "turn.html",
        answer=answer,
        turn=turn,
        label=_LABELS.get(answer.status, ""),
        lines=_lines(answer, turn),
        cards_of=_cards(answer),
        conflicts=[told for one in answer.conflicts if (told := conflict_told(one, answer)).sides],
        doubt=lambda one: say(_DOUBTS.get(one.doubt, one.doubt.value)),
        looked_at=window_told(answer, str),
        timeline=Markup(timeline(answer, turn)),  # noqa: S704
        passage_of=lambda one: _passage(answer, one),
        **{"whole": True, "alone": False, "thumbs": thumbs, "shared": shared, **options},
    )


def _lines(answer: Answer, turn: int) -> list[tuple[Markup, bool]]:
    """The text in lines of HTML, and whether each is a heading over the lines below it."""
    by_number = {citation.number: citation for citation in answer.citations}

    def button(match: re.Match[str]) -> str:
        citation = by_number.get(int(match[1]))
        return part("links.html", "marker", citation, turn) if citation else match[0]

    # `inert` leaves brackets and digits unchanged, so markers can still be found after it.
    lines = lines_of(_MARKER.sub(button, _marked(answer)), answer)
    several = len(lines) > 1
    return [(Markup(of_core(line) if heads and several else line), heads and several) for line, heads in lines]  # noqa: S704


def _marked(answer: Answer) -> str:
    """The text with the answering words in a `<mark>`, and a note after each sentence whose meaning was not checked."""
    pieces, place = [], 0
    for sentence in answer.sentences:
        if sentence.answer:
            words = whole_words(answer.text, sentence.answer, sentence.start, sentence.end)
            before, inside = answer.text[place : words.start], answer.text[words.start : words.end]
            pieces += [inert(before), f"<mark>{inert(inside)}</mark>"]
            place = words.end
        if sentence.checked_by is CheckedBy.VALUES:
            doubt = say("names and numbers checked")
            pieces += [inert(answer.text[place : sentence.end]), f' <span class="dl-doubt">{doubt}</span>']
            place = sentence.end
    return "".join([*pieces, inert(answer.text[place:])])


def _passage(answer: Answer, citation: Citation) -> Markup:
    """The passage around a quote, with the quote marked; only the quote if no more is known."""
    before = after = ""
    for passage in answer.passages:
        start = citation.start - passage.start
        if passage.id == citation.passage_id and start >= 0 and passage.text.startswith(citation.quote, start):
            before, after = passage.text[:start], passage.text[start + len(citation.quote) :]
    return Markup(f"{inert(before)}<mark>{inert(citation.quote)}</mark>{inert(after)}")  # noqa: S704


class Card(NamedTuple):
    citations: list[Citation]
    dates: list[ResolvedDate]
    said: bool  # Whether the answer already says these very words, so they need not be shown large again.


def _cards(answer: Answer) -> list[Card]:
    text, told = " ".join(answer.text.split()), set[ResolvedDate]()
    return [
        Card(cited, dates_of(cited, told), all(" ".join(one.quote.split()) in text for one in cited))
        for cited in by_article(answer.citations)
    ]


def dates_of(cited: Sequence[Citation], told: set[ResolvedDate]) -> list[ResolvedDate]:
    """The relative dates of the quotes, except obvious ones and those in `told`, to which the new ones are added."""
    found = (date for one in cited for date in one.dates if not _is_obvious(date, one.published))
    fresh = [date for date in dict.fromkeys(found) if date not in told]
    told.update(fresh)
    return fresh


def _is_obvious(date: ResolvedDate, published: dt.date | None) -> bool:
    """Whether it is the article's own day, or is written as day and month in the article's year."""
    named = all(part in date.words for part in day_text(date.first).split()[:2])
    this_year = published is not None and published.year == date.first.year
    return date.first == date.last and (date.first == published or (named and this_year))


class Told(NamedTuple):
    """What each source says, the source, and a short day; for an outdated report only that, under the heading `earlier`."""

    earlier: str
    sides: list[tuple[str, Citation, str]]


def conflict_told(conflict: Conflict, answer: Answer) -> Told:
    told = [(_whole(words, one.quote), one) for words, one in sides(conflict, answer.citations)]
    newest = answer.freshness.newest

    def short(one: Citation) -> str:
        """`7 Aug`; with the year if the newest source is from another one."""
        if one.published and newest and one.published.year == newest.year and not one.published_guessed:
            return short_day(one.published)
        return day(one.published, one.published_guessed)

    figure = any(re.search(r"\d", words) or next(quantities(words), None) for words, _ in told)
    earlier = (label("Earlier figure:") if figure else label("Earlier report:")) if conflict.outdated else ""
    return Told(earlier, [(words, one, short(one)) for words, one in told])


def _whole(value: str, quote: str) -> str:
    """A value with the unit that follows it in its quote."""
    start = quote.find(value)
    if start < 0:
        return value
    words = whole_words(quote, Span(start=start, end=start + len(value)), 0, len(quote))
    return quote[words.start : words.end]


def whole_words(text: str, words: Span, first: int, last: int) -> Span:
    """The span of a model, which marks tokens, widened to whole words, numbers with unit, days with year, and names."""
    start, end = max(words.start, first), min(words.end, last)
    while start > first and (
        (_INSIDE.match(text[start - 1]) and _INSIDE.match(text[start])) or text[start - 1] in _CURRENCY
    ):
        start -= 1
    while end < last and _INSIDE.match(text[end]) and _INSIDE.match(text[end - 1]):
        end += 1
    for begins, stops, _ in quantities(text[first:last]):
        if first + begins < end and start < first + stops:
            start, end = min(start, first + begins), max(end, first + stops)
            noun = _COUNTED.match(text, end, last) if end == first + stops else None
            end = noun.end() if noun else end
    for ends, goes_on in _AFTER:
        more = goes_on.match(text, end, last) if ends.search(text[start:end]) else None
        end = more.end() if more else end
    before, after = _rest_of_name(text[first:last], start - first, end - first)
    return Span(start=first + before, end=first + after)


def _rest_of_name(text: str, start: int, end: int) -> tuple[int, int]:
    """Where a name that begins or ends between `start` and `end` begins and ends, without titles and days around it."""
    found = names.words(text)
    for word, previous in reversed([*zip(found[1:], found, strict=False)]):
        of_name = word.run and word.run == previous.run and previous.stem not in TITLES
        if word.start <= start < word.end and of_name and not _begins_sentence(text, previous):
            start = previous.start
    for word, following in itertools.pairwise(found):
        of_name = word.run and word.run == following.run
        if word.start < end <= word.end and of_name and not _DAY_NAME.fullmatch(text, following.start, following.end):
            end = following.end
    return start, end


def _begins_sentence(text: str, word: names.Word) -> bool:
    """Whether it may have its capital only because a sentence begins with it, or names a day."""
    written, before = text[word.start : word.end], text[: word.start].rstrip()
    begins = not before or before[-1] in '.!?:“”"'
    return bool(_DAY_NAME.fullmatch(written)) or (begins and names.is_common(written.lower()))


def render_progress(question: str, shown: Answer | None = None, text: str = "", turn: int = 0) -> str:
    """A question whose answer is pending: what is `shown` for it, and the text so far."""
    return part("page_parts.html", "progress", question, shown, text, turn)


def render_draft(model: str, text: str, checks: Sequence[Checked]) -> str:
    """A language model's words as they arrive; checked ones are marked, rejected ones struck through."""
    pieces, place = list[tuple[str, Checked | None]](), 0
    latest = {check.start: check for check in checks}  # a later verdict on the same words replaces an earlier one
    for _, check in sorted(latest.items()):
        start, end = max(check.start, place), max(check.end, place)
        pieces += [(text[place:start], None), (text[start:end], check)]
        place = end
    pieces = [one for one in [*pieces, (text[place:], None)] if one[0] or one[1]]
    return part("page_parts.html", "draft", model or say("A language model"), pieces)


def render_note(question: str, message: str, name: str = "dl-problem") -> str:
    """A question that failed or, with `dl-stopped`, was stopped; without a question, only the message."""
    return part("page_parts.html", "note", question, message, name)


def reading(passages: Sequence[Passage]) -> str:
    """The status line once passages are found."""
    outlets = list(dict.fromkeys(passage.outlet for passage in passages if passage.outlet))
    names = ", ".join(one_line(outlet) for outlet in outlets[:OUTLETS_MOST])
    told = label("Reading {passages} from {outlets}…") if names else label("Reading {passages}…")
    return say(told, passages=counted(len(passages), "passage"), outlets=names)


def outcome(answer: Answer) -> str:
    """How it came out, for screen readers."""
    count = len(answer.citations)
    if answer.reason is not None:
        told = say("No answer.")
    elif answer.status is Status.CLOSEST:
        told = say("No certain answer, but {passages} near it.", passages=counted(count, "passage"))
    else:
        told = say("Answered from {sources}.", sources=counted(count, "source")) if count else say("Answered.")
    return f'<span class="dl-spoken">{told}</span>'
