"""A load test with fifty readers at once: does anybody hang, are refusals reported, does server memory stay small?

    python -m evals.load [--library FOLDER] [--readers 50] [--seconds 60]

Four of five readers use the page's own protocol with a session of their own, the fifth the HTTP interface. It prints a
table, and its exit code is 1 when a reader hung or an answer failed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import click
import httpx
import psutil

from evals import figures
from evals.cluster_engines import free_port
from evals.command import Command
from evals.load_readers import HUNG_SECONDS, Outcome, Tally, ask_over_http, read_the_page
from evals.suites.sample import SAMPLE_ARTICLES

START_SECONDS = 180.0
QUESTION = "What ended the ferry strike?"
CALM_QUESTIONS = 5  # Questions before and after, one at a time; their median is the unloaded time.


class Size(NamedTuple):
    megabytes: float
    files: int


class Server(NamedTuple):
    """The chat page in a process of its own."""

    address: str
    process: psutil.Process

    def size(self) -> Size:
        return Size(self.process.memory_info().rss / 1e6, self.process.num_fds())


@dataclass
class Load:
    readers: int
    seconds: float
    tally: Tally = field(default_factory=Tally)
    sizes: list[Size] = field(default_factory=list)  # At the start, in the middle, at the end, and afterwards.
    calm_before: float = 0.0  # Seconds to answer a single question without load.
    calm_after: float = 0.0

    @property
    def is_well(self) -> bool:
        """Nobody hung, nothing failed, and the server is as quick afterwards as before."""
        wrong = self.tally.count(Outcome.HUNG) + self.tally.count(Outcome.FAILED)
        return not wrong and self.tally.count(Outcome.ANSWERED) > 0 and self.calm_after < 2 * self.calm_before + 0.5


@contextlib.contextmanager
def running_server(library: Path | str, settings: Mapping[str, str] | None = None, port: int = 0) -> Iterator[Server]:
    """The page over a library, ready for questions; stopped on exit. `settings` are DATELINE_* variables."""
    port, env = port or free_port(), {**os.environ, **(settings or {})}
    command = [sys.executable, "-m", "ui.cli", "--library", str(library), "chat", "--port", str(port)]
    with tempfile.TemporaryFile() as log, subprocess.Popen(command, stdout=log, stderr=log, env=env) as process:
        address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS
        try:
            while not _answers(address):
                if time.monotonic() > deadline or process.poll() is not None:
                    raise click.ClickException("The chat page did not start; 'dateline chat' says why.")
                time.sleep(0.2)
            yield Server(address, psutil.Process(process.pid))
        finally:
            process.terminate()


def _answers(address: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{address}/api/health", timeout=5).status_code == 200
    return False


async def put_under_load(server: Server, readers: int, seconds: float) -> Load:
    """`readers` readers ask for `seconds` seconds; each then waits for its last answer."""
    load = Load(readers, seconds, calm_before=await _calm(server.address), sizes=[server.size()])
    until = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        for number in range(readers):
            read = ask_over_http if number % 5 == 4 else read_the_page
            group.create_task(read(server.address, f"{QUESTION} (reader{number}x)", until, load.tally))
        await asyncio.sleep(seconds / 2)
        load.sizes.append(server.size())
        await asyncio.sleep(max(until - time.monotonic(), 0))
        load.sizes.append(server.size())
    await asyncio.sleep(1)
    load.calm_after = await _calm(server.address)
    load.sizes.append(server.size())
    return load


async def _calm(address: str) -> float:
    times = []
    async with httpx.AsyncClient(base_url=address, timeout=HUNG_SECONDS) as client:
        for _ in range(CALM_QUESTIONS):
            started = time.monotonic()
            (await client.post("/api/ask", json={"question": QUESTION})).raise_for_status()
            times.append(time.monotonic() - started)
    return statistics.median(times)


def table(load: Load) -> str:
    count, times = load.tally.count, load.tally.times
    waits = times[Outcome.ANSWERED] or [0.0]
    waited = (figures.percentile(waits, percent) for percent in (50, 95, 100))
    rows = [
        ("asked", sum(map(count, Outcome))),
        ("answered", count(Outcome.ANSWERED)),
        ("refused as busy", count(Outcome.BUSY)),
        ("failed", count(Outcome.FAILED)),
        (f"hung (no answer in {HUNG_SECONDS:.0f} s)", count(Outcome.HUNG)),
        ("time to the answer, p50 / p95 / longest", " / ".join(f"{value:.1f} s" for value in waited)),
        ("time to a refusal, longest", f"{max(times[Outcome.BUSY], default=0.0):.1f} s"),
        ("memory, MB: start → middle → end → afterwards", " → ".join(f"{size.megabytes:.0f}" for size in load.sizes)),
        ("open files: start → middle → end → afterwards", " → ".join(str(size.files) for size in load.sizes)),
        ("a question alone, before and afterwards", f"{load.calm_before:.2f} s and {load.calm_after:.2f} s"),
    ]
    return figures.table((f"{load.readers} readers, {load.seconds:.0f} seconds", ""), rows)


@click.command(cls=Command)
@click.option("--library", type=click.Path(path_type=Path, exists=True), help="By default one of the sample articles.")
@click.option("--readers", type=click.IntRange(1, 500), default=50, show_default=True)
@click.option("--seconds", type=click.FloatRange(1, 3600), default=60.0, show_default=True)
def main(library: Path | None, readers: int, seconds: float) -> None:
    """Puts the chat page under load and prints how it went."""
    with tempfile.TemporaryDirectory() as folder:
        if library is None:
            library = Path(folder) / "library"
            command = [sys.executable, "-m", "ui.cli", "--library", str(library), "ingest", str(SAMPLE_ARTICLES)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with running_server(library) as server:
            load = asyncio.run(put_under_load(server, readers, seconds))
    click.echo(table(load))
    for what, times in load.tally.faults.most_common(5):
        click.echo(f"{times} × {what}")
    sys.exit(not load.is_well)


if __name__ == "__main__":
    main()
