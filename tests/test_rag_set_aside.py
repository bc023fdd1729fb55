"""Removing with undo: hidden at once, and for good unless undone before the next publish."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import WordEmbedder, config_for, contents_of, first_sentence, json_line, title_of, write_articles
from ingest_child import lost_of

from ingest.reembed import reembed
from ingest.run import ingest
from rag.errors import ArticleNotFound, LibraryLocked
from rag.library import Library
from rag.store import generations
from rag.types import Relation

pytestmark = pytest.mark.both_engines

ONE = "item-0001"
"""Article 1 of the six."""


def found(library: Library, n: int = 1) -> list[str]:
    """Ids of the articles that a search for the first sentence of article `n` finds first."""
    return [passage.article_id for passage in library.search(first_sentence(n), 1)]


def test_it_is_gone_at_once_and_everywhere(filled: Library) -> None:
    other = Library.open(filled.address, config_for(filled.address), WordEmbedder())
    assert found(other) == [ONE]
    filled.set_aside([ONE])
    for library in (filled, other):
        assert found(library) != [ONE]
        assert ONE not in [article.article_id for article in library.articles()]
        with pytest.raises(ArticleNotFound):
            library.article(ONE)
    assert [(one.article_id, one.title) for one in other.waiting()] == [(ONE, title_of(1))]
    other.searcher.close()


def test_undo_brings_everything_back_and_embeds_nothing(filled: Library, embedder: WordEmbedder) -> None:
    before, contents, encoded = filled.article(ONE), contents_of(filled.address), len(embedder.encoded)
    filled.set_aside([ONE])
    filled.bring_back([ONE])
    assert filled.article(ONE) == before
    assert contents_of(filled.address) == contents
    assert filled.waiting() == ()
    assert len(embedder.encoded) == encoded
    assert lost_of(filled, range(6)) == []
    with filled.writing():
        assert filled.publish()
    live = generations.read_manifest(filled.path / "index" / str(generations.current(filled.path)))
    assert (filled.index_lag(), live.passages) == (0, sum(len(passages) for _, _, passages in contents.values()))
    assert lost_of(filled, range(6)) == []


def test_undo_after_a_kill(filled: Library) -> None:
    filled.set_aside([ONE])  # the process ends here
    filled.searcher.close()
    again = Library.open(filled.address, config_for(filled.address), WordEmbedder())
    assert [one.article_id for one in again.waiting()] == [ONE]
    again.bring_back([ONE])
    assert found(again) == [ONE]
    again.searcher.close()


def test_too_late_once_published(filled: Library, tmp_path: Path) -> None:
    filled.set_aside([ONE])
    ingest(filled, [str(write_articles(tmp_path / "more", 1, first=50))])
    assert filled.waiting() == ()
    with pytest.raises(ArticleNotFound, match="too late"):
        filled.bring_back([ONE])
    assert found(filled) != [ONE]


def test_all_or_nothing(filled: Library) -> None:
    with pytest.raises(ArticleNotFound, match="unknown"):
        filled.set_aside([ONE, "unknown"])
    assert found(filled) == [ONE]
    filled.set_aside([ONE])
    with pytest.raises(ArticleNotFound):
        filled.bring_back([ONE, "unknown"])
    assert [one.article_id for one in filled.waiting()] == [ONE]


def test_ingested_again_before_the_undo(filled: Library, tmp_path: Path) -> None:
    path = tmp_path / "again.jsonl"
    path.write_text(json_line(1) + "\n")
    filled.set_aside([ONE])
    kept = filled.waiting()
    with filled.writing() as writer, writer.transaction():
        assert writer.bring_back(ONE)
        assert writer.set_aside(ONE)
    assert [one.article_id for one in kept] == [one.article_id for one in filled.waiting()]
    ingest(filled, [str(path)])
    assert found(filled) == [ONE]
    assert filled.waiting() == ()


def test_the_story_forgets_and_remembers(filled: Library, tmp_path: Path) -> None:
    line = json_line(1).replace("Courier", "Herald").replace(ONE, "copy")
    (tmp_path / "copy.jsonl").write_text(line + "\n")
    ingest(filled, [str(tmp_path / "copy.jsonl")])
    related = filled.article("copy").related
    assert [(one.article_id, one.relation) for one in related] == [(ONE, Relation.COPY)]
    filled.set_aside([ONE])
    assert filled.article("copy").related == ()
    filled.bring_back([ONE])
    assert filled.article("copy").related == related


def test_versions_and_sources_come_back(filled: Library, tmp_path: Path) -> None:
    path = tmp_path / "changed.jsonl"
    for text in ("would be closed", "would be shut"):
        path.write_text(json_line(51).replace("would be closed", text).replace("item-0051", "changing") + "\n")
        ingest(filled, [str(path)])
    before = filled.article("changing")
    assert len(before.versions) == 1
    filled.set_aside(["changing"])
    filled.bring_back(["changing"])
    assert filled.article("changing") == before
    assert ingest(filled, [str(path)]).unchanged == 1


def test_another_embedding_model_ends_the_undo(filled: Library) -> None:
    filled.set_aside([ONE])
    filled.searcher.close()
    other = WordEmbedder("words-2", dimension=32, name="fake:other")
    reembed(
        filled.address, config_for(filled.address, embedding_model="fake:other"), lambda step, done, total: None, other
    )
    again = Library.open(filled.address, config_for(filled.address, embedding_model="fake:other"), other)
    with pytest.raises(ArticleNotFound):
        again.bring_back([ONE])
    again.searcher.close()


@pytest.mark.one_machine
def test_while_another_writes(filled: Library) -> None:
    impatient = Library.open(filled.address, config_for(filled.address, lock_wait_seconds=0), WordEmbedder())
    with filled.writing(), pytest.raises(LibraryLocked):
        impatient.set_aside([ONE])
    assert impatient.waiting() == ()
