"""Questions and claims over other documents: contradicting ones, messy pages, sets from many fields, judged summaries."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from evals.cases import Case
from evals.rows import CaseError, Row, lines_of, one_of, rows_of
from evals.suites.suite import Adapter, Suite, due
from rag.types import Status

RAMDOCS_FILES = ("RAMDocs_test.jsonl", "ramdocs_dev.jsonl")
QAGS_FILES = ("mturk_xsum.jsonl", "mturk_cnndm.jsonl")


def read_ramdocs(folder: Path) -> Suite:
    """RAMDocs: each question has a few web documents of its own; some are right, some false, some irrelevant.

    Every document is an article whose author is the id of its case, and the case searches only articles of that author.
    Each document of a case has an outlet of its own, so that they count as independent sources. They are snippets, cut
    anywhere, and have no titles.

    A case's type says what its documents do: they are `agreed` on one right value, `ambiguous` (several right values, for
    several people or things of one name), or `misinformed` (at least one gives a false value). A reader does not say which of them
    is meant and cannot see which value is false, so an answer that the sources differ is right for both of the latter: they
    are expected to be a conflict, and `agreed` ones to be answered. Two values are the same when they have the same words.

    A false value whose words all stand in a right one ("tennis" beside "table tennis") cannot be told apart by words, and
    is left out of `wrong_answers`. A question to which no document gives a right answer is left out altogether.
    """
    cases = []
    articles: list[dict[str, Any]] = []
    for number, row in enumerate(rows_of(one_of(folder, *RAMDOCS_FILES)), start=1):
        case_id = f"ramdocs-{number}"
        documents = {f"{case_id}-{place}": one for place, one in enumerate(row["documents"], start=1)}
        right = {article: one["answer"] for article, one in documents.items() if one["type"] == "correct"}
        if right:
            cases.append(_ramdocs_case(case_id, row, right))
            articles += [
                {"id": article, "outlet": f"Document {place}", "authors": [case_id], "text": one["text"]}
                for place, (article, one) in enumerate(documents.items(), start=1)
            ]
    return Suite("ramdocs", tuple(articles), tuple(cases))


def _ramdocs_case(case_id: str, row: Row, right: dict[str, str]) -> Case:
    true = {_words(answer) for answer in right.values()}
    false = {_words(one["answer"]) for one in row["documents"] if one["type"] == "misinfo"} - true
    gold = [_words(answer) for answer in row["gold_answers"]]
    return Case(
        id=case_id,
        type="misinformed" if false else "ambiguous" if len(true) > 1 else "agreed",
        question=row["question"],
        authors=(case_id,),
        answers=tuple(dict.fromkeys(row["gold_answers"])),
        wrong_answers=tuple(
            wrong for wrong in dict.fromkeys(row["wrong_answers"]) if not any(_words(wrong) <= one for one in gold)
        ),
        gold_articles=tuple(right),
        status=Status.CONFLICT if len(true | false) > 1 else Status.ANSWERED,
    )


def _words(answer: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", answer.casefold()))


RAMDOCS = Adapter(
    read=read_ramdocs,
    published='Wang et al., "Retrieval-Augmented Generation with Conflicting Evidence", 2025, arXiv 2504.13079, '
    "huggingface.co/datasets/HanNight/RAMDocs",
    licence="MIT",
    expects=f"one of {', '.join(RAMDOCS_FILES)}",
    measures="conflict between sources",
)


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


def read_beir(folder: Path) -> Suite:
    """Any set of BEIR, unpacked: the queries that the test judgements name.

    There are no answers, only documents that were judged relevant (a score above 0), so only retrieval is measured.
    All is held in memory, so it suits the smaller sets, such as SciFact, NFCorpus and FiQA.
    """
    corpus, queries = one_of(folder, "corpus.jsonl"), one_of(folder, "queries.jsonl")
    relevant: dict[str, list[str]] = {}
    for where, line in list(lines_of(one_of(folder, "qrels/test.tsv")))[1:]:  # the first line is the header
        try:
            query, document, score = line.rstrip("\n").split("\t")
            if float(score) > 0:
                relevant.setdefault(query, []).append(document)
        except ValueError as error:
            raise CaseError(f"{where} is not a query, a document and a score with tabs between.") from error
    articles = tuple({"id": row["_id"], "title": row.get("title", ""), "text": row["text"]} for row in rows_of(corpus))
    cases = tuple(
        Case(id=row["_id"], type="query", question=row["text"], gold_articles=tuple(relevant[row["_id"]]))
        for row in rows_of(queries)
        if row["_id"] in relevant
    )
    return Suite("beir", articles, cases)


BEIR = Adapter(
    read=read_beir,
    published='Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval '
    'Models", NeurIPS 2021, github.com/beir-cellar/beir',
    licence="each set has its own",
    expects="corpus.jsonl, queries.jsonl, qrels/test.tsv",
    measures="retrieval outside the news",
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
