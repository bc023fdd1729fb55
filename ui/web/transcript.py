"""A conversation as Markdown, to be kept or sent on. Pure functions, no Gradio.

What articles, readers and language models wrote comes through `_inert`: whoever opens the file sees these words and
nothing that they would like to be (links, images, headings, HTML). Addresses are shown whole, and only http(s) ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.types import Answer, Citation, Conflict, Reason, Window
from ui.checked import how_checked
from ui.format import one_line, plain, resolved, span
from ui.web.markup import day, days, link_to
from ui.web.texts import counted

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~&$#!@^=]|(?<=:)/(?=/)|(?<=www)\.", re.IGNORECASE)
"""What Markdown, its dialects and their readers see more in than the character; the last two would become links."""
_LINE_START = re.compile(r"^(\d{1,9})?([-+:.)])")
_MARKER = re.compile(r"\\\[([0-9]{1,4})\\\]")


def transcript(answers: Sequence[Answer]) -> str:
    """The conversation as Markdown: each question with its answer, sources, and what was doubted or left out."""
    parts = ["# Conversation with Dateline"]
    for answer in answers:
        parts += _turn(answer)
    return "\n\n".join(parts) + "\n"


def _turn(answer: Answer) -> Iterator[str]:
    yield f"## {markdown_line(answer.question) or '(no question)'}"
    if answer.carried:
        yield f"About: {markdown_line(', '.join(answer.carried))}"
    elif answer.standalone_question.strip() != answer.question.strip():
        yield f"Searched for: {markdown_line(answer.standalone_question)}"
    if looked_at := _window(answer.window):
        yield looked_at
    if answer.reason:
        yield from _abstention(answer.reason)
    else:
        yield _text(answer)
    for conflict in answer.conflicts:
        yield _conflict(conflict, answer.citations)
    if answer.citations:
        yield "**Sources**"
        yield "\n".join(_source(citation) for citation in answer.citations)
    if answer.freshness.newest:
        yield f"Newest source: {day(answer.freshness.newest)}"
    if answer.unsupported:
        removed = [f"- {markdown_line(one.text)} ({markdown_line(one.why)})" for one in answer.unsupported]
        yield "**Taken out: not in the sources**"
        yield "\n".join(removed)
    for notice in answer.notices:
        yield f"Note: {markdown_line(notice)}"
    if answer.writing and answer.writing.problem is None:
        yield f"Written by {markdown_line(answer.writing.model)}, {how_checked(answer)}."


def _text(answer: Answer) -> str:
    """The answer with the markers of its citations; any other number in brackets stays a word."""
    numbers = {str(citation.number) for citation in answer.citations}
    text = "\n\n".join(_inert(line) for line in plain(answer.text).splitlines() if line.strip())
    return _MARKER.sub(lambda match: f"[{match[1]}]" if match[1] in numbers else match[0], text)


def _source(citation: Citation) -> str:
    link = link_to(citation.url)
    lines = [
        f"- [{citation.number}] {markdown_line(citation.outlet or 'unknown outlet')}, {day(citation.published, citation.published_guessed)}: "
        f"{markdown_line(citation.title)}{f' <{link.address}>' if link else ''}",
        *(f"  > {_inert(line)}" for line in plain(citation.quote).splitlines() if line.strip()),
    ]
    beside = [
        f"In these words: {_inert(resolved(citation.dates))}" if citation.dates else "",
        f"Also in: {', '.join(map(markdown_line, citation.also_in))}" if citation.also_in else "",
        *(
            f"Same answer: {markdown_line(one.outlet or 'unknown outlet')}, {day(one.published, one.published_guessed)}: {markdown_line(one.title)}"
            for one in citation.agreed_by
        ),
    ]
    for text in filter(None, beside):
        lines += ["", f"  {text}"]
    return "\n".join([*lines, ""])


def _conflict(conflict: Conflict, citations: Sequence[Citation]) -> str:
    """Both sides of a disagreement, or only what is outdated."""
    by_number = {citation.number: citation for citation in citations}
    about = markdown_line(conflict.subject)
    heading = f"An earlier report, now outdated, about {about}:" if conflict.outdated else f"The sources disagree about {about}:"  # fmt: skip
    sides = [
        f"- [{number}] {markdown_line(by_number[number].outlet or 'unknown outlet')}, {day(by_number[number].published, by_number[number].published_guessed)}: "
        f"{markdown_line(words)}"
        for number, words in zip(conflict.citations, conflict.values, strict=False)
        if number in by_number and (not conflict.outdated or number in conflict.outdated)
    ]
    return "\n".join([heading, "", *sides])


def _abstention(reason: Reason) -> Iterator[str]:
    yield f"**No answer.** {markdown_line(reason.message)}"
    if reason.articles:
        held = f" from {days(reason.earliest, reason.latest)}" if reason.earliest and reason.latest else ""
        yield f"The library holds {counted(reason.articles, 'article')}{held}."
    if reason.nearest:
        nearest = (
            f"- {markdown_line(one.outlet or 'unknown outlet')}, {day(one.published, one.published_guessed)}: {markdown_line(one.title)}"
            for one in reason.nearest
        )
        yield "\n".join(["Nearest articles:", "", *nearest])


def _window(window: Window) -> str:
    parts = []
    if window.since and window.until:
        parts.append(f"Dates looked at: {span(window.since, window.until)}")
    elif window.since or window.until:
        parts.append(
            f"Dates looked at: {f'from {day(window.since)}' if window.since else f'until {day(window.until)}'}"
        )
    if parts and window.words:
        parts[0] += f" (from “{markdown_line(window.words)}”)"
    if window.as_of:
        parts.append(f"as of {day(window.as_of)}")
    return " · ".join(parts)


def markdown_line(text: str) -> str:
    """Foreign words on one line."""
    return _inert(one_line(text))


def _inert(line: str) -> str:
    """One line of foreign words as Markdown that shows the same words and does nothing."""
    escaped = _SPECIAL.sub(lambda match: f"\\{match[0]}", " ".join(line.split()))
    return _LINE_START.sub(lambda match: f"{match[1] or ''}\\{match[2]}", escaped)
