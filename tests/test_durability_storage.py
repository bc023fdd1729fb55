"""A full or read-only disk: one line that says so, while existing content keeps answering."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import WordEmbedder, config_for, contents_of, first_sentence, number_of, write_articles
from ingest_child import Children, Job, lost_of

from ingest.run import ingest
from rag.assistant import Assistant
from rag.errors import LibraryReadOnly, StorageFull
from rag.library import Library
from rag.store.backup import backup
from rag.store.disk import FULL

DISK_BYTES = 8_000_000
STORED = 6
FILLER = "filler"


def mounted(folder: Path, *options: str) -> Path:
    """A separate file system mounted in `folder`; skips where that is not allowed."""
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
    """Leaves that many bytes free on a disk."""
    taken = os.statvfs(disk)
    with (disk / FILLER).open("wb") as file:
        file.write(bytes(max(taken.f_bavail * taken.f_frsize - free, 0)))


@pytest.mark.parametrize("free", [0, 700_000])
def test_full_disk(small_disk: Path, tmp_path: Path, children: Children, free: int) -> None:
    path = small_disk / "library"
    sources = str(write_articles(tmp_path / "articles", STORED))
    assert children.run(Job("ingest", str(path), [sources])).exit == 0
    reader = Library.open(path, config_for(path), WordEmbedder())
    assert lost_of(reader, range(STORED)) == []

    write_articles(tmp_path / "articles", 40)
    fill(small_disk, free)
    outcome = children.run(Job("ingest", str(path), [sources]))
    assert outcome.failure == f"StorageFull: {FULL}"
    numbers = [number_of(text) for _, text, _ in contents_of(path).values()]
    assert len(numbers) == STORED + len(outcome.stored)

    assert lost_of(reader, numbers) == []
    in_fresh_process = children.run(Job("check", str(path), numbers=numbers)).result
    assert (in_fresh_process["lost"], in_fresh_process["notices"]) == ([], [])

    (small_disk / FILLER).unlink()
    assert children.run(Job("ingest", str(path), [sources])).exit == 0
    everything = children.run(Job("check", str(path), numbers=list(range(40)))).result
    assert everything == {"lost": [], "wrong": [], "notices": []}
    assert lost_of(reader, range(40)) == []
    reader.searcher.close()


def test_backup_to_a_full_disk(small_disk: Path, filled: Library) -> None:
    for free in (0, 60_000, 200_000):
        fill(small_disk, free)
        with pytest.raises(StorageFull):
            backup(filled.path, small_disk / "copy")
        assert [path.name for path in small_disk.iterdir()] == [FILLER]
        (small_disk / FILLER).unlink()
    backup(filled.path, small_disk / "copy")
    assert contents_of(small_disk / "copy") == contents_of(filled.path)


def test_file_size_limit_while_storing(tmp_path: Path, children: Children) -> None:
    path = tmp_path / "library"
    sources = str(write_articles(tmp_path / "articles", STORED))
    assert children.run(Job("ingest", str(path), [sources])).exit == 0
    write_articles(tmp_path / "articles", 40)
    job = Job("ingest", str(path), [sources])
    assert children.run(replace(job, file_size_limit=60_000)).failure == f"StorageFull: {FULL}"
    assert children.run(Job("check", str(path), numbers=list(range(STORED)))).result["lost"] == []
    assert children.run(job).exit == 0
    assert len(contents_of(path)) == 40


def test_file_size_limit_while_publishing(tmp_path: Path, children: Children) -> None:
    path = tmp_path / "library"
    children.run(Job("ingest", str(path), [str(write_articles(tmp_path / "articles", STORED))], stop_at_step="publish"))
    job = Job("publish", str(path))
    assert children.run(replace(job, file_size_limit=100_000)).failure == f"StorageFull: {FULL}"
    assert children.run(Job("check", str(path), numbers=list(range(STORED)))).result["lost"] == []
    assert children.run(job).result["passages"] == 3 * STORED


def test_read_only_library_answers(filled: Library, embedder: WordEmbedder, read_only: Callable[[Path], None]) -> None:
    filled.searcher.close()
    read_only(filled.path)
    library = Library.open(filled.path, filled.config, embedder)
    assert lost_of(library, range(6)) == []
    assert library.searcher.notices() == ()
    assert library.stats().articles == 6
    answer = Assistant(library).ask(first_sentence(3))
    for citation in answer.citations:
        assert library.article(citation.article_id).text[citation.start : citation.end] == citation.quote
    library.searcher.close()


def test_read_only_library_after_a_kill(
    tmp_path: Path, children: Children, embedder: WordEmbedder, read_only: Callable[[Path], None]
) -> None:
    path = tmp_path / "library"
    children.run(Job("ingest", str(path), [str(write_articles(tmp_path / "articles", STORED))], stop_at_step="publish"))
    assert (path / "catalog.sqlite-wal").stat().st_size > 0
    read_only(path)
    library = Library.open(path, config_for(path), embedder)
    assert lost_of(library, range(STORED)) == []


def test_read_only_library_with_unfinished_changes(
    tmp_path: Path, children: Children, embedder: WordEmbedder, read_only: Callable[[Path], None]
) -> None:
    path = tmp_path / "library"
    children.run(Job("ingest", str(path), [str(write_articles(tmp_path / "articles", STORED))], stop_at_step="publish"))
    (path / "catalog.sqlite-shm").unlink()  # as in a copy of the other two files
    read_only(path)
    with pytest.raises(LibraryReadOnly, match="make it writable"):
        Library.open(path, config_for(path), embedder)


def test_writing_a_read_only_library(filled: Library, tmp_path: Path, read_only: Callable[[Path], None]) -> None:
    read_only(filled.path)
    sources = [str(write_articles(tmp_path / "more", 1, first=50))]
    for write in (
        lambda: ingest(filled, sources),
        lambda: filled.rebuild(),
        lambda: filled.remove(["item-0001"]),
        lambda: Library.create(filled.path, filled.config, filled.embedder),
    ):
        with pytest.raises(LibraryReadOnly) as caught:
            write()
        assert "read-only" in str(caught.value)
        assert "\n" not in str(caught.value)
    assert lost_of(filled, range(6)) == []
