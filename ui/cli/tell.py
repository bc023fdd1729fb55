"""Values as text for a terminal. Pure: nothing here prints, and no foreign text can control the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ingest.report import Named, Report
from rag.text.languages import name_of
from rag.types import Agreement, Answer, Article, ArticleSummary, Citation, Conflict, Passage, RelatedArticle
from ui.format import day, how_checked, moment, of_source, one_line, plain, resolved, sides, window_told

if TYPE_CHECKING:
    from rag.doctor import Check
    from rag.store.readers import KeptQuestion

NAMED_MOST = 20  # Failed or skipped sources listed by name; the rest are only counted.
INDENT = "    "
_DAY_FROM = {
    "metadata": "from its metadata",
    "json-ld": "from the page's JSON-LD",
    "meta": "from the page's meta tags",
    "time": "marked in the page",
    "address": "from its address",
    "text": "printed at the article",
    "dateline": "from its dateline",
    "updated": "the day of its last change",
    "guess": "a guess: unknown where you ask as of a day",
    "unknown": "nobody knows from where",
}
_BOLD_BEGINS, _BOLD_ENDS = "\x02", "\x03"  # Mark bold while lines are wrapped; `plain` leaves none in any text.


def wrapped(text: str, width: int, indent: str = "", hanging: str = "") -> str:
    """Paragraphs wrapped to the width; an address is never broken, so that it can be clicked."""
    return _filled(plain(text), width, indent, hanging)


def _filled(text: str, width: int, indent: str = "", hanging: str = "") -> str:
    later = indent + hanging
    filler = textwrap.TextWrapper(max(width, 20), indent, later, break_long_words=False, break_on_hyphens=False)
    return "\n".join(filler.fill(line) for line in text.split("\n"))


def answer(value: Answer, width: int, bold: bool = False) -> str:
    """The text, its numbered sources, and what was left out or is disputed; `bold` marks the answering words."""
    parts = [_marked(value, width) if bold else wrapped(value.text, width)]
    written = value.writing if value.writing and value.writing.problem is None else None
    if value.citations:
        parts.append("\n".join(_citation(citation, width, with_quote=bool(written)) for citation in value.citations))
    told = [f"Written by {one_line(written.model)}, {how_checked(value)}."] if written else []
    if value.carried:
        told.append(f"About: {one_line(', '.join(value.carried))}")
    if value.independent_sources > 1 and value.citations:
        others = "; ".join(_origin(one) or one_line(one.title) for one in value.citations[0].agreed_by)
        told.append(f"Independent outlets that say so: {value.independent_sources} (also {others})")
    told += [_conflict(conflict, value.citations) for conflict in value.conflicts]
    told += [f"Taken out: “{one_line(removed.text)}” ({one_line(removed.why)})" for removed in value.unsupported]
    if value.window.words and (value.window.since or value.window.until):  # the caller's own filters are not repeated
        told.append(" · ".join(window_told(value, one_line)))
    return "\n\n".join([*parts, *(wrapped(one, width) for one in told if one)])


def _conflict(conflict: Conflict, citations: Sequence[Citation]) -> str:
    """What each side says and when; for an outdated report, only what it said."""
    told = ", ".join(
        f"{one_line(words)} ({', '.join(filter(None, (f'[{one.number}]', day(one.published, one.published_guessed))))})"
        for words, one in sides(conflict, citations)
    )
    heading = "Outdated" if conflict.outdated else f"The sources disagree about {one_line(conflict.subject)}"
    return f"{heading}: {told}."


def _marked(value: Answer, width: int) -> str:
    text, place = "", 0
    for words in (sentence.answer for sentence in value.sentences if sentence.answer):
        bold = f"{_BOLD_BEGINS}{plain(value.text[words.start : words.end])}{_BOLD_ENDS}"
        text, place = f"{text}{plain(value.text[place : words.start])}{bold}", words.end
    filled = _filled(text + plain(value.text[place:]), width)
    return filled.replace(_BOLD_BEGINS, "\x1b[1m").replace(_BOLD_ENDS, "\x1b[22m")


def _citation(citation: Citation, width: int, with_quote: bool) -> str:
    """One source, with its quote where the text does not give it."""
    dates = f" ({resolved(citation.dates, one_line)})" if citation.dates else ""
    line = f"[{citation.number}] {_heading(citation)}{dates}{_copies(citation.also_in)}"
    source = _with_address(line, citation.url, width)
    return f"{source}\n{wrapped(f'“{one_line(citation.quote)}”', width, INDENT)}" if with_quote else source


def _copies(outlets: Sequence[str]) -> str:
    return f" (also in {', '.join(map(one_line, outlets))})" if outlets else ""


def _origin(one: Agreement | Citation | Passage | RelatedArticle) -> str:
    return ", ".join(filter(None, (one_line(one.outlet or ""), day(one.published, one.published_guessed))))


def _heading(one: Citation | Passage | RelatedArticle) -> str:
    return " — ".join(filter(None, (_origin(one), one_line(one.title))))


def _with_address(line: str, url: str | None, width: int) -> str:
    return wrapped(line, width, hanging=INDENT) + (f"\n{INDENT}{one_line(url)}" if url else "")


def passages(found: Sequence[Passage], width: int) -> str:
    """The results of a search, best first, each with the id that `dateline show` takes."""
    parts = []
    for number, passage in enumerate(found, start=1):
        heading = f"{number}. {_heading(passage)}"
        known = f"{INDENT}{one_line(passage.article_id)}  score {passage.score:.3f}{_copies(passage.also_in)}"
        text = wrapped(one_line(passage.text), width, INDENT)
        parts.append("\n".join([_with_address(heading, passage.url, width), known, text]))
    return "\n\n".join(parts)


def listing(articles: Sequence[ArticleSummary]) -> str:
    """One line per article, never cut, so that it can be searched: id, day, language, outlet, title."""
    ids = [one_line(article.article_id) for article in articles]
    longest = max((len(one) for one in ids), default=0)
    return "\n".join(
        f"{one:<{longest}}  {day(article.published, article.published_guessed) or 'no date':>11}  "
        f"{one_line(article.language or '–'):<2}  {one_line(article.outlet or 'no outlet')} — {one_line(article.title)}"
        for one, article in zip(ids, articles, strict=True)
    )


def article(value: Article, width: int) -> str:
    """Everything known about an article, then its text."""
    published = f"{day(value.published)} ({_DAY_FROM[value.published_source]})" if value.published else "unknown"
    known = [
        ("id", value.article_id),
        ("outlet", value.outlet),
        ("agency", value.agency),
        ("place", value.place),
        ("authors", ", ".join(value.authors)),
        ("published", published),
        ("updated", day(value.updated)),
        ("language", f"{name_of(value.language)} ({value.language})" if value.language else None),
        ("address", value.url),
        ("added", day(value.added_at.astimezone().date())),
        *(("source", source) for source in value.sources),
        *(("earlier", f"text until {day(one.stored_at.astimezone().date())}: {one.title}") for one in value.versions),
        *((one.relation.value.replace("_", " "), f"{_heading(one)} ({one.article_id})") for one in value.related),
    ]
    longest = max(len(name) for name, text in known if text) + 2
    lines = [f"{name + ':':<{longest}}{one_line(text)}" for name, text in known if text]
    return "\n".join([wrapped(one_line(value.title), width), *lines, "", wrapped(value.text, width)])


def report(value: Report) -> str:
    return "\n".join([value.sentence(), *_named("failed", value.failed), *_named("skipped", value.skipped)])


def _named(what: str, sources: Sequence[Named]) -> Iterator[str]:
    for named in sources[:NAMED_MOST]:
        yield f"{what}: {one_line(of_source(named.source, named.reason))}"
    if len(sources) > NAMED_MOST:
        yield f"{what}: and {len(sources) - NAMED_MOST:,} more"


def kept(value: KeptQuestion) -> str:
    if value.changes:
        change = value.changes[0]
        told = f"changed {moment(change.at)} ({change.what}): {one_line(change.before)} → {one_line(change.now)}"
    else:
        short = value.answer.short or value.answer.text.partition("\n")[0]
        told = f"unchanged since {day(value.kept_at.astimezone().date())}: {one_line(short)}"
    return f"{value.number}. {one_line(value.asked)}\n{INDENT}{told}"


def check(value: Check) -> str:
    return f"{'✓' if value.ok else '✗'} {one_line(value.name)}: {one_line(value.finding)}"
