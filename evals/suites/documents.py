"""Questions over messy pages, and claims about news that people judged."""

from __future__ import annotations

from pathlib import Path

from evals.cases import Case
from evals.rows import one_of, rows_of
from evals.suites.suite import Adapter, Suite, due

QAGS_FILES = ("mturk_xsum.jsonl", "mturk_cnndm.jsonl")


def read_wildgraphbench(folder: Path) -> Suite:
    """WildGraphBench: questions (`single_fact`, `multi_fact`, `summary`) made of statements in Wikipedia, over the pages it cites.

    The pages are raw reader-mode Markdown with their menus and advertisements, and are ingested as they are. Answers are
    long, so they are a `reference`, compared by words only; that of a summary is its statements, one after the other.
    Questions of which a cited page is missing (`all_refs_present` is false) are left out: these pages cannot answer them.
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


def read_qags(folder: Path) -> Suite:
    """QAGS: sentences of news summaries that machines wrote, each judged by three people as supported by its article or not.

    Nothing is searched: the sentence is a claim, the article its evidence. It is `supported` when most said yes.
    """
    one_of(folder, *QAGS_FILES)
    cases = []
    for path in (folder / name for name in QAGS_FILES if (folder / name).is_file()):
        for number, row in enumerate(rows_of(path), start=1):
            for place, sentence in enumerate(row["summary_sentences"], start=1):
                votes = [vote["response"] for vote in sentence["responses"]]
                supported = votes.count("yes") > len(votes) / 2
                cases.append(
                    Case(
                        id=f"{path.stem}-{number}-{place}",
                        type="supported" if supported else "unsupported",
                        question=sentence["sentence"],
                        evidence=row["article"],
                        status=due(supported),
                    )
                )
    return Suite("qags", (), tuple(cases))


QAGS = Adapter(
    read=read_qags,
    published='Wang, Cho and Lewis, "Asking and Answering Questions to Evaluate the Factual Consistency of Summaries", '
    "ACL 2020, github.com/W4ngatang/qags",
    licence="none stated",
    expects=f"one or both of {', '.join(QAGS_FILES)}",
    measures="the check of a sentence against its source",
)
