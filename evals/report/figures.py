"""Figures, differences and confidence as short text, the same in every kind of report."""

from __future__ import annotations

from evals.calibration import auroc, reliability
from evals.compare import Comparison, Difference
from evals.measures import MEASURES, Better, Estimate
from evals.results import Result
from rag.types import Value


class TypeFlips(Value):
    """Cases of one type that flipped between two runs."""

    type: str
    lost: int
    gained: int


def value(figure: Estimate | None) -> str:
    """`80.6` in per cent for a share, `0.806` for a mean, `–` for none."""
    if figure is None or figure.value is None:
        return "–"
    return f"{100 * figure.value:.1f}" if figure.share else f"{figure.value:.3f}"


def interval(figure: Estimate | None) -> str:
    """`77.1–83.6`, or `0.771–0.836` for a mean; empty for none."""
    if figure is None or figure.low is None or figure.high is None:
        return ""
    if figure.share:
        return f"{100 * figure.low:.1f}–{100 * figure.high:.1f}"
    return f"{figure.low:.3f}–{figure.high:.3f}"


def change(one: Difference) -> str:
    """`+3.1` points for a share, `−0.012` for a mean."""
    return _signed(one.difference, one.second.share)


def change_interval(one: Difference) -> str:
    """`−1.0 to +7.2`."""
    return f"{_signed(one.low, one.second.share)} to {_signed(one.high, one.second.share)}"


def _signed(number: float, share: bool) -> str:
    text = f"{100 * number:+.1f}" if share else f"{number:+.3f}"
    return text.replace("-", "−") if text.strip("+-0.") else text.lstrip("+-")


def p_value(p: float | None) -> str:
    """`0.012`; `<0.001`; `–` where no test was made."""
    if p is None:
        return "–"
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def reading(one: Difference) -> str:
    """`better` or `worse` where the interval and the test both say so; empty where it may be chance."""
    if not ((one.low > 0 or one.high < 0) and (one.p is None or one.p < 0.05)):
        return ""
    better = MEASURES[one.measure].better if one.measure in MEASURES else Better.NEITHER
    if better is Better.NEITHER:
        return "changed"
    return "better" if (one.difference > 0) == (better is Better.HIGHER) else "worse"


def flips_by_type(comparison: Comparison) -> tuple[TypeFlips, ...]:
    """How many cases of each type were lost and gained, in the order of the types' names."""
    kinds = sorted({flip.type for flip in (*comparison.gained, *comparison.lost)})
    return tuple(
        TypeFlips(
            type=kind,
            lost=sum(flip.type == kind for flip in comparison.lost),
            gained=sum(flip.type == kind for flip in comparison.gained),
        )
        for kind in kinds
    )


def confidence_line(result: Result) -> str:
    """What the confidence is worth: does it tell answerable from unanswerable, and is it a probability?"""
    area, bins = auroc(result), reliability(result)
    said = [f"AUROC {area:.3f}"] if area is not None else []
    said += [f"expected calibration error {bins.error:.3f}"] if bins else []
    return ", ".join(said) or "not judged: that takes cases with an answer in the library and cases without"
