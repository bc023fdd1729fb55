"""Runs, comparisons and cases as plain text, 100 columns wide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from rich.cells import cell_len

from evals.compare import Comparison
from evals.measures import Estimate, Scores
from evals.records import Record, Result, RunInfo
from evals.report.case import facts, origin, score_facts, sentences
from evals.report.text import cut, day, moment, one_line, padded, wrapped
from evals.report.view import Controls, differences_table, in_both, run_view
from rag.types import Passage

WIDTH = 100
NAMED_MOST = 10  # Failed or flipped cases that are named; the rest is counted.
_LISTED = ("answer accuracy", "Success@1", "abstention recall")
_FIGURE = ("value", "95 % interval", "cases")
_NAME, _COLUMN, _LABEL = 24, 17, 14
_PASSAGE = 180  # Characters of a passage that are shown.


def table(result: Result, controls: Controls) -> str:
    """A run: its measures beside those of the controls, right by type, times, and what the confidence is worth."""
    view = run_view(result, controls)
    lines = wrapped(f"{view.info.options.suite}, {view.about}", WIDTH)
    lines.append(cut(f"run {view.info.id}, {moment(view.info.finished)}", WIDTH))
    parts = ["\n".join([*lines, view.unasked]).strip()]
    if view.measured:
        figures = [(one.measure.name, *_figure(one.figure), *map(_text, one.controls)) for one in view.measured]
        alarms = [f"! {one.measure.name} {one.alarm}: {one.measure.says}" for one in view.measured if one.alarm]
        told = [_columns(("per cent, or 0 to 1", *_FIGURE, *view.controls), figures)]
        parts.append("\n".join([*told, *(line for alarm in alarms for line in wrapped(alarm, WIDTH))]))
        parts.append(_columns(("right, by type", *_FIGURE), [(name, *_figure(one)) for name, one in view.types]))
        times = [(name, *(f"{ms:,.1f}" for ms in taken), f"{cases:,}") for name, *taken, cases in view.steps]
        parts += [_columns(("milliseconds", "p50", "p95", "most", "cases"), times)] if times else []
        parts.append(f"confidence: {view.confidence}")
    failed = [(record.case.id, record.error) for record in view.failed]
    parts += [_named("failed, and counted as wrong", failed)] if failed else []
    return "\n\n".join(parts)


def _figure(figure: Estimate) -> tuple[str, str, str]:
    return figure.value_text, figure.interval_text, f"{figure.cases:,}"


def _text(figure: Estimate | None) -> str:
    return figure.value_text if figure else "–"


def _columns(head: Sequence[str], body: Sequence[Sequence[str]], first: int = _NAME) -> str:
    """A table: the first column on the left, the others on the right, a head of two words in two lines.

    Columns that do not fit the width are left out, and counted below.
    """
    heads = [[cut(word, _COLUMN) for word in _stacked(cell)] for cell in head[1:]]
    rows = [[[cut(cell, _COLUMN)] for cell in row[1:]] for row in body]
    widths = [2 + max(6, *(cell_len(line) for row in (heads, *rows) for line in row[at])) for at in range(len(heads))]
    fitting = sum(first + sum(widths[: at + 1]) <= WIDTH for at in range(len(widths)))
    lines = []
    for name, cells in [(head[0], heads), *zip((row[0] for row in body), rows, strict=True)]:
        for number, parts in enumerate(zip_longest(*cells[:fitting], fillvalue="")):
            line = padded(name, first) if number == 0 else " " * first
            line += "".join(" " * (width - cell_len(part)) + part for part, width in zip(parts, widths, strict=False))
            lines.append(line.rstrip())
    left_out = len(widths) - fitting
    return "\n".join([*lines, *([f"and {left_out} more columns in the report"] if left_out else [])])


def _stacked(head: str) -> list[str]:
    line = one_line(head)
    return [line] if "%" in line else line.replace("-", "- ").split()


def _named(title: str, cases: Sequence[tuple[str, str]]) -> str:
    lines = [f"{title} ({len(cases):,})"]
    lines += [f"  {padded(case_id, 20)}  {cut(said, WIDTH - 24)}" for case_id, said in cases[:NAMED_MOST]]
    return "\n".join([*lines, *([f"  and {len(cases) - NAMED_MOST:,} more"] if len(cases) > NAMED_MOST else [])])


def comparison_table(comparison: Comparison) -> str:
    """Two runs: why they may not be comparable, every measure with its difference, the cases that flipped."""
    differences = differences_table(comparison)
    warnings = [line for warning in comparison.warnings for line in wrapped(f"! {warning}", WIDTH)]
    first, second = (cut(name, WIDTH - 8) for name in (comparison.first, comparison.second))
    flips = {
        "gained: wrong in the first, right in the second": comparison.gained,
        "lost: right in the first, wrong in the second": comparison.lost,
    }
    parts = [
        "\n".join(warnings),
        f"first   {first}\nsecond  {second}\n{in_both(comparison)}",
        _columns(differences.head, differences.rows)
        + "\nEach measure is tested alone: of twenty without a change, about one looks significant by chance.",
        *(_named(title, [(one.id, one.question) for one in cases]) for title, cases in flips.items()),
    ]
    return "\n\n".join(part for part in parts if part)


def runs_table(runs: Sequence[tuple[RunInfo, Mapping[str, Estimate]]]) -> str:
    """A line per run: its id, setting, cases, and the figures as they were when it was last scored."""
    longest = min(max((cell_len(one_line(info.id)) for info, _ in runs), default=0), 44)
    rows = [
        (info.id, "with" if info.options.with_as_of else "without", f"{info.case_count:,}",
         *(_text(figures.get(name)) for name in _LISTED), "" if info.finished else "not finished")
        for info, figures in runs
    ]  # fmt: skip
    return _columns(("run", "as_of", "cases", *_LISTED, ""), rows, longest)


def case_view(record: Record, scores: Scores) -> str:
    """Everything that a run knows of one case."""
    asked, due, came = facts(record)
    answer = record.answer
    checked = [_sentence(*one) for one in sentences(answer)] if answer else []
    cited = [(f"[{one.number}]", f"{origin(one)}: “{one.quote}”") for one in answer.citations] if answer else []
    blocks = [
        wrapped(f"case {record.case.id}, {record.case.type}", WIDTH) + _labelled(asked),
        _labelled(due),
        _labelled([*came, *checked, *cited]),
        _passages(answer.passages, record.gold_articles) if answer else [],
        ["scores", *(f"  {padded(name, 28)}{said:>6}" for name, said in score_facts(scores))],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _sentence(sentence: str, verdict: str) -> tuple[str, str]:
    label, colon, why = verdict.replace(", ", ": ", 1).partition(": ")
    return label, f"{sentence} ({why})" if colon else sentence


def _labelled(labelled: Sequence[tuple[str, str]]) -> list[str]:
    """Each text in a column of its own, with its label before it."""
    lines = []
    for label, said in labelled:
        first, *rest = wrapped(said, WIDTH, " " * _LABEL)
        lines += [padded(label, _LABEL) + first[_LABEL:], *rest]
    return lines


def _passages(passages: Sequence[Passage], gold: Sequence[str]) -> list[str]:
    lines = (
        [f"passages, * from a gold article\n{'':>4}{'score':>9}{'cosine':>9}{'BM25':>9}  published"] if passages else []
    )
    for rank, one in enumerate(passages, start=1):
        cosine = "–" if one.similarity is None else f"{one.similarity:.3f}"
        bm25 = "–" if one.bm25 is None else f"{one.bm25:.1f}"
        mark = "*" if one.article_id in gold else " "
        line = f"{mark}{rank:>3}{one.score:>9.4f}{cosine:>9}{bm25:>9}  {day(one.published):<11}  "
        lines.append(line + cut(f"{one.outlet or 'no outlet'} — {one.title}", WIDTH - len(line)))
        lines += wrapped(cut(one.text, _PASSAGE), WIDTH, " " * 6)
    return lines
