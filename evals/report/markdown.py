"""A run as Markdown, and the table of figures that stands in the README."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evals.cases import CaseError
from evals.report.provenance import command, how, setting
from evals.report.text import day, moment, one_line
from evals.report.view import Controls, Table, run_view
from evals.results import Result

BEGIN, END = "<!-- eval:begin -->", "<!-- eval:end -->"
README_MEASURES = (
    "answer accuracy",
    "first quote right",
    "satisfied",
    "noise",
    "right when asserted",
    "Success@1",
    "Success@5",
    "answered when answerable",
    "abstention recall",
)
ERRORS_MOST = 25
"""Failed cases that are named; the rest is counted."""
_SPECIAL = re.compile(r"([\\`*\[\]#|~$]|(?<!\w)_|_(?!\w))")
"""What is markup anywhere in a line; an underscore within a word is not."""


def safe(text: str) -> str:
    """Text of others on one line, so that Markdown shows it as it is: no markup, no HTML, no table cells."""
    escaped = _SPECIAL.sub(r"\\\1", one_line(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def report(result: Result, controls: Controls) -> str:
    """A run: its measures beside those of the controls, right by type, times, failures, how it was measured."""
    view = run_view(result, controls)
    parts = [
        f"# {safe(view.info.options.suite)}, {day(view.info.started.date())}",
        safe(view.sentence),
        f"{safe(view.about)}; run {safe(view.info.id)}, {moment(view.info.finished)}. {view.unasked}".rstrip(),
    ]
    if view.measured:
        parts += ["## Measures", _table(view.measures_table())]
        parts.append("\n".join(f"- {safe(one.measure.name)}: {safe(one.measure.says)}" for one in view.measured))
        parts += [f"**{safe(one.measure.name)} {one.alarm}.**" for one in view.measured if one.alarm]
        parts += ["## Right, by type", _table(view.types_table())]
        parts += ["## Time", _table(view.times_table()) if view.steps else "No times were measured."]
        parts += ["## Confidence", f"{view.confidence[:1].upper()}{view.confidence[1:]}."]
    if view.failed:
        named = [f"- {safe(one.case.id)}: {safe(one.error)}" for one in view.failed[:ERRORS_MOST]]
        rest = len(view.failed) - ERRORS_MOST
        parts += [f"## Failed ({len(view.failed):,})", "They count as wrong wherever a measure applies."]
        parts.append("\n".join([*named, *([f"- and {rest:,} more"] if rest > 0 else [])]))
    parts.append("## How it was measured")
    for title, group in how(view.info).items():
        parts.append(f"{title}\n\n{_table(Table(head=('', ''), rows=tuple(group.items())))}")
    return "\n\n".join(parts) + "\n"


def _table(shown: Table) -> str:
    """The first column is aligned left, the others right."""
    ruler = ("---", *["---:"] * (len(shown.head) - 1))
    lines = [[safe(cell) for cell in row] for row in (shown.head, *shown.rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (lines[0], ruler, *lines[1:]))


def readme_table(results: Sequence[Result], commands: Sequence[str] = ()) -> str:
    """A column per run, a row per measure, and below it the command that repeats each run.

    Args:
        commands: what repeats each run, in the order of `results`; worked out from the runs where not given.
    """
    if not results:
        raise CaseError("There is no run to make a table of; name one, 'dateline eval list' shows them.")
    figures = [result.figures() for result in results]
    rows = [(name, *(str(one[name]) if name in one else "–" for one in figures)) for name in README_MEASURES]
    rows = [row for row in rows if set(row[1:]) != {"–"}]
    rows.append(("cases", *(f"{len(result.records):,}" for result in results)))
    rows.append(("measured", *(day((result.info.finished or result.info.started).date()) for result in results)))
    named = [f"{result.info.options.suite.rsplit('/', 1)[-1]}, {setting(result.info.options)}" for result in results]
    repeats = commands or [command(result.info) for result in results]
    listed = "\n".join(f"- {safe(title)}: `{_code(one)}`" for title, one in zip(named, repeats, strict=True))
    return f"{_table(Table(head=('per cent, with 95 % intervals', *named), rows=tuple(rows)))}\n\n{listed}"


def _code(text: str) -> str:
    return one_line(text).replace("`", "'").replace("<!--", "<! --").replace("-->", "-- >")


def into(text: str, table: str) -> str:
    """The text with the table between its two marks, replacing what was there.

    Raises:
        CaseError: the marks are not there exactly once, the first before the second.
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise CaseError(
            f"The table has no place in this file; put one line '{BEGIN}' and below it one line '{END}' where it belongs."
        )
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table.strip()}\n{END}{rest.split(END)[1]}"
