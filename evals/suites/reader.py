"""Questions as readers type them over news articles, with the nuggets that an answer must tell."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from evals.cases import Case, Nugget, PastTurn
from evals.rows import Row, one_of, rows_of
from evals.suites.suite import Adapter, Suite
from rag.types import Status

NAMES = {"yesno": "yes_no", "followup": "follow_up", "none": "unanswerable"}
"""How types of the file are called in this repository."""


def read(folder: Path) -> Suite:
    """The questions, one type a kind; the articles are those of the news quizzes."""
    beside = folder.parent / "rtqa_news"
    articles = one_of(beside if beside.is_dir() else folder, "articles.jsonl.gz", "articles.jsonl")
    return Suite("reader", articles, tuple(_case(row) for row in rows_of(one_of(folder, "questions.jsonl"))))


def _case(row: Row) -> Case:
    return Case(
        id=row["id"],
        type=NAMES.get(row["type"], row["type"]),
        question=row["question"],
        history=tuple(PastTurn(question=question) for question in row.get("history") or ()),
        as_of=dt.date.fromisoformat(row["as_of"]) if row["as_of"] else None,
        nuggets=tuple(
            Nugget(vital=one["vital"], any=tuple(tuple(wording) for wording in one["any"])) for one in row["nuggets"]
        ),
        wrong_answers=tuple(row["wrong"]),
        gold_articles=tuple(row["gold_articles"]),
        status=Status.ABSTAINED if row["status"] == "abstained" else Status.ANSWERED,
    )


ADAPTER = Adapter(
    read=read,
    published="written for this project over articles of the news quizzes; not published",
    licence="internal",
    expects="questions.jsonl (id, type, question, history, as_of, nuggets, wrong, gold_articles, status), and beside the "
    "folder rtqa_news/articles.jsonl.gz",
    measures="what a reader gets for a question of any kind",
)
