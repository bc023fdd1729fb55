"""MultiHop-RAG: questions whose answers need two to four news articles, and some that no article answers.

Comparisons and many questions of time are answered "Yes" or "No", which no quotation says; there the retrieval
measures say more than answer accuracy.
"""

from __future__ import annotations

from pathlib import Path

from evals.cases import Case
from evals.rows import Row, json_of, one_of
from evals.suites.suite import Adapter, Suite
from rag.types import Status

NULL = "null_query"


def read(folder: Path) -> Suite:
    """Questions of the types `inference_query`, `comparison_query`, `temporal_query` and `null_query`."""
    corpus, questions = one_of(folder, "corpus.json"), one_of(folder, "MultiHopRAG.json")
    articles = {row["url"]: _article(row) for row in json_of(corpus)}
    cases = tuple(_case(number, row) for number, row in enumerate(json_of(questions), start=1))
    return Suite("multihop_rag", tuple(articles.values()), cases)


def _article(row: Row) -> dict[str, str | None]:
    return {
        "id": row["url"],
        "url": row["url"],
        "title": row["title"],
        "outlet": row["source"],
        "author": row["author"],
        "published": row["published_at"],
        "text": row["body"],
    }


def _case(number: int, row: Row) -> Case:
    unanswerable = row["question_type"] == NULL
    return Case(
        id=f"multihop_rag-{number}",
        type=row["question_type"],
        question=row["query"],
        answers=() if unanswerable else (row["answer"],),
        gold_articles=tuple(dict.fromkeys(evidence["url"] for evidence in row["evidence_list"])),
        status=Status.ABSTAINED if unanswerable else Status.ANSWERED,
    )


ADAPTER = Adapter(
    read=read,
    published='Tang and Yang, "MultiHop-RAG: Benchmarking Retrieval-Augmented Generation for Multi-Hop Queries", '
    "COLM 2024, github.com/yixuantt/MultiHop-RAG",
    licence="ODC-BY 1.0 (the articles belong to their publishers)",
    expects="corpus.json, MultiHopRAG.json",
    measures="retrieval of several articles for one question, abstention",
)
