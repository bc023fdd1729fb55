"""A run as one self-contained HTML page: no script, no request, and foreign text stays text."""

from __future__ import annotations

import json
import math
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evals.calibration import reliability, risk_coverage
from evals.records import Result
from evals.report import text
from evals.report.view import KEY_FIGURES, Controls, controls_for, how, run_view
from evals.store import REPORT, RunFolder, result_json
from rag.text.clean import readable

_HERE = Path(__file__).parent


def write_reports(folder: RunFolder, runs: Path) -> tuple[Result, Controls, Path]:
    """Scores a run and writes its reports; also returns the page's path. Raises `StorageFull`, `LibraryReadOnly`."""
    result = folder.result()
    controls = controls_for(result, runs)
    folder.write(REPORT, json.dumps(result_json(result), ensure_ascii=False, indent=1))
    return result, controls, folder.write("report.html", page(result, controls))


def page(result: Result, controls: Controls) -> str:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, finalize=_shown,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {one.__name__: one for one in (text.counted, text.cut, text.day, text.milliseconds, ticks)}
    environment.filters |= {"number": "{:,}".format, "percent": lambda place: f"{100 * place:.2f}%"}
    view = run_view(result, controls)
    figures = {one.measure.name: one.figure for one in view.measured}
    return environment.get_template("page.html").render(
        style=Markup((_HERE / "style.css").read_text(encoding="utf-8")),  # noqa: S704  # our own file
        view=view,
        keys={"right, all cases": view.types[0][1], **{name: figures[name] for name in KEY_FIGURES if name in figures}},
        curve=risk_coverage(result),
        bins=reliability(result),
        cases=result.outcomes,
        how=how(result.info),
    )  # fmt: skip


def _shown(item: object) -> object:
    """Text without invisible characters; it is escaped later."""
    return readable(item) if isinstance(item, str) and not isinstance(item, Markup) else item


def ticks(most: float) -> list[float]:
    """At most five round numbers from 0: multiples of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(most / 4))
    step = next(power * times for times in (1, 2, 5, 10) if most / (power * times) <= 4)
    return [round(number * step, 10) for number in range(math.floor(most / step) + 1)]
