"""SQuAD: questions that people wrote about paragraphs of Wikipedia; each paragraph is an article.

An unanswerable question (SQuAD 2.0 only) was written to look as if its paragraph answered it. Here it is asked over all
paragraphs, so that occasionally another one holds an answer after all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from evals.cases import Case
from evals.rows import Row, json_of, one_of, rows_of
from evals.suites.suite import Adapter, Suite, due

FILES = ("dev-v2.0.json", "squad_v2_dev_half.jsonl.gz", "dev-v1.1.json", "squad_v1_dev_31_titles.jsonl.gz")
"""The first one present is read: as published, or one question per line with its paragraph."""


def read(folder: Path) -> Suite:
    """Questions of the types `answerable` and `unanswerable`."""
    numbers: Counter[str] = Counter()
    articles: dict[str, dict[str, Any]] = {}  # by paragraph
    cases = []
    for row in questions_of(one_of(folder, *FILES)):
        title, text = row["title"], row["context"]
        if text not in articles:
            numbers[title] += 1
            articles[text] = {"id": f"{title}-{numbers[title]}", "title": title.replace("_", " "), "text": text}
        impossible = row["impossible"]
        case = Case(
            id=row["id"],
            type="unanswerable" if impossible else "answerable",
            question=row["question"],
            answers=() if impossible else tuple(dict.fromkeys(row["answers"])),
            gold_articles=() if impossible else (articles[text]["id"],),
            status=due(not impossible),
        )
        cases.append(case)
    return Suite("squad", tuple(articles.values()), tuple(cases))


def titles_of(folder: Path) -> dict[str, str]:
    return {row["id"]: row["title"] for row in questions_of(one_of(folder, *FILES))}


def questions_of(path: Path) -> Iterable[dict[str, Any]]:
    """One row per question, with its paragraph, from one of `FILES`."""
    return _questions(json_of(path)) if path.suffix == ".json" else rows_of(path)


def _questions(document: Row) -> Iterator[dict[str, Any]]:
    for article in document["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                yield {
                    "id": question["id"],
                    "title": article["title"],
                    "context": paragraph["context"],
                    "question": question["question"],
                    "answers": [answer["text"] for answer in question["answers"]],
                    "impossible": question.get("is_impossible", False),
                }


SQUAD = Adapter(
    read=read,
    published='Rajpurkar, Jia and Liang, "Know What You Don\'t Know: Unanswerable Questions for SQuAD", ACL 2018; '
    "Rajpurkar et al., EMNLP 2016; rajpurkar.github.io/SQuAD-explorer",
    licence="CC BY-SA 4.0",
    expects=f"one of {', '.join(FILES)}",
    measures="short answers, abstention where a near paragraph does not answer",
)
