"""The table of figures in the README."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evals.figures import table
from evals.records import Result, RunInfo
from evals.report.text import day, one_line
from evals.report.view import command, setting
from evals.rows import CaseError
from evals.suites import ADAPTERS

BEGIN, END = "<!-- eval:begin -->", "<!-- eval:end -->"
README_MEASURES = (
    "answer accuracy", "first quote right", "satisfied", "noise", "right when asserted", "Success@1", "Success@5",
    "answered when answerable", "abstention recall",
)  # fmt: skip
_SPECIAL = re.compile(r"([\\`*\[\]#|~$]|(?<!\w)_|_(?!\w))")
"""Characters that are markup anywhere in a line; an underscore within a word is not."""


def safe(text: str) -> str:
    """Foreign text on one line, so that Markdown shows it unchanged: no markup, no HTML, no table cells."""
    escaped = _SPECIAL.sub(r"\\\1", one_line(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def readme_table(results: Sequence[Result]) -> str:
    """One column per run, one row per measure; below it the command that repeats each run, and where its data is."""
    if not results:
        raise CaseError("There is no run to make a table of; name one, 'dateline eval list' shows them.")
    figures = [result.figures() for result in results]
    rows = [(name, *(str(one[name]) if name in one else "–" for one in figures)) for name in README_MEASURES]
    rows = [row for row in rows if set(row[1:]) != {"–"}]
    rows.append(("cases", *(f"{len(result.records):,}" for result in results)))
    rows.append(("measured", *(day((result.info.finished or result.info.started).date()) for result in results)))
    named = [f"{result.info.options.suite.rsplit('/', 1)[-1]}, {setting(result.info.options)}" for result in results]
    listed = "\n".join(f"- {safe(title)}: {_repeated(one.info)}" for title, one in zip(named, results, strict=True))
    safely = [[safe(cell) for cell in row] for row in (("per cent, with 95 % intervals", *named), *rows)]
    return f"{table(safely[0], safely[1:], figures='---:')}\n\n{listed}"


def _repeated(info: RunInfo) -> str:
    """The command, with a placeholder for the reader's own folder, and where its data is published."""
    options = info.options
    shown = info.model_copy(update={"options": options.model_copy(update={"data": "FOLDER" if options.data else ""})})
    code = one_line(command(shown)).replace("`", "'").replace("<!--", "<! --").replace("-->", "-- >")
    where = "in this repository" if options.suite == "sample" else "cases of one's own"
    if options.suite in ADAPTERS:
        where = ADAPTERS[options.suite].published
    return f"`{code}`; data: {safe(where)}"


def into(text: str, table: str) -> str:
    """The text with the table between its two marks. Raises `CaseError` unless each occurs exactly once, in order."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise CaseError(
            f"The table has no place in this file; put one line '{BEGIN}' and below it one line '{END}' where it belongs."
        )
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table.strip()}\n{END}{rest.split(END)[1]}"
