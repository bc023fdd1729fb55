"""Questions about a single article."""

from __future__ import annotations

from rag.assistant import Assistant
from rag.library import Library


def test_only_the_named_article_is_read(filled: Library) -> None:
    everywhere = filled.search("article", top_k=6)
    named = everywhere[-1].article_id
    found = filled.search("article", top_k=6, articles=[named])
    assert {one.article_id for one in found} == {named}
    answer = Assistant(filled).ask(everywhere[0].text[:60], articles=[named])
    assert {one.article_id for one in answer.passages} <= {named}


def test_an_article_that_is_gone_is_a_filter_that_leaves_nothing(filled: Library) -> None:
    answer = Assistant(filled).ask("What happened?", articles=["nowhere"])
    assert answer.reason
    assert answer.passages == ()
