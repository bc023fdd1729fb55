"""Fits the coefficients of rag/answering/certainty.py on questions known to have, or not to have, an answer in a library.

    python -m evals.fit_certainty --data ../shared/data --on rtqa_news LIBRARY --on sample LIBRARY ...

Each suite weighs the same, and so does each outcome within it. Questions with a day are asked as of it, every second
one without. Prints the coefficients and, per suite in five-fold cross-validation, the area under the ROC curve, how
reliable the probabilities are, and how many questions several thresholds answer and refuse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, fields
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from evals.cases import Case
from evals.command import Command
from evals.pages import DATA
from evals.reader_examples import HELD_OUT, MARKS, is_held_out
from evals.rows import rows_of
from evals.suites import load_suite
from evals.suites.squad import titles_of
from evals.suites.suite import due
from rag.answering.certainty import Signals, signals_of
from rag.answering.choose import SHAPES
from rag.assistant import Assistant
from rag.library import Library
from rag.types import Filters

FOLDS = 5
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
MARKS_NAME = "marks"  # The held-out topics of the marked questions, as a suite.


def signals_of_cases(assistant: Assistant, cases: list[Case]) -> Iterator[tuple[float, ...] | None]:
    """The signals of each case; None if the catalog answers it."""
    for place, case in enumerate(cases):
        filters = Filters(as_of=case.as_of if place % 2 else None)
        question, retrieved = assistant.quoting.retrieve(assistant.interpreted(case.question, filters, ()))
        if question.kind not in SHAPES or not retrieved.passages:
            yield None
        else:
            yield astuple(signals_of(assistant.quoting.read(question, retrieved), retrieved))


def cases_of(suite: str, data: Path, most: int) -> list[Case]:
    """At most `most` standalone questions of a suite, evenly spaced, none of which trained the reading model."""
    if suite == MARKS_NAME:
        asked = [
            Case(id=row["id"], type=row["kind"], question=row["question"], as_of=row["as_of"], status=due(row["parts"]))
            for row in rows_of(MARKS)
            if is_held_out(row["topic"])
        ]
    else:
        cases = load_suite(suite, None if suite == "sample" else data / suite).cases
        asked = [case for case in cases if not case.history and case.type != "meta"]
        if suite == "squad":
            titles = titles_of(data / suite)
            asked = [case for case in asked if titles[case.id] in HELD_OUT]
    return asked[:: max(-(-len(asked) // most), 1)]


@click.command(cls=Command)
@DATA
@click.option(
    "--on", "pairs", type=(str, click.Path(path_type=Path, exists=True)), multiple=True, help="Suite, library."
)
@click.option("--most", type=click.IntRange(min=50), default=600, help="Questions of one suite.")
def main(data: Path, pairs: tuple[tuple[str, Path], ...], most: int) -> None:
    """Prints coefficients for rag/answering/certainty.py."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    found: list[tuple[str, float, bool, tuple[float, ...]]] = []  # suite, weight, truth, signals
    for suite, folder in pairs:
        cases = cases_of(suite, data, most)
        read = signals_of_cases(Assistant(Library.open(folder)), cases)
        known = [(signals, one.answerable) for signals, one in zip(read, cases, strict=True) if signals]
        count = Counter(answerable for _, answerable in known)
        found += [(suite, 1 / count[answerable], answerable, signals) for signals, answerable in known]
    of, weight, right, matrix = (np.array(column) for column in zip(*found, strict=True))
    weight *= len(weight) / weight.sum()
    model = LogisticRegression(max_iter=5000, C=10.0)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    sure = cross_val_predict(model, matrix, right, cv=folds, method="predict_proba", params={"sample_weight": weight})
    model.fit(matrix, right, sample_weight=weight)
    for field, coefficient in zip(fields(Signals), model.coef_[0], strict=True):
        click.echo(f"  {field.name:<20}{coefficient:8.3f}")
    click.echo(f"  {'intercept':<20}{model.intercept_[0]:8.3f}")
    for suite, _ in pairs:
        _tell(suite, right[of == suite], sure[of == suite, 1])


def _tell(suite: str, right: npt.NDArray[np.bool_], sure: npt.NDArray[np.float64]) -> None:
    from sklearn.calibration import calibration_curve
    from sklearn.metrics import roc_auc_score

    click.echo(f"{suite}: {len(right)} questions, area under the ROC curve {roc_auc_score(right, sure):.3f}")
    seen, said = calibration_curve(right, sure, n_bins=5)
    reliable = ", ".join(f"{one:.2f} → {other:.2f}" for one, other in zip(said, seen, strict=True))
    click.echo(f"  said → seen: {reliable}")
    for threshold in THRESHOLDS:
        kept, refused = (sure >= threshold)[right].mean(), (sure < threshold)[~right].mean()
        click.echo(f"  threshold {threshold:.1f}: answered when answerable {kept:.3f}, refused when not {refused:.3f}")


if __name__ == "__main__":
    main()
