"""Two runs side by side as plain text, 100 columns wide."""

from __future__ import annotations

from collections.abc import Sequence

from evals.compare import Comparison, Difference, Flip
from evals.report.figures import change, change_interval, p_value, reading, value
from evals.report.text import counted, cut, padded, wrapped

WIDTH = 100
FLIPS_MOST = 10
"""Flipped cases that are named each way; the rest is counted."""
_NAME = 24


def comparison_table(comparison: Comparison) -> str:
    """Two runs: why they may not be comparable, every measure with its difference, the cases that flipped."""
    names = f"first   {cut(comparison.first, WIDTH - 8)}\nsecond  {cut(comparison.second, WIDTH - 8)}"
    shared = f"{counted(comparison.cases, 'case')} in both"
    alone = f"{comparison.only_first:,} only in the first, {comparison.only_second:,} only in the second"
    warnings = [line for one in comparison.warnings for line in wrapped(f"! {one}", WIDTH)]
    parts = [
        "\n".join(warnings),
        f"{names}\n{shared}, {alone}",
        _differences(comparison.differences),
        _flips("gained: wrong in the first, right in the second", comparison.gained),
        _flips("lost: right in the first, wrong in the second", comparison.lost),
    ]
    return "\n\n".join(part for part in parts if part)


def _differences(differences: Sequence[Difference]) -> str:
    if not differences:
        return ""
    head = f"{'per cent, or 0 to 1':<{_NAME}}{'first':>8}{'second':>8}{'change':>9}{'95 % interval':>18}{'p':>8}{'cases':>7}"
    lines = [head]
    for one in differences:
        line = f"{padded(one.measure, _NAME)}{value(one.first):>8}{value(one.second):>8}{change(one):>9}"
        line += f"{change_interval(one):>18}{p_value(one.p):>8}{one.second.cases:>7,}"
        lines.append(f"{line}  {reading(one)}".rstrip())
    lines.append("Each measure is tested alone: of twenty without a real change, about one looks clear by chance.")
    return "\n".join(lines)


def _flips(title: str, flips: Sequence[Flip]) -> str:
    lines = [f"{title} ({len(flips):,})"]
    lines += [f"  {padded(flip.id, 20)}  {cut(flip.question, WIDTH - 24)}" for flip in flips[:FLIPS_MOST]]
    if len(flips) > FLIPS_MOST:
        lines.append(f"  and {len(flips) - FLIPS_MOST:,} more")
    return "\n".join(lines)
