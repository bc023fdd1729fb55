"""A disk that is full or read-only: one line that says so, and what is there goes on answering."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import WordEmbedder, config_for, contents_of, first_sentence, number_of, write_articles
from ingest_child import Children, Job, lost_of

from ingest.run import ingest
from rag.assistant import Assistant
from rag.errors import LibraryReadOnly, StorageFull
from rag.library import Library

DISK_BYTES = 8_000_000
STORED = 6
FILLER = "filler"


def mounted(folder: Path, *options: str) -> Path:
    """A file system of its own in `folder`; skips where that is not allowed."""
    folder.mkdir()
    done = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a file system cannot be mounted here: {done.stderr.strip()}")
    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = mounted(tmp_path / "disk", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path, free: int) -> None:
    """Leaves so many bytes on a disk."""
    taken = os.statvfs(disk)
    with (disk / FILLER).open("wb") as file:
        file.write(bytes(max(taken.f_bavail * taken.f_frsize - free, 0)))


@pytest.mark.parametrize("free", [0, 40_000, 150_000, 400_000, 800_000, 1_600_000])
def test_full_disk(small_disk: Path, tmp_path: Path, children: Children, free: int) -> None:
    path = small_disk / "library"
    sources = str(write_articles(tmp_path / "articles", STORED))
    assert children.run(Job("ingest", str(path), [sources])).exit == 0
    reader = Library.open(path, config_for(path), WordEmbedder())
    assert lost_of(reader, range(STORED)) == []

    write_articles(tmp_path / "articles", 40)
    fill(small_disk, free)
    outcome = children.run(Job("ingest", str(path), [sources]))
    print(free, outcome.failure, len(outcome.stored))
    assert outcome.failure.startswith("StorageFull: The disk is full")
    numbers = [*range(STORED), *(number_of(contents_of(path)[article_id][1]) for article_id in outcome.stored)]

    assert lost_of(reader, numbers) == []
    found = children.run(Job("check", str(path), numbers=numbers)).result
    print(found)
    assert found["lost"] == []
    reader.searcher.close()

    (small_disk / FILLER).unlink()
    assert children.run(Job("check", str(path), numbers=numbers)).result["lost"] == []
    assert children.run(Job("ingest", str(path), [sources])).exit == 0
    assert len(contents_of(path)) == 40
    assert children.run(Job("check", str(path), numbers=list(range(40)))).result == {"lost": [], "wrong": [], "notices": []}
