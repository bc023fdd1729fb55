"""What every test gets: no network beyond this machine, no settings and no model hub from outside."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import WordEmbedder, config_for, write_articles
from ingest_child import Children
from pytest_socket import socket_allow_hosts

from ingest.run import ingest
from rag.config import NOT_SETTINGS
from rag.library import Library

pytest_plugins = ["chroma_server", "llama_server", "page_reader"]
LOOPBACK = ["127.0.0.1", "::1", "localhost"]

# At import, so that it holds for module-wide fixtures and for every process that a test starts.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "true"
for name in [name for name in os.environ if name.startswith("DATELINE_") and name not in NOT_SETTINGS]:
    del os.environ[name]
os.environ.pop("DATELINE_PASSWORD", None)


@pytest.fixture(autouse=True)
def _only_this_machine() -> None:
    """A test that connects elsewhere fails; pytest-socket takes it back after each test."""
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.fixture
def embedder() -> WordEmbedder:
    """A model that embeds in no time; `embedder.encoded` lists what it was given."""
    return WordEmbedder()


@pytest.fixture
def library(tmp_path: Path, embedder: WordEmbedder) -> Iterator[Library]:
    """An empty library."""
    made = Library.create(tmp_path / "library", config_for(tmp_path / "library"), embedder=embedder)
    yield made
    made.searcher.close()


@pytest.fixture(scope="session")
def _six_articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("six")
    made = Library.create(folder / "library", config_for(folder / "library"), WordEmbedder())
    report = ingest(made, [str(write_articles(folder / "articles", 6))])
    assert (report.stored, report.failed, report.notices) == (6, [], [])
    return folder / "library"


@pytest.fixture
def filled(_six_articles: Path, tmp_path: Path, embedder: WordEmbedder) -> Iterator[Library]:
    """Six articles (`fakes.article_text(0)` to `(5)`), stored and published: a copy of its own for each test."""
    shutil.copytree(_six_articles, tmp_path / "library")
    copy = Library.open(tmp_path / "library", config_for(tmp_path / "library"), embedder)
    yield copy
    copy.searcher.close()


@pytest.fixture(scope="session")
def children() -> Iterator[Children]:
    """Runs jobs in processes of their own, which may be killed."""
    server = Children()
    yield server
    server.close()


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Makes a folder read-only as a disk is: root, too, cannot write."""
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
