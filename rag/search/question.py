"""What kind of answer a question asks for, and whether a sentence has words of that kind."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_NAME = re.compile(r"(?:^|(?<=\s)|(?<=[“‘\"'(]))[A-ZÀ-Þ][\w’'.-]*")
_QUESTION_WORDS = frozenset(
    "who whom whose what which when where why how is are was were do does did has have had can could will would "
    "the a an of in on at to for from by with and or".split()
)


def readable(text: str) -> str:
    """A question without characters that nobody can see (control, direction, zero width, half surrogates)."""
    return "".join(
        character for character in text if unicodedata.category(character)[0] != "C" or character in "\n\t\u200c\u200d"
    )


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


def names(text: str) -> list[str]:
    """Capitalised words that do not merely begin the sentence, in order."""
    found = [match.group() for match in _NAME.finditer(text) if match.group() != "I"]
    first = _WORD.search(text)
    if found and first and found[0] == first.group() and found[0].lower() in _COMMON_STARTS:
        return found[1:]
    return found


_COMMON_STARTS = _QUESTION_WORDS | frozenset(
    "it he she they this that these those there but after before while when if as we i you his her their its "
    "some many most more since during despite although because also then now both all one two not no still".split()
)


def content_words(text: str) -> list[str]:
    """Words that say what a text is about, lower case, in order."""
    return [word.lower() for word in _WORD.findall(text) if word.lower() not in _COMMON_STARTS]
