"""Asks kept questions again and reports what changed in the answers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from rag.answering.agreement import COMPARED
from rag.checking.quantities import Quantity
from rag.checking.values import Days, differ, value_in
from rag.checking.values import Value as Given
from rag.errors import ConfigError
from rag.store.readers import Change, Changed, KeptQuestion
from rag.types import Answer, Kind, Status

if TYPE_CHECKING:
    from rag.assistant import Assistant

CHANGES_KEPT = 20
NO_ANSWER = "no answer"
_ANSWERED = frozenset({Status.ANSWERED, Status.PARTIAL, Status.CONFLICT})


def keep(assistant: Assistant, question: str, now: dt.datetime, words: str = "") -> KeptQuestion:
    """Keeps a question with today's answer; `words` if its reader put it otherwise. Raises `ConfigError` if it is none."""
    answer = assistant.ask(question)
    if answer.kind is Kind.META or not question.strip():
        raise ConfigError("That is no question about the news; keep one such as 'When does the bridge open?'.")
    words = words if words != question else ""
    return assistant.library.kept.put(KeptQuestion(question=answer.question, words=words, kept_at=now, answer=answer))


def ask_again(assistant: Assistant, now: dt.datetime) -> list[KeptQuestion]:
    """Asks every kept question again; returns those whose answer changed, each with that change first in its list."""
    store = assistant.library.kept
    changed = []
    for kept in store.all():
        answer = assistant.ask(kept.question)
        change = change_of(kept.answer, answer, now)
        if change is None:
            continue  # the last answer shown stays the one to compare with
        kept = kept.model_copy(update={"answer": answer, "changes": (change, *kept.changes)[:CHANGES_KEPT]})
        store.save(kept)
        changed.append(kept)
    return changed


def change_of(before: Answer, now: Answer, at: dt.datetime) -> Change | None:
    """What differs between an earlier and a later answer to one question; None if nothing a reader would call a change.

    Neither other words for the same value nor another passage of articles already cited is a change.
    """
    if _state(before) != _state(now):
        return Change(what=Changed.STATE, before=briefly(before), now=briefly(now), at=at)
    if now.status not in _ANSWERED or not now.citations or not before.citations:
        return None
    first, second = _value(before), _value(now)
    if first is not None and second is not None:
        if not differ(first, second):
            return None
        what = Changed.FIGURE if isinstance(second, Quantity | Days) else Changed.ANSWER
        return Change(what=what, before=briefly(before), now=briefly(now), at=at)
    known = {one.article_id for one in before.citations}
    leading = now.citations[:1] if now.kind in COMPARED else now.citations
    newest = before.freshness.newest or dt.date.min
    later = (one for one in leading if one.article_id not in known and one.published and one.published >= newest)
    news = next(later, None)
    return Change(what=Changed.NEWS, before=briefly(before), now=news.quote, at=at) if news else None


def _state(answer: Answer) -> tuple[bool, bool]:
    """Whether there is an answer, and whether sources disagree on it."""
    return answer.status in _ANSWERED, answer.status is Status.CONFLICT


def _value(answer: Answer) -> Given | None:
    """The value given by the first sentence cited; None if nothing in it can be compared."""
    cited = answer.citations[0]
    if answer.kind not in COMPARED or cited.answer is None:
        return None
    start, end = cited.answer.start - cited.start, cited.answer.end - cited.start
    return value_in(answer.standalone_question, cited.quote, start, end, cited.published)


def briefly(answer: Answer) -> str:
    """The answer in a few words."""
    if answer.status not in _ANSWERED:
        return NO_ANSWER
    if answer.conflicts:
        return " or ".join(answer.conflicts[0].values)
    return answer.short or (answer.citations[0].quote if answer.citations else answer.text)
