"""Conversations whose later turns need the earlier ones."""

from __future__ import annotations

from pathlib import Path

from evals.cases import Case, PastTurn
from evals.rows import Row, json_of, one_of
from evals.suites.suite import Adapter, Suite
from rag.types import Status

CAST_FILE = "2021_manual_evaluation_topics_v1.0.json"
MTRAG_FILES = ("reference_subset_with_human_evaluations.json", "human_subset.json")
STATUS = {"ANSWERABLE": Status.ANSWERED, "PARTIAL": Status.PARTIAL, "UNANSWERABLE": Status.ABSTAINED}


def read_cast(folder: Path) -> Suite:
    """TREC CAsT 2021: turns of the types `first_turn` and `follow_up`, each rewritten by hand to stand alone.

    The track's documents cannot be redistributed, so the library is the passages that the topics give as the system's
    answers, one article each; identical passages are one.
    """
    articles: dict[str, str] = {}  # passage → id of the first turn that has it
    cases = []
    for topic in json_of(one_of(folder, CAST_FILE)):
        history: tuple[PastTurn, ...] = ()
        for turn in topic["turn"]:
            turn_id = f"{topic['number']}-{turn['number']}"
            question, passage = turn["raw_utterance"], turn["passage"]
            case = Case(
                id=turn_id,
                type="follow_up" if history else "first_turn",
                question=question,
                history=history,
                gold_articles=(articles.setdefault(passage, turn_id),),
                rewrite=turn["manual_rewritten_utterance"],
            )
            cases.append(case)
            history += (PastTurn(question=question, answer=passage),)
    return Suite("cast", tuple({"id": turn_id, "text": passage} for passage, turn_id in articles.items()), tuple(cases))


CAST = Adapter(
    read=read_cast,
    published='Dalton, Xiong and Callan, "TREC CAsT 2021: The Conversational Assistance Track Overview", 2021, '
    "github.com/daltonj/treccastweb",
    licence="MIT (repository)",
    expects=CAST_FILE,
    measures="follow-ups, against rewrites by hand",
)


def read_mtrag(folder: Path) -> Suite:
    """MTRAG, over web pages, manuals and finance answers: tasks of the types `answerable`, `partial` and `unanswerable`.

    The library consists of the few hundred documents that come with the tasks, so retrieval is easier than in the
    paper. Turns marked CONVERSATIONAL, such as thanks, are left out. The reference answer of an unanswerable task is
    an apology, and is not kept.
    """
    document = json_of(one_of(folder, *MTRAG_FILES))
    articles = tuple(
        {"id": one["document_id"], "title": one.get("title", ""), "text": one["text"]} for one in document["documents"]
    )
    cases = (_task(task, kind) for task in document["tasks"] for kind in task["Answerability"] if kind in STATUS)
    return Suite("mtrag", articles, tuple(cases))


def _task(task: Row, kind: str) -> Case:
    *past, last = [turn["text"] for turn in task["input"]]
    turns = zip(past[::2], past[1::2], strict=True)
    return Case(
        id=task["task_id"],
        type=kind.lower(),
        question=last,
        history=tuple(PastTurn(question=question, answer=answer) for question, answer in turns),
        reference="" if STATUS[kind] is Status.ABSTAINED else task["targets"][0]["text"],
        gold_articles=tuple(context["document_id"] for context in task["contexts"]),
        status=STATUS[kind],
    )


MTRAG = Adapter(
    read=read_mtrag,
    published='Katsis et al., "MTRAG: A Multi-Turn Conversational Benchmark for Evaluating Retrieval-Augmented '
    'Generation Systems", TACL 2025, github.com/IBM/mt-rag-benchmark',
    licence="Apache-2.0",
    expects=f"one of {', '.join(MTRAG_FILES)}",
    measures="follow-ups, long answers, partial answers, abstention",
)
