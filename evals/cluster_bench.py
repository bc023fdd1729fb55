"""A library past one machine compared with the same library on one machine, in the same run: `make bench CLUSTER=1`.

    python -m evals.cluster_bench [--data FOLDER] [--library FOLDER] [PART …]

Prints one Markdown table, for the articles of the public news set with `--data`, or for the sample. The servers and the
workers share this machine's processors, so times are upper bounds; its load is shown with them. Nothing here is a test.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from evals import cluster_kills, cluster_scale
from evals.bench import NEW_ARTICLE, QUESTIONS
from evals.cases import Case
from evals.cluster_engines import Row, load, moved, opened, published, running_engines, search_times
from evals.command import Command
from evals.figures import percentile, table, times_of
from evals.suites import Suite, load_suite
from ingest.run import ingest
from rag.assistant import Assistant
from rag.config import Config
from rag.library import Library
from rag.types import Filters

FIRST = 5  # Passages of an answer that are compared.
BY_WORDS = 20
PUBLISHED = 10
PATIENCE_SECONDS = 60.0


def same_answers(name: str, here: Library, there: Library, cases: Sequence[Case]) -> Iterator[Row]:
    """How many questions, each asked as of its own day, get the same first passages and the same status."""
    asking, busy = [Assistant(library) for library in (here, there)], load()
    pairs = [[assistant.ask(case.question, as_of=case.as_of) for assistant in asking] for case in cases]
    ids = [[[one.id for one in answer.passages[:FIRST]] for answer in pair] for pair in pairs]
    for what, wanted, same in (
        (f"the same passages among the first {FIRST}", "≥ 99 %", [set(one) == set(other) for one, other in ids]),
        ("in the same order", "–", [one == other for one, other in ids]),
        ("the same status", "≥ 99 %", [one.status == other.status for one, other in pairs]),
        ("the same text", "–", [one.text == other.text for one, other in pairs]),
    ):
        yield Row(f"{len(cases)} questions of {name}: {what}", "–", _share(same), wanted, busy)


def by_words(here: Library, there: Library, cases: Sequence[Case]) -> Iterator[Row]:
    """Full text alone, as of the day of each question; the time is that of the ranking alone."""
    found: tuple[list[list[str]], list[list[str]]] = ([], [])
    times: tuple[list[float], list[float]] = ([], [])
    for case in cases:
        for place, library in enumerate((here, there)):
            started = time.perf_counter()
            passages = library.by_words(case.question, Filters(as_of=case.as_of), BY_WORDS)
            times[place].append(1000 * (time.perf_counter() - started))
            found[place].append([one.id for one in passages])
    what = f"{len(cases)} questions by full text alone: the same first {BY_WORDS} in the same order"
    yield Row(what, "–", _share([one == other for one, other in zip(*found, strict=True)]))
    yield Row("full text alone", times_of(times[0]), times_of(times[1]), busy=load())


def publish_times(there: Library, folder: Path) -> Row:
    """Time from the start of ingesting one article until another process, querying continuously, finds it."""
    command = [sys.executable, "-c", f"from evals import cluster_bench; cluster_bench.watch({str(there.address)!r})"]
    env = {**os.environ, "DATELINE_CHROMA": there.config.chroma}
    waits, takes, busy = [], [], load()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env) as watcher:
        assert watcher.stdin
        assert watcher.stdout
        assert watcher.stdout.readline() == "ready\n"
        for number in range(PUBLISHED):
            name, file = "Askerod" + "abcdefghij"[number] * 3, folder / f"new-{number}.txt"
            file.write_text(NEW_ARTICLE.format(name=name), encoding="utf-8")
            watcher.stdin.write(f"{name}\n")
            watcher.stdin.flush()
            started = time.time()
            ingest(there, [str(file)])
            takes.append(time.time() - started)
            waits.append(float(watcher.stdout.readline()) - started)
        watcher.stdin.close()
    told = f"p50 {percentile(waits, 50):.2f} s, longest {max(waits):.2f} s after the ingest began"
    told += f"; the ingest itself took {percentile(takes, 50):.2f} s"
    return Row(f"one new article is found by another process, {PUBLISHED} times", "–", told, "≤ 1 s", busy)


def watch(address: str) -> None:
    """Another web server: searches for each given name until an article has it, and prints the time."""
    library = Library.open(address, Config.from_environment())
    library.search("Who is it?")
    print("ready", flush=True)
    for line in sys.stdin:
        name, until = line.strip(), time.time() + PATIENCE_SECONDS
        while time.time() < until and not any(name in one.text for one in library.search(f"Who is {name}?")):
            pass
        print(time.time(), flush=True)


def _share(same: Sequence[bool]) -> str:
    return f"{100 * sum(same) / len(same):.1f} % ({sum(same)} of {len(same)})"


def measured(part: str, suite: Suite, kept: Path | None, folder: Path) -> Iterator[Row]:
    if part == "workers":
        yield cluster_scale.worker_rate(suite)
        return
    if part.startswith("kill-"):
        yield cluster_kills.killed(part.removeprefix("kill-"), folder)
        return
    with running_engines() as engines:
        here = opened(suite, kept, folder / suite.name)
        published(here, anew=True)
        cases = [case for case in suite.cases if not case.history]
        cases = cases[:: max(1, len(cases) // QUESTIONS)][:QUESTIONS]
        questions = [case.question for case in cases]
        if most := cluster_scale.PASSAGES.get(part):
            yield from cluster_scale.large(here, engines, folder, questions, most)
            return
        there, row = moved(here, engines)
        yield row
        if part == "web":
            yield cluster_scale.web_servers(str(there.address), engines, questions)
            return
        yield from search_times(here, there, engines, questions)
        yield from by_words(here, there, suite.cases)
        yield from same_answers(suite.name, here, there, cases)
        yield publish_times(there, folder)  # afterwards there are more articles there


PARTS = ("answers", "workers", "web", *cluster_scale.PASSAGES, *(f"kill-{kind}" for kind in cluster_kills.KINDS))


@click.command(cls=Command)
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
@click.option("--data", type=click.Path(path_type=Path, exists=True), help="Folder of the public news set.")
@click.option("--library", type=click.Path(path_type=Path, exists=True), help="A library that holds it; it is copied.")
def main(parts: tuple[str, ...], data: Path | None, library: Path | None) -> None:
    """Prints the table, each line as soon as it is measured."""
    suite = load_suite("rtqa_news" if data else "sample", data)
    made = Path(".bench") / suite.name  # left by the single-machine benchmark
    library = library or (made if made.exists() else None)
    click.echo(table(("what", "one machine", "PostgreSQL, Chroma server, Ray", "wanted", "load"), ()))
    with tempfile.TemporaryDirectory() as name:
        for part in parts or PARTS:
            for row in measured(part, suite, library, Path(name)):
                click.echo(f"| {' | '.join(row)} |")  # flushes


if __name__ == "__main__":
    main()
