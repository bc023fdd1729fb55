"""BEIR: retrieval sets from many fields in one format; reads any of them, unpacked into a folder.

There are no answers, only documents that were judged relevant (a score above 0), so only retrieval is measured.
All is held in memory, so it suits the smaller sets, such as SciFact, NFCorpus and FiQA.
"""

from __future__ import annotations

from pathlib import Path

from evals.cases import Case
from evals.rows import CaseError, lines_of, one_of, rows_of
from evals.suites.suite import Adapter, Suite


def read(folder: Path) -> Suite:
    """The queries that the test judgements name."""
    corpus, queries = one_of(folder, "corpus.jsonl"), one_of(folder, "queries.jsonl")
    relevant = _relevant(one_of(folder, "qrels/test.tsv"))
    articles = tuple({"id": row["_id"], "title": row.get("title", ""), "text": row["text"]} for row in rows_of(corpus))
    cases = tuple(
        Case(id=row["_id"], type="query", question=row["text"], gold_articles=tuple(relevant[row["_id"]]))
        for row in rows_of(queries)
        if row["_id"] in relevant
    )
    return Suite("beir", articles, cases)


def _relevant(path: Path) -> dict[str, list[str]]:
    """Query → documents judged relevant; the file's first line is its header."""
    relevant: dict[str, list[str]] = {}
    for where, line in list(lines_of(path))[1:]:
        try:
            query, document, score = line.rstrip("\n").split("\t")
            if float(score) > 0:
                relevant.setdefault(query, []).append(document)
        except ValueError as error:
            raise CaseError(f"{where} is not a query, a document and a score with tabs between.") from error
    return relevant


ADAPTER = Adapter(
    read=read,
    published='Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval '
    'Models", NeurIPS 2021, github.com/beir-cellar/beir',
    licence="each set has its own",
    expects="corpus.jsonl, queries.jsonl, qrels/test.tsv",
    measures="retrieval outside the news",
)
