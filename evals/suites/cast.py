"""TREC CAsT 2021: conversations in which every turn was also rewritten by hand as a question that stands alone.

The track's document collection cannot be redistributed, so the library is the passages that the topics give as the
system's answers, one article each; identical passages are one. The history of a turn is the
questions before it as they were typed, each with its passage.
"""

from __future__ import annotations

from pathlib import Path

from evals.cases import Case, PastTurn
from evals.rows import json_of, one_of
from evals.suites.suite import Adapter, Suite

FILE = "2021_manual_evaluation_topics_v1.0.json"


def read(folder: Path) -> Suite:
    """Turns of the types `first_turn` and `follow_up`."""
    articles: dict[str, str] = {}  # passage → id of the first turn that has it
    cases = []
    for topic in json_of(one_of(folder, FILE)):
        history: tuple[PastTurn, ...] = ()
        for turn in topic["turn"]:
            turn_id = f"{topic['number']}-{turn['number']}"
            question, passage = turn["raw_utterance"], turn["passage"]
            cases.append(
                Case(
                    id=turn_id,
                    type="follow_up" if history else "first_turn",
                    question=question,
                    history=history,
                    gold_articles=(articles.setdefault(passage, turn_id),),
                    rewrite=turn["manual_rewritten_utterance"],
                )
            )
            history = (*history, PastTurn(question=question, answer=passage))
    return Suite("cast", tuple({"id": turn_id, "text": passage} for passage, turn_id in articles.items()), tuple(cases))


ADAPTER = Adapter(
    read=read,
    published='Dalton, Xiong and Callan, "TREC CAsT 2021: The Conversational Assistance Track Overview", 2021, '
    "github.com/daltonj/treccastweb",
    licence="MIT (repository)",
    expects=FILE,
    measures="follow-ups, against rewrites by hand",
)
