"""Fits the coefficients of rag/answering/abstain.py on questions that are known to have an answer in a library, or none.

    python -m evals.fit_abstention --data ../shared/data --on rtqa_news LIBRARY --on sample LIBRARY ...

Each suite weighs the same, and in each the answerable questions a little more than the others. Questions with a day are asked
as of it, every second one without, so that both ways of asking are calibrated. Prints the coefficients, and for each
suite the area under the ROC curve in five-fold cross-validation and what several thresholds keep and refuse.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, fields
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from evals.cases import Case
from evals.reader_examples import HELD_OUT
from evals.suites import load_suite
from evals.suites.squad import titles_of
from rag.answering.abstain import Signals, signals_of
from rag.answering.candidates import READ_PASSAGES
from rag.answering.quote import best_quotes
from rag.config import PACKAGED_READER
from rag.dates.window import today, window_of
from rag.library import Library
from rag.models import load_reader
from rag.reader import Reader
from rag.types import Filters

FOLDS = 5
ANSWERABLE_ODDS = 1.2
"""How much commoner than the others questions are that the library can answer."""
OF_READER = ("found", "agreed")
"""Signals that only a reading model gives."""
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)
Matrix = npt.NDArray[np.float64]


def signals_of_cases(library: Library, cases: list[Case], reader: Reader) -> Iterator[tuple[float, ...]]:
    """The signals of each case."""
    for place, case in enumerate(cases):
        filters = Filters(as_of=case.as_of if place % 2 else None)
        window = window_of(case.question, filters, today(), library.catalog.newest_day())
        retrieved = library.retrieve(case.question, filters, window, READ_PASSAGES)
        lexicon = library.searcher.lexicon
        if lexicon is None:
            raise click.ClickException("The library has no lexical index; run 'dateline rebuild'.")
        read = best_quotes(case.question, retrieved, reader, lexicon.terms)
        yield astuple(signals_of(retrieved, read, lexicon.terms))


def cases_of(suite: str, data: Path, most: int) -> list[Case]:
    """At most so many questions of a suite that stand alone, evenly taken.

    Of SQuAD only the titles from which the packaged reading model has not learned.
    """
    folder = None if suite == "sample" else data / suite
    asked = [case for case in load_suite(suite, folder).cases if not case.history]
    if suite == "squad" and folder:
        titles = titles_of(folder)
        asked = [case for case in asked if titles[case.id] in HELD_OUT]
    return asked[:: max(len(asked) // most, 1)]


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True, help="Folder of public suites.")
@click.option(
    "--on", "pairs", type=(str, click.Path(path_type=Path, exists=True)), multiple=True, help="Suite and its library."
)
@click.option("--keep", type=click.Path(path_type=Path), help="File for the signals, to look at them again.")
@click.option("--most", type=click.IntRange(min=50), default=700, help="Questions of one suite.")
def main(data: Path, pairs: tuple[tuple[str, Path], ...], keep: Path | None, most: int) -> None:
    """Prints coefficients for rag/answering/abstain.py."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    reader = load_reader(PACKAGED_READER)
    rows: list[tuple[float, ...]] = []
    truth: list[bool] = []
    weights: list[float] = []
    suites: list[str] = []
    for suite, folder in pairs:
        cases = cases_of(suite, data, most)
        rows += signals_of_cases(Library.open(folder), cases, reader)
        answerable = sum(case.answerable for case in cases)
        truth += [case.answerable for case in cases]
        weights += [
            ANSWERABLE_ODDS / answerable if case.answerable else 1.0 / (len(cases) - answerable) for case in cases
        ]
        suites += [suite] * len(cases)
    if keep:
        np.savez(keep, rows=np.array(rows), truth=np.array(truth), suites=np.array(suites))
    matrix, right, of, weight = np.array(rows), np.array(truth), np.array(suites), np.array(weights)
    weight *= len(weight) / weight.sum()
    names = [field.name for field in fields(Signals)]
    for what, used in (("with a reading model", names), ("without", [name for name in names if name not in OF_READER])):
        columns = matrix[:, [names.index(name) for name in used]]
        model = LogisticRegression(max_iter=5000, C=10.0)
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
        sure = cross_val_predict(
            model, columns, right, cv=folds, method="predict_proba", params={"sample_weight": weight}
        )
        model.fit(columns, right, sample_weight=weight)
        click.echo(what)
        for name, coefficient in zip(used, model.coef_[0], strict=True):
            click.echo(f"  {name:<20}{coefficient:8.3f}")
        click.echo(f"  {'intercept':<20}{model.intercept_[0]:8.3f}")
        for suite in dict.fromkeys(suites):
            _tell(suite, right[of == suite], sure[of == suite, 1])


def _tell(suite: str, right: npt.NDArray[np.bool_], sure: Matrix) -> None:
    from sklearn.metrics import roc_auc_score

    click.echo(f"{suite}: {len(right)} questions, area under the ROC curve {roc_auc_score(right, sure):.3f}")
    for threshold in THRESHOLDS:
        kept, refused = (sure >= threshold)[right].mean(), (sure < threshold)[~right].mean()
        click.echo(f"  threshold {threshold:.1f}: answered when answerable {kept:.3f}, refused when not {refused:.3f}")


if __name__ == "__main__":
    main()
