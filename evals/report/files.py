"""The reports of a run, written beside its records."""

from __future__ import annotations

import json
from pathlib import Path

from evals.compare import Comparison
from evals.controls import controls_for, history_for
from evals.report.html import page
from evals.report.view import Controls
from evals.results import Result
from evals.store import REPORT, RunFolder, result_json, write_report


def write_reports(folder: RunFolder, result: Result, controls: Controls, runs: Path) -> Path:
    """`report.json` and `report.html`; returns the path of the latter.

    Raises:
        StorageFull, LibraryReadOnly: they cannot be written.
    """
    write_report(folder, REPORT, json.dumps(result_json(result), ensure_ascii=False, indent=1))
    return write_report(folder, "report.html", page(result, controls, history_for(result, runs)))


def compared_page(result: Result, runs: Path, comparison: Comparison) -> str:
    """The page of a run with a comparison, beside the controls and earlier runs that the folder holds."""
    return page(result, controls_for(result, runs), history_for(result, runs), comparison)
