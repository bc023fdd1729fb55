"""Changes while others read: two writers, new, changed and removed articles, other models, backups."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from fakes import (
    BrokenEmbedder,
    WordEmbedder,
    article_text,
    config_for,
    contents_of,
    first_sentence,
    number_of,
    title_of,
    write_articles,
)
from ingest_child import Children, Job, lost_of, opened

from ingest.run import ingest
from rag.doctor import examine
from rag.errors import ArticleNotFound, BackupError, LibraryDamaged, LibraryLocked, LibraryMismatch
from rag.library import Library
from rag.models import Vectors
from rag.store import generations
from rag.store.backup import backup, restore
from rag.store.sqlite import FILE_NAME

SEEN_WITHIN_SECONDS = 10


def write(path: Path, title: str, text: str) -> str:
    """One text file; its path."""
    path.write_text(f"{title}\n\n{text}\n", encoding="utf-8")
    return str(path)


# two writers


def test_second_writer_is_told_who_holds_the_library(filled: Library, tmp_path: Path, children: Children) -> None:
    process = children.begin(Job("hold", str(filled.path)))
    children.until("step holding")
    hasty = Library.open(filled.path, config_for(filled.path, lock_wait_seconds=0.2), WordEmbedder())
    started = time.monotonic()
    with pytest.raises(LibraryLocked, match=f"process {process} since"):
        ingest(hasty, [str(write_articles(tmp_path / "more", 1, first=20))])
    assert 0.2 <= time.monotonic() - started < 4
    assert lost_of(hasty, range(6)) == []  # readers need no lock
    os.kill(process, 9)
    children.finish()
    assert ingest(hasty, [str(tmp_path / "more")]).stored == 1


def test_second_writer_waits(filled: Library, tmp_path: Path, children: Children) -> None:
    slow = Job("ingest", str(filled.path), [str(write_articles(tmp_path / "first", 6, first=20))], pause=0.1)
    children.begin(slow)
    while not children.line().startswith("stored"):
        pass
    patient = Library.open(filled.path, config_for(filled.path, lock_wait_seconds=30), WordEmbedder())
    assert ingest(patient, [str(write_articles(tmp_path / "second", 2, first=40))]).stored == 2
    assert children.finish().exit == 0
    assert lost_of(patient, [*range(6), *range(20, 26), 40, 41]) == []


# readers beside a writer


def test_open_library_sees_new_articles(filled: Library, tmp_path: Path, children: Children) -> None:
    assert lost_of(filled, range(6)) == []
    before = opened(filled)
    sources = str(write_articles(tmp_path / "more", 8, first=20))
    children.begin(Job("ingest", str(filled.path), [sources], batch_passages=12))
    first = children.line().split()[1:]
    stored_at_once = [number_of(filled.article(article_id).text) for article_id in first]
    assert len(stored_at_once) == 4
    assert lost_of(filled, stored_at_once) == []  # stored but not published
    assert children.finish().exit == 0
    assert lost_of(filled, range(20, 28)) == []
    deadline = time.monotonic() + SEEN_WITHIN_SECONDS
    while opened(filled) == before and time.monotonic() < deadline:
        time.sleep(0.05)
        filled.search("bridge")
    assert opened(filled) == generations.current(filled.path) != before
    assert lost_of(filled, [*range(6), *range(20, 28)]) == []


def test_passages_score_the_same_before_and_after_publishing(tmp_path: Path, children: Children) -> None:
    path = tmp_path / "library"
    sources = [str(write_articles(tmp_path / "articles", 6))]
    children.run(Job("ingest", str(path), sources, stop_at_step="publish"))
    library = Library.open(path, config_for(path), WordEmbedder())
    before = {passage.id: passage.bm25 for passage in library.search(first_sentence(3))}
    library.rebuild()
    library.searcher.refresh()
    after = {passage.id: passage.bm25 for passage in library.search(first_sentence(3))}
    assert list(before) == list(after)
    assert before == pytest.approx(after, rel=0.05)  # Tantivy rounds the lengths of passages
    library.searcher.close()


def test_readers_during_an_ingest_that_publishes_again_and_again(
    filled: Library, tmp_path: Path, children: Children
) -> None:
    failed: list[BaseException] = []
    notices: set[str] = set()
    searches = 0
    stop = threading.Event()

    def search() -> None:
        nonlocal searches
        try:
            while not stop.wait(0.02):
                assert lost_of(filled, range(6)) == []
                notices.update(filled.searcher.notices())
                searches += 6
        except BaseException as error:  # noqa: BLE001  told to the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    sources = str(write_articles(tmp_path / "more", 28, first=20))
    outcome = children.run(Job("ingest", str(filled.path), [sources], batch_passages=12, pause=0.2, publish_every=1))
    stop.set()
    for thread in threads:
        thread.join()
    print(f"\n{searches} searches beside an ingest that published {outcome.steps.count('check')} times")
    assert outcome.exit == 0
    assert outcome.steps.count("check") >= 2
    assert (failed, notices) == ([], set())
    assert lost_of(filled, range(20, 48)) == []


# another way of building


@pytest.mark.parametrize(
    "other",
    [WordEmbedder(fingerprint="words-2"), WordEmbedder(dimension=32), WordEmbedder(name="fake:other")],
    ids=["weights", "dimension", "name"],
)
def test_other_model_is_refused(filled: Library, other: WordEmbedder) -> None:
    for make in (Library.open, Library.create):
        with pytest.raises(LibraryMismatch, match="dateline rebuild --embed"):
            make(filled.path, filled.config, other)


@pytest.mark.parametrize(
    ("key", "value", "command"),
    [
        ("chunking", "sentences-0", "dateline rebuild --embed"),
        ("schema_version", "0", "ingest the articles into a new"),
    ],
)
def test_library_of_another_version_is_refused(filled: Library, key: str, value: str, command: str) -> None:
    connection = sqlite3.connect(filled.path / FILE_NAME)
    connection.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))
    connection.commit()
    connection.close()
    with pytest.raises(LibraryMismatch, match=command):
        Library.open(filled.path, filled.config, WordEmbedder())


# the same, changed and removed articles


def test_unchanged_articles_are_not_embedded(library: Library, embedder: WordEmbedder, tmp_path: Path) -> None:
    sources = [str(write_articles(tmp_path / "articles", 6))]
    ingest(library, sources)
    embedded, contents, name = len(embedder.encoded), contents_of(library.path), generations.current(library.path)
    report = ingest(library, sources, sync=True)
    assert (report.unchanged, report.stored, report.changed, report.removed) == (6, 0, 0, 0)
    assert len(embedder.encoded) == embedded
    assert contents_of(library.path) == contents
    assert generations.current(library.path) == name


def test_changed_article_replaces_the_old_at_once(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "article.txt"
    others = str(write_articles(tmp_path / "articles", 4))
    ingest(library, [others, write(source, title_of(50), article_text(50))])
    (article_id,) = (one.article_id for one in library.articles() if one.title == title_of(50))
    write(source, title_of(50), article_text(51))
    looks: list[str] = []

    def look(step: str, done: int, total: int) -> None:
        """Before the publish begins, before its check, and (below) when everything is done."""
        if step != "ingest":
            looks.append(step)
            assert_only_new()

    def assert_only_new() -> None:
        assert lost_of(library, [51, *range(4)]) == []
        assert all(first_sentence(50) not in hit.text for hit in library.search(first_sentence(50)))

    report = ingest(library, [str(source)], progress=look)
    library.searcher.refresh()
    assert_only_new()
    assert (report.changed, report.stored) == (1, 0)
    assert {"publish", "check"} <= set(looks)
    article = library.article(article_id)
    assert first_sentence(51) in article.text
    assert [first_sentence(50) in version.text for version in article.versions] == [True]


def test_fault_between_old_and_new_leaves_the_old(tmp_path: Path) -> None:
    path, folder = tmp_path / "library", tmp_path / "articles"
    folder.mkdir()
    files = [folder / f"{place}.txt" for place in range(4)]
    for place, file in enumerate(files):
        write(file, title_of(place), article_text(place))
    library = Library.create(path, config_for(path), WordEmbedder())
    ingest(library, [str(folder)])
    before = contents_of(path)
    for place, file in enumerate(files):
        write(file, title_of(place), article_text(place + 10))
    breaking = Library.open(path, config_for(path), BrokenEmbedder(whole_calls=1))
    with pytest.raises(RuntimeError, match="the model is gone"):
        ingest(breaking, [str(folder)], batch_passages=6)
    assert lost_of(library, [10, 11, 2, 3]) == []  # two articles a batch, and the second batch failed
    after = contents_of(path)
    assert sum(after[article_id] == before[article_id] for article_id in before) == 2
    report = ingest(library, [str(folder)])
    assert (report.changed, report.unchanged) == (2, 2)
    assert lost_of(library, range(10, 14)) == []


class OneRowShort(WordEmbedder):
    """Fails inside the transaction, after the old passages were removed."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        return super().encode(texts)[:-1]


def test_fault_inside_a_transaction_leaves_the_old(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "article.txt"
    ingest(library, [write(source, title_of(50), article_text(50))])
    before = contents_of(library.path)
    write(source, title_of(50), article_text(51))
    short = Library.open(library.path, library.config, OneRowShort())
    with pytest.raises(ValueError, match="zip"):
        ingest(short, [str(source)])
    assert contents_of(library.path) == before
    assert lost_of(library, [50, 51]) == [51]


def test_removed_source_is_gone_after_sync(library: Library, tmp_path: Path) -> None:
    folder = write_articles(tmp_path / "articles", 6)
    ingest(library, [str(folder)])
    (folder / "article-0002.txt").unlink()
    (gone,) = (key for key, (_, text, _) in contents_of(library.path).items() if number_of(text) == 2)
    assert ingest(library, [str(folder)]).removed == 0
    assert lost_of(library, range(6)) == []
    assert ingest(library, [str(folder)], sync=True).removed == 1
    library.searcher.refresh()
    assert lost_of(library, range(6)) == [2]
    with pytest.raises(ArticleNotFound):
        library.article(gone)
    assert all(check.ok for check in examine(library.path, library.config, WordEmbedder()))


def test_missing_folder_is_not_an_empty_one(library: Library, tmp_path: Path) -> None:
    folder = write_articles(tmp_path / "articles", 6)
    ingest(library, [str(folder)])
    folder.rename(tmp_path / "elsewhere")
    report = ingest(library, [str(folder)], sync=True)
    assert (report.removed, len(report.failed)) == (0, 1)
    assert lost_of(library, range(6)) == []


def test_removed_article_is_hidden_before_the_index_knows(filled: Library) -> None:
    (article_id,) = (key for key, (_, text, _) in contents_of(filled.path).items() if number_of(text) == 4)
    assert lost_of(filled, [4]) == []
    with filled.writing() as writer, writer.transaction():
        writer.remove_article(article_id)
    assert lost_of(filled, range(6)) == [4]


def test_passage_numbers_are_never_used_twice(filled: Library, tmp_path: Path) -> None:
    """An index entry of a deleted text can never point to another one, not even in a backup."""
    backup(filled.path, tmp_path / "copy")
    copy = Library.open(tmp_path / "copy", config_for(tmp_path / "copy"), WordEmbedder())
    for here in (filled, copy):
        used = set(here.catalog.numbers().tolist())
        with here.writing() as writer, writer.transaction():
            for one in here.articles():
                writer.remove_article(one.article_id)
        ingest(here, [str(write_articles(tmp_path / "more", 1, first=10))])
        assert min(here.catalog.numbers().tolist()) > max(used)


# backups


def test_backup_during_an_ingest(tmp_path: Path, children: Children) -> None:
    path = tmp_path / "library"
    sources = str(write_articles(tmp_path / "articles", 24))
    children.begin(Job("ingest", str(path), [sources], batch_passages=6, pause=0.1, publish_every=1))
    acknowledged: list[str] = []
    copies: list[tuple[Path, int]] = []
    while not (line := children.line()).startswith("done"):
        acknowledged += line.split()[1:] if line.startswith("stored") else []
        if line.startswith(("stored", "step")) and len(copies) < 3 and len(acknowledged) >= 7 * (len(copies) + 1):
            copies.append((tmp_path / f"backup-{len(copies)}", len(acknowledged)))
            backup(path, copies[-1][0])
    children.finish()
    assert len(copies) == 3
    for copy, told_before in copies:
        held = set(contents_of(copy))
        assert set(acknowledged[:told_before]) <= held
        assert held == set(acknowledged[: len(held)])
    copy, place = copies[2][0], tmp_path / "restored"
    restore(copy, place)
    assert [check for check in examine(place, config_for(place), WordEmbedder()) if not check.ok] == []
    restored = Library.open(place, config_for(place), WordEmbedder())
    assert contents_of(place) == contents_of(copy)
    assert lost_of(restored, [number_of(text) for _, text, _ in contents_of(copy).values()]) == []
    restored.searcher.close()


def test_backup_and_restore_never_overwrite(filled: Library, tmp_path: Path) -> None:
    backup(filled.path, tmp_path / "copy")
    again: list[Callable[[], None]] = [
        lambda: backup(filled.path, tmp_path / "copy"),
        lambda: restore(tmp_path / "copy", filled.path),
    ]
    for one in again:
        with pytest.raises(BackupError):
            one()
    assert lost_of(filled, range(6)) == []


@pytest.mark.parametrize("place", [0, 8192], ids=["header", "pages"])
def test_damaged_backup_is_refused(filled: Library, tmp_path: Path, place: int) -> None:
    backup(filled.path, tmp_path / "copy")
    with (tmp_path / "copy" / FILE_NAME).open("r+b") as file:
        file.seek(place)
        file.write(os.urandom(20_000))
    with pytest.raises(BackupError):
        restore(tmp_path / "copy", tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


def test_damaged_catalog_is_told(filled: Library) -> None:
    with (filled.path / FILE_NAME).open("r+b") as file:
        file.write(os.urandom(20_000))
    with pytest.raises(LibraryDamaged, match="dateline restore BACKUP"):
        Library.open(filled.path, filled.config, WordEmbedder())
    (check,) = examine(filled.path, filled.config, WordEmbedder())
    assert not check.ok


def test_what_refers_to_nothing_is_told(filled: Library) -> None:
    with contextlib.closing(sqlite3.connect(filled.path / FILE_NAME)) as catalog, catalog:
        catalog.execute("INSERT INTO passages (id, article_id, start, \"end\") VALUES ('x', 'gone', 0, 1)")
    check = next(one for one in examine(filled.path, filled.config, WordEmbedder()) if not one.ok)
    assert "passages refers to entries that are gone" in check.finding
