"""A digest as text, Markdown and HTML. Pure; what articles say is made inert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.store.kept import KeptQuestion
from rag.text.days import day_text
from rag.types import Citation, Conflict, Digest, DigestStory
from ui.web.html.templates import render
from ui.web.markup import inert, link_to, plural
from ui.web.transcript import markdown_line


@dataclass(frozen=True)
class ToldStory:
    """One story as lines: what is said, and behind it by whom and what is to be known of it."""

    title: str
    text: str
    known: list[str]
    sources: list[tuple[Citation, ...]]
    """The citations of each article."""
    articles: tuple[str, ...]


def heading(value: Digest) -> str:
    """`New from 8 Nov 2022 to 9 Nov 2022 about x: 20 stories from 48 articles; 12 further stories not told here.`"""
    about = f" about {value.topic}" if value.topic else ""
    first, last = day_text(value.since), day_text(value.until)
    days = f"on {last}" if first == last else f"from {first} to {last}"
    counted = f"{_stories(len(value.stories))} from {plural(value.articles, 'article')}"
    further = f"; {_stories(value.further, 'further ')} not told here" if value.further else ""
    return f"New {days}{about}: {counted}{further}." if value.articles else f"Nothing new {days}{about}."


def as_text(value: Digest, kept: Sequence[KeptQuestion] = ()) -> str:
    """Plain text."""
    parts = [heading(value)]
    if kept:
        parts.append("\n".join(["Kept questions with another answer:", *map(_changed, kept)]))
    for one in stories_of(value):
        sources = [f"  {source}" for source in map(_source, one.sources)]
        parts.append("\n".join([one.title, one.text, *(f"({known})" for known in one.known), *sources]))
    return "\n\n".join(parts)


def as_markdown(value: Digest, kept: Sequence[KeptQuestion] = ()) -> str:
    """Markdown in which nothing that an article says is markup."""
    parts = [f"# {markdown_line(heading(value))}"]
    if kept:
        parts.append("## Kept questions with another answer")
        parts.append("\n".join(f"- {markdown_line(_changed(one))}" for one in kept))
    for one in stories_of(value):
        parts.append(f"## {markdown_line(one.title)}\n\n{markdown_line(one.text)}")
        parts.append("\n".join(f"*{markdown_line(known)}*  " for known in one.known))
        parts.append("\n".join(f"- {_linked(source)}" for source in one.sources))
    return "\n\n".join(part for part in parts if part) + "\n"


def _linked(citations: Sequence[Citation]) -> str:
    text, link = markdown_line(_source(citations)), link_to(citations[0].url)
    return f"[{text}](<{inert(link.address)}>)" if link else text


def as_html(value: Digest, kept: Sequence[KeptQuestion] = ()) -> str:
    """One page without scripts."""
    told = {"heading": heading(value), "stories": stories_of(value), "kept": kept}
    return render("digest.html", **told, changed=_changed, source=_source, link_to=link_to)


def stories_of(value: Digest) -> list[ToldStory]:
    """What is said of each story."""
    return [_story(value, one) for one in value.stories]


def _story(value: Digest, story: DigestStory) -> ToldStory:
    sources = _by_article([one for one in value.citations if one.number in story.citations])
    outlets = ", ".join(story.outlets[:6])
    several = story.independent_sources > 1
    known = [f"{story.independent_sources} independent outlets: {outlets}"] if several else []
    if not several and len(story.outlets) > 1:
        known.append(f"One text, carried by {outlets}")
    for one in story.replaces:
        day = f" of {day_text(one.published)}" if one.published else ""
        known.append(f"Corrects or updates {one.outlet or 'its outlet'}'s report{day}: {one.title}")
    if story.changed:
        known.append("Its text was changed after it was first stored; the earlier text is kept")
    known += [_disputed(one) for one in story.conflicts]
    return ToldStory(story.title, story.text, known, sources, story.articles)


def _disputed(conflict: Conflict) -> str:
    sides = [f"{words} [{number}]" for words, number in zip(conflict.values, conflict.citations, strict=True)]
    if conflict.outdated:
        return f"Earlier figure: {', '.join(side for side, number in zip(sides, conflict.citations, strict=True) if number in conflict.outdated)}"
    return f"Sources disagree: {' or '.join(sides)}"


def _changed(kept: KeptQuestion) -> str:
    change = kept.changes[0]
    return f"{kept.question} {change.before} → {change.now} ({day_text(change.at.date())})"


def _source(citations: Sequence[Citation]) -> str:
    """`[1] [2] Harbour Ledger, 13 Aug 2025: Kestrel Bridge closed (also in Northline News)`."""
    first = citations[0]
    numbers = " ".join(f"[{one.number}]" for one in citations)
    day = day_text(first.published, first.published_guessed) if first.published else ""
    known = ", ".join(filter(None, (first.outlet, day)))
    also = f" (also in {', '.join(first.also_in)})" if first.also_in else ""
    return f"{numbers} {f'{known}: ' if known else ''}{first.title}{also}"


def _by_article(citations: Sequence[Citation]) -> list[tuple[Citation, ...]]:
    found: dict[str, tuple[Citation, ...]] = {}
    for one in citations:
        found[one.article_id] = (*found.get(one.article_id, ()), one)
    return list(found.values())


def _stories(number: int, which: str = "") -> str:
    return f"{number:,} {which}{'story' if number == 1 else 'stories'}"
