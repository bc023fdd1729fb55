"""What kind of answer a question asks for, and whether a sentence has words of that kind."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_NUMBER_WORD = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|dozens|twenty|thirty|forty|fifty|hundred|"
    "hundreds|thousand|thousands|million|millions|billion|half|quarter|third|first|second|once|twice|double"
)
_NUMBER = re.compile(rf"\d|\b(?:{_NUMBER_WORD})\b", re.IGNORECASE)
_MONEY = re.compile(r"[$£€¥₩]\s?\d|\b\d[\d,.]*\s*(?:dollars?|euros?|pounds?|cents?|won|yen)\b|\bfree\b", re.IGNORECASE)
_PERCENT = re.compile(r"\d\s?(?:%|per ?cent)|\b(?:half|third|quarter)\b", re.IGNORECASE)
_DATE = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|"
    r"october|november|december|jan|feb|mar|apr|aug|sept?|oct|nov|dec|yesterday|today|tomorrow|next|last|"
    r"(?:19|20)\d\d|spring|summer|autumn|fall|winter|midnight|noon|[ap]\.?m\.?)\b",
    re.IGNORECASE,
)
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


def fits(kind: AnswerKind, sentence: str, question: str) -> float:
    """How well a sentence could hold an answer of that kind, 0 to 1, by what it has that the question has not."""
    asked = {word.lower() for word in _WORD.findall(question)}
    match kind:
        case AnswerKind.NUMBER:
            return float(_has_new(_NUMBER, sentence, question))
        case AnswerKind.MONEY:
            return 1.0 if _MONEY.search(sentence) else 0.5 * _has_new(_NUMBER, sentence, question)
        case AnswerKind.PERCENT:
            return 1.0 if _PERCENT.search(sentence) else 0.3 * _has_new(_NUMBER, sentence, question)
        case AnswerKind.TIME:
            return float(_has_new(_DATE, sentence, question))
        case AnswerKind.PERSON | AnswerKind.PLACE:
            return float(any(name.lower().strip(".'’-") not in asked for name in names(sentence)))
        case AnswerKind.REASON:
            words = r"\b(?:because|due to|after|over|caused|following|amid|since|so that|to avoid|result)\b"
            return 1.0 if re.search(words, sentence, re.IGNORECASE) else 0.4
        case AnswerKind.OTHER:
            return 0.5 + 0.5 * any(name.lower().strip(".'’-") not in asked for name in names(sentence))


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


def new_names_and_numbers(kind: AnswerKind, sentence: str, question: str) -> set[str]:
    """Names and numbers of a sentence that the question does not have and that could be an answer of that kind."""
    asked = {word.lower() for word in _WORD.findall(question)}
    names_wanted = kind not in {AnswerKind.NUMBER, AnswerKind.MONEY, AnswerKind.PERCENT}
    numbers_wanted = kind not in {AnswerKind.PERSON, AnswerKind.PLACE}
    return {
        word.lower()
        for word in _WORD.findall(sentence)
        if ((names_wanted and word[0].isupper()) or (numbers_wanted and word[0].isdigit()))
        and word.lower() not in asked | _COMMON_STARTS
    }


def content_words(text: str) -> list[str]:
    """Words that say what a text is about, lower case, in order."""
    return [word.lower() for word in _WORD.findall(text) if word.lower() not in _COMMON_STARTS]


def _has_new(pattern: re.Pattern[str], sentence: str, question: str) -> bool:
    asked = question.lower()
    return any(match.group().lower() not in asked or match.group().isdigit() for match in pattern.finditer(sentence))
