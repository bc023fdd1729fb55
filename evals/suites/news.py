"""Questions over news articles: weekly quizzes, what readers type, and questions that need several articles."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from evals.cases import Case, Nugget, PastTurn
from evals.rows import json_of, one_of, rows_of
from evals.suites.suite import Adapter, Suite, due

ARTICLES = ("articles.jsonl.gz", "articles.jsonl")
KINDS = {"yesno": "yes_no", "followup": "follow_up", "none": "unanswerable"}
"""How types of the readers' questions are called in this repository."""


def read_quizzes(folder: Path) -> Suite:
    """Answerable questions, and questions without evidence; the questions that the folder calls bad are left out."""
    extra = json_of(folder / "extra_answers.json")
    more = extra["extra_answers"]
    known = [(row, True) for row in rows_of(folder / "questions.jsonl") if row["id"] not in extra["bad"]]
    cases = [
        Case(
            id=row["id"],
            type="answerable" if answerable else "no_evidence",
            question=row["question"],
            as_of=dt.date.fromisoformat(row["asked"]),
            answers=(*row["answers"], *more.get(row["id"], ())) if answerable else (),
            gold_articles=tuple(row["gold_articles"]) if answerable else (),
            status=due(answerable),
        )
        for row, answerable in [*known, *((row, False) for row in rows_of(folder / "no_evidence.jsonl"))]
    ]
    return Suite("rtqa_news", one_of(folder, *ARTICLES), tuple(cases))


RTQA_NEWS = Adapter(
    read=read_quizzes,
    published='Kasai et al., "RealTime QA: What\'s the Answer Right Now?", NeurIPS 2023 (quizzes of CNN, The Week, USA Today)',
    licence="none stated",
    expects="articles.jsonl.gz, questions.jsonl, no_evidence.jsonl, extra_answers.json",
    measures="retrieval in time, short answers, abstention",
)


def read_readers(folder: Path) -> Suite:
    """Questions as readers type them, one type a kind, with the nuggets that an answer must tell; the articles are the quizzes'."""
    beside = folder.parent / "rtqa_news"
    cases = [
        Case(
            id=row["id"],
            type=KINDS.get(row["type"], row["type"]),
            question=row["question"],
            history=tuple(PastTurn(question=question) for question in row.get("history") or ()),
            as_of=dt.date.fromisoformat(row["as_of"]) if row["as_of"] else None,
            nuggets=tuple(Nugget(vital=one["vital"], any=tuple(map(tuple, one["any"]))) for one in row["nuggets"]),
            wrong_answers=tuple(row["wrong"]),
            gold_articles=tuple(row["gold_articles"]),
            status=due(row["status"] != "abstained"),
        )
        for row in rows_of(one_of(folder, "questions.jsonl"))
    ]
    return Suite("reader", one_of(beside if beside.is_dir() else folder, *ARTICLES), tuple(cases))


READER = Adapter(
    read=read_readers,
    published="written for this project over articles of the news quizzes; not published",
    licence="internal",
    expects="questions.jsonl (id, type, question, history, as_of, nuggets, wrong, gold_articles, status), and beside the "
    "folder rtqa_news/articles.jsonl.gz",
    measures="what a reader gets for a question of any kind",
)


def read_multihop(folder: Path) -> Suite:
    """Questions of the types `inference_query`, `comparison_query`, `temporal_query` and `null_query`.

    Comparisons and many questions of time are answered "Yes" or "No", which no quotation says; there the retrieval
    measures say more than answer accuracy.
    """
    corpus, questions = one_of(folder, "corpus.json"), one_of(folder, "MultiHopRAG.json")
    articles = {
        row["url"]: {
            "id": row["url"], "url": row["url"], "title": row["title"], "outlet": row["source"],
            "author": row["author"], "published": row["published_at"], "text": row["body"],
        }
        for row in json_of(corpus)
    }  # fmt: skip
    cases = [
        Case(
            id=f"multihop_rag-{number}",
            type=row["question_type"],
            question=row["query"],
            answers=(row["answer"],) if row["question_type"] != "null_query" else (),
            gold_articles=tuple(dict.fromkeys(evidence["url"] for evidence in row["evidence_list"])),
            status=due(row["question_type"] != "null_query"),
        )
        for number, row in enumerate(json_of(questions), start=1)
    ]
    return Suite("multihop_rag", tuple(articles.values()), tuple(cases))


MULTIHOP_RAG = Adapter(
    read=read_multihop,
    published='Tang and Yang, "MultiHop-RAG: Benchmarking Retrieval-Augmented Generation for Multi-Hop Queries", '
    "COLM 2024, github.com/yixuantt/MultiHop-RAG",
    licence="ODC-BY 1.0 (the articles belong to their publishers)",
    expects="corpus.json, MultiHopRAG.json",
    measures="retrieval of several articles for one question, abstention",
)
