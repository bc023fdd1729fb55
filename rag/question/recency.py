"""Whether a question asks for the newest state of things."""

from __future__ import annotations

import datetime as dt
import re

from rag.question.window import asks_about_now
from rag.text.tense import PAST_VERB
from rag.types import Window

_PRESENT = re.compile(
    r"\b(?:is|are|has|have|does|do|isn['’]t|aren['’]t|hasn['’]t|haven['’]t)\b|(?<=\w)['’](?:s|re)\b", re.I
)
_OTHER_TENSE = re.compile(rf"{PAST_VERB}|\b(?:will|would|shall)\b")
_STATE = re.compile(
    r"\s*(?:who|what|which(?: \w+){1,3}?) (?!was\b|(?:\w*ss|[a-z]+ous)\b)[a-z]+s\b(?! of\b)", re.IGNORECASE
)


_STILL_TO_COME = re.compile(
    r"\W*(?:when|what (?:day|date|time)|which (?:day|date)|how much|how many|where|who) (?:\w+ ){0,3}?will\b",
    re.IGNORECASE,
)
"""Plans change, so that the last one counts."""
_RUNNING_COUNT = re.compile(
    r"\bhow many\b.*\b(?:die|died|dead|deaths?|killed|lost their lives|injured|hurt|wounded|missing|ill|sick|infected|cases"
    r"|arrested|evacuated|displaced)\b|\b(?:death )?toll\b",
    re.IGNORECASE,
)
"""What is counted goes on growing, so that the last count is the answer."""


def wants_newest(question: str, window: Window, asked: dt.date) -> bool:
    """Whether of several good answers the newest is meant: "latest", "now", "by 20 August", or the present tense.

    Weaker than `asks_about_now`, which says when an old answer needs a notice. `asked` is the day of the question.
    """
    if window.prefers_newest:
        return True
    if window.until and window.until < asked:
        return False
    if asks_for_a_running_count(question) or _STILL_TO_COME.match(question):
        return True
    return asks_about_now(question, window, asked) or is_present_tense(question)


def asks_for_a_running_count(question: str) -> bool:
    """Whether a question is for the number of dead, hurt, missing and the like, which is counted anew from day to day."""
    return _RUNNING_COUNT.search(question) is not None


def is_present_tense(question: str) -> bool:
    """Whether the first verb of a question that tells a tense is in the present: "Who runs …", "How many are …"."""
    question = question[:1].lower() + question[1:]
    present, other = _PRESENT.search(question), _OTHER_TENSE.search(question)
    if present is None:
        return other is None and _STATE.match(question) is not None
    return other is None or present.start() < other.start()
