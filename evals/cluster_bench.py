"""A library past one machine beside the same on one machine, in the same run: `make bench CLUSTER=1`.

    python -m evals.cluster_bench [--data FOLDER] [--library FOLDER] [PART …]

Starts PostgreSQL, a Chroma server and Ray workers on this machine and prints one Markdown table; with
`--data` (the public news set) of its articles, without it of the sample. Without PARTs, all are measured. All share this
machine's processors, so times are upper bounds; its load stands beside them. Nothing here is a test.
"""

from __future__ import annotations

import functools
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from evals import cluster_answers, cluster_kills
from evals.cases import Case
from evals.cluster_answers import Row
from evals.cluster_engines import running_engines
from evals.suites import Suite, load_suite
from ingest.run import ingest
from rag.config import Config
from rag.library import Library

QUESTIONS = 200


@dataclass(frozen=True)
class Place:
    """What the parts measure on."""

    suite: Suite
    folder: Path
    """Goes at the end."""
    kept: Path | None
    """A library that already holds the suite's articles."""

    def library(self, suite: Suite) -> Library:
        """One of this machine with the articles of a suite: a copy of the one that is kept, or a new one."""
        path = self.folder / suite.name
        if self.kept and suite is self.suite:
            shutil.copytree(self.kept, path, ignore=shutil.ignore_patterns(".copies", "lock"), dirs_exist_ok=True)
            return Library.open(path, Config())
        library = Library.create(path, Config())
        ingest(library, [str(suite.articles)])
        return library


def sample(place: Place) -> Iterator[Row]:
    """Are the answers of the sample the same?"""
    suite = load_suite("sample", None)
    with running_engines() as (postgres, chroma):
        here = place.library(suite)
        there, _ = cluster_answers.moved(here, postgres, chroma)
        yield from cluster_answers.same_answers("the sample", here, there, _alone(suite))


def answers(place: Place) -> Iterator[Row]:
    """Are those of the suite, how long does `search` take, when is a new article found?"""
    with running_engines() as (postgres, chroma):
        here = place.library(place.suite)
        cluster_answers.published(here, anew=True)
        there, row = cluster_answers.moved(here, postgres, chroma)
        yield row
        cases = _alone(place.suite)
        cases = cases[:: max(1, len(cases) // QUESTIONS)][:QUESTIONS]
        questions = [case.question for case in cases]
        yield from cluster_answers.search_times(here, there, [postgres.pid, chroma.pid], questions)
        yield from cluster_answers.by_words(here, there, place.suite.cases)
        yield from cluster_answers.same_answers(place.suite.name, here, there, cases)
        yield cluster_answers.publish_times(there, place.folder)  # from here on there are more articles there


def kill(kind: str, place: Place) -> Iterator[Row]:
    """Is anything lost?"""
    yield cluster_kills.killed(kind, place.folder)


def _alone(suite: Suite) -> list[Case]:
    """Those that stand alone."""
    return [case for case in suite.cases if not case.history]


PARTS: dict[str, Callable[[Place], Iterator[Row]]] = {
    "sample": sample,
    "answers": answers,
    **{f"kill-{kind}": functools.partial(kill, kind) for kind in cluster_kills.KINDS},
}


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(PARTS)))
@click.option("--data", type=click.Path(path_type=Path, exists=True), help="Folder of the public news set.")
@click.option("--library", type=click.Path(path_type=Path, exists=True), help="A library that holds it; it is copied.")
def main(parts: tuple[str, ...], data: Path | None, library: Path | None) -> None:
    """Prints the table, each line as soon as it is measured."""
    suite = load_suite("rtqa_news", data) if data else load_suite("sample", None)
    made = Path(".bench") / suite.name  # by the benchmark of one machine
    library = library or (made if made.exists() else None)
    click.echo(
        "| what | one machine | PostgreSQL, Chroma server, Ray | wanted | load |\n| --- | --- | --- | --- | --- |"
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Place(suite, Path(folder), library)
        for name in parts or PARTS:
            for row in PARTS[name](place):
                click.echo(f"| {row.what} | {row.here} | {row.there} | {row.wanted} | {row.busy} |")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
