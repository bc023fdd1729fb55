"""Set-up for every test: no network beyond this machine, no settings and no model hub from outside."""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes import WordEmbedder, config_for, write_articles
from hypothesis import settings
from ingest_child import Children
from pytest_socket import socket_allow_hosts

from ingest.run import ingest
from rag import doctor, models, reading_models
from rag.checking import support
from rag.config import NOT_SETTINGS, Config
from rag.errors import IndexUnavailable
from rag.library import Library
from rag.store import publish
from rag.store.backup import copy_library
from rag.store.engine import Address
from rag.store.selfcheck import problem_of

if TYPE_CHECKING:
    from evals.cluster_engines import PostgresServer

pytest_plugins = ["chroma_server", "llama_server", "page_reader", "postgres_server"]
LOOPBACK = ["127.0.0.1", "::1", "localhost"]

# At import, so that it also covers module-wide fixtures and every process started by a test.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "true"
for name in [name for name in os.environ if name.startswith("DATELINE_") and name not in NOT_SETTINGS]:
    del os.environ[name]
os.environ.pop("DATELINE_PASSWORD", None)
os.environ["DATELINE_SECOND_READING"] = "false"  # also in processes that tests start, encoder fetched or not
settings.register_profile("dateline", deadline=None)  # a busy machine must not fail a property test
settings.load_profile("dateline")


def _check_here(library: Address, folder: Path) -> None:
    if problem := problem_of(library, folder):
        raise IndexUnavailable(problem)


# Checking each new index in a process of its own takes a second; the `ingest_child` processes do it.
publish.verify_in_fresh_process = doctor.verify_in_fresh_process = _check_here
# An encoder fetched on this machine must not change what a test sees; its own tests undo this.
reading_models.file_of = support.file_of = lambda model: Path("not fetched")
# The packaged model is loaded once per process: it has no state.
models.PackagedEmbedder = functools.cache(models.PackagedEmbedder)  # type: ignore[assignment, misc]


@pytest.fixture(autouse=True)
def _only_this_machine() -> None:
    """A test that connects elsewhere fails; pytest-socket lifts this after each test."""
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.fixture
def embedder() -> WordEmbedder:
    """A model that embeds instantly; `embedder.encoded` lists its inputs."""
    return WordEmbedder()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs tests marked `both_engines` on each engine, with the same libraries."""
    marked = metafunc.definition.get_closest_marker
    if marked("both_engines") and not marked("one_machine") and "catalog_engine" in metafunc.fixturenames:
        engines = ["sqlite", pytest.param("postgresql", marks=pytest.mark.engines)]
        metafunc.parametrize("catalog_engine", engines, indirect=True, scope="session")


@pytest.fixture(scope="session")
def catalog_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Name of the engine behind a test's libraries."""
    name = getattr(request, "param", "sqlite")
    if name == "sqlite":
        yield name
        return
    request.getfixturevalue("postgres")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield name


@pytest.fixture(scope="session")
def library_place(catalog_engine: str, request: pytest.FixtureRequest) -> Callable[[Path], Address]:
    """Where a library goes that would otherwise go into a folder."""
    if catalog_engine == "sqlite":
        return lambda folder: folder
    server: PostgresServer = request.getfixturevalue("postgres")
    return lambda folder: server.address()


@pytest.fixture
def unchecked_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skips checking a published index in a process of its own, which takes two seconds; for tests of other things."""
    monkeypatch.setattr("rag.store.publish.verify_in_fresh_process", lambda *_: None)


@pytest.fixture
def library(tmp_path: Path, embedder: WordEmbedder, library_place: Callable[[Path], Address]) -> Iterator[Library]:
    """An empty library."""
    address = library_place(tmp_path / "library")
    with Library.create(address, config_for(address), embedder=embedder) as made:
        yield made


@pytest.fixture(scope="session")
def _six_articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("six")
    made = Library.create(folder / "library", config_for(folder / "library"), WordEmbedder())
    report = ingest(made, [str(write_articles(folder / "articles", 6))])
    assert (report.stored, report.failed, report.notices) == (6, [], [])
    return folder / "library"


@pytest.fixture
def filled(
    _six_articles: Path, tmp_path: Path, embedder: WordEmbedder, library_place: Callable[[Path], Address]
) -> Iterator[Library]:
    """Six articles (`fakes.article_text(0)` to `(5)`), stored and published; each test has its own copy."""
    address = library_place(tmp_path / "library")
    if isinstance(address, Path):
        shutil.copytree(_six_articles, address)
    else:
        copy_library(_six_articles, address, lambda step, done, total: None)
    with Library.open(address, config_for(address), embedder) as copy:
        if copy.catalog.shared:
            copy.publish()
        yield copy


def _base_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture
def steady_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """While used, no other process adds or removes a network, which would make Chromium abort what it is loading."""
    with (_base_of_all(tmp_path_factory) / "network.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@pytest.fixture
def changing_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """While used, nobody needs a steady network."""
    with (_base_of_all(tmp_path_factory) / "network.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def sample_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample articles, embedded by the packaged model, once for all processes; each process has a copy.

    A test that writes to it must make its own copy.
    """
    from evals.suites.sample import SAMPLE_ARTICLES

    base = _base_of_all(tmp_path_factory)
    whole = base / "sample-library"
    with (base / "sample-library.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            path = tmp_path_factory.mktemp("sample") / "library"
            with Library.create(path, Config()) as made:
                assert ingest(made, [str(SAMPLE_ARTICLES)]).ok
            path.rename(whole)
    return Path(shutil.copytree(whole, tmp_path_factory.mktemp("sample") / "library"))


@pytest.fixture(scope="session")
def children() -> Iterator[Children]:
    """Runs jobs in processes of their own, which may be killed."""
    server = Children()
    yield server
    server.close()


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Makes a folder read-only like a disk: even root cannot write."""
    done: list[Path] = []

    def make(folder: Path) -> None:
        for options in (["--bind", str(folder)], ["-o", "remount,bind,ro"]):
            tried = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True, check=False)
            if tried.returncode:
                pytest.skip(f"a folder cannot be made read-only here: {tried.stderr.strip()}")
        done.append(folder)

    yield make
    for folder in done:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
