"""A conversation as Markdown, in the reader's language, to be kept or sent on. Pure functions, no Gradio.

What articles, readers and language models wrote comes through `_inert`: whoever opens the file sees these words and
nothing that they would like to be (links, images, headings, HTML). Addresses are shown whole, and only http(s) ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.types import Agreement, Answer, Citation, Conflict, NearestArticle, Reason
from ui.checked import how_checked
from ui.format import one_line, plain
from ui.web.markup import day, days, link_to, resolved, window_told
from ui.web.texts import counted, label, of_core, say

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~&$#!@^=]|(?<=:)/(?=/)|(?<=www)\.", re.IGNORECASE)
"""What Markdown, its dialects and their readers see more in than the character; the last two would become links."""
_LINE_START = re.compile(r"^(\d{1,9})?([-+:.)])")
_MARKER = re.compile(r"\\\[([0-9]{1,4})\\\]")


def transcript(answers: Sequence[Answer]) -> str:
    """The conversation as Markdown: each question with its answer, sources, and what was doubted or left out."""
    parts = [f"# {say('Conversation with Dateline')}"]
    for answer in answers:
        parts += _turn(answer)
    return "\n\n".join(parts) + "\n"


def _turn(answer: Answer) -> Iterator[str]:
    yield f"## {markdown_line(answer.question) or say('(no question)')}"
    if answer.carried:
        yield f"{say('About:')} {markdown_line(', '.join(answer.carried))}"
    elif answer.standalone_question.strip() != answer.question.strip():
        yield f"{say('Searched for:')} {markdown_line(answer.standalone_question)}"
    if looked_at := window_told(answer.window, markdown_line):
        yield " · ".join(looked_at)
    if answer.reason:
        yield from _abstention(answer.reason)
    else:
        yield _text(answer)
    for conflict in answer.conflicts:
        yield _conflict(conflict, answer.citations)
    if answer.citations:
        yield f"**{say('Sources')}**"
        yield "\n".join(_source(citation) for citation in answer.citations)
    if answer.freshness.newest:
        yield say("Newest source: {day}", day=day(answer.freshness.newest))
    if answer.unsupported:
        yield f"**{say('Taken out: not in the sources')}**"
        yield "\n".join(f"- {markdown_line(one.text)} ({_of_core(one.why)})" for one in answer.unsupported)
    yield from (say("Note: {words}", words=_of_core(notice)) for notice in answer.notices)
    if answer.writing and answer.writing.problem is None:
        yield say("Written by {model}, {how}.", model=markdown_line(answer.writing.model), how=how_checked(answer))


def _of_core(message: str) -> str:
    return markdown_line(of_core(message))


def _text(answer: Answer) -> str:
    """The answer with the markers of its citations; any other number in brackets stays a word."""
    numbers = {str(citation.number) for citation in answer.citations}
    cited_from = answer.sentences[0].start if answer.sentences else len(answer.text)
    ours = answer.text[:cited_from].count("\n")  # lines above those that are cited say what they are
    lines = [of_core(line) if place < ours else line for place, line in enumerate(plain(answer.text).splitlines())]
    text = "\n\n".join(_inert(line) for line in lines if line.strip())
    return _MARKER.sub(lambda match: f"[{match[1]}]" if match[1] in numbers else match[0], text)


def _who(one: Citation | Agreement | NearestArticle) -> str:
    """`Harbour Ledger, 13 Aug 2025`."""
    return f"{markdown_line(one.outlet or say('unknown outlet'))}, {day(one.published, one.published_guessed)}"


def _named(one: Citation | Agreement | NearestArticle) -> str:
    return f"{_who(one)}: {markdown_line(one.title)}"


def _source(citation: Citation) -> str:
    link = link_to(citation.url)
    lines = [
        f"- [{citation.number}] {_named(citation)}{f' <{link.address}>' if link else ''}",
        *(f"  > {_inert(line)}" for line in plain(citation.quote).splitlines() if line.strip()),
    ]
    dates = resolved(citation.dates, markdown_line)
    beside = [
        say("In these words: {dates}", dates=dates) if dates else "",
        say("Also in: {outlets}", outlets=", ".join(map(markdown_line, citation.also_in))) if citation.also_in else "",
        *(say("Says the same: {source}", source=_named(one)) for one in citation.agreed_by),
    ]
    for text in filter(None, beside):
        lines += ["", f"  {text}"]
    return "\n".join([*lines, ""])


def _conflict(conflict: Conflict, citations: Sequence[Citation]) -> str:
    """Both sides of a disagreement, or only what is outdated."""
    by_number = {citation.number: citation for citation in citations}
    outdated = label("An earlier report, now outdated, about {subject}:")
    heading = outdated if conflict.outdated else label("The sources disagree about {subject}:")
    sides = [
        f"- [{number}] {_who(by_number[number])}: {markdown_line(words)}"
        for number, words in zip(conflict.citations, conflict.values, strict=False)
        if number in by_number and (not conflict.outdated or number in conflict.outdated)
    ]
    return "\n".join([say(heading, subject=markdown_line(conflict.subject)), "", *sides])


def _abstention(reason: Reason) -> Iterator[str]:
    yield f"**{say('No answer.')}** {_of_core(reason.message)}"
    if reason.articles:
        held = say("The library holds {articles}", articles=counted(reason.articles, "article"))
        span = f", {days(reason.earliest, reason.latest)}" if reason.earliest and reason.latest else ""
        yield f"{held}{span}."
    if reason.nearest:
        yield "\n".join([say("Nearest articles:"), "", *(f"- {_named(one)}" for one in reason.nearest)])


def markdown_line(text: str) -> str:
    """Foreign words on one line."""
    return _inert(one_line(text))


def _inert(line: str) -> str:
    """One line of foreign words as Markdown that shows the same words and does nothing."""
    escaped = _SPECIAL.sub(lambda match: f"\\{match[0]}", " ".join(line.split()))
    return _LINE_START.sub(lambda match: f"{match[1] or ''}\\{match[2]}", escaped)
