"""A conversation as Markdown, in the reader's language, to be saved or shared. Pure functions, no Gradio.

Text by articles, readers and language models goes through `_inert`: the file shows their words and nothing that they
could turn into (links, images, headings, HTML). Addresses are shown whole, and only http(s) ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.types import Agreement, Answer, Citation, Conflict, NearestArticle, Reason
from ui.format import how_checked, lines_of, one_line, plain, resolved, span, window_told
from ui.web.html.turn import conflict_told
from ui.web.markup import day, link_to
from ui.web.texts import counted, of_core, say

# Characters with a meaning in Markdown, its dialects or its readers; the last two would become links.
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~&$#!@^=]|(?<=:)/(?=/)|(?<=www)\.", re.IGNORECASE)
_LINE_START = re.compile(r"^(\d{1,9})?([-+:.)])")
_MARKER = re.compile(r"\\\[([0-9]{1,4})\\\]")


def transcript(answers: Sequence[Answer]) -> str:
    """The conversation as Markdown: each question with its answer, sources, and what was doubted or left out."""
    turns = (part for answer in answers for part in _turn(answer))
    return "\n\n".join([f"# {say('Conversation with Dateline')}", *turns]) + "\n"


def _turn(answer: Answer) -> Iterator[str]:
    yield f"## {markdown_line(answer.question) or say('(no question)')}"
    if answer.carried:
        yield f"{say('About:')} {markdown_line(', '.join(answer.carried))}"
    elif answer.standalone_question.strip() != answer.question.strip():
        yield f"{say('Searched for:')} {markdown_line(answer.standalone_question)}"
    if looked_at := window_told(answer, markdown_line):
        yield " · ".join(looked_at)
    if answer.reason:
        yield from _abstention(answer.reason)
    else:
        yield _text(answer)
    yield from (_conflict(conflict, answer) for conflict in answer.conflicts)
    if answer.citations:
        yield f"**{say('Sources')}**"
        yield "\n".join(_source(citation) for citation in answer.citations)
    if answer.freshness.newest:
        yield say("Newest source: {day}", day=day(answer.freshness.newest))
    if answer.unsupported:
        yield f"**{say('Removed: not in the sources')}**"
        yield "\n".join(f"- {markdown_line(one.text)} ({_of_core(one.why)})" for one in answer.unsupported)
    yield from (say("Note: {words}", words=_of_core(notice)) for notice in answer.notices)
    if answer.writing and answer.writing.problem is None:
        yield say("Written by {model}, {how}.", model=markdown_line(answer.writing.model), how=how_checked(answer))


def _of_core(message: str) -> str:
    return markdown_line(of_core(message))


def _text(answer: Answer) -> str:
    """The answer with its citation markers; any other number in brackets stays plain text."""
    numbers = {str(citation.number) for citation in answer.citations}
    lines = [of_core(line) if ours else line for line, ours in lines_of(plain(answer.text), answer)]
    text = "\n\n".join(_inert(line) for line in lines if line.strip())
    return _MARKER.sub(lambda match: f"[{match[1]}]" if match[1] in numbers else match[0], text)


def _named(one: Citation | Agreement | NearestArticle, title: bool = True) -> str:
    """`Harbour Ledger, 13 Aug 2025: The trip`."""
    who = f"{markdown_line(one.outlet or say('unknown outlet'))}, {day(one.published, one.published_guessed)}"
    return f"{who}: {markdown_line(one.title)}" if title else who


def _source(citation: Citation) -> str:
    link = link_to(citation.url)
    lines = [f"- [{citation.number}] {_named(citation)}{f' <{link.address}>' if link else ''}"]
    lines += [f"  > {_inert(line)}" for line in plain(citation.quote).splitlines() if line.strip()]
    if citation.dates:
        lines += ["", f"  {say('Dates in the quote: {dates}', dates=resolved(citation.dates, markdown_line))}"]
    if citation.also_in:
        lines += ["", f"  {say('Also in: {outlets}', outlets=', '.join(map(markdown_line, citation.also_in)))}"]
    for one in citation.agreed_by:
        lines += ["", f"  {say('Says the same: {source}', source=_named(one))}"]
    return "\n".join([*lines, ""])


def _conflict(conflict: Conflict, answer: Answer) -> str:
    earlier, told = conflict_told(conflict, answer)
    if earlier:
        return "\n\n".join(f"{say(earlier)} {markdown_line(words)} ({on}) [{one.number}]" for words, one, on in told)
    said = (f"- [{one.number}] {_named(one, title=False)}: {markdown_line(words)}" for words, one, _ in told)
    return "\n".join([f"**{say('Sources disagree')}**", "", *said])


def _abstention(reason: Reason) -> Iterator[str]:
    yield f"**{say('No answer.')}** {_of_core(reason.message)}"
    if reason.articles:
        held = say("The library holds {articles}", articles=counted(reason.articles, "article"))
        yield f"{held}, {span(reason.earliest, reason.latest)}." if reason.earliest and reason.latest else f"{held}."
    if reason.nearest:
        yield "\n".join([say("Closest articles:"), "", *(f"- {_named(one)}" for one in reason.nearest)])


def markdown_line(text: str) -> str:
    return _inert(one_line(text))


def _inert(line: str) -> str:
    """A line of foreign text as Markdown that shows the same words and does nothing."""
    escaped = _SPECIAL.sub(lambda match: f"\\{match[0]}", " ".join(line.split()))
    return _LINE_START.sub(lambda match: f"{match[1] or ''}\\{match[2]}", escaped)
