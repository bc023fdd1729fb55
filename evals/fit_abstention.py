"""Fits the coefficients of rag/abstain.py on questions that are known to have an answer in a library, or none.

    python -m evals.fit_abstention --data FOLDER --library FOLDER

Prints the coefficients, the area under the ROC curve in five-fold cross-validation, and a risk-coverage table.
Half of the questions are asked as of their day and half without, so that both ways of asking are calibrated.
"""

from __future__ import annotations

from dataclasses import astuple, fields
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from evals.cases import Case
from evals.suites import load_suite
from rag.abstain import Signals, weigh
from rag.library import Library
from rag.types import Filters
from rag.window import today, window_of

READ = 24
FOLDS = 5
OWN_WEIGHT = 3.0
"""Each sample case counts as so many public ones: the sample stands for all small libraries, in which words are rarer."""

Matrix = npt.NDArray[np.float64]


def signals_of_cases(library: Library, cases: list[Case], dated: bool) -> Matrix:
    """One row of signals for each case."""
    rows = []
    for case in cases:
        filters = Filters(as_of=case.as_of) if dated else Filters()
        window = window_of(case.question, filters, today(), library.catalog.newest_day())
        retrieved = library.retrieve(case.question, filters, window, READ)
        lexicon = library.searcher.lexicon
        if lexicon is None:
            raise click.ClickException("The library has no lexical index; run 'dateline rebuild'.")
        rows.append(astuple(weigh(case.question, retrieved, library.embedder, lexicon.terms).signals))
    return np.array(rows)


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--library", type=click.Path(path_type=Path, exists=True), required=True, help="Holds rtqa_news.")
@click.option("--sample-library", type=click.Path(path_type=Path, exists=True), help="Holds the sample articles.")
def main(data: Path, library: Path, sample_library: Path | None) -> None:
    """Prints coefficients for rag/abstain.py."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    cases = list(load_suite("rtqa_news", data).cases)
    opened = Library.open(library)
    matrix = np.concatenate(
        [signals_of_cases(opened, cases[0::2], dated=True), signals_of_cases(opened, cases[1::2], dated=False)]
    )
    answerable = [case.answerable for case in [*cases[0::2], *cases[1::2]]]
    counts = np.ones(len(answerable))
    if sample_library:
        own = [case for case in load_suite("sample", None).cases if not case.history]
        matrix = np.concatenate([matrix, signals_of_cases(Library.open(sample_library), own, dated=True)])
        answerable += [case.answerable for case in own]
        counts = np.concatenate([counts, np.full(len(own), OWN_WEIGHT)])
    truth = np.array(answerable)
    model = LogisticRegression(class_weight="balanced", max_iter=1000, C=10.0)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    probabilities = cross_val_predict(
        model, matrix, truth, cv=folds, method="predict_proba", params={"sample_weight": counts}
    )[:, 1]
    model.fit(matrix, truth, sample_weight=counts)
    names = [field.name for field in fields(Signals)]
    click.echo(
        f"AUC {roc_auc_score(truth, probabilities):.4f} in {FOLDS}-fold cross-validation, {len(truth)} questions"
    )
    for name, weight in zip(names, model.coef_[0], strict=True):
        click.echo(f"  {name:<20}{weight:8.2f}")
    click.echo(f"  {'intercept':<20}{model.intercept_[0]:8.2f}")
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
        kept, refused = (probabilities >= threshold)[truth].mean(), (probabilities < threshold)[~truth].mean()
        click.echo(f"  threshold {threshold:.1f}: answered when answerable {kept:.3f}, refused when not {refused:.3f}")
        if sample_library:
            small = counts > 1
            kept, refused = (
                (probabilities >= threshold)[truth & small].mean(),
                (probabilities < threshold)[~truth & small].mean(),
            )
            click.echo(f"                 of the sample: answered {kept:.3f}, refused {refused:.3f}")


if __name__ == "__main__":
    main()
