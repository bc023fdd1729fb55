"""The same questions on one machine and on PostgreSQL with a Chroma server: the same answers, and in which time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evals.cases import Case
from evals.cluster_engines import PostgresServer, RunningChroma, cpu_seconds, load
from ingest.run import ingest
from rag.assistant import Assistant
from rag.config import Config
from rag.library import Library
from rag.store.backup import copy_library
from rag.types import Answer, Filters

FIRST = 5
"""So many passages of an answer are compared."""
BY_WORDS = 20
PUBLISHED = 10
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    here: str
    there: str
    wanted: str = "–"
    busy: str = ""
    """Load of the machine meanwhile."""


def published(library: Library, anew: bool = False) -> None:
    """Publishes what is committed, as the only writer; anew, because Tantivy counts words of what is gone in an index that grew."""
    with library.writing():
        library.publish(anew=anew)


def moved(library: Library, postgres: PostgresServer, chroma: RunningChroma) -> tuple[Library, Row]:
    """The same library on the two servers; nothing is embedded."""
    address = postgres.address()
    busy, started = load(), time.perf_counter()
    catalog = copy_library(library.path, address, _quiet)
    copied = time.perf_counter() - started
    config = library.config.model_copy(update={"library": address, "chroma": chroma.address})
    there = Library(config, catalog, library.embedder)
    published(there)
    taken = time.perf_counter() - started
    count = catalog.counts().passages
    told = f"{taken:.0f} s, {taken - copied:.0f} of them the Chroma server"
    return there, Row(f"move {count:,} passages", "–", told, busy=busy)


def same_answers(name: str, here: Library, there: Library, cases: Sequence[Case]) -> list[Row]:
    """How many questions, each asked as on its own day, get the same first passages and the same status."""
    asking = [Assistant(library) for library in (here, there)]
    pairs: list[tuple[Answer, Answer]] = []
    busy = load()
    for case in cases:
        one, other = (assistant.ask(case.question, as_of=case.as_of) for assistant in asking)
        pairs.append((one, other))
    ids = [tuple([one.id for one in answer.passages[:FIRST]] for answer in pair) for pair in pairs]
    told = {
        f"the same passages among the first {FIRST}": [set(one) == set(other) for one, other in ids],
        "in the same order": [one == other for one, other in ids],
        "the same status": [one.status == other.status for one, other in pairs],
        "the same text": [one.text == other.text for one, other in pairs],
    }
    targets = {"the same status": "≥ 99 %", f"the same passages among the first {FIRST}": "≥ 99 %"}
    return [
        Row(f"{len(cases)} questions of {name}: {what}", "–", _share(same), targets.get(what, "–"), busy)
        for what, same in told.items()
    ]


def by_words(here: Library, there: Library, cases: Sequence[Case]) -> list[Row]:
    """Full text alone, asked as on the day of each question; the time is of the ranking alone."""
    same: list[bool] = []
    times: tuple[list[float], list[float]] = ([], [])
    for case in cases:
        found = []
        for place, library in enumerate((here, there)):
            started = time.perf_counter()
            passages = library.by_words(case.question, Filters(as_of=case.as_of), BY_WORDS)
            times[place].append(1000 * (time.perf_counter() - started))
            found.append([one.id for one in passages])
        same.append(found[0] == found[1])
    return [
        Row(
            f"{len(cases)} questions by full text alone: the same first {BY_WORDS} in the same order", "–", _share(same)
        ),
        Row("full text alone", times_of(times[0]), times_of(times[1]), busy=load()),
    ]


def search_times(here: Library, there: Library, engines: Sequence[int], questions: Sequence[str]) -> list[Row]:
    """`search` on both by turns, and what it costs in processor time: here, and in the two servers (`engines`, by process)."""
    walls: tuple[list[float], list[float]] = ([], [])
    own = [0.0, 0.0]
    for library in (here, there):
        library.search(questions[0])
    busy, before = load(), [cpu_seconds(pid) for pid in engines]
    for question in questions:
        for place, library in enumerate((here, there)):
            spent, started = time.process_time(), time.perf_counter()
            library.search(question)
            walls[place].append(1000 * (time.perf_counter() - started))
            own[place] += time.process_time() - spent
    database, dense = (
        1000 * (cpu_seconds(pid) - was) / len(questions) for pid, was in zip(engines, before, strict=True)
    )
    ratio = _percentile(walls[1], 50) / _percentile(walls[0], 50)
    mine = [1000 * one / len(questions) for one in own]
    passages = here.catalog.counts().passages
    return [
        Row(
            f"`search`, {passages:,} passages",
            times_of(walls[0]),
            f"{times_of(walls[1])} ({ratio:.1f} ×)",
            "p50 ≤ 2.5 ×",
            busy,
        ),
        Row(
            "`search`, processor time a question",
            f"{mine[0]:.0f} ms",
            f"{mine[1]:.0f} ms, the database {database:.0f} ms, the Chroma server {dense:.1f} ms",
            busy=busy,
        ),
    ]


def publish_times(there: Library, folder: Path) -> Row:
    """From the start of an ingest of one article until another process, asking without pause, is told of it."""
    command = [sys.executable, "-m", "evals.cluster_answers", str(there.address)]
    env = {**os.environ, "DATELINE_CHROMA": there.config.chroma}
    waits, takes, busy = [], [], load()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env) as watcher:
        assert watcher.stdin
        assert watcher.stdout
        assert watcher.stdout.readline() == "ready\n"
        for number in range(PUBLISHED):
            name = "Askerod" + "abcdefghij"[number] * 3
            file = folder / f"new-{number}.txt"
            file.write_text(_NEW.format(name=name), encoding="utf-8")
            watcher.stdin.write(f"{name}\n")
            watcher.stdin.flush()
            started = time.time()
            ingest(there, [str(file)])
            takes.append(time.time() - started)
            waits.append(float(watcher.stdout.readline()) - started)
        watcher.stdin.close()
    return Row(
        f"one new article is found by another process, {PUBLISHED} times",
        "–",
        f"p50 {_percentile(waits, 50):.2f} s, longest {max(waits):.2f} s after the ingest began; the ingest itself took "
        f"{_percentile(takes, 50):.2f} s",
        "≤ 1 s",
        busy,
    )


def watch(address: str, config: Config, lines: Any, say: Callable[[str], None]) -> None:
    """Another web server: asks for each name that it is given until an article has it, and says when that was."""
    library = Library.open(address, config)
    library.search("Who is it?")
    say("ready")
    for line in lines:
        name, until = line.strip(), time.time() + PATIENCE_SECONDS
        while time.time() < until and not any(name in one.text for one in library.search(f"Who is {name}?")):
            pass
        say(str(time.time()))


def _share(same: Sequence[bool]) -> str:
    return f"{100 * sum(same) / len(same):.1f} % ({sum(same)} of {len(same)})"


def times_of(values: Sequence[float]) -> str:
    """Milliseconds, in words."""
    return f"p50 {_percentile(values, 50):.1f} ms, p95 {_percentile(values, 95):.1f} ms"


def _percentile(values: Sequence[float], percent: int) -> float:
    """Nearest rank."""
    return float(np.percentile(values, percent, method="inverted_cdf"))


def _quiet(step: str, done: int, total: int) -> None:
    """Says nothing."""


_NEW = """Harbour crane named after {name}

Published: 2 September 2025

The port of Port Ansel has named its tallest crane after {name}, who drove it for 31 years, the port said on Tuesday.
"""

if __name__ == "__main__":
    watch(sys.argv[1], Config.from_environment(), sys.stdin, lambda said: print(said, flush=True))
