"""Switching a library to another model: same articles, new passages and vectors, all or nothing."""

from __future__ import annotations

import pytest
from fakes import BrokenEmbedder, WordEmbedder, config_for, first_sentence

from ingest.reembed import reembed
from rag.errors import LibraryMismatch
from rag.library import Library
from rag.store.index import no_progress

pytestmark = pytest.mark.both_engines


def test_another_model_takes_over(filled: Library) -> None:
    other = WordEmbedder(fingerprint="words-2", dimension=32)
    with pytest.raises(LibraryMismatch, match="rebuild --embed"):
        Library.open(filled.address, filled.config, other)
    report = reembed(filled.address, filled.config, no_progress, other)
    assert report.changed == 6
    opened = Library.open(filled.address, config_for(filled.address), other)
    assert first_sentence(4) in opened.search(first_sentence(4), 1)[0].text
    assert opened.searcher.notices() == ()
    opened.searcher.close()


def test_a_fault_on_the_way_leaves_the_library_as_it_was(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.reembed.BATCH_PASSAGES", 1)
    before = [article.article_id for article in filled.articles()], filled.version
    with pytest.raises(RuntimeError, match="gone"):
        reembed(filled.address, filled.config, no_progress, BrokenEmbedder(whole_calls=3))
    assert ([article.article_id for article in filled.articles()], filled.version) == before
    assert first_sentence(4) in filled.search(first_sentence(4), 1)[0].text
