"""What several machines share: web servers on one library, and workers that embed for one ingest."""

from __future__ import annotations

import contextlib
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx

from evals.cluster_answers import Row
from evals.cluster_engines import PostgresServer, RunningChroma, cpu_seconds, load, two_workers
from evals.load import running_server
from ingest.run import ingest
from rag.config import Config
from rag.library import Library
from rag.models import Embedder, embedder_of

AT_ONCE = 2
"""Questions under way at each server, as many as it answers at once for programs."""
ANSWER_SECONDS = 120.0


@dataclass(frozen=True)
class Cost:
    """Processor milliseconds a question, and how many were answered in a second."""

    rate: float
    web: float
    database: float = 0.0
    dense: float = 0.0

    @property
    def whole(self) -> float:
        """Of all processes."""
        return self.web + self.database + self.dense


def web_servers(
    here: Library, there: Library, postgres: PostgresServer, chroma: RunningChroma, questions: Sequence[str]
) -> Iterator[Row]:
    """The same questions to one server on one machine, one on the engines, and three; the same number each a server."""
    busy, settings = load(), {"DATELINE_CHROMA": chroma.address}
    engines = (postgres.pid, chroma.pid)
    alone = _asked(str(here.path), {}, 1, questions, ())
    one, three = (_asked(str(there.address), settings, servers, questions, engines) for servers in (1, 3))
    for name, cost in (("one web server", one), ("three web servers", three)):
        given = f"{cost.rate:.1f} a second; {cost.whole:.0f} ms a question"
        parts = f"web {cost.web:.0f}, database {cost.database:.0f}, Chroma server {cost.dense:.1f}"
        mine = f"{alone.rate:.1f} a second; {alone.whole:.0f} ms a question" if cost is one else "–"
        yield Row(f"`/api/ask`, {name}: answered, and processor time", mine, f"{given} ({parts})", busy=busy)
    yield Row(
        "three web servers: questions for the same processor time, beside one",
        "–",
        f"{100 * one.whole / three.whole:.0f} %",
    )


def _asked(
    library: str, settings: Mapping[str, str], servers: int, questions: Sequence[str], engines: Sequence[int]
) -> Cost:
    with contextlib.ExitStack() as stack:
        running = [stack.enter_context(running_server(library, settings)) for _ in range(servers)]

        def ask(jobs: Sequence[tuple[int, str]]) -> None:
            for place, question in jobs:
                url = f"{running[place].address}/api/ask"
                httpx.post(url, json={"question": question}, timeout=ANSWER_SECONDS).raise_for_status()

        pids = [*(server.process.pid for server in running), *engines]
        jobs = [(place, question) for question in questions for place in range(servers)]
        # One thread a place at a server, so that none is asked more than it answers at once.
        lanes = [jobs[lane :: AT_ONCE * servers] for lane in range(AT_ONCE * servers)]
        with ThreadPoolExecutor(len(lanes)) as pool:
            list(pool.map(ask, [lane[:2] for lane in lanes]))  # loads the models
            before, started = [cpu_seconds(pid) for pid in pids], time.perf_counter()
            list(pool.map(ask, lanes))
            seconds = time.perf_counter() - started
        spent = [1000 * (cpu_seconds(pid) - was) / len(jobs) for pid, was in zip(pids, before, strict=True)]
    return Cost(len(jobs) / seconds, sum(spent[:servers]), *spent[servers:])


def ingest_rates(
    articles: Path, texts: Sequence[str], postgres: PostgresServer, chroma: RunningChroma, folder: Path
) -> Iterator[Row]:
    """An ingest by two workers of a core each into the engines, beside plainly encoding the same texts here, before and after.

    The workers' start is left out: the rate is from the first stored batch to the last.
    """
    embedder, busy = embedder_of(Config()), load()
    embedder.encode(texts[:64])
    plain = [_plain(embedder, texts)]
    own = _ingested(Library.create(folder / "plain", Config(), embedder), articles, ())
    with two_workers() as address:
        os.environ["RAY_ADDRESS"] = address
        try:
            config = Config(chroma=chroma.address)
            spread = _ingested(Library.create(postgres.address(), config, embedder), articles, (postgres.pid,))
        finally:
            del os.environ["RAY_ADDRESS"]
    plain.append(_plain(embedder, texts))
    rate, cpu = (statistics.mean(values) for values in zip(*plain, strict=True))
    yield Row(
        "plainly encoding on this machine", f"{rate:.1f} passages/s, {cpu:.0f} ms of processor each", "–", busy=busy
    )
    mine, told = (
        f"{one[0]:.1f} passages/s ({100 * one[0] / rate:.0f} %), {one[1]:.0f} ms of processor each"
        for one in (own, spread)
    )
    yield Row("ingest, everything included; by two Ray workers of a core each", mine, told, "≥ 90 %", load())


def _plain(embedder: Embedder, texts: Sequence[str]) -> tuple[float, float]:
    """Passages a second, and processor milliseconds a passage."""
    spent, started = time.process_time(), time.perf_counter()
    embedder.encode(texts)
    seconds = time.perf_counter() - started
    return len(texts) / seconds, 1000 * (time.process_time() - spent) / len(texts)


def _ingested(library: Library, articles: Path, engines: Sequence[int]) -> tuple[float, float]:
    marks: list[tuple[int, float, float]] = []

    def progress(step: str, done: int, total: int) -> None:
        if step == "ingest":
            spent = cpu_seconds(os.getpid()) + sum(map(cpu_seconds, engines))
            marks.append((library.catalog.counts().passages, time.perf_counter(), spent))

    ingest(library, [str(articles)], progress=progress)
    library.searcher.close()
    (first, began, before), (last, ended, after) = marks[0], marks[-1]
    return (last - first) / (ended - began), 1000 * (after - before) / (last - first)
