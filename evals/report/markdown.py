"""A run as Markdown, and the table of figures that stands in the README."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from evals.cases import CaseError
from evals.measures import Estimate
from evals.report.facts import Controls, by_type, command, failed, how, latency, right, rows, setting, summary_sentence
from evals.report.figures import confidence_line, interval, value
from evals.report.text import counted, day, moment, one_line
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
    info = result.info
    parts = [
        f"# {safe(info.options.suite)}, {day(info.started.date())}",
        safe(summary_sentence(result, controls)),
        f"{counted(len(result.records), 'case')}, {safe(setting(info.options))}, {len(failed(result)):,} failed; "
        f"run {safe(info.id)}, {moment(info.finished)}.",
    ]
    if result.records:
        parts += ["## Measures", _measures(result, controls)]
        parts += ["## Right, by type", _types(result)]
        parts += ["## Time", _latency(result)]
        parts += ["## Confidence", f"{_capital(confidence_line(result))}."]
    parts += _errors(result)
    parts += ["## How it was measured", *_how(result)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """The first column is aligned left, the others right."""
    ruler = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, ruler, *lines))


def _measures(result: Result, controls: Controls) -> str:
    head = ["per cent, or 0 to 1", "value", "95 % interval", "cases", *(safe(name) for name in controls)]
    measured = rows(result, controls)
    lines = [
        [
            safe(row.measure.name) + (f" (**{row.alarm}**)" if row.alarm else ""),
            value(row.figure),
            interval(row.figure),
            f"{row.figure.cases:,}",
            *(value(one) for one in row.controls),
        ]
        for row in measured
    ]
    meanings = "\n".join(f"- {safe(row.measure.name)}: {safe(row.measure.says)}" for row in measured)
    return f"{_table(head, lines)}\n\n{meanings}"


def _types(result: Result) -> str:
    shown = [("all", right(result)), *((safe(row.type), row.right) for row in by_type(result))]
    lines = [[name, value(share), interval(share), f"{share.cases:,}"] for name, share in shown]
    return _table(["type", "value", "95 % interval", "cases"], lines)


def _latency(result: Result) -> str:
    steps = latency(result)
    if not steps:
        return "No times were measured."
    lines = [[safe(one.name), f"{one.p50:,.1f}", f"{one.p95:,.1f}", f"{one.cases:,}"] for one in steps]
    return _table(["milliseconds", "p50", "p95", "cases"], lines)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _errors(result: Result) -> list[str]:
    gone = failed(result)
    if not gone:
        return []
    lines = [f"- {safe(record.case.id)}: {safe(record.error)}" for record in gone[:ERRORS_MOST]]
    lines += [f"- and {len(gone) - ERRORS_MOST:,} more"] if len(gone) > ERRORS_MOST else []
    return [f"## Failed ({len(gone):,})", "They count as wrong wherever a measure applies.", "\n".join(lines)]


def _how(result: Result) -> list[str]:
    return [
        f"{group.title}\n\n{_table(['', ''], [[safe(name), safe(said)] for name, said in group.rows])}"
        for group in how(result.info)
        if group.rows
    ]


def readme_table(results: Sequence[Result], commands: Sequence[str] = ()) -> str:
    """A column a run, a row a measure, and below it how each column is measured again.

    Args:
        commands: what repeats each run, in the order of `results`; worked out from the runs where not given.
    """
    if not results:
        raise CaseError("There is no run to make a table of; name one, 'dateline eval list' shows them.")
    figures = [result.figures() for result in results]
    named = [(name, [one.get(name) for one in figures]) for name in README_MEASURES]
    lines = [[name, *(_with_interval(one) for one in found)] for name, found in named if any(found)]
    lines.append(["cases", *(f"{len(result.records):,}" for result in results)])
    lines.append(["measured", *(day((result.info.finished or result.info.started).date()) for result in results)])
    head = [
        "per cent, with 95 % intervals",
        *(f"{_suite(result)}, {safe(setting(result.info.options))}" for result in results),
    ]
    repeats = commands or [command(result.info) for result in results]
    told = "\n".join(f"- {title}: `{_code(one)}`" for title, one in zip(head[1:], repeats, strict=True))
    return f"{_table(head, lines)}\n\n{told}"


def _suite(result: Result) -> str:
    return safe(result.info.options.suite.rsplit("/", 1)[-1])


def _with_interval(figure: Estimate | None) -> str:
    return f"{value(figure)} ({interval(figure)})" if figure else "–"


def _code(text: str) -> str:
    return one_line(text).replace("`", "'").replace("<!--", "<! --").replace("-->", "-- >")


def into(text: str, table: str) -> str:
    """The text with the table between its two marks, in place of what stood there.

    Raises:
        CaseError: the marks are not there exactly once, the first before the second.
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise CaseError(
            f"The table has no place in this file; put one line '{BEGIN}' and below it one line '{END}' where it belongs."
        )
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table.strip()}\n{END}{rest.split(END)[1]}"
