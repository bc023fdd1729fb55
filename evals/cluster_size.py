"""Many more passages than a public set has, as vectors drawn around real ones: the dense index here and on a Chroma server."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.cluster_answers import Row, times_of
from evals.cluster_engines import RunningChroma, cpu_seconds, load
from rag.library import Library
from rag.models import Vectors
from rag.store.catalog import Numbers
from rag.store.chroma_server import ChromaServer, ServerDense
from rag.store.index import DENSE, Dense, DenseIndex, IndexedPassage, build

NEAREST = 100
SPREAD = 0.6
"""Length of what is added to a vector of length one: a drawn vector has a cosine of about 0.86 to its real one."""
NAME = "drawn"


@dataclass(frozen=True)
class Built:
    """What an index of all vectors took."""

    seconds: float
    cpu: float
    megabytes: float
    """Resident, after all questions were asked, beyond what there was before."""
    times: list[float]
    recall: float

    def told(self) -> str:
        """In words."""
        return (
            f"built in {self.seconds:.0f} s ({self.cpu:.0f} s of processor), {self.megabytes:.0f} MB, "
            f"{times_of(self.times)}, recall@{NEAREST} {self.recall:.3f}"
        )


def sizes(library: Library, questions: Sequence[str], count: int, folder: Path, chroma: RunningChroma) -> Iterator[Row]:
    """The same vectors and questions on both."""
    busy, drawn = load(), drawn_vectors(library, count)
    asked = [library.embedder.encode_question(question) for question in questions]
    started = time.perf_counter()
    wanted = [_nearest(drawn, vector) for vector in asked]
    brute = 1000 * (time.perf_counter() - started) / len(asked)
    here, there = _embedded(drawn, asked, wanted, folder), _on_server(drawn, asked, wanted, chroma)
    name = f"{count:,} drawn vectors, dense side alone (comparing all: {brute:.0f} ms)"
    yield Row(name, here.told(), there.told(), busy=busy)


def drawn_vectors(library: Library, count: int) -> Vectors:
    """Rows of length one around the library's, each in turn. Shape (count, dimension)."""
    _, real = library.catalog.vectors(library.catalog.numbers().tolist())
    random = np.random.default_rng(0)
    drawn = np.empty((count, real.shape[1]), dtype=np.float32)
    for start in range(0, count, 10_000):
        part = real[np.arange(start, min(start + 10_000, count)) % len(real)]
        noise = random.standard_normal(part.shape, dtype=np.float32) * (SPREAD / np.sqrt(real.shape[1]))
        moved = part + noise
        drawn[start : start + len(part)] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return drawn


def _nearest(drawn: Vectors, vector: Vectors) -> set[int]:
    cosines = drawn @ vector
    return {int(row) + 1 for row in np.argpartition(-cosines, NEAREST)[:NEAREST]}


def _embedded(drawn: Vectors, asked: Sequence[Vectors], wanted: Sequence[set[int]], folder: Path) -> Built:
    import datetime as dt

    count = len(drawn)

    def vectors(numbers: Sequence[int]) -> tuple[Numbers, Vectors]:
        return np.array(numbers, dtype=np.int64), drawn[np.array(numbers) - 1]

    passages = (IndexedPassage(number, "", "", None, None, dt.date.min) for number in range(1, count + 1))
    spent, started = time.process_time(), time.perf_counter()
    folder.mkdir()
    build(folder, passages, vectors, (), count, lambda done: None, (DENSE,))
    seconds, spent = time.perf_counter() - started, time.process_time() - spent
    before = _resident(os.getpid())
    index = DenseIndex(folder / DENSE, NAME, count)
    times, recall = _asked(index, asked, wanted)
    grown = _resident(os.getpid()) - before
    index.close()
    return Built(seconds, spent, grown, times, recall)


def _on_server(drawn: Vectors, asked: Sequence[Vectors], wanted: Sequence[set[int]], chroma: RunningChroma) -> Built:
    server, before = ChromaServer(chroma.address), _resident(chroma.pid)
    spent, started = cpu_seconds(chroma.pid) + time.process_time(), time.perf_counter()
    server.create(NAME)
    for start in range(0, len(drawn), 1000):
        part = drawn[start : start + 1000]
        server.put(NAME, list(range(start + 1, start + len(part) + 1)), part)
    server.nearest(NAME, asked[0], NEAREST)  # answers when what was written is in the graph
    seconds, spent = time.perf_counter() - started, cpu_seconds(chroma.pid) + time.process_time() - spent
    times, recall = _asked(ServerDense(server, NAME, len(drawn)), asked, wanted)
    return Built(seconds, spent, _resident(chroma.pid) - before, times, recall)


def _asked(index: Dense, asked: Sequence[Vectors], wanted: Sequence[set[int]]) -> tuple[list[float], float]:
    """Milliseconds of each question, and the share of the nearest that was found."""
    index.search(asked[0], NEAREST)
    times, found = [], []
    for vector, right in zip(asked, wanted, strict=True):
        started = time.perf_counter()
        hits = index.search(vector, NEAREST)
        times.append(1000 * (time.perf_counter() - started))
        found.append(len({hit.number for hit in hits} & right) / NEAREST)
    return times, float(np.mean(found))


def _resident(pid: int) -> float:
    """Megabytes."""
    import psutil

    return float(psutil.Process(pid).memory_info().rss) / 1e6
