"""WildGraphBench: questions made from statements in Wikipedia, over the messy pages that it cites."""

from __future__ import annotations

from pathlib import Path

from evals.cases import Case
from evals.rows import one_of, rows_of
from evals.suites.suite import Adapter, Suite


def read_wildgraphbench(folder: Path) -> Suite:
    """WildGraphBench: questions (`single_fact`, `multi_fact`, `summary`) made from Wikipedia statements, over the pages it cites.

    The pages are raw reader-mode Markdown with their menus and advertisements. Answers are long, so they are compared
    only by words; that of a summary is its statements. Questions with a missing cited page are left out.
    """
    articles = one_of(folder, "articles.jsonl.gz")
    cases = [
        Case(
            id=row["id"],
            type=row["type"].replace("-", "_"),
            question=row["question"],
            reference=row["answer"] or " ".join(row["gold_statements"]),
            gold_articles=tuple(row["gold_articles"]),
        )
        for row in rows_of(one_of(folder, "questions.jsonl"))
        if row["all_refs_present"]
    ]
    return Suite("wildgraphbench", articles, tuple(cases))


WILDGRAPHBENCH = Adapter(
    read=read_wildgraphbench,
    published='Wang et al., "WildGraphBench: Benchmarking GraphRAG with Wild-Source Corpora", 2026, github.com/BstWPY/WildGraphBench',
    licence="Apache-2.0 (repository; the pages belong to their publishers)",
    expects="articles.jsonl.gz (id, title, url, text), questions.jsonl (id, type, question, answer or gold_statements, "
    "gold_articles, all_refs_present)",
    measures="retrieval in messy pages, long answers",
)
