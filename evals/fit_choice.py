"""Fits the coefficients of `Relevance` in rag/answering/choose.py on the held-out topics of the marked questions.

    python -m evals.fit_choice --library LIBRARY

LIBRARY holds the articles that the marks refer to (rtqa_news). Prints the coefficients and, in five-fold
cross-validation, how well sentences are ranked, compared with single signals.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import numpy as np

from evals.command import Command
from evals.reader_examples import MARKS, digest, is_held_out, told_apart
from evals.rows import rows_of
from rag.answering.choose import SHAPES, Relevance
from rag.assistant import Assistant
from rag.library import Library
from rag.types import Filters

FOLDS = 5
SINGLE = ("answers", "helps", "overlap")  # Signals also reported alone, for comparison.
NAMES = [field.name for field in fields(Relevance)]


def signals_and_truth(assistant: Assistant, row: dict[str, Any]) -> Iterator[tuple[list[float], bool]]:
    """The signals of each judged sentence, and whether it answers."""
    as_of = dt.date.fromisoformat(row["as_of"]) if row["as_of"] else None
    question, retrieved = assistant.quoting.retrieve(assistant.interpreted(row["question"], Filters(as_of=as_of), ()))
    if question.kind not in SHAPES or not retrieved.passages:
        return
    answering = {one.partition("/")[2] for part in row["parts"] for one in part}
    seen = {one for known in row["seen"].values() for one in known}
    # Each signal alone: the relevance with only its coefficient set.
    alone = [Relevance(**{**dict.fromkeys(NAMES, 0.0), name: 1.0}) for name in NAMES]
    for one in assistant.quoting.read(question, retrieved):
        if (name := digest(one.text)) in seen:
            yield [signal.of(one) for signal in alone], name in answering


@click.command(cls=Command)
@click.option("--library", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--every", type=click.IntRange(min=1), default=1, help="Ask only every so many of the questions.")
def main(library: Path, every: int) -> None:
    """Prints coefficients for rag/answering/choose.py."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict

    assistant = Assistant(Library.open(library))
    held_out = [row for row in rows_of(MARKS) if is_held_out(row["topic"]) and row["parts"]][::every]
    found = [(*one, number) for number, row in enumerate(held_out) for one in signals_and_truth(assistant, row)]
    matrix, right, group = (np.array(column) for column in zip(*found, strict=True))
    model, folds = LogisticRegression(max_iter=5000), GroupKFold(FOLDS)
    scores = cross_val_predict(model, matrix, right, groups=group, cv=folds, method="decision_function")
    model.fit(matrix, right)
    for name, coefficient in zip(NAMES, model.coef_[0], strict=True):
        click.echo(f"  {name:<12}{coefficient:8.3f}")
    single = [(name, matrix[:, NAMES.index(name)]) for name in SINGLE]
    for name, scored in [*single, ("all, in cross-validation", scores)]:
        by_question = [group == one for one in np.unique(group)]
        precision, first, count, _ = told_apart((scored[own], right[own]) for own in by_question)
        told = f"mean average precision {precision:.3f}, best sentence answers {first:.1%} of {count} questions"
        click.echo(f"{name}: {told}")


if __name__ == "__main__":
    main()
