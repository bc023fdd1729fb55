"""What sort of value answers a question: a person, a place, a number."""

from __future__ import annotations

import re
from enum import Enum


class AnswerKind(Enum):
    """What the answer will look like."""

    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    REASON = "reason"
    OTHER = "other"


_KINDS: tuple[tuple[re.Pattern[str], AnswerKind], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (r"\b(?:what|which) (?:percent(?:age)?|share|proportion)\b|\bper ?cent\b.*\?$", AnswerKind.PERCENT),
        (
            r"\bhow (?:much (?:money|does|did|will|is|are|was|were|would|has|have)|expensive)\b|\bwhat (?:price|cost)\b|"
            r"\b(?:price|cost|worth|fine|salary|budget)\b.*\?$",
            AnswerKind.MONEY,
        ),
        (
            r"\bhow (?:many|much|long|old|far|tall|big|large|often|high|fast|deep|heavy|wide)\b|"
            r"\b(?:what|which) (?:number|age|rate|score|size|magnitude)\b|\bhis age\b|\bher age\b",
            AnswerKind.NUMBER,
        ),
        (r"\bwhen\b|\b(?:what|which) (?:day|date|month|year|time|week|decade|century)\b|\bhow soon\b", AnswerKind.TIME),
        (
            r"\bwhere\b|\b(?:what|which) (?:country|countries|city|cities|state|town|island|region|place|location)\b",
            AnswerKind.PLACE,
        ),
        (
            r"\bwho(?:m|se)?\b|\b(?:what|which) (?:\w+ ){0,2}(?:person|man|woman|actor|actress|singer|president|minister|"
            r"player|star|leader|politician|celebrity|author|artist|director|senator|coach)\b",
            AnswerKind.PERSON,
        ),
        (r"\bwhy\b|\bwhat (?:caused|causes|led|reason)\b|\bfor what reason\b|\bhow come\b", AnswerKind.REASON),
    )
)


def kind_of(question: str) -> AnswerKind:
    """The kind of answer that the words of the question ask for; OTHER where they do not say."""
    for pattern, kind in _KINDS:
        if pattern.search(question):
            return kind
    return AnswerKind.OTHER
