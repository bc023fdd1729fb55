"""Stories in a library: regrouped with each change, in any order; a replaced version is seen only before that day."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from fakes import WordEmbedder, config_for
from hypothesis import given, settings
from hypothesis import strategies as st
from story_articles import COPIES, CORRECTED, POOL, QUAKE, Told, write_pool

from ingest.run import ingest
from rag.assistant import Assistant
from rag.errors import LibraryDamaged
from rag.library import Library
from rag.store.catalog import Catalog
from rag.store.catalog_writer import CatalogWriter, content_hash_of
from rag.store.engine import engine_at
from rag.store.manifest import Manifest
from rag.types import Article, Filters, Passage, Question, Relation

EMBEDDER = WordEmbedder()
QUESTION = "How many people were killed by the earthquake near Port Maliva?"
OUTLETS = {one.key: one.outlet for one in POOL}
DAYS = {one.key: one.published for one in POOL}


def places(library: Path) -> dict[str, tuple[str, str]]:
    """Story and event of every article."""
    with Catalog(library).reading() as connection:
        return {row[0]: (row[1], row[2]) for row in connection.execute("SELECT article_id, story, event FROM stories")}


def ties(library: Path) -> set[tuple[str, str, str]]:
    with Catalog(library).reading() as connection:
        return {tuple(row) for row in connection.execute("SELECT article_id, other_id, kind FROM ties")}


def put(writer: CatalogWriter, told: Told, text: str = "") -> None:
    """Stores one article as a single passage."""
    text = text or told.text
    article = Article(
        article_id=told.key, title=told.outlet, text=text, outlet=told.outlet, published=told.published,
        added_at=dt.datetime.now(dt.UTC),
    )  # fmt: skip
    article = article.model_copy(update={"content_hash": content_hash_of(article)})
    writer.put_article(article, None, [(0, len(text))], EMBEDDER.encode([text]))


@contextlib.contextmanager
def catalog_of(folder: Path, batches: list[list[Told]]) -> Iterator[CatalogWriter]:
    """A catalog in which the articles were stored batch by batch."""
    engine = engine_at(folder)
    engine.create([*Manifest.of(EMBEDDER).rows(), ("revision", "0")])
    with engine.writing() as connection:
        writer = CatalogWriter(engine, connection)
        for batch in batches:
            with writer.transaction():
                for told in batch:
                    put(writer, told)
        yield writer


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, tuple[str, str]], set[tuple[str, str, str]]]:
    """The places and ties of the pool when stored at once."""
    folder = tmp_path_factory.mktemp("whole")
    with catalog_of(folder, [list(POOL)]):
        return places(folder), ties(folder)


def test_the_pool_is_grouped_as_its_names_say(
    whole: tuple[dict[str, tuple[str, str]], set[tuple[str, str, str]]],
) -> None:
    found, tied = whole
    assert {key for key, place in found.items() if place[0] == found["quake-herald"][0]} == COPIES
    assert found["witness-gazette"] == ("witness-gazette", "quake-echo")  # the earliest day, the smallest id
    others = found.keys() - COPIES - {"witness-gazette"}
    assert {key: found[key] for key in others} == {key: (key, key) for key in others}
    assert ("quake-herald", "quake-herald-corrected", "update") in tied
    assert {kind for _, _, kind in tied} == {"copy", "update", "event"}


@settings(max_examples=25, deadline=None)
@given(st.permutations(POOL), st.lists(st.integers(1, len(POOL) - 1), max_size=4), st.sets(st.sampled_from(POOL)))
def test_order_batches_removal_and_return_leave_no_trace(
    whole: tuple[dict[str, tuple[str, str]], set[tuple[str, str, str]]],
    order: list[Told],
    cuts: list[int],
    gone: set[Told],
) -> None:
    bounds = sorted({0, *cuts, len(order)})
    batches = [order[start:end] for start, end in pairwise(bounds)]
    with tempfile.TemporaryDirectory() as made, catalog_of(folder := Path(made), batches) as writer:
        assert (places(folder), ties(folder)) == whole
        with writer.transaction():
            for told in gone:
                writer.remove_article(told.key)
        left = places(folder)
        assert left.keys() == {one.key for one in POOL} - {one.key for one in gone}
        assert all(story in left and event in left for story, event in left.values())
        with (
            tempfile.TemporaryDirectory() as other,
            catalog_of(Path(other), [[one for one in POOL if one not in gone]]),
        ):
            assert (left, ties(folder)) == (places(Path(other)), ties(Path(other)))
        with writer.transaction():
            for told in gone:
                put(writer, told)
        assert (places(folder), ties(folder)) == whole


def test_another_text_leaves_the_story(tmp_path: Path) -> None:
    with catalog_of(tmp_path, [list(POOL)]) as writer, writer.transaction():
        put(writer, POOL[1], "The Post takes this article back. " * 8)
    found = places(tmp_path)
    assert found["quake-post"] == ("quake-post", "quake-post")
    assert found["quake-herald"][0] == found["quake-echo"][0]


def test_what_is_rolled_back_is_not_grouped(tmp_path: Path) -> None:
    def broken_off(writer: CatalogWriter) -> None:
        with writer.transaction():
            put(writer, POOL[1])
            writer.remove_article(POOL[0].key)
            raise RuntimeError

    with catalog_of(tmp_path, [list(POOL[:1])]) as writer:
        before = places(tmp_path)
        with pytest.raises(RuntimeError):
            broken_off(writer)
        assert places(tmp_path) == before
        with writer.transaction():
            put(writer, POOL[2])
    assert set(places(tmp_path)) == {POOL[0].key, POOL[2].key}


@pytest.fixture
def told(library: Library, tmp_path: Path) -> Library:
    """A library with the pool."""
    assert ingest(library, [write_pool(tmp_path / "pool.jsonl")]).stored == len(POOL)
    return library


def test_a_library_without_later_tables_is_told_and_gets_them(told: Library) -> None:
    before = places(told.path), ties(told.path)
    with contextlib.closing(sqlite3.connect(told.catalog.engine.path)) as connection:  # type: ignore[attr-defined]
        connection.executescript(
            "DROP TABLE stories; DROP TABLE ties; ALTER TABLE articles DROP COLUMN place; PRAGMA user_version = 0"
        )
    with pytest.raises(LibraryDamaged, match="dateline rebuild"):
        told.search(QUESTION)
    told.rebuild()
    assert (places(told.path), ties(told.path)) == before


def test_rules_of_another_version_are_applied_anew(told: Library) -> None:
    before = ties(told.path)
    connection = sqlite3.connect(told.catalog.engine.path)
    connection.execute("UPDATE meta SET value = '0' WHERE key = 'story_rules'")
    connection.execute("DELETE FROM ties")
    connection.commit()
    connection.close()
    with told.writing() as writer, writer.transaction():
        pass
    assert ties(told.path) == before


def test_search_shows_one_passage_of_a_story_and_names_the_others(told: Library) -> None:
    found = told.search(QUESTION, 4)
    assert len({one.story for one in found}) == 4
    (shown,) = [one for one in found if one.article_id in COPIES]
    assert shown.article_id == "quake-herald-corrected"  # although others have the same words
    assert set(shown.also_in) == {"Post", "Echo"}


def test_the_old_text_is_evidence_only_before_the_correction(told: Library) -> None:
    def seen(**filters: str) -> set[str]:
        return {one.article_id for one in told.search(QUESTION, 50, **filters)}  # type: ignore[arg-type]

    assert "quake-herald" not in seen()
    assert "quake-herald" not in seen(as_of="2024-03-08")
    assert "quake-herald" not in seen(since="2024-03-05", outlets="Herald")
    before = told.retriever.retrieve(
        Question(text=QUESTION, searched=QUESTION, filters=Filters(as_of=dt.date(2024, 3, 7)), day=dt.date(2024, 3, 7)),
        50,
    )
    assert "quake-herald" in {one.article_id for one in before.passages}


def test_show_tells_the_history(tmp_path: Path) -> None:
    with catalog_of(tmp_path, [list(POOL)]):
        pass
    related = [(one.relation, one.article_id) for one in Catalog(tmp_path).article("quake-herald").related]
    assert related == [
        (Relation.SUPERSEDED_BY, "quake-herald-corrected"),
        (Relation.COPY, "quake-echo"),
        (Relation.COPY, "quake-post"),
        (Relation.SAME_EVENT, "witness-gazette"),
    ]
    back = Catalog(tmp_path).article("quake-herald-corrected").related
    assert (Relation.SUPERSEDES, "quake-herald") in [(one.relation, one.article_id) for one in back]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The pool, for read-only tests."""
    folder = tmp_path_factory.mktemp("shared")
    made = Library.create(folder / "library", config_for(folder / "library", answer_threshold=0.0), WordEmbedder())
    ingest(made, [write_pool(folder / "pool.jsonl")])
    yield made
    made.searcher.close()


@settings(max_examples=30, deadline=None)
@given(st.dates(dt.date(2024, 3, 4), dt.date(2024, 3, 21)), st.sampled_from([QUESTION, QUAKE[:90], CORRECTED[-60:]]))
def test_nothing_later_than_as_of_is_named_or_replaces(shared: Library, day: dt.date, question: str) -> None:
    def check(passages: tuple[Passage, ...]) -> None:
        for one in passages:
            assert DAYS[one.article_id] <= day
            copies = {OUTLETS[key] for key in COPIES if DAYS[key] <= day and key != one.article_id}
            if one.article_id in COPIES:
                assert set(one.also_in) == copies - {one.outlet}
            else:
                assert one.also_in == ()
        assert ("quake-herald" in {one.article_id for one in passages}) <= (day < DAYS["quake-herald-corrected"])

    check(shared.search(question, 50, as_of=day))
    answer = Assistant(shared).ask(question, as_of=day)
    check(answer.passages)
    out = {one.outlet for one in POOL if one.published <= day}
    assert all(out.issuperset(citation.also_in) for citation in answer.citations)
    assert "at least 14 people" not in answer.text or day < DAYS["quake-herald-corrected"]


def test_the_sample_library_with_the_real_model(sample_library: Path) -> None:
    """As a reader would group the sample by hand: see its README."""
    names = {article: Path(source).name for source, article in Catalog(sample_library).sources().items()}
    found = {
        (names[one].rsplit(".", 1)[0], names[other].rsplit(".", 1)[0], kind)
        for one, other, kind in ties(sample_library)
    }
    assert {frozenset(pair[:2]) for pair in found if pair[2] == "copy"} == {
        frozenset({"lee-tokyo-visit-eastmoor-courier", "lee-tokyo-visit-harbour-ledger"}),
        frozenset({"tarmeya-flood-toll-eastmoor-courier", "tarmeya-flood-toll-northline"}),
    }
    assert {pair[:2] for pair in found if pair[2] == "update"} == {
        ("kestrel-bridge-closed-harbour-ledger", "kestrel-bridge-correction-harbour-ledger"),
        ("timber-fire-vellan-herald", "timber-fire-correction-vellan-herald"),
    }
    told_twice = frozenset({"water-illness-marrow-vale-observer", "water-illness-meridian-post"})
    assert told_twice in {frozenset(pair[:2]) for pair in found if pair[2] == "event"}
