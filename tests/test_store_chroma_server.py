"""Dense search on a real Chroma server: the same answers as on one machine, nothing lost, and what happens without it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from chroma_server import Doorkeeper, RunningChroma
from fakes import WordEmbedder, config_for, first_sentence, write_articles

from ingest.reembed import reembed
from ingest.run import ingest
from rag.doctor import examine
from rag.errors import ConfigError, IndexUnavailable
from rag.library import Library
from rag.search import searcher
from rag.store import chroma_server, generations
from rag.store.backup import backup, restore
from rag.store.chroma_server import ChromaServer
from rag.store.server_publish import publish_on
from rag.types import Filters

ARTICLES = 12
EVERYTHING = Filters()
QUIET = lambda step, done, total: None  # noqa: E731


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Library]]:
    """Makes libraries with twelve articles, or opens existing ones."""
    made: list[Library] = []
    articles = write_articles(tmp_path / "articles", ARTICLES)

    def library(name: str, **settings: object) -> Library:
        path = tmp_path / name
        made.append(Library.create(path, config_for(path, **settings), WordEmbedder()))
        report = ingest(made[-1], [str(articles)])
        assert report.failed == []
        return made[-1]

    yield library
    for one in made:
        one.searcher.close()


@pytest.fixture(autouse=True)
def _tried_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chroma_server, "RETRY_SECONDS", 0.2)


def dense(library: Library, n: int, filters: Filters = EVERYTHING) -> list[int]:
    vector = WordEmbedder().encode_question(first_sentence(n))
    return [hit.number for hit in library.searcher.dense(vector, 5, filters)]


def count(library: Library) -> int:
    live = library.catalog.live_collection()
    assert live
    assert library.server
    return library.server.count(live.name)


def test_the_same_passages_as_on_one_machine(
    make: Callable[..., Library], chroma: RunningChroma, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searcher, "FEW", 0)  # so that Chroma is asked on both sides
    here, there = make("here"), make("there", chroma=chroma.address)
    assert generations.read_manifest(there.path / "index" / "gen-000001").engines == ("lexical",)
    outlet = Filters(outlets=(str(here.articles()[0].outlet),))
    for n in range(ARTICLES):
        for filters in (Filters(), outlet):
            assert dense(there, n, filters) == dense(here, n, filters)
        assert [one.id for one in there.search(first_sentence(n))] == [one.id for one in here.search(first_sentence(n))]
    assert there.searcher.notices() == ()
    stats = there.stats()
    assert (stats.unpublished_passages, stats.generation) == (0, there.catalog.live_collection().name)  # type: ignore[union-attr]
    assert count(there) == stats.passages
    assert [check.finding for check in examine(there.path, there.config, WordEmbedder()) if check.name == "dense index"]


def test_what_is_not_on_the_server_yet_is_found_once(
    make: Callable[..., Library], chroma: RunningChroma, tmp_path: Path
) -> None:
    library = make("library", chroma=chroma.address)
    live, server = library.catalog.live_collection(), library.server
    assert live
    assert server
    with library.writing() as writer, writer.transaction():
        for article in library.articles()[:3]:
            stored = library.article(article.article_id)
            numbers = writer.put_passages(stored, [(0, 40)], np.eye(64, dtype=np.float32)[7:8])
            # Written by a publish that was killed before the catalog recorded it.
            server.put(live.name, numbers, np.eye(64, dtype=np.float32)[7:8])
    hits = library.searcher.dense(np.eye(64, dtype=np.float32)[7], 20, Filters())
    assert len({hit.number for hit in hits}) == len(hits)
    assert [round(hit.score, 3) for hit in hits[:3]] == [1.0, 1.0, 1.0]
    library.publish()
    assert count(library) == library.stats().passages  # the replaced ones are gone, with no duplicates


def test_a_killed_publish_goes_on(
    make: Callable[..., Library], chroma: RunningChroma, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = make("library", chroma=chroma.address)
    monkeypatch.setattr("rag.store.server_publish.RECORDED_EVERY", 4)
    monkeypatch.setattr(chroma_server, "RECORDS_MOST", 2)
    server = ChromaServer(chroma.address)
    put, calls = server.put, []

    def dying(name: str, numbers: list[int], vectors: np.ndarray) -> None:
        if len(calls) == 1:
            raise KeyboardInterrupt
        calls.append(numbers)
        put(name, numbers, vectors)

    monkeypatch.setattr(server, "put", dying)
    before = library.catalog.live_collection()
    with pytest.raises(KeyboardInterrupt):
        publish_on(server, library.catalog, QUIET, anew=True)
    assert library.catalog.live_collection() == before  # questions still go to the old one
    assert sorted(one.up_to for one in library.catalog.collections())[0] == 4
    published = publish_on(ChromaServer(chroma.address), library.catalog, QUIET, anew=True)
    assert published
    assert [one.name for one in library.catalog.collections()] == [published]
    assert count(library) == library.stats().passages


def test_removed_passages_leave_the_server(make: Callable[..., Library], chroma: RunningChroma) -> None:
    library = make("library", chroma=chroma.address)
    gone = library.articles()[0].article_id
    library.remove([gone])
    assert count(library) == library.stats().passages
    assert library.catalog.rows("SELECT * FROM removed") == []


def test_without_the_server_words_answer_until_it_is_back(make: Callable[..., Library], chroma: RunningChroma) -> None:
    library = make("library", chroma=chroma.address)
    chroma.kill()
    for n in range(3):
        assert first_sentence(n) in library.search(first_sentence(n))[0].text
    assert "does not answer" in library.searcher.notices()[0]
    chroma.start()
    time.sleep(0.3)
    assert dense(library, 5)
    assert library.searcher.notices() == ()


def test_a_server_that_hangs_is_waited_for_once(
    make: Callable[..., Library], chroma: RunningChroma, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = make("library", chroma=chroma.address)
    monkeypatch.setattr(chroma_server, "RETRY_SECONDS", 60)
    library.searcher._server = ChromaServer(chroma.address, answer_seconds=1.0)
    chroma.freeze()
    started = time.monotonic()
    for n in range(20):
        assert first_sentence(n % ARTICLES) in library.search(first_sentence(n % ARTICLES))[0].text
    assert 1.0 < time.monotonic() - started < 15.0  # each of the twenty would otherwise wait a second
    assert "ReadTimeout" in library.searcher.notices()[0]
    chroma.kill()


def test_articles_are_stored_while_the_server_is_away(
    make: Callable[..., Library], chroma: RunningChroma, tmp_path: Path
) -> None:
    chroma.kill()
    library = Library.create(tmp_path / "new", config_for(tmp_path / "new", chroma=chroma.address), WordEmbedder())
    report = ingest(library, [str(write_articles(tmp_path / "more", 4))])
    assert (report.stored, len(report.notices)) == (4, 1)
    assert first_sentence(2) in library.search(first_sentence(2))[0].text
    assert dense(library, 2)  # nothing is on the server, so vectors are compared here
    chroma.start()
    time.sleep(0.3)
    library.publish()
    assert count(library) == library.stats().passages
    library.searcher.close()


def test_a_server_that_lost_everything_is_filled_from_the_catalog(
    make: Callable[..., Library], chroma: RunningChroma
) -> None:
    library = make("library", chroma=chroma.address)
    expected = [dense(library, n) for n in range(ARTICLES)]
    chroma.lose_everything()
    chroma.start()
    assert library.search(first_sentence(1))
    assert "dateline rebuild" in library.searcher.notices()[0]
    embedder = WordEmbedder()
    again = Library.open(library.path, library.config, embedder)
    again.publish()
    assert embedder.encoded == []
    assert [dense(library, n) for n in range(ARTICLES)] == expected
    assert library.searcher.notices() == ()


@pytest.mark.parametrize("dimension", [64, 32])
def test_another_model_fills_a_second_collection(
    make: Callable[..., Library], chroma: RunningChroma, dimension: int
) -> None:
    library = make("library", chroma=chroma.address)
    before = library.catalog.live_collection()
    other = WordEmbedder("words-2", dimension)
    reembed(library.path, library.config, QUIET, other)
    again = Library.open(library.path, library.config, other)
    after = again.catalog.live_collection()
    assert after
    assert before
    assert after.name != before.name
    assert [one.name for one in again.catalog.collections()] == [after.name]
    assert again.server
    assert (again.server.count(after.name), again.server.dimension(after.name)) == (again.stats().passages, dimension)
    assert first_sentence(3) in again.search(first_sentence(3))[0].text
    assert again.searcher.notices() == ()
    again.searcher.close()


def test_a_change_of_model_that_loses_the_server_changes_nothing(
    make: Callable[..., Library], chroma: RunningChroma, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = make("library", chroma=chroma.address)
    monkeypatch.setattr(chroma_server, "RECORDS_MOST", 5)
    monkeypatch.setattr("ingest.reembed.BATCH_PASSAGES", 1)
    before, manifest = library.catalog.collections(), library.catalog.manifest()

    def progress(step: str, done: int, total: int) -> None:
        if done == 6:
            chroma.kill()

    with pytest.raises(IndexUnavailable):
        reembed(library.path, library.config, progress, WordEmbedder("words-2", 32))
    assert (library.catalog.collections(), library.catalog.manifest()) == (before, manifest)


def test_what_a_hosted_server_allows(
    make: Callable[..., Library], chroma: RunningChroma, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Doorkeeper(chroma.address, records_most=10, results_most=3, key="open sesame")
    monkeypatch.setattr(chroma_server, "RESULTS_WHERE_LIMITED", 3)
    try:
        shut = make("shut", chroma=keeper.address)
        assert shut.catalog.live_collection() is None
        monkeypatch.setenv(chroma_server.HEADER, "x-chroma-token: open sesame")
        library = make("library", chroma=keeper.address)
        assert keeper.refused.count("records") >= 1
        assert count(library) == library.stats().passages
        assert dense(library, 4) == dense(library, 4)
        assert keeper.refused.count("results") == 1  # once, then it is known
        assert library.searcher.notices() == ()
    finally:
        keeper.close()


def test_a_copy_gets_a_collection_of_its_own(
    make: Callable[..., Library], chroma: RunningChroma, tmp_path: Path
) -> None:
    library = make("library", chroma=chroma.address)
    backup(library.path, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "copy")
    copy = Library.open(tmp_path / "copy", config_for(tmp_path / "copy", chroma=chroma.address), WordEmbedder())
    assert copy.catalog.collections() == ()
    copy.publish()
    assert copy.catalog.live_collection() != library.catalog.live_collection()
    assert count(copy) == count(library)
    copy.searcher.close()


@pytest.mark.parametrize("address", ["localhost:8000", "ftp://host", "http://user:secret@host:8000", "http://"])
def test_addresses_that_are_none(tmp_path: Path, address: str) -> None:
    from rag.config import Config

    with pytest.raises(ConfigError) as refused:
        Config.from_environment({"DATELINE_CHROMA": address})
    assert "http://host:8000" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_header_that_is_none() -> None:
    with pytest.raises(ConfigError):
        ChromaServer("http://127.0.0.1:1", "secret")
