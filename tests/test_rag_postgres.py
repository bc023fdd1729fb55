"""What only several machines can do to a library: write at once, lose the database, move over and back."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import random
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakes import WordEmbedder, article_text, config_for, contents_of, first_sentence, names_of, word, write_articles
from postgres_server import HURRY, Wire

from evals.cluster_engines import PostgresServer, postgres_binaries
from ingest.run import ingest
from rag.doctor import examine
from rag.errors import BackupError, LibraryMissing, LibraryUnreachable
from rag.library import Library
from rag.store import postgres as database
from rag.store import words_in_postgres
from rag.store.backup import backup, copy_library, restore
from rag.store.catalog import Catalog
from rag.store.readers import Entry
from rag.text.stems import stems
from rag.types import Filters
from ui.cli.main import cli

pytestmark = pytest.mark.engines


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unreachable database is awaited for only one second."""
    monkeypatch.setattr("rag.store.postgres.ANSWER_SECONDS", 1)


@pytest.fixture
def shared(postgres: PostgresServer) -> Iterator[Library]:
    """An empty library in PostgreSQL."""
    address = postgres.address()
    with Library.create(address, config_for(address), WordEmbedder()) as made:
        yield made


def another(library: Library) -> Library:
    """The same library as opened by another machine."""
    return Library.open(library.address, config_for(library.address), WordEmbedder())


def unseen(step: str, done: int, total: int) -> None: ...


def test_there_is_none_before_it_is_made(postgres: PostgresServer) -> None:
    with pytest.raises(LibraryMissing, match="dateline --library postgresql"):
        Catalog(postgres.address())


def test_writers_at_once_store_each_article_once_and_numbers_appear_in_order(shared: Library, tmp_path: Path) -> None:
    sources = str(write_articles(tmp_path / "articles", 24))
    seen: list[int] = []
    stop = threading.Event()
    reader = another(shared)

    def watch() -> None:
        """Whatever becomes visible later must have a higher number than everything visible before."""
        last = 0
        while not stop.is_set():
            fresh = reader.catalog.numbers(after=last)
            seen.extend(int(number) for number in fresh)
            last = int(fresh[-1]) if len(fresh) else last

    watching = threading.Thread(target=watch)
    writers = [
        threading.Thread(target=ingest, args=(another(shared), [sources]), kwargs={"batch_passages": 4})
        for _ in range(2)
    ]
    watching.start()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    time.sleep(0.05)
    stop.set()
    watching.join(10)
    live = set(shared.catalog.numbers().tolist())
    assert live <= set(seen)
    assert seen == sorted(seen)
    contents = contents_of(shared.address)
    assert len(contents) == 24
    assert shared.catalog.counts().passages == max(live)  # nobody stored again what the other one had stored
    assert sum(len(passages) for _, _, passages in contents.values()) == len(live)


def test_a_question_sees_one_moment(shared: Library, tmp_path: Path) -> None:
    with shared.catalog.snapshot():
        before = shared.catalog.counts()
        ingest(another(shared), [str(write_articles(tmp_path / "articles", 2))])
        assert shared.catalog.counts() == before
        assert len(shared.catalog.words or "") == 0
    assert shared.catalog.counts().articles == 2


def test_found_by_another_machine_at_once_by_words_alone(shared: Library, tmp_path: Path) -> None:
    other = another(shared)
    ingest(shared, [str(write_articles(tmp_path / "articles", 6))])
    for n in range(6):
        best = other.by_words(names_of(n)[4], Filters(), 1)
        assert [names_of(n)[4] in one.text.lower() for one in best] == [True]
    assert other.search(first_sentence(3), top_k=1)[0].text.startswith(first_sentence(3)[:40])


def uneven_articles(file: Path, count: int) -> Path:
    """Texts of 5 to 60 words: a few words are frequent in nearly all, every eighth is in one only; every tenth text is a copy."""
    draw = random.Random(0)
    rows = []
    for n in range(count):
        words = [word(int(draw.paretovariate(0.7)) % 500) for _ in range(draw.randint(5, 60))]
        words[::8] = [word(1000 + 20 * n + place) for place in range(len(words[::8]))]
        told = rows[-1]["text"] if n % 10 == 9 else f"{' '.join(words).capitalize()}."
        outlet, day = f"Courier {n % 3}", (dt.date(2025, 1, 1) + dt.timedelta(days=n)).isoformat()
        rows.append({"id": f"uneven-{n}", "title": word(n % 7), "text": told, "outlet": outlet, "published": day})
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return file


def found_by_words(library: Library, filters: Filters) -> list[dict[int, float]]:
    """For each of ten questions of rare and common words, all results: number and score."""
    draw = random.Random(1)
    found = []
    for _ in range(10):
        terms = stems(" ".join(word(int(draw.paretovariate(0.5)) % 500) for _ in range(draw.randint(1, 9))))
        hits = library.searcher.lexical(list(dict.fromkeys(terms)), 1000, filters)
        found.append({hit.number: hit.score for hit in hits})
    return found


def alike(found: list[dict[int, float]]) -> list[object]:
    """Equal up to the engines' different precision."""
    return [pytest.approx(one, rel=1e-5) for one in found]


def test_words_rank_exactly_as_on_one_machine(shared: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = [Filters(), Filters(as_of=dt.date(2025, 1, 20)), Filters(outlets=("Courier 2",), since=dt.date(2025, 2, 1))]
    monkeypatch.setattr(words_in_postgres, "GONE_MOST", 1)
    file, path = uneven_articles(tmp_path / "articles.jsonl", 90), tmp_path / "here"
    with Library.create(path, config_for(path), WordEmbedder()) as here:
        for library in (here, shared):
            ingest(library, [str(file)])
        # Deleted passages are skipped; once there are enough of them, their block is rebuilt.
        for gone in ([], ["uneven-3"], ["uneven-4", "uneven-50"]):
            if gone:
                for library in (here, shared):
                    library.remove(gone)
                here.rebuild()  # only then does one machine forget the words of deleted passages
                here.searcher.refresh()
            for filters in every:
                found = found_by_words(shared, filters)
                assert found == alike(found_by_words(here, filters))
                assert sum(map(len, found)) > 50


def test_counts_of_words_follow_what_is_stored(shared: Library, tmp_path: Path) -> None:
    def counted() -> list[int]:
        words = shared.catalog.words
        assert words is not None
        return [len(words), *(words.document_frequency(stem) for stem in stems(article_text(1)))]

    ingest(shared, [str(write_articles(tmp_path / "articles", 4))])
    before = counted()
    assert before[0] == shared.catalog.counts().passages
    shared.set_aside(["item-0001"])
    assert counted()[0] == shared.catalog.counts().passages < before[0]
    assert 0 in counted()
    shared.bring_back(["item-0001"])
    assert counted() == before
    shared.rebuild()
    assert counted() == before


def test_words_of_another_version_are_made_again_by_the_next_writer(shared: Library, tmp_path: Path) -> None:
    ingest(shared, [str(write_articles(tmp_path / "articles", 4))])
    shared.catalog.change("UPDATE meta SET value = 'of before' WHERE key = 'words'")
    shared.catalog.change("DELETE FROM postings")
    ingest(shared, [str(write_articles(tmp_path / "more", 2, first=4))])
    for n in range(6):
        assert names_of(n)[4] in shared.by_words(names_of(n)[4], Filters(), 1)[0].text


def test_the_commonest_words_of_a_huge_library_do_not_count(
    shared: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(shared, [str(write_articles(tmp_path / "articles", 12))])
    monkeypatch.setattr(words_in_postgres, "LONGEST", 5)
    found = shared.by_words(f"What does the mayor say about {names_of(3)[4]}?", Filters(), 20)
    assert len(found) == 1
    assert names_of(3)[4] in found[0].text
    assert shared.catalog.words
    assert shared.catalog.words.document_frequency("mayor") == 12


def test_what_a_question_holds_in_memory_is_bounded(
    shared: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(shared, [str(uneven_articles(tmp_path / "articles.jsonl", 60))])
    expected = found_by_words(shared, Filters())
    monkeypatch.setattr(words_in_postgres, "HELD_MOST", 10)
    assert found_by_words(another(shared), Filters()) == alike(expected)


@pytest.mark.usefixtures("changing_network")
def test_a_cut_network_is_one_sentence_and_is_mended_without_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    sooner = {"connect_timeout": 2, "tcp_user_timeout": 2000}
    assert sooner.keys() <= database._SETTINGS.keys()
    monkeypatch.setattr(database, "_SETTINGS", {**database._SETTINGS, **sooner})
    monkeypatch.setattr(database, "ANSWER_SECONDS", 2)
    with contextlib.ExitStack() as stack:
        wire = stack.enter_context(contextlib.closing(a_wire()))
        binaries = postgres_binaries()
        assert binaries
        server = stack.enter_context(
            contextlib.closing(PostgresServer(binaries, HURRY, wire.THERE, f"{wire.HERE}/30", wire.within))
        )
        address = server.address()
        stack.enter_context(Library.create(address, config_for(address), WordEmbedder()))
        catalog = Catalog(address)
        wire.cut()
        # Over the open connection, and over a new one.
        for _ in range(2):
            asked = time.monotonic()
            with pytest.raises(LibraryUnreachable, match="does not answer"):
                catalog.counts()
            assert time.monotonic() - asked < 40
        wire.mend()
        mended = time.monotonic()
        while True:
            try:
                assert catalog.counts().articles == 0
            except LibraryUnreachable:
                assert time.monotonic() - mended < 40
            else:
                break


def a_wire() -> Wire:
    """Skips where networks cannot be created."""
    try:
        return Wire()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a cut network is not tested: it needs root, network namespaces and iproute2")


def test_a_closed_library_keeps_no_connection_and_goes_on_when_asked(postgres: PostgresServer, tmp_path: Path) -> None:
    import psycopg

    address = f"{postgres.address()}&application_name=closing"

    def connections() -> int:
        with psycopg.connect(postgres.address()) as looking:
            rows = looking.execute("SELECT 1 FROM pg_stat_activity WHERE application_name = 'closing'").fetchall()
        return len(rows)

    with Library.create(address, config_for(address), WordEmbedder()) as library:
        ingest(library, [str(write_articles(tmp_path / "articles", 2))])
        assert connections() > 0
    assert connections() == 0
    assert library.catalog.counts().articles == 2
    library.close()


def test_a_killed_database_is_one_sentence_and_comes_back(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "ANSWER_SECONDS", 2)
    address = postgres.address()
    library = Library.create(address, config_for(address), WordEmbedder())
    ingest(library, [str(write_articles(tmp_path / "articles", 2))])
    before = contents_of(address)
    for _ in range(2):
        postgres.kill()
        with pytest.raises(LibraryUnreachable, match="does not answer"):
            library.search(first_sentence(1))
        postgres.start()
        assert contents_of(address) == before
        assert library.search(first_sentence(1), top_k=1)


def test_a_writer_that_dies_leaves_nothing_and_holds_nobody(shared: Library, tmp_path: Path) -> None:
    ingest(shared, [str(write_articles(tmp_path / "articles", 2))])
    before = contents_of(shared.address)

    def change() -> None:
        with shared.writing() as writer, writer.transaction():
            writer.remove_article("item-0001")
            shared.catalog.change(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            )
            writer.remove_article("item-0000")

    with pytest.raises(LibraryUnreachable):
        change()
    assert contents_of(shared.address) == before
    shared.remove(["item-0001"])
    assert len(contents_of(shared.address)) == 1


def test_a_library_moves_over_and_back(filled: Library, postgres: PostgresServer, tmp_path: Path) -> None:
    told = filled.search(first_sentence(2))
    address = postgres.address()
    runner = CliRunner(env={"DATELINE_EMBEDDING_MODEL": "fake:words"})
    done = runner.invoke(cli, ["move", str(filled.path), address])
    assert done.exit_code == 0, done.output
    assert contents_of(address) == contents_of(filled.path)
    embedder = WordEmbedder()
    over = Library.open(address, config_for(address), embedder)
    found = over.search(first_sentence(2))
    assert found[0].id == told[0].id
    assert {one.id for one in found} == {one.id for one in told}
    assert embedder.encoded == [first_sentence(2)]
    over.set_aside(["item-0001"])
    over.bring_back(["item-0001"])  # whose passages get higher numbers than any that was moved
    done = runner.invoke(cli, ["move", address, str(tmp_path / "back")])
    assert done.exit_code == 0, done.output
    assert contents_of(tmp_path / "back") == contents_of(filled.path)
    assert (
        Library.open(tmp_path / "back", config_for(tmp_path / "back"), WordEmbedder()).stats().unpublished_passages == 0
    )
    with pytest.raises(BackupError, match="already holds"):
        copy_library(filled.path, address, unseen)


def test_backup_restore_and_doctor(shared: Library, postgres: PostgresServer, tmp_path: Path) -> None:
    ingest(shared, [str(write_articles(tmp_path / "articles", 3))])
    shared.talks.put("anna", [Entry(name="/a/1", at=1, value="one")])
    backup(shared.address, tmp_path / "backup")
    assert contents_of(tmp_path / "backup") == contents_of(shared.address)
    again = postgres.address()
    restore(tmp_path / "backup", again)
    assert contents_of(again) == contents_of(shared.address)
    talks = Library.open(again, config_for(again), WordEmbedder()).talks
    talks.put("anna", [Entry(name="/a/2", at=1, value="two")])  # numbered on after the moved ones
    assert [one.value for one in talks.after("anna", 0, 100)[1]] == ["one", "two"]
    checks = list(examine(shared.address, config_for(shared.address), WordEmbedder()))
    assert [check.finding for check in checks if not check.ok] == []


@pytest.mark.parametrize(
    "address", ["postgresql://nobody@127.0.0.1:1/none", "postgresql://127.0.0.1:1/none?connect_timeout=1"]
)
def test_no_server_is_one_sentence(address: str, impatient: None) -> None:
    done = CliRunner().invoke(cli, ["--library", address, "list"], standalone_mode=False)
    assert isinstance(done.exception, LibraryUnreachable)
    assert "does not answer" in str(done.exception)


def test_a_password_is_never_shown(impatient: None) -> None:
    with pytest.raises(LibraryUnreachable) as told:
        Catalog("postgresql://reader:secret@127.0.0.1:1/news?connect_timeout=1")
    assert "secret" not in str(told.value)
    assert "reader@127.0.0.1" in str(told.value)
