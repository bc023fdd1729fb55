"""The path of an article and of a question, step by step, with real values: the example in ARCHITECTURE.md."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from fakes import PointingReader, WordEmbedder

from ingest import extract, sources
from ingest.chunk import cut
from ingest.document import Document
from ingest.run import ingest
from rag.answering.certainty import signals_of
from rag.answering.choose import chosen
from rag.assistant import Assistant
from rag.config import Config
from rag.library import Library
from rag.question.follow_up import carried
from rag.question.kind import kind_of_question
from rag.question.window import window_of
from rag.text.sentences import sentence_spans
from rag.types import Filters, Kind, Status

TEXT = "The Kestrel Bridge will reopen on 22 August, the council said. Engineers found 14 cracks in May."
DAY = dt.date(2025, 8, 13)


def test_an_article_on_its_way_into_a_library(tmp_path: Path) -> None:
    page = tmp_path / "bridge.json"
    page.write_text(
        json.dumps({"title": "Bridge to reopen", "text": TEXT, "outlet": "Herald", "published": "2025-08-12"})
    )

    (found,) = sources.find([str(page)])  # 1  named sources become documents
    assert isinstance(found, Document)
    article = extract.extract(found)  # 2  clean text, title, outlet, days
    assert (article.metadata.title, article.text) == ("Bridge to reopen", TEXT)
    assert [TEXT[one.start : one.end] for one in sentence_spans(TEXT)][1] == "Engineers found 14 cracks in May."  # 3
    embedder = WordEmbedder()
    passages = cut(
        "Bridge to reopen", TEXT, embedder.count_tokens, 64
    )  # 4  whole sentences, as many as the model takes
    assert [(one.start, one.end) for one in passages] == [(0, len(TEXT))]
    assert embedder.encode([TEXT]).shape == (1, embedder.dimension)  # 5  their vectors

    library = Library.create(tmp_path / "library", Config(), embedder)
    assert ingest(library, [str(page)]).stored == 1  # 6 compared, 7 stored in one transaction, 8 published
    assert (library.stats().articles, library.stats().unpublished_passages) == (1, 0)
    library.searcher.close()


def test_a_question_on_its_way_to_its_answer(tmp_path: Path) -> None:
    page = tmp_path / "bridge.json"
    page.write_text(
        json.dumps({"title": "Bridge to reopen", "text": TEXT, "outlet": "Herald", "published": "2025-08-12"})
    )
    library = Library.create(tmp_path / "library", Config(answer_threshold=0.0), WordEmbedder())
    ingest(library, [str(page)])
    asked = "When will the Kestrel Bridge reopen this week?"
    assistant = Assistant(library, reader=PointingReader("22 August"), today=lambda: DAY)

    assert carried(asked, ()) == ()  # 1  nothing from an earlier turn
    assert kind_of_question(asked) is Kind.FACT  # 2  the kind of question
    window = window_of(asked, Filters(), DAY)  # 3  the days it is about
    assert (window.words, window.since, window.until) == ("this week", dt.date(2025, 8, 7), DAY)
    question = assistant.interpreted(asked, Filters(), ())  # one frozen value, from input to index
    assert (question.searched, question.kind, question.window.words) == (asked, Kind.FACT, "this week")
    question, ranking = assistant.quoting.retrieve(question)  # 4  passages from both sides, fused, in time
    assert [one.text for one in ranking.passages] == [TEXT]
    ranked = assistant.quoting.read(question, ranking)  # 5  each sentence read in its passage
    assert ranked[0].answer_text == "22 August"
    assert signals_of(ranked, ranking).coverage > 0.5  # 6  is it sure enough?
    quotes = chosen(question.kind, ranked, ())  # 7  which sentences, whole, in which order
    assert quotes[0].text == "The Kestrel Bridge will reopen on 22 August, the council said."
    answer = assistant.quoting.answer(question, ranking).answer  # 8  compared with others, 9  told with its citations
    assert (answer.status, answer.short) == (Status.ANSWERED, "22 August")
    assert answer.text.startswith("The Kestrel Bridge will reopen on 22 August, the council said. [1]")
    assert answer == assistant.ask(asked)  # 10 a language model would write here, and be checked
    library.searcher.close()
