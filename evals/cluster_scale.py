"""What scales past one machine: the rate of Ray workers, several web servers, many passages.

These are real passages recombined, with vectors drawn around the real ones: embedding so many is not feasible here.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import json
import os
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import httpx
import numpy as np
import psutil

from evals.bench import ingest_rate
from evals.cluster_engines import Engines, Row, cpu_seconds, load, moved, running_engines, search_times, two_workers
from evals.figures import seconds
from evals.load import Server, running_server
from evals.suites import Suite
from ingest.run import ingest
from rag.config import Config
from rag.library import Library
from rag.models import Embedder, Vectors
from rag.types import Filters

ARTICLES_EMBEDDED = 1000  # Enough for three minutes, so that the workers' start-up time does not dominate.
SERVERS = 3
CAP = 0.3  # Processors that a web server may use, so that three of them, the database and the clients fit on two.
PERIOD = 100_000  # Microseconds over which a control group counts processor time.
WEB_SECONDS = 60.0
READERS_A_SERVER = 2
PASSAGES = {"medium": 200_000, "large": 500_000}  # By part of the bench: half an hour, and two.
AN_ARTICLE = 9
SPREAD = 0.35  # Length of the noise added to a real vector of length one.
NEAREST = 100
_CPU = Path("/sys/fs/cgroup/cpu")
_CPU_2 = Path("/sys/fs/cgroup")


def worker_rate(suite: Suite) -> Row:
    """An ingest with two single-core Ray workers embedding, against this machine's own model on both cores."""
    assert isinstance(suite.articles, Path)
    with running_engines() as engines, two_workers() as ray:
        config, busy = Config(chroma=engines.chroma.address), load()
        os.environ["RAY_ADDRESS"] = ray
        try:
            address = engines.postgres.address()
            what, measured, limit, ratio = ingest_rate(suite.articles, ARTICLES_EMBEDDED, address, config)
        finally:
            del os.environ["RAY_ADDRESS"]
    return Row(f"{what}, two Ray workers of a core each", limit, f"{measured}: {ratio}", "≥ 90 %", busy)


@contextlib.contextmanager
def capped(server: Server, name: str) -> Iterator[None]:
    """Limits a server to `CAP` processors. Raises `ClickException` if control groups are not writable here."""
    folder, file, limit = (
        (_CPU, "cpu.cfs_quota_us", f"{PERIOD * CAP:.0f}")
        if _CPU.is_dir()
        else (_CPU_2, "cpu.max", f"{PERIOD * CAP:.0f} {PERIOD}")
    )
    group = folder / f"dateline-{name}"
    try:
        group.mkdir(exist_ok=True)
        (group / file).write_text(limit, encoding="ascii")
        (group / "cgroup.procs").write_text(str(server.process.pid), encoding="ascii")
    except OSError as error:
        raise click.ClickException("The part 'web' limits processors by control groups; run it as root.") from error
    try:
        yield
    finally:
        server.process.kill()
        server.process.wait()
        group.rmdir()


def served(count: int, address: str, engines: Engines, questions: Sequence[str]) -> tuple[float, list[float]]:
    """`count` web servers over one library, each with its own clients, who ask one question after another.

    Returns answers a second, and the processor milliseconds of a question: in the web servers, and in each engine.
    """
    with contextlib.ExitStack() as stack:
        settings = {"DATELINE_CHROMA": engines.chroma.address}
        servers = [stack.enter_context(running_server(address, settings)) for _ in range(count)]
        for server in servers:  # the first question loads the models
            httpx.post(f"{server.address}/api/ask", json={"question": questions[0]}, timeout=120).raise_for_status()
        for number, server in enumerate(servers):
            stack.enter_context(capped(server, f"web-{number}"))
        pids = [server.process.pid for server in servers]
        spent, started = _processor(pids, engines), time.monotonic()
        answers = asyncio.run(_ask([server.address for server in servers], questions))
        taken = time.monotonic() - started
        spent = [now - was for was, now in zip(spent, _processor(pids, engines), strict=True)]
        return answers / taken, [1000 * one / answers for one in spent]


def _processor(web: Sequence[int], engines: Engines) -> list[float]:
    return [sum(map(cpu_seconds, web)), *map(cpu_seconds, engines.pids)]


async def _ask(addresses: Sequence[str], questions: Sequence[str]) -> int:
    until, turns = time.monotonic() + WEB_SECONDS, itertools.cycle(questions)

    async def read(address: str) -> int:
        count = 0
        async with httpx.AsyncClient(base_url=address, timeout=120) as client:
            while time.monotonic() < until:
                (await client.post("/api/ask", json={"question": next(turns)})).raise_for_status()
                count += 1
        return count

    return sum(await asyncio.gather(*(read(one) for one in addresses for _ in range(READERS_A_SERVER))))


def web_servers(address: str, engines: Engines, questions: Sequence[str]) -> Row:
    """Questions answered by three web servers, as a share of three times what one answers with the same processors."""
    busy = load()
    (one, _), (rate, costs) = (served(count, address, engines, questions) for count in (1, SERVERS))
    web, database, dense = costs
    told = f"{rate:.2f} a second: {100 * rate / (SERVERS * one):.0f} % of {SERVERS} times one"
    told += f"; processor time a question: {web:.0f} ms web, {database:.0f} ms database, {dense:.1f} ms Chroma server"
    what = f"`/api/ask`, {SERVERS} web servers of {CAP} processors each, {READERS_A_SERVER} readers a server"
    return Row(what, f"{one:.2f} a second from one", told, "–", busy)


class Drawn:
    """Draws a passage's vector around a real one; questions are embedded by the real model."""

    name = "drawn"
    fingerprint = "drawn"

    def __init__(self, real: Embedder, vectors: Vectors) -> None:
        self._real, self._vectors = real, vectors
        self.dimension, self.max_tokens = real.dimension, real.max_tokens
        self.encode_question = real.encode_question

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._drawn(text) for text in texts]) if texts else np.empty((0, self.dimension), np.float32)

    def _drawn(self, text: str) -> Vectors:
        draw = np.random.default_rng(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big"))
        noise = draw.standard_normal(self.dimension, np.float32)
        vector = self._vectors[draw.integers(len(self._vectors))] + SPREAD * noise / np.linalg.norm(noise)
        drawn: Vectors = (vector / np.linalg.norm(vector)).astype(np.float32)
        return drawn

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._real.count_tokens(texts)


def large(kept: Library, engines: Engines, folder: Path, questions: Sequence[str], most: int) -> Iterator[Row]:
    """About `most` passages on one machine and then, moved, on the engines."""
    numbers, busy = kept.catalog.numbers().tolist(), load()
    real, source = kept.catalog.vectors(numbers)[1], folder / "large.jsonl"
    texts = [one.text for one in kept.catalog.passages(numbers, Filters()).values()]
    with source.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(article)}\n" for article in drawn_articles(texts, most))
    here = Library.create(folder / "large", Config(embedding_model=Drawn.name), Drawn(kept.embedder, real))
    built = seconds(lambda: ingest(here, [str(source)]))
    yield Row(f"ingest of {here.catalog.counts().passages:,} passages, vectors drawn", f"{built:.0f} s", "–", busy=busy)
    there, row = moved(here, engines)
    yield row
    yield from search_times(here, there, engines, questions)
    servers = [psutil.Process(pid) for pid in engines.pids]
    database, dense = (_megabytes([one, *one.children(recursive=True)]) for one in servers)
    yield Row("memory", f"{_megabytes([psutil.Process()])} MB", f"database {database} MB, Chroma server {dense} MB")
    recalls = [_recall(library, questions) for library in (here, there)]
    yield Row(f"recall@{NEAREST} of the dense side against all vectors", *(f"{one:.3f}" for one in recalls))


def drawn_articles(texts: Sequence[str], most: int) -> Iterator[dict[str, str]]:
    """Articles of nine passages from different real ones; the same in each run."""
    draw = random.Random(17)  # noqa: S311
    for number in range(most // AN_ARTICLE):
        parts = draw.sample(texts, AN_ARTICLE)
        day = f"{2022 + number % 3}-{1 + number // 3 % 12:02d}-{1 + number // 36 % 28:02d}"
        title = " ".join(parts[0].split()[:9])
        yield {"id": f"large-{number:05d}", "title": title, "published": day, "text": "\n\n".join(parts)}


def _recall(library: Library, questions: Sequence[str]) -> float:
    """Mean share of the truly nearest passages that the index finds."""
    numbers, vectors = library.catalog.vectors(library.catalog.numbers().tolist())
    shares = []
    for question in questions:
        vector = library.embedder.encode_question(question)
        nearest = set(numbers[np.argsort(-(vectors @ vector))[:NEAREST]].tolist())
        found = {hit.number for hit in library.searcher.dense(vector, NEAREST, Filters())}
        shares.append(len(nearest & found) / NEAREST)
    return float(np.mean(shares))


def _megabytes(processes: Sequence[psutil.Process]) -> int:
    """Memory of some processes, shared memory counted once."""
    total: int = sum(one.memory_full_info().pss for one in processes)
    return round(total / 1e6)
