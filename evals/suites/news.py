"""Questions over news articles: weekly quizzes, and questions as readers type them."""

from __future__ import annotations

from pathlib import Path

from evals.cases import Case, Nugget, PastTurn
from evals.rows import json_of, one_of, rows_of
from evals.suites.suite import Adapter, Suite, due
from rag.types import Status

ARTICLES = ("articles.jsonl.gz", "articles.jsonl")
KINDS = {"yesno": "yes_no", "followup": "follow_up", "none": "unanswerable"}
"""This repository's names for the types of the readers' questions."""


def read_quizzes(folder: Path) -> Suite:
    """Answerable questions, and questions without evidence; those that the folder marks as bad are left out."""
    extra = json_of(folder / "extra_answers.json")
    more = extra["extra_answers"]
    cases = [
        Case(
            id=row["id"],
            type="answerable",
            question=row["question"],
            as_of=row["asked"],
            answers=(*row["answers"], *more.get(row["id"], ())),
            gold_articles=row["gold_articles"],
        )
        for row in rows_of(folder / "questions.jsonl")
        if row["id"] not in extra["bad"]
    ]
    cases += [
        Case(id=row["id"], type="no_evidence", question=row["question"], as_of=row["asked"], status=Status.ABSTAINED)
        for row in rows_of(folder / "no_evidence.jsonl")
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
    """Questions as readers type them, one type per kind, with the nuggets an answer must tell; the articles are the quizzes'."""
    beside = folder.parent / "rtqa_news"
    cases = [
        Case(
            id=row["id"],
            type=KINDS.get(row["type"], row["type"]),
            question=row["question"],
            history=tuple(PastTurn(question=question) for question in row.get("history") or ()),
            as_of=row["as_of"] or None,
            nuggets=tuple(Nugget(vital=one["vital"], any=one["any"]) for one in row["nuggets"]),
            wrong_answers=row["wrong"],
            gold_articles=row["gold_articles"],
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
