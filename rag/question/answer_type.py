"""What sort of value answers a question: a person, a place, a number."""

from __future__ import annotations

import re
from enum import Enum


class AnswerKind(Enum):
    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    REASON = "reason"
    OTHER = "other"


_KINDS = {
    AnswerKind.PERCENT: r"\b(?:what|which) (?:percent(?:age)?|share|proportion)\b|\bper ?cent\b.*\?$",
    AnswerKind.MONEY: r"\bhow (?:much (?:money|does|did|will|is|are|was|were|would|has|have)|expensive)\b"
    r"|\b(?:what (?:price|cost)\b|(?:price|cost|worth|fine|salary|budget)\b.*\?$)",
    AnswerKind.NUMBER: r"\bhow (?:many|much|long|old|far|tall|big|large|often|high|fast|deep|heavy|wide)\b"
    r"|\b(?:what|which) (?:number|age|rate|score|size|magnitude)\b|\bh(?:is|er) age\b",
    AnswerKind.TIME: r"\bwhen\b|\b(?:what|which) (?:day|date|month|year|time|week|decade|century)\b|\bhow soon\b",
    AnswerKind.PLACE: r"\bwhere\b"
    r"|\b(?:what|which) (?:country|countries|city|cities|state|town|island|region|place|location)\b",
    AnswerKind.PERSON: r"\bwho(?:m|se)?\b|\b(?:what|which) (?:\w+ ){0,2}(?:person|man|woman|actor|actress|singer|president"
    r"|minister|player|star|leader|politician|celebrity|author|artist|director|senator|coach)\b",
    AnswerKind.REASON: r"\bwhy\b|\bwhat (?:caused|causes|led|reason)\b|\bfor what reason\b|\bhow come\b",
}


def kind_of(question: str) -> AnswerKind:
    """The kind of answer that a question's words ask for; OTHER if they do not say."""
    asked = (kind for kind, pattern in _KINDS.items() if re.search(pattern, question, re.IGNORECASE))
    return next(asked, AnswerKind.OTHER)
