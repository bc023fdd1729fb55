"""The index is derived: whatever happens to its files, answers come from the rest, and it is rebuilt."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from fakes import BrokenEmbedder, WordEmbedder, config_for, first_sentence, title_of, write_articles
from ingest_child import Children, Job, lost_of, opened

from ingest.run import ingest
from rag.assistant import Assistant
from rag.doctor import Check, examine
from rag.errors import LibraryDamaged
from rag.library import Library
from rag.models import Vectors
from rag.store import generations
from rag.store.disk import write_atomically
from rag.store.index import DenseIndex, Hit
from rag.types import Status

NUMBERS = range(6)
SWAPS = 20
GROWTH_BYTES = 30_000_000


@pytest.fixture
def index(filled: Library) -> Path:
    """The index folder of a library with six articles."""
    return filled.path / "index"


@pytest.fixture
def live(index: Path) -> Path:
    """The folder of its live generation."""
    return index / (index / "CURRENT").read_text()


@pytest.fixture
def reopen(filled: Library) -> Iterator[Callable[[], Library]]:
    """Opens the library as a new process would."""
    opened: list[Library] = []

    def again() -> Library:
        opened.append(Library.open(filled.path, filled.config, WordEmbedder()))
        return opened[-1]

    yield again
    for library in opened:
        library.searcher.close()


def files_check(library: Library) -> Check:
    """The doctor's finding on the files of the index."""
    checks = examine(library.path, library.config, WordEmbedder())
    return next(check for check in checks if check.name == "index files")


def cut_off(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwrite(path: Path) -> None:
    content = bytearray(path.read_bytes() or b"?")
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(byte ^ 0x5A for byte in content[middle : middle + 64])
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [cut_off, overwrite, Path.unlink], ids=["cut_off", "overwritten", "deleted"])
def test_each_file_damaged(live: Path, reopen: Callable[[], Library], harm: Callable[[Path], None]) -> None:
    files = sorted(path for path in live.rglob("*") if path.is_file())
    assert {"chroma.sqlite3", "data_level0.bin", "meta.json", "passages.npy", "manifest.json"} <= {
        f.name for f in files
    }
    for path in files:
        whole = path.read_bytes()
        harm(path)
        if path.exists() and path.read_bytes() == whole:
            continue  # an empty file has no half
        library = reopen()
        assert lost_of(library, NUMBERS) == [], path
        side = {"chroma": "dense", "lexical": "lexical"}.get(path.relative_to(live).parts[0])
        if side:
            assert f"The {side} index is damaged" in library.searcher.notices()[0]
            assert library.searcher.lexicon is not None
        check = files_check(library)
        assert not check.ok
        assert "dateline rebuild" in check.finding
        path.write_bytes(whole)
    assert files_check(reopen()).ok


MANIFESTS = {
    "nested": b"[" * 100_000,
    "nested_objects": b'{"passages":' * 100_000,
    "list": b"[]",
    "empty": b"{}",
    "wrong_kinds": b'{"passages": "x", "highest_number": [], "replayed": 0, "checksums": {"chroma/a": 7}}',
    "not_text": b"\xff\xfe" * 100,
}


@pytest.mark.parametrize("content", MANIFESTS.values(), ids=MANIFESTS)
def test_a_manifest_that_is_none(live: Path, filled: Library, reopen: Callable[[], Library], content: bytes) -> None:
    (live / "manifest.json").write_bytes(content)
    assert lost_of(reopen(), NUMBERS) == []
    assert "its manifest cannot be read" in reopen_notices(reopen)
    assert "dateline rebuild" in files_check(filled).finding
    assert filled.stats().articles == 6
    Library.open(filled.path, filled.config, BrokenEmbedder()).rebuild()
    assert all(check.ok for check in examine(filled.path, filled.config, WordEmbedder()))


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE articles SET text = replace(text, '1', '7') WHERE article_id = ?",
        "UPDATE articles SET published = date(published, '1 day') WHERE article_id = ?",
        "UPDATE articles SET authors = '[' WHERE article_id = ?",
    ],
    ids=["digit", "day", "authors"],
)
def test_the_doctor_sees_what_was_changed_in_an_article(filled: Library, harm: str) -> None:
    changed = next(one.article_id for one in filled.articles() if "1" in filled.article(one.article_id).text)
    with contextlib.closing(sqlite3.connect(filled.catalog.engine.path)) as connection, connection:
        connection.execute(harm, (changed,))
    check = next(check for check in examine(filled.path, filled.config, WordEmbedder()) if check.name == "texts")
    assert not check.ok
    assert check.finding.startswith(f"1 article is not what was stored: {changed}. Run 'dateline restore")


def test_a_day_that_is_none_is_told_as_damage(filled: Library) -> None:
    with contextlib.closing(sqlite3.connect(filled.catalog.engine.path)) as connection, connection:
        connection.execute("UPDATE articles SET published = 'yesterday'")
    (check,) = examine(filled.path, filled.config, WordEmbedder())
    assert (check.ok, "dateline restore" in check.finding) == (False, True)
    with pytest.raises(LibraryDamaged, match="yesterday"):
        filled.articles()


@pytest.mark.parametrize("engine", ["chroma", "lexical"])
def test_reader_stays_open_while_files_are_damaged(live: Path, filled: Library, engine: str) -> None:
    assert lost_of(filled, NUMBERS) == []
    for path in (live / engine).rglob("*"):
        if path.is_file():
            overwrite(path)
            cut_off(path)
    assert lost_of(filled, NUMBERS) == []


def test_reader_stays_open_while_its_copy_is_removed(filled: Library) -> None:
    assert lost_of(filled, NUMBERS) == []
    shutil.rmtree(filled.path / ".copies")
    assert lost_of(filled, NUMBERS) == []


CURRENTS = {
    "empty": b"",
    "not_text": b"\xff\x00\xfe" * 1000,
    "unknown": b"gen-999999",
    "elsewhere": b"../../../../etc",
    "hidden_path": b"gen-000001/../../..",
}


@pytest.mark.parametrize("content", CURRENTS.values(), ids=CURRENTS)
def test_garbage_in_current(index: Path, filled: Library, reopen: Callable[[], Library], content: bytes) -> None:
    assert lost_of(filled, NUMBERS) == []
    (index / "CURRENT").write_bytes(content)
    for library in (filled, reopen()):
        assert lost_of(library, NUMBERS) == []
    assert "The index is missing" in reopen_notices(reopen)
    assert not files_check(filled).ok


def test_an_index_that_is_being_searched_is_not_closed_by_a_newer_state(
    index: Path, filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = DenseIndex.search

    def replaced_meanwhile(dense: DenseIndex, vector: Vectors, most: int) -> list[Hit]:
        (index / "CURRENT").write_bytes(b"")
        filled.searcher.refresh()
        return search(dense, vector, most)

    filled.search("bridge")
    monkeypatch.setattr(DenseIndex, "search", replaced_meanwhile)
    assert filled.search("bridge")


def test_folder_in_place_of_current(index: Path, reopen: Callable[[], Library]) -> None:
    (index / "CURRENT").unlink()
    (index / "CURRENT").mkdir()
    assert lost_of(reopen(), NUMBERS) == []


def reopen_notices(reopen: Callable[[], Library]) -> str:
    library = reopen()
    library.search("bridge")
    return " ".join(library.searcher.notices())


def test_index_folder_removed_and_rebuilt_without_embedding(index: Path, filled: Library) -> None:
    assert lost_of(filled, NUMBERS) == []
    shutil.rmtree(index)
    assert lost_of(filled, NUMBERS) == []
    mending = Library.open(filled.path, filled.config, BrokenEmbedder())
    assert mending.rebuild()
    assert all(check.ok for check in examine(filled.path, filled.config, BrokenEmbedder()))
    filled.searcher.refresh()
    assert lost_of(filled, NUMBERS) == []
    assert filled.searcher.notices() == ()


@pytest.mark.parametrize("damaged", ["data_level0.bin", "passages.npy"])
def test_next_publish_does_not_build_on_damage(live: Path, filled: Library, tmp_path: Path, damaged: str) -> None:
    overwrite(next(live.rglob(damaged)))
    ingest(filled, [str(write_articles(tmp_path / "more", 1, first=10))])
    assert all(check.ok for check in examine(filled.path, filled.config, WordEmbedder()))
    filled.searcher.refresh()
    assert lost_of(filled, [*NUMBERS, 10]) == []


def test_index_of_another_library(live: Path, filled: Library, tmp_path: Path, reopen: Callable[[], Library]) -> None:
    """Even with correct checksums, no passage is shown that is not in this library exactly as stated."""
    other_path = tmp_path / "other"
    other = Library.create(other_path, config_for(other_path), WordEmbedder())
    ingest(other, [str(write_articles(tmp_path / "others", 8, first=100))])
    shutil.rmtree(live)
    shutil.copytree(other_path / "index" / str(generations.current(other_path)), live)
    lost_of(reopen(), [*NUMBERS, *range(100, 108)])  # raises for a passage that is not where it says
    assert not all(check.ok for check in examine(filled.path, filled.config, WordEmbedder()))


def test_answers_without_an_index(tmp_path: Path) -> None:
    """With the real model: until it is rebuilt, both sides work from the catalog, so the answer is the same."""
    library = Library.create(tmp_path / "library")
    ingest(library, [str(write_articles(tmp_path / "articles", 4))])
    question = "How long will the work on the bridge take?"
    before = Assistant(library).ask(question)
    library.searcher.close()
    shutil.rmtree(library.path / "index")
    after = Assistant(Library.open(library.path, embedder=library.embedder)).ask(question)
    assert before.status is not Status.ABSTAINED
    assert (after.status, after.text) == (before.status, before.text)
    assert (before.notices, after.notices[0][:20]) == ((), "The index is missing")


def test_copies_of_the_dead_are_removed(filled: Library, children: Children) -> None:
    copies = filled.path / ".copies"
    children.run(Job("check", str(filled.path)))
    children.run(Job("check", str(filled.path), numbers=[1]))  # exits without cleaning up, as if killed
    left = {path.name for path in copies.iterdir()}
    assert len(left) == 1
    filled.search("bridge")
    kept = {path.name.split("-")[0] for path in copies.iterdir()}
    assert kept == {str(os.getpid())}


def test_own_copy_goes_with_its_reader(filled: Library) -> None:
    filled.search("bridge")
    assert len(list((filled.path / ".copies").iterdir())) == 1
    filled.searcher.close()
    assert list((filled.path / ".copies").iterdir()) == []


def test_memory_over_many_swaps(index: Path, live: Path, filled: Library) -> None:
    """A reader that follows the index from generation to generation keeps neither memory nor old copies."""

    def swap(number: int) -> None:
        new = index / f"gen-{number:06d}"
        shutil.copytree(live, new)
        write_atomically(index / "CURRENT", new.name.encode())
        filled.searcher.refresh()
        assert opened(filled) == new.name
        assert lost_of(filled, [number % 6]) == []

    for number in range(2, 6):
        swap(number)
    gc.collect()
    before = psutil.Process().memory_info().rss
    files = psutil.Process().num_fds()
    for number in range(6, 6 + SWAPS):
        swap(number)
    gc.collect()
    grown = psutil.Process().memory_info().rss - before
    print(f"\n{SWAPS} swaps: {grown / 1e6:.1f} MB, {psutil.Process().num_fds() - files} open files more")
    assert grown < GROWTH_BYTES
    assert psutil.Process().num_fds() - files < 5
    assert len(list((filled.path / ".copies").iterdir())) == 1


def test_generation_replaced_while_a_reader_copies_it(
    index: Path, live: Path, filled: Library, children: Children
) -> None:
    shutil.copytree(live, index / "gen-000002")
    found = children.run(Job("check", str(filled.path), numbers=[*NUMBERS], swap_to="gen-000002")).result
    assert found == {"lost": [], "wrong": [], "notices": []}
    assert not live.exists()


def test_search_from_eight_threads(filled: Library) -> None:
    expected = {n: filled.search(first_sentence(n)) for n in NUMBERS}
    wrong: list[object] = []
    start = threading.Barrier(8)

    def search() -> None:
        start.wait()
        for n in [*NUMBERS] * 4:
            found = filled.search(first_sentence(n))
            if found != expected[n]:
                wrong.append((n, found))

    threads = [threading.Thread(target=search) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_new_generation_under_eight_threads(index: Path, live: Path, filled: Library) -> None:
    """All of them move on while they search, and none is left with a deleted copy."""
    failed: list[BaseException] = []
    stop = threading.Event()

    def search() -> None:
        try:
            while not stop.is_set():
                assert lost_of(filled, NUMBERS) == []
        except BaseException as error:  # noqa: BLE001  told to the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=search) for _ in range(8)]
    for thread in threads:
        thread.start()
    for number in range(2, 8):
        new = index / f"gen-{number:06d}"
        shutil.copytree(live, new)
        write_atomically(index / "CURRENT", new.name.encode())
        stop.wait(0.4)
    stop.set()
    for thread in threads:
        thread.join()
    assert failed == []


def test_an_index_that_outlived_its_catalog_is_not_used(
    filled: Library, embedder: WordEmbedder, tmp_path: Path
) -> None:
    filled.close()
    for part in filled.path.glob("catalog.sqlite*"):
        part.unlink()
    with Library.create(filled.path, filled.config, embedder) as library:
        report = ingest(library, [str(write_articles(tmp_path / "others", 2, first=20))])
        assert (report.stored, report.notices) == (2, [])
        assert [found.article_id for found in library.search(first_sentence(20), 1)] == [
            one.article_id for one in library.articles() if one.title == title_of(20)
        ]
        assert library.searcher.notices() == ()
