"""Suites: articles to ask about, and cases. `sample` is in the repository, others are read from a folder."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.cases import Case, CaseError, read_cases
from rag.types import Status

DATA = Path(__file__).parent / "data"
SAMPLE_ARTICLES = DATA / "articles"


@dataclass(frozen=True)
class Suite:
    """What to ingest and what to ask."""

    name: str
    articles: Path
    cases: tuple[Case, ...]


def sample() -> Suite:
    """The articles and cases of this repository."""
    return Suite("sample", SAMPLE_ARTICLES, tuple(read_cases(DATA / "sample.jsonl")))


def rtqa_news(folder: Path) -> Suite:
    """RealTimeQA-style weekly news quizzes with the articles found for them.

    Published by Kasai et al., "RealTime QA: What's the Answer Right Now?", 2022 (quizzes of CNN, The Week and
    USA Today; no licence stated). Expects `articles.jsonl.gz`, `questions.jsonl`, `no_evidence.jsonl` and
    `extra_answers.json`, whose `bad` questions are left out. Raises `CaseError` when one is missing.
    """
    extra = _json(folder / "extra_answers.json")
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
        for row in _rows(folder / "questions.jsonl")
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
        for row in _rows(folder / "no_evidence.jsonl")
    ]
    return Suite("rtqa_news", folder / "articles.jsonl.gz", tuple(cases))


def load_suite(name: str, folder: Path | None) -> Suite:
    """The suite of that name. Raises `CaseError` for an unknown name or a missing folder."""
    if name == "sample":
        return sample()
    if name != "rtqa_news":
        raise CaseError(f"There is no suite '{name}'; the suites are sample and rtqa_news.")
    if folder is None or not folder.is_dir():
        raise CaseError("The suite rtqa_news is read from a folder; name it with --data FOLDER.")
    return rtqa_news(folder)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CaseError(f"'{path.name}' of the suite cannot be read: {error}.") from error


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CaseError(f"'{path.name}' of the suite cannot be read: {error.strerror}.") from error
    for number, line in enumerate(lines, start=1):
        try:
            yield json.loads(line)
        except ValueError as error:
            raise CaseError(f"{path.name}, line {number} is not JSON: {error}.") from error
