"""MTRAG: conversations that people had with a retrieval system, over web pages, manuals and finance answers.

The library is the documents that come with the tasks, a few hundred of the published corpora's hundreds of thousands,
so retrieval is easier here than in the paper. Turns marked CONVERSATIONAL, such as thanks, are left out: they
ask nothing of a library. The reference answer of an unanswerable task is an apology, and is not kept.
"""

from __future__ import annotations

from pathlib import Path

from evals.cases import Case, PastTurn
from evals.rows import Row, json_of, one_of
from evals.suites.suite import Adapter, Suite
from rag.types import Status

FILES = ("reference_subset_with_human_evaluations.json", "human_subset.json")
STATUS = {"ANSWERABLE": Status.ANSWERED, "PARTIAL": Status.PARTIAL, "UNANSWERABLE": Status.ABSTAINED}


def read(folder: Path) -> Suite:
    """Tasks of the types `answerable`, `partial` and `unanswerable`."""
    document = json_of(one_of(folder, *FILES))
    articles = tuple(
        {"id": one["document_id"], "title": one.get("title", ""), "text": one["text"]} for one in document["documents"]
    )
    return Suite("mtrag", articles, tuple(_case(task) for task in document["tasks"] if _kind(task) in STATUS))


def _kind(task: Row) -> str:
    (kind,) = task["Answerability"]
    return str(kind)


def _case(task: Row) -> Case:
    *past, last = [turn["text"] for turn in task["input"]]
    status = STATUS[_kind(task)]
    return Case(
        id=task["task_id"],
        type=_kind(task).lower(),
        question=last,
        history=tuple(
            PastTurn(question=question, answer=answer) for question, answer in zip(past[::2], past[1::2], strict=True)
        ),
        reference="" if status is Status.ABSTAINED else task["targets"][0]["text"],
        gold_articles=tuple(context["document_id"] for context in task["contexts"]),
        status=status,
    )


ADAPTER = Adapter(
    read=read,
    published='Katsis et al., "MTRAG: A Multi-Turn Conversational Benchmark for Evaluating Retrieval-Augmented '
    'Generation Systems", TACL 2025, github.com/IBM/mt-rag-benchmark',
    licence="Apache-2.0",
    expects=f"one of {', '.join(FILES)}",
    measures="follow-ups, long answers, partial answers, abstention",
)
