"""A digest as text, Markdown and HTML. Pure; text from articles is made inert."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rag.store.readers import KeptQuestion
from rag.types import Citation, Conflict, Digest, DigestStory
from ui.format import by_article, day, sides
from ui.web.markup import inert, link_to, render
from ui.web.texts import counted, say
from ui.web.transcript import markdown_line


class ToldStory(NamedTuple):
    """One story as lines: what is said, notes on it, and the citations of each article behind it."""

    title: str
    text: str
    known: list[str]
    sources: list[list[Citation]]
    articles: tuple[str, ...]


def heading(value: Digest) -> str:
    """`New from 8 Nov 2022 to 9 Nov 2022 about x: 20 stories from 48 articles; 12 further stories not told here.`"""
    first, last = day(value.since), day(value.until)
    when = say("on {day}", day=last) if first == last else say("from {first} to {last}", first=first, last=last)
    when += f" {say('about {topic}', topic=value.topic)}" if value.topic else ""
    if not value.articles:
        return say("Nothing new {when}.", when=when)
    stories, articles = counted(len(value.stories), "story"), counted(value.articles, "article")
    told = say("New {when}: {stories} from {articles}", when=when, stories=stories, articles=articles)
    further = say("{stories} not told here", stories=counted(value.further, "further story"))
    return f"{told}; {further}." if value.further else f"{told}."


def as_text(value: Digest, kept: Sequence[KeptQuestion] = ()) -> str:
    parts = [heading(value)]
    if kept:
        parts.append("\n".join(["Kept questions with another answer:", *map(_changed, kept)]))
    for one in stories_of(value):
        sources = [f"  {source}" for source in map(_source, one.sources)]
        parts.append("\n".join([one.title, one.text, *(f"({known})" for known in one.known), *sources]))
    return "\n\n".join(parts)


def as_markdown(value: Digest, kept: Sequence[KeptQuestion] = ()) -> str:
    """Markdown in which no text from articles acts as markup."""
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
    told = {"heading": heading(value), "stories": stories_of(value), "kept": kept}
    return render("digest.html", **told, changed=_changed, source=_source)


def stories_of(value: Digest) -> list[ToldStory]:
    return [_story(value, one) for one in value.stories]


def _story(value: Digest, story: DigestStory) -> ToldStory:
    known, outlets = [], ", ".join(story.outlets[:6])
    if story.independent_sources > 1:
        independent = counted(story.independent_sources, "independent outlet")
        if unnamed := max(0, story.independent_sources - len(story.outlets)):
            outlets = ", ".join(filter(None, (outlets, say("{count} without a name", count=unnamed))))
        copied = len(story.outlets) > story.independent_sources
        told = say("{independent} among {outlets}", independent=independent, outlets=outlets)
        known.append(told if copied else f"{independent}: {outlets}")
    elif len(story.outlets) > 1:
        known.append(say("One text, carried by {outlets}", outlets=outlets))
    for one in story.replaces:
        source = ", ".join(filter(None, (one.outlet, day(one.published))))
        title = f"{source}: {one.title}" if source else one.title
        known.append(say("Corrects or updates this report: {title}", title=title))
    if story.changed:
        known.append(say("Its text was changed after it was first stored; the earlier text is kept"))
    known += [_disputed(one, value.citations) for one in story.conflicts]
    sources = by_article([one for one in value.citations if one.number in story.citations])
    return ToldStory(story.title, story.text, known, sources, story.articles)


def _disputed(conflict: Conflict, citations: Sequence[Citation]) -> str:
    told = [f"{words} [{one.number}]" for words, one in sides(conflict, citations)]
    if conflict.outdated:
        return say("Earlier figure: {figures}", figures=", ".join(told))
    return say("Sources disagree: {figures}", figures=" / ".join(told))


def _changed(kept: KeptQuestion) -> str:
    change = kept.changes[0]
    return f"{kept.asked} {change.before} → {change.now} ({day(change.at.date())})"


def _source(citations: Sequence[Citation]) -> str:
    """`[1] [2] Harbour Ledger, 13 Aug 2025: Kestrel Bridge closed (also in Northline News)`."""
    first = citations[0]
    numbers = " ".join(f"[{one.number}]" for one in citations)
    known = ", ".join(filter(None, (first.outlet, day(first.published, first.published_guessed))))
    also = f" (also in {', '.join(first.also_in)})" if first.also_in else ""
    return f"{numbers} {f'{known}: ' if known else ''}{first.title}{also}"
