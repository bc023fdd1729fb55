"""An eval result as a table for a terminal."""

from __future__ import annotations

from evals.metrics import share
from evals.run import EvalResult


def terminal_table(result: EvalResult) -> str:
    """Measures in per cent with 95 % intervals, then accuracy by type, then times."""
    lines = [f"suite {result.suite}, {len(result.cases)} cases, {'with' if result.with_as_of else 'without'} as_of", ""]
    lines += [f"  {name:<28}{one!s:>22}{one.cases:>8}" for name, one in result.shares().items()]
    types = sorted({case.type for case in result.cases})
    if len(types) > 1:
        lines += ["", "  right, by type"]
        for kind in types:
            # A case that should be refused is right when it is.
            right = share(
                [case.refused if case.right is None else case.right for case in result.cases if case.type == kind]
            )
            lines.append(f"  {kind:<28}{right!s:>22}{right.cases:>8}")
    times = result.milliseconds()
    lines += ["", "  " + ", ".join(f"{name} {value:.0f} ms" for name, value in times.items() if value is not None)]
    return "\n".join(lines)
