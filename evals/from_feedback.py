"""Cases made from readers' ratings: their own questions, over their own library.

Thumbs up: the answer's words and articles become what is right; a refusal becomes a question without evidence. Thumbs
down: a draft, to be reviewed by a person: what was wrong is known, but what is right only if the note says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evals.cases import Case, Gold, PastTurn
from evals.records import REFUSED
from rag.errors import ArticleNotFound
from rag.library import Library
from rag.store.readers import Feedback
from rag.types import Answer, Citation, Status

RIGHT, RIGHT_REFUSAL, DRAFT = "thumbs_up", "thumbs_up_no_answer", "thumbs_down"  # Case types.


def cases_of(library: Library, given: Iterable[Feedback]) -> Iterator[Case]:
    """One case for each rating, in order, as of the day on which it was asked."""
    for feedback in given:
        answer, refused = feedback.answer, feedback.answer.status in REFUSED
        told: dict[str, object]
        if feedback.thumbs == "down":  # Where the note says what is right, its words are compared.
            told = {"wrong_answers": () if refused else _words(answer), "reference": feedback.note}
        elif refused:
            told = {"type": RIGHT_REFUSAL, "status": Status.ABSTAINED}
        else:
            told = {
                "type": RIGHT,
                "answers": _words(answer),
                "gold": tuple(Gold(file=_place(library, one), words=one.quote) for one in answer.citations),
                "gold_articles": tuple(dict.fromkeys(one.article_id for one in answer.citations)),
                "status": answer.status,
            }
        yield _asked(feedback).model_copy(update=told)


def _asked(feedback: Feedback) -> Case:
    """The question as it was asked, or as it was searched if its history was not kept."""
    answer = feedback.answer
    alone = answer.standalone_question.strip() or answer.question
    followed = bool(answer.history) and alone != answer.question.strip()
    return Case(
        id=f"feedback-{feedback.id}",
        type=DRAFT,
        question=answer.question if answer.history else alone,
        history=tuple(PastTurn(question=turn.question, answer=turn.answer) for turn in answer.history),
        as_of=answer.window.as_of or feedback.at.date(),
        rewrite=alone if followed else "",
    )


def _words(answer: Answer) -> tuple[str, ...]:
    """The answering words; if no reading model marked any, the first quote."""
    said, cited = answer.sentences, answer.citations
    found = (
        [answer.text[span.start : span.end] for one in said if (span := one.answer)]
        or [one.quote[span.start - one.start : span.end - one.start] for one in cited if (span := one.answer)]
        or [one.quote for one in cited[:1]]
    )
    return tuple(dict.fromkeys(words.strip() for words in found if words.strip()))


def _place(library: Library, citation: Citation) -> str:
    """Where its article was found; if it is no longer in the library, its address or id."""
    try:
        sources = library.article(citation.article_id).sources
    except ArticleNotFound:
        sources = ()
    return next(iter(sources), citation.url or citation.article_id)
