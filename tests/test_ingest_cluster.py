"""Embedding on a Ray cluster of two nodes: the same library as on one machine, whatever is killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cluster_worker
import psutil
import pytest
from fakes import WordEmbedder, config_for, contents_of, write_articles
from pytest_socket import socket_allow_hosts

from ingest import cluster
from ingest.reembed import reembed
from ingest.report import Report
from ingest.run import ingest
from rag.errors import ConfigError, ModelError
from rag.library import Library

pytest.importorskip("ray", reason="needs Ray: pip install 'dateline[cluster]'")
pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore"),  # Ray warns about itself
]
ARTICLES = 60
OURS = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parent.parent)])
"""What a worker must be able to import."""


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[Any]:
    """A head and a second node, with one core each."""
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as environment:
        warnings.simplefilter("ignore")
        environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
        environment.setenv("PYTHONPATH", OURS)
        from ray.cluster_utils import Cluster

        started = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        started.add_node(num_cpus=1)
        yield started
        started.shutdown()


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return write_articles(tmp_path / "articles", ARTICLES)


@pytest.fixture
def spread(two_nodes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Library, Report]]:
    """Ingests on the cluster."""
    socket_allow_hosts(["127.0.0.1", two_nodes.address.rpartition(":")[0]], allow_unix_socket=True)
    monkeypatch.setenv("RAY_ADDRESS", two_nodes.address)
    monkeypatch.setattr(cluster, "PART_TEXTS", 8)
    monkeypatch.setattr(cluster, "BATCH_TEXTS", 16)

    def run(
        articles: Path, after: Callable[[], None] = lambda: None, make: cluster.Make = cluster_worker.slow
    ) -> tuple[Library, Report]:
        monkeypatch.setattr(cluster, "worker_of", lambda config: make)
        library = Library.create(tmp_path / "spread", config_for(tmp_path / "spread"), WordEmbedder())
        told: list[int] = []

        def progress(step: str, done: int, total: int) -> None:
            if step == "ingest":
                told.append(done)
                if len(told) == 1:
                    after()

        report = ingest(library, [str(articles)], batch_passages=32, progress=progress)
        assert told == sorted(told)
        return library, report

    return run


@pytest.fixture
def plain(articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """The same articles, embedded here."""
    library = Library.create(tmp_path / "plain", config_for(tmp_path / "plain"), WordEmbedder())
    with monkeypatch.context() as alone:
        alone.delenv("RAY_ADDRESS", raising=False)
        ingest(library, [str(articles)])
    return library


def workers() -> list[psutil.Process]:
    """Actor processes, busy or not."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if (process.info["cmdline"] or [""])[0].startswith("ray::Worker"):
            found.append(process)
    return found


def check_same(library: Library, plain: Library) -> None:
    assert contents_of(library.path) == contents_of(plain.path)
    for here, there in zip(*(sorted_vectors(one) for one in (library, plain)), strict=True):
        assert here == there
    library.searcher.close()


def sorted_vectors(library: Library) -> list[bytes]:
    with library.catalog.reading() as connection:
        return [
            row[0]
            for row in connection.execute("SELECT vector FROM vectors JOIN passages USING (passage_no) ORDER BY id")
        ]


def test_the_same_library_as_here(
    spread: Callable[..., tuple[Library, Report]], articles: Path, plain: Library
) -> None:
    library, report = spread(articles)
    assert (report.stored, report.failed, report.notices) == (ARTICLES, [], [])
    assert len(library.embedder.encoded) < 16  # type: ignore[attr-defined]  # this machine computed nothing
    check_same(library, plain)


def test_a_killed_worker_loses_nothing(
    spread: Callable[..., tuple[Library, Report]], articles: Path, plain: Library
) -> None:
    library, report = spread(articles, after=lambda: workers()[0].kill())
    assert report.stored == ARTICLES
    check_same(library, plain)


def test_all_workers_killed_lose_nothing(
    spread: Callable[..., tuple[Library, Report]], articles: Path, plain: Library
) -> None:
    library, report = spread(articles, after=lambda: [one.kill() for one in workers()])  # type: ignore[arg-type]
    assert report.stored == ARTICLES
    check_same(library, plain)


def test_a_killed_driver_goes_on(
    two_nodes: Any, spread: Callable[..., tuple[Library, Report]], articles: Path, plain: Library, tmp_path: Path
) -> None:
    driver = subprocess.Popen(
        [sys.executable, cluster_worker.__file__, str(tmp_path / "spread"), str(articles)],
        env={**os.environ, "PYTHONPATH": OURS},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert driver.stdout
    told = driver.stdout.readline()
    driver.kill()
    driver.communicate()
    assert told.startswith(b"ingest ")
    stored = len(contents_of(tmp_path / "spread"))
    assert 0 < stored < ARTICLES
    library, report = spread(articles)
    assert report.stored == ARTICLES - stored
    check_same(library, plain)


def test_another_model_on_the_cluster(
    spread: Callable[..., tuple[Library, Report]], articles: Path, plain: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "worker_of", lambda config: cluster_worker.slow)
    report = reembed(plain.path, plain.config, lambda step, done, total: None, WordEmbedder())
    assert report.changed == ARTICLES
    assert plain.stats().unpublished_passages == 0


@pytest.mark.parametrize(("make", "why"), [("other", "other weights"), ("missing", "no such model here")])
def test_workers_that_cannot_embed(
    spread: Callable[..., tuple[Library, Report]], articles: Path, make: str, why: str
) -> None:
    with pytest.raises(ModelError, match=why):
        spread(articles, make=getattr(cluster_worker, make))


def test_a_lost_node_loses_nothing(
    two_nodes: Any, spread: Callable[..., tuple[Library, Report]], articles: Path, plain: Library
) -> None:
    def lose() -> None:
        two_nodes.remove_node(next(iter(two_nodes.worker_nodes)))

    library, report = spread(articles, after=lose)
    assert report.stored == ARTICLES
    check_same(library, plain)
    two_nodes.add_node(num_cpus=1)


def test_there_is_no_cluster(articles: Path, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    monkeypatch.setattr(cluster, "BATCH_TEXTS", 16)
    started = time.monotonic()
    with pytest.raises(ConfigError, match="ray start"):
        ingest(library, [str(articles)], batch_passages=32)
    assert time.monotonic() - started < 20


def test_one_machine_does_not_load_ray() -> None:
    code = "import sys, ingest.run, ingest.reembed; sys.exit('ray' in sys.modules or 'ingest.cluster' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": OURS}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
