"""RAMDocs: questions over documents that contradict one another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evals.answer_text import words
from evals.cases import Case
from evals.rows import Row, one_of, rows_of
from evals.suites.suite import Adapter, Suite
from rag.types import Status

RAMDOCS_FILES = ("RAMDocs_test.jsonl", "ramdocs_dev.jsonl")


def read_ramdocs(folder: Path) -> Suite:
    """RAMDocs: each question has a few snippets of web documents of its own, some right, some false, some irrelevant.

    Every document is an article whose author is the id of its case, and the case searches only articles by that author.
    Each has an outlet of its own, so that they count as independent sources.

    A case's type says what its documents do: `agreed` on one right value, `ambiguous` (several right values, for several
    people or things of one name), or `misinformed` (at least one gives a false value). A reader cannot see which one is
    meant or false, so for both of the latter a conflict is expected. Values with the same words are the same.

    A false value whose words all occur in a right one ("tennis" and "table tennis") cannot be told apart by words, and
    is left out of `wrong_answers`. A question without a right answer in any document is left out altogether.
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
    true = {frozenset(words(answer)) for answer in right.values()}
    false = {frozenset(words(one["answer"])) for one in row["documents"] if one["type"] == "misinfo"} - true
    gold, wrong = [set(words(answer)) for answer in row["gold_answers"]], dict.fromkeys(row["wrong_answers"])
    return Case(
        id=case_id,
        type="misinformed" if false else "ambiguous" if len(true) > 1 else "agreed",
        question=row["question"],
        authors=(case_id,),
        answers=tuple(dict.fromkeys(row["gold_answers"])),
        wrong_answers=tuple(one for one in wrong if not any(known.issuperset(words(one)) for known in gold)),
        gold_articles=tuple(right),
        status=Status.CONFLICT if len(true | false) > 1 else Status.ANSWERED,
    )


RAMDOCS = Adapter(
    read=read_ramdocs,
    published='Wang et al., "Retrieval-Augmented Generation with Conflicting Evidence", 2025, arXiv 2504.13079, '
    "huggingface.co/datasets/HanNight/RAMDocs",
    licence="MIT",
    expects=f"one of {', '.join(RAMDOCS_FILES)}",
    measures="conflict between sources",
)
