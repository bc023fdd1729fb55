"""One record → its scores. Pure: a stored run can be scored again without asking again.

A score of 1 or 0 means yes or no. Whether the precisions and the citation measures apply depends on what came back;
for all other measures it depends only on the case, so that a record without an answer counts as wrong there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from evals.answer_text import compared, contains_answer, first_words, holds, token_f1, without_markers
from evals.cases import Case, Nugget
from evals.measures import MEASURES, Scores
from evals.records import REFUSED, Record
from rag.checking.reading import Premise
from rag.checking.verify import check
from rag.text.clean import readable
from rag.types import Answer, Kind, Sentence, Status

CITATIONS_MOST = 3  # Citations per sentence that are examined, as in ALCE.
SHORT_WORDS, LONG_WORDS = 60, 150
"""Words within which the vital nuggets must occur: in a short answer, and in any other."""
SHORT_TYPES = frozenset({"fact", "yes_no", "yesno", "multi", "follow_up", "followup"})
RANKED_MOST = 10  # Articles considered by nDCG@10 and R@10.


def score(record: Record) -> Scores:
    """The scores of a record, with every key of `MEASURES`."""
    writing = record.answer.writing if record.answer else None
    found = {
        **_answer_scores(record),
        **_retrieval_scores(record),
        **_status_scores(record),
        **_citation_scores(record),
        **_search_scores(record),
        "quotes intact": None if record.quotes_intact is None else float(record.quotes_intact),
        "in a model's words": float(writing.problem is None) if writing else None,
        "failed": float(record.answer is None),
    }
    return {name: found.get(name) for name in MEASURES}


def _answer_scores(record: Record) -> Scores:
    """Scores of the answer's words; refusing is wrong whenever there is something to say."""
    case, answer = record.case, record.answer
    given = answer if answer and answer.status not in REFUSED else None
    text = given.text if given else ""
    quote = given.citations[0].quote if given and given.citations else ""
    scores: Scores = {}
    if case.answers:
        scores["answer accuracy"] = float(contains_answer(text, case.answers))
        scores["first quote right"] = float(contains_answer(quote, case.answers))
    if case.nuggets or case.type == "meta":
        scores["satisfied"] = float(satisfied(case, answer))
    if case.nuggets and given:
        scores["noise"] = noise(case.nuggets, given)
    if references := [reference for reference in (*case.answers, case.reference) if reference]:
        scores["token F1"] = token_f1(text, references)
    right = scores.get("satisfied", scores.get("answer accuracy"))
    if given and (right is not None or not case.answerable):
        scores["right when asserted"] = right if case.answerable else 0.0
    if case.wrong_answers:
        scores["wrong answer given"] = float(contains_answer(text, case.wrong_answers))
    return scores


def covered(nugget: Nugget, text: str) -> bool:
    """Whether a compared text tells a nugget: all the words of one of its wordings."""
    return any(all(holds(text, words) for words in wording) for wording in nugget.any)


def satisfied(case: Case, answer: Answer | None) -> bool:
    """Whether all vital nuggets occur within the words that count, and nothing known to be wrong."""
    if answer is None or answer.status in REFUSED:
        return False
    if case.type == "meta":
        return answer.kind is Kind.META and bool(answer.text)
    most = SHORT_WORDS if case.type in SHORT_TYPES else LONG_WORDS
    told = compared(first_words(answer.text, most))
    whole = compared(without_markers(answer.text))
    wrong = any(holds(whole, words) for words in case.wrong_answers)
    return not wrong and all(covered(nugget, told) for nugget in case.nuggets if nugget.vital)


def noise(nuggets: Sequence[Nugget], answer: Answer) -> float | None:
    """Share of the shown sentences that tell no nugget; None if nothing is asserted."""
    if answer.status in REFUSED or not answer.sentences:
        return None
    told = [compared(without_markers(answer.text[one.start : one.end])) for one in answer.sentences]
    return sum(not any(covered(nugget, one) for nugget in nuggets) for one in told) / len(told)


def _retrieval_scores(record: Record) -> Scores:
    """By article, at the best rank of its passages; the gain of a gold article is 1."""
    gold, hits = set(record.gold_articles), [one in record.gold_articles for one in dict.fromkeys(record.ranking)]
    if not gold:
        return {}
    worth = [1 / math.log2(place + 2) for place in range(RANKED_MOST)]
    return {
        "Success@1": float(any(hits[:1])),
        "Success@5": float(any(hits[:5])),
        "R@10": sum(hits[:RANKED_MOST]) / len(gold),
        "RR": 1 / (hits.index(True) + 1) if any(hits) else 0.0,
        "nDCG@10": sum(one for one, hit in zip(worth, hits, strict=False) if hit) / sum(worth[: len(gold)]),
    }


def _status_scores(record: Record) -> Scores:
    due, came = record.case.status, record.answer.status if record.answer else None
    refused = came in REFUSED
    scores: Scores = {"closest shown": float(came is Status.CLOSEST)}
    if due is Status.ABSTAINED:
        scores["status right"] = scores["abstention recall"] = float(refused)
    else:
        scores["status right"] = float(came is due)
        scores["answered when answerable"] = float(came is not None and not refused)
    if refused:
        scores["abstention precision"] = float(due is Status.ABSTAINED)
    if due is Status.CONFLICT:
        scores["conflict recall"] = float(came is Status.CONFLICT)
    if came is Status.CONFLICT:
        scores["conflict precision"] = float(due is Status.CONFLICT)
    return scores


def _search_scores(record: Record) -> Scores:
    """Scores of what was searched: a standalone question as it was typed, a follow-up as if written out in full."""
    case, answer = record.case, record.answer
    if not case.history:
        same = answer is not None and answer.standalone_question == readable(case.question)
        return {"left word for word": float(same)}
    if not case.rewrite or (answer and not record.rewrite_ranking):
        return {}
    sought = record.rewrite_ranking[:1]
    return {
        "follow-up finds the same": float(answer is not None and record.ranking[:1] == sought),
        "follow-up Success@5": float(answer is not None and set(sought) <= set(record.ranking[:5])),
    }


def _citation_scores(record: Record) -> Scores:
    answer = record.answer
    # The closest passages are shown whole and claim nothing; whether they are verbatim is measured separately.
    if answer is None or answer.status is Status.CLOSEST:
        return {}
    scores: Scores = {}
    if judged := [_judge(answer, sentence) for sentence in answer.sentences]:
        scores["citation recall"] = sum(supported for supported, _ in judged) / len(judged)
    if needed := [one for _, citations in judged for one in citations]:
        scores["citation precision"] = sum(needed) / len(needed)
    return scores


def _judge(answer: Answer, sentence: Sentence) -> tuple[bool, list[bool]]:
    """Whether its citations support a sentence, and which of them it needs (Gao et al., ALCE, EMNLP 2023, section 3.3).

    A citation is not needed if the others support the sentence without it and it does not do so alone; if all of
    them together do not support the sentence, none counts.
    """
    quotes = {one.number: Premise(one.quote, one.title, one.outlet or "", one.published) for one in answer.citations}
    text = without_markers(answer.text[sentence.start : sentence.end])
    cited = [quotes[number] for number in sentence.citations[:CITATIONS_MOST] if number in quotes]
    if not cited or not check(text, cited).supported:
        return False, [False] * len(cited)
    pairs = [(one, [*cited[:place], *cited[place + 1 :]]) for place, one in enumerate(cited)]
    return True, [
        check(text, [one]).supported or not others or not check(text, others).supported for one, others in pairs
    ]
