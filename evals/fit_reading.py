"""Fits how the readings of two models are put together in `rag.reader.Cascade`, on held-out marked questions.

    python -m evals.fit_reading --data ../shared/data

The log odds stay on the scale of the first model's: where they are equal, sentences answer equally often. Prints the
coefficients and how well either model, and both in five-fold cross-validation, find the sentences that answer.
"""

from __future__ import annotations

import random
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from evals.command import Command
from evals.pages import DATA
from evals.reader_examples import Example, marked_examples, told_apart
from rag.config import PACKAGED_MODEL, PACKAGED_READER
from rag.language.known import ENCODER, file_of
from rag.models import load_embedder
from rag.reader import Cascade, Reader, likeliest
from rag.reading_models import load_large_reader, load_reader

FOLDS = 5
Numbers = npt.NDArray[np.float64]


def rows_of(questions: list[Example], first: Reader, larger: Reader) -> dict[str, Numbers]:
    """The judged sentences for "answers" and for "helps", shape (n, 4).

    The columns: question, log odds of the first model, those of the larger (NaN: not read again), and the truth.
    """
    rows: dict[str, list[tuple[float, ...]]] = {"answers": [], "helps": []}
    for number, one in enumerate(questions):
        pages = [marked.page for marked in one.pages]
        read = first.read(one.question, pages)
        best = likeliest(read, Cascade.AGAIN)
        again = dict(zip(best, larger.read(one.question, [pages[place] for place in best]), strict=True))
        for place, (marked, readings) in enumerate(zip(one.pages, read, strict=True)):
            for at, reading in enumerate(readings):
                other = again[place][at] if place in again else None
                for name, own in rows.items():
                    if (truth := getattr(marked, name)[at]) is not None:
                        own.append((number, getattr(reading, name), getattr(other, name, np.nan), truth))
    return {name: np.array(own, dtype=float) for name, own in rows.items()}


def fitted(rows: Numbers) -> tuple[Numbers, Numbers]:
    """Coefficients (first, larger, constant) for sentences read twice, and (first, constant) for those read once."""
    from sklearn.linear_model import LogisticRegression

    def fit(columns: Numbers, truth: Numbers) -> Numbers:
        model = LogisticRegression(C=10).fit(columns, truth > 0)
        return np.append(model.coef_[0], model.intercept_[0])

    slope, constant = fit(rows[:, 1:2], rows[:, 3])
    twice = ~np.isnan(rows[:, 2])
    both, once = fit(rows[twice, 1:3], rows[twice, 3]), fit(rows[~twice, 1:2], rows[~twice, 3])
    for one in (both, once):
        one[-1] -= constant
    return both / slope, once / slope


def scores(rows: Numbers, both: Numbers, once: Numbers) -> Numbers:
    """The log odds of both models together."""
    again = rows[:, 1] * both[0] + rows[:, 2] * both[1] + both[2]
    found: Numbers = np.where(np.isnan(again), rows[:, 1] * once[0] + once[1], again)
    return found


def crossed(rows: Numbers) -> Numbers:
    """The log odds of both models together, each question's fitted on other questions."""
    fold = rows[:, 0] % FOLDS
    found = np.empty(len(rows))
    for number in range(FOLDS):
        found[fold == number] = scores(rows[fold == number], *fitted(rows[fold != number]))
    return found


def figures(rows: Numbers, scored: Numbers) -> str:
    """Mean average precision, how often the best sentence answers, and whether any answers."""
    by_question = (rows[:, 0] == one for one in np.unique(rows[:, 0]))
    questions = ((scored[own].tolist(), (rows[own, 3] > 0).tolist()) for own in by_question)
    precision, best, count, told = told_apart(questions)
    return (
        f"mean average precision {precision:.3f}, best sentence answers {best:.1%} of {count} questions; "
        f"area under the ROC curve of answerable or not {told:.3f}"
    )


def drawn(data: Path, sample: int) -> list[Example]:
    """Held-out questions over public news."""
    known = marked_examples(data / "rtqa_news" / "articles.jsonl.gz", load_embedder(PACKAGED_MODEL).count_tokens)
    held_out = [one for one in known if one.held_out]
    return random.Random(3).sample(held_out, min(sample, len(held_out)))  # noqa: S311 - not for secrets


@click.command(cls=Command)
@DATA
@click.option("--sample", type=click.IntRange(min=FOLDS), default=400, help="Questions.")
def main(data: Path, sample: int) -> None:
    """Prints coefficients for rag/reader.py."""
    first, larger = load_reader(PACKAGED_READER, again=False), load_large_reader(file_of(ENCODER))
    found = rows_of(drawn(data, sample), first, larger)
    for name, rows in found.items():
        both, once = fitted(rows)
        click.echo(f"{name}: read twice {both.round(2).tolist()}, once {once.round(2).tolist()}")
    answers = found["answers"]
    click.echo(f"first alone: {figures(answers, answers[:, 1])}")
    lowest = np.nanmin(answers[:, 2]) + answers[:, 1].clip(-20, 20) - 40
    larger_alone = np.where(np.isnan(answers[:, 2]), lowest, answers[:, 2])
    click.echo(f"the larger alone, where it reads: {figures(answers, larger_alone)}")
    click.echo(f"both: {figures(answers, crossed(answers))}")


if __name__ == "__main__":
    main()
