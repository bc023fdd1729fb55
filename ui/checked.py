"""What is said of how a written answer was checked."""

from __future__ import annotations

from rag.types import Answer, CheckedBy
from ui.web.texts import label, say

VALUES_ONLY = label("names and numbers checked")
"""Said of a sentence whose meaning nothing vouches for."""


def how_checked(answer: Answer) -> str:
    """How many sentences were checked for their meaning, and how many only for their names and numbers; one sentence."""
    total = len(answer.sentences)
    unsure = sum(one.checked_by is CheckedBy.VALUES for one in answer.sentences)
    if not unsure:
        return say("every sentence checked against its sources")
    if unsure == total:
        return say("only names, numbers, days and quotations checked against the sources")
    partly = label("{checked} of {total} sentences checked against their sources, of the others only names and numbers")
    return say(partly, checked=total - unsure, total=total)
