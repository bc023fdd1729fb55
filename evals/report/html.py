"""A run as one HTML page that needs nothing else: no script, no request, and text of others stays text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evals.calibration import reliability, risk_coverage
from evals.compare import Comparison
from evals.measures import Estimate
from evals.report import bars, curves, facts, figures, text, views
from evals.report.facts import Controls, HistoryPoint
from evals.report.svg import Plot
from evals.results import Result
from rag.search.question import readable

KEY_FIGURES = ("answer accuracy", "Success@1", "answered when answerable", "abstention recall")
"""Measures that stand large at the head of the page."""
FLIPS_MOST, ERRORS_MOST = 50, 50
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Key:
    """A figure at the head of the page."""

    name: str
    figure: Estimate


def page(
    result: Result, controls: Controls, history: Sequence[HistoryPoint], comparison: Comparison | None = None
) -> str:
    """The report of a run.

    Args:
        controls: figures of others over the same cases, to be shown beside those of the run.
        history: finished runs of the same suite, in any order; this run may be among them.
        comparison: with another run, this one being the second.
    """
    worst = views.worst_cases(result)
    wrong = sum(not good for _, good in result.right())
    return _environment().get_template("page.html").render(
        style=Markup((_HERE / "style.css").read_text(encoding="utf-8")),  # noqa: S704  # our own file
        result=result,
        info=result.info,
        sentence=facts.summary_sentence(result, controls),
        keys=_keys(result),
        rows=facts.rows(result, controls),
        controls=tuple(controls),
        confidence=figures.confidence_line(result),
        plots=_plots(result, history, comparison),
        comparison=comparison,
        worst=worst,
        wrong=wrong,
        failed=facts.failed(result),
        lines=views.lines(result, worst),
        how=facts.how(result.info),
        flips_most=FLIPS_MOST,
        errors_most=ERRORS_MOST,
    )  # fmt: skip


def _keys(result: Result) -> tuple[Key, ...]:
    found = result.figures()
    named = [Key(name, found[name]) for name in KEY_FIGURES if name in found]
    return (Key("right, all cases", facts.right(result)), *named) if result.records else ()


def _plots(result: Result, history: Sequence[HistoryPoint], comparison: Comparison | None) -> tuple[Plot, ...]:
    return (
        bars.accuracy(facts.by_type(result), facts.right(result)),
        *((bars.flips(comparison),) if comparison else ()),
        curves.risk_coverage(risk_coverage(result)),
        curves.reliability(reliability(result)),
        bars.times(facts.latency(result)),
        curves.history(facts.own_history(result, history), result.info.id),
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {
        "value": figures.value,
        "interval": figures.interval,
        "change": figures.change,
        "change_interval": figures.change_interval,
        "p_value": figures.p_value,
        "reading": figures.reading,
        "day": text.day,
        "moment": text.moment,
        "setting": facts.setting,
        "number": "{:,}".format,
        "counted": text.counted,
        "drawn": Markup,
    }
    return environment


def _shown(item: object) -> object:
    """Text without characters that nobody can see; escaping comes after it."""
    return readable(item) if isinstance(item, str) and not isinstance(item, Markup) else item
