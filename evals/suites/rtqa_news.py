"""RealTimeQA-style weekly news quizzes with the articles found for them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from evals.cases import Case
from evals.rows import json_of, one_of, rows_of
from evals.suites.suite import Adapter, Suite
from rag.types import Status


def read(folder: Path) -> Suite:
    """Answerable questions, and questions without evidence; the questions that the folder calls bad are left out."""
    extra = json_of(folder / "extra_answers.json")
    bad, more = set(extra["bad"]), extra["extra_answers"]
    cases = [
        Case(
            id=row["id"],
            type="answerable",
            question=row["question"],
            as_of=dt.date.fromisoformat(row["asked"]),
            answers=(*row["answers"], *more.get(row["id"], ())),
            gold_articles=tuple(row["gold_articles"]),
        )
        for row in rows_of(folder / "questions.jsonl")
        if row["id"] not in bad
    ]
    cases += [
        Case(
            id=row["id"],
            type="no_evidence",
            question=row["question"],
            as_of=dt.date.fromisoformat(row["asked"]),
            status=Status.ABSTAINED,
        )
        for row in rows_of(folder / "no_evidence.jsonl")
    ]
    return Suite("rtqa_news", one_of(folder, "articles.jsonl.gz", "articles.jsonl"), tuple(cases))


ADAPTER = Adapter(
    read=read,
    published='Kasai et al., "RealTime QA: What\'s the Answer Right Now?", NeurIPS 2023 (quizzes of CNN, The Week, USA Today)',
    licence="none stated",
    expects="articles.jsonl.gz, questions.jsonl, no_evidence.jsonl, extra_answers.json",
    measures="retrieval in time, short answers, abstention",
)
