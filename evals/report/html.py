"""A run as one HTML page that needs nothing else: no script, no request, and text of others stays text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evals.calibration import reliability, risk_coverage
from evals.compare import Comparison
from evals.controls import controls_for, history_for
from evals.records import Result
from evals.report import case, plots, text
from evals.report.provenance import how
from evals.report.view import KEY_FIGURES, Controls, HistoryPoint, differences_table, in_both, run_view
from evals.store import REPORT, RunFolder, result_json
from rag.text.clean import readable

LISTED_MOST = 50  # Failed or flipped cases that are listed; the rest is counted.
_PASSAGE = 420  # Characters of a passage.
_WEB = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)
_HERE = Path(__file__).parent


def write_reports(folder: RunFolder, runs: Path) -> tuple[Result, Controls, Path]:
    """Scores a run and writes `report.json` and `report.html` beside its records; returns the path of the latter, too.

    Raises:
        StorageFull, LibraryReadOnly: they cannot be written.
    """
    result = folder.result()
    controls = controls_for(result, runs)
    folder.write(REPORT, json.dumps(result_json(result), ensure_ascii=False, indent=1))
    return result, controls, folder.write("report.html", page(result, controls, history_for(result, runs)))


def compared_page(result: Result, runs: Path, comparison: Comparison) -> str:
    """The page of a run with a comparison, beside the controls and earlier runs that the folder holds."""
    return page(result, controls_for(result, runs), history_for(result, runs), comparison)


def page(
    result: Result, controls: Controls, history: Sequence[HistoryPoint], comparison: Comparison | None = None
) -> str:
    """The report of a run.

    Args:
        controls: figures of other answerers over the same cases.
        history: finished runs of the same cases, this one among them, oldest first.
        comparison: with another run, this one being the second.
    """
    view = run_view(result, controls)
    curve, bins = risk_coverage(result), reliability(result)
    earlier = history[-plots.RUNS_MOST :]
    figures = {one.measure.name: one.figure for one in view.measured}
    return _environment().get_template("page.html").render(
        style=Markup((_HERE / "style.css").read_text(encoding="utf-8")),  # noqa: S704  # our own file
        view=view,
        keys={"right, all cases": view.types[0][1], **{name: figures[name] for name in KEY_FIGURES if name in figures}},
        types=plots.right_by_type(view.types),
        flips=plots.flips(comparison) if comparison else None,
        curve=curve,
        risk=plots.risk_coverage(curve) if curve else None,
        bins=bins,
        reliability=plots.reliability(bins) if bins else None,
        times=plots.times(view.steps),
        earlier=earlier,
        history=plots.history(earlier, result.info.id),
        comparison=comparison,
        cases=list(zip(result.right(), result.scores, strict=True)),
        worst=case.worst_numbers(result),
        how=how(result.info),
        most=LISTED_MOST,
    )  # fmt: skip


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
        "counted": text.counted,
        "cut": text.cut,
        "day": text.day,
        "facts": case.facts,
        "gist": case.gist,
        "in_both": in_both,
        "differences": differences_table,
        "milliseconds": text.milliseconds,
        "number": "{:,}".format,
        "origin": case.origin,
        "percent": lambda place: f"{100 * place:.2f}%",
        "pieces": lambda shown, sought: text.pieces(text.excerpt(shown, sought, _PASSAGE), sought),
        "scores": case.score_facts,
        "sentences": case.sentences,
        "web": lambda url: url if url and _WEB.fullmatch(url) else "",
    }
    return environment


def _shown(item: object) -> object:
    """Text without invisible characters; escaping comes after it."""
    return readable(item) if isinstance(item, str) and not isinstance(item, Markup) else item
