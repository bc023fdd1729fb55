"""A declarative sentence → questions about it, only where the change is certain.

Every rule takes one phrase out, which is the answer, and keeps the other words in their order.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from evals.draft_grammar import (
    PARTICIPLE,
    inverted,
    is_person,
    plain_subject,
    points_to_unnamed,
    spelled_out,
    without_weekday,
)
from evals.draft_words import (
    BASES,
    BEFORE_NAME,
    CLAUSE,
    COUNTED,
    DATE,
    HEDGE,
    MONEY,
    MONTH,
    MORE_PAST,
    NAME,
    NO_PERSON,
    NOT_PLAIN,
    NUMBER,
    OPENINGS,
    PERSON,
    POINTS_BACK,
    PREPOSITIONS,
    ROLE,
    SPEAKER,
    TRANSITIVE,
    WEEKDAY,
)
from rag.dates.relative_dates import resolve_relative
from rag.search.question import names

SHORTEST, LONGEST, MOST_CHARACTERS = 8, 35, 400
"""Words, and characters, of a sentence that is used."""
SHORTEST_QUESTION, LONGEST_QUESTION = 6, 24
"""Words."""
_ATTRIBUTION = re.compile(
    r", (?:(?:[^,]{2,60} )?(?:said|says|told [^,]{2,30}|announced|reported)(?: (?:on )?\w+day| in an? [^,]{3,30})?"
    r"(?: \w+)?|(?:said|says|according to) .+)$"
)
_TAIL = re.compile(
    r", (?:which|who|whose|where|when|while|with|becoming|according|a|an|the|after|as|but|and|although|though|because|"
    r"including|such|down|up|despite|amid|so|even|from|\w+ing"
    r"|(?:[\w.’'-]+ ){1,6}(?:said|says|reported|reports|announced|projects|learned))\b.*$"
)
_FILLERS = re.compile(r" (?:also|already|actually|then|still)\b(?!-)")
_AFTER_AMOUNT = re.compile(
    r" to\b(?! (?:one|\d))| (?:in|for|from|on|at|by|per|toward|towards|since|during|between|with|annually|each|every"
    r"|an? (?:day|week|month|year))\b|$"
)
_WHO = re.compile(
    rf"^(?:(?P<title>{BEFORE_NAME}) )?(?P<name>{PERSON})(?:, [^,]{{3,70}},)? (?P<rest>(?P<verb>[a-z]+) .+)$"
)
_OFFICE = re.compile(
    rf"\b(?P<name>{PERSON}), (?:the )?(?P<office>(?!an? )(?:[a-z][\w-]* ){{0,3}}(?:{ROLE}) (?:of|at|for) (?:the )?"
    rf"{NAME}(?: (?:of )?{NAME}){{0,4}})(?=, [a-z]|$)"
)
_PLACED = (
    "born|found|arrested|built|killed|buried|located|based|shot|stationed|detained|discovered|hospitalized|filmed|"
    "held|raised|captured|staged|recovered|stabbed|made"
)
_WHERE = re.compile(
    rf"^(?P<subject>.+?) (?P<helper>was|were|is|are) (?P<rest>(?:[a-z]+ )?(?:{_PLACED})(?: [a-z ]+?)??)"
    rf" in (?P<place>{NAME}(?:,? {NAME}){{0,2}})(?: {DATE})?$"
)
_DATED = (
    rf"(?:is|are)(?= (?:due|scheduled|expected|set|planned) )|(?:was|were)(?= (?:first |\w+ly )?{PARTICIPLE})"
    rf"|will(?= (?!be )| be {PARTICIPLE})"
)
"""Helpers of a verb that happened, or shall happen, on a day."""
_STATES = re.compile(r"\b(?:is|are|was|were|will|would|has|have|had|can|could|should|may|might|[a-z]+ed)\b")
_BROKEN = re.compile(
    r" and (?:[\w’'-]+ ){0,4}(?:is|are|was|were|have|has|had|will)\b|\bbetween (?!.* and )"
    r"|^Who (?:is|was) (?!the\b|\w+ed\b)|\bwho\b.*\bwho\b| \?$"
)
"""Two clauses in one, half of a pair, what may be said of many people, and words that a cut left behind."""


@dataclass(frozen=True)
class Source:
    """What the rules may know beside the sentence: its whole article and the day of it."""

    text: str
    published: dt.date | None = None


@dataclass(frozen=True)
class Question:
    """A question; any one of `answers` is right, and the first stands verbatim in the sentence."""

    type: str
    text: str
    answers: tuple[str, ...]


def questions(sentence: str, source: Source) -> Iterator[Question]:
    """What can be asked with certainty about a sentence."""
    if not usable(sentence):
        return
    clause = _FILLERS.sub("", _ATTRIBUTION.sub("", sentence.rstrip(".")))
    for rule in (_office, _who, _when, _where, _how_many, _how_much):
        question = rule(clause, source)
        text = spelled_out(question.text, source.text) if question else None
        if question and text and _sound(text, question.answers):
            yield Question(question.type, text, question.answers)


def usable(sentence: str) -> bool:
    """Whether a sentence is whole, is no quotation or caption, and does not begin by pointing back."""
    words = sentence.split()
    return (
        SHORTEST <= len(words) <= LONGEST
        and len(sentence) <= MOST_CHARACTERS
        and sentence.endswith(".")
        and (words[0][0].isupper() or words[0][0].isdigit())
        and words[0].lower().strip(",.’'") not in OPENINGS
        and not NOT_PLAIN.search(sentence)
        and not SPEAKER.search(sentence)
    )


def gap(sentence: str, said_by: str) -> Question | None:
    """A sentence with a gap where its only number stood; `said_by` names outlet and day, so that days are clear."""
    numbers = list(re.finditer(rf"(?<![\w-]){NUMBER}(?![\w%-])(?! o[’']clock)", sentence))
    if not usable(sentence) or len(numbers) != 1:
        return None
    number = numbers[0]
    asked = f"{sentence[: number.start()]}___{sentence[number.end() :]}".rstrip(".")
    words = asked.split()
    if (
        len(words) > LONGEST_QUESTION
        or re.search(rf"\d|___ (?:{MONTH})|(?:{MONTH}) ___|\b(?:he|she|his|her|one|half|hundreds|thousands)\b", asked)
        or (number.start() and number.group()[0].isupper())
        or POINTS_BACK.search(re.sub(rf"\b{WEEKDAY}\b", "", asked))
        or points_to_unnamed(words)
        or not names(" ".join(words[1:]))
    ):
        return None
    told = f" ({said_by})" if said_by else ""
    return Question("gap", f"Which number belongs here: “{asked}”?{told}", (number.group(),))


def _sound(question: str, answers: tuple[str, ...]) -> bool:
    """Whether a question can be understood without its article and does not give its answer away."""
    words = question.rstrip("?").split()
    named = [name for name in names(" ".join(words[1:])) if not re.match(rf"(?:{MONTH})\b", name)]
    return (
        SHORTEST_QUESTION <= len(words) <= LONGEST_QUESTION
        and bool(named)
        and not POINTS_BACK.search(question)
        and not points_to_unnamed(words)
        and not _BROKEN.search(question)
        and not any(re.search(rf"\b{re.escape(answer)}\b", question, re.IGNORECASE) for answer in answers)
    )


def _office(clause: str, source: Source) -> Question | None:
    """ "Paavo Lindgrove, launch director at Skyfarrow Orbital" → "Who is the launch director at Skyfarrow Orbital?"."""
    found = _OFFICE.search(clause)
    if not found or NO_PERSON.search(found["name"]):
        return None
    return Question("who", f"Who is the {found['office']}?", (found["name"], found["name"].split()[-1]))


def _who(clause: str, source: Source) -> Question | None:
    """ "Governor Ioan Velcrest closed the road to Prest" → "Who closed the road to Prest?"."""
    found = _WHO.match(clause)
    if not found or not _may_follow_who(found["verb"]) or NO_PERSON.search(found["name"]):
        return None
    name, title = found["name"], found["title"]
    if not title and not is_person(name, source.text):
        return None
    kept = _TAIL.sub("", found["rest"])
    cut_short = kept != found["rest"] and found["verb"] in {"said", "told"} and not _STATES.search(kept[5:])
    rest = without_weekday(kept)
    if rest is None or cut_short or len(rest.split()) < 5 or re.search(r" but |^was born|^(?:is|was) one of\b", rest):
        return None
    return Question("who", f"Who {rest}?", (name, name.split()[-1], *([f"{title} {name}"] if title else [])))


def _may_follow_who(verb: str) -> bool:
    return verb in BASES or verb in MORE_PAST or verb.endswith("ed")


def _when(clause: str, source: Source) -> Question | None:
    """ "Treadgold will be sworn in on 1 September" → "When will Treadgold be sworn in?"."""
    dates = list(re.finditer(rf" {DATE}", clause))
    if len(dates) != 1:
        return None
    after = _TAIL.sub("", clause[dates[0].end() :])
    asked = inverted(clause[: dates[0].start()], source.text, helpers=_DATED)
    answers = _days(dates[0]["day"] or dates[0]["month"], source.published, future=" will " in clause)
    if not asked or not answers or len(after.split()) > 8 or CLAUSE.search(after):
        return None
    return Question("when", f"When {asked}{after}?", answers)


def _days(phrase: str, published: dt.date | None, future: bool) -> tuple[str, ...]:
    """The words of a date in both orders; for a weekday also the day it means, seen from the day of the article."""
    if not re.match(WEEKDAY, phrase):
        return tuple(dict.fromkeys((phrase, re.sub(r"^(\d{1,2}) ([A-Z][a-z]+)", r"\2 \1", phrase))))
    days = resolve_relative(phrase.split()[0], published, future) if published else None
    return (phrase, f"{days[0].day} {days[0]:%B}", f"{days[0]:%B} {days[0].day}") if days else ()


def _where(clause: str, source: Source) -> Question | None:
    """ "Amy Hopson was born in Tennessee" → "Where was Amy Hopson born?"."""
    found = _WHERE.match(clause)
    subject = plain_subject(found["subject"], source.text) if found else None
    if not found or not subject or re.match(rf"(?:{MONTH})\b", found["place"]):
        return None
    return Question("where", f"Where {found['helper']} {subject} {found['rest']}?", (found["place"],))


def _how_many(clause: str, source: Source) -> Question | None:
    """ "Some 6,200 people were taken to Prest" → "How many people were taken to Prest?"."""
    found = re.match(rf"^{COUNTED} (?P<rest>(?P<verb>[a-z]+) .+)$", clause)
    if found and _finite(found["verb"], found["rest"]):
        rest = without_weekday(_TAIL.sub("", found["rest"]))
        return Question("how_many", f"How many {found['noun']} {rest}?", (found["number"],)) if rest else None
    found = re.match(rf"^(?P<before>.+?) {COUNTED}(?P<rest>.*)$", clause)
    if not found:
        return None
    made = _amount("how_many", f"How many {found['noun']}", found, found["number"], source)
    return made if made and (_TAIL.sub("", found["rest"]) or " does " in made.text) else None


def _finite(verb: str, rest: str) -> bool:
    if re.fullmatch("were|will|had|must|live|work|take|cross", verb):
        return True
    return verb in BASES and not (verb in TRANSITIVE and rest.split()[1] in PREPOSITIONS)


def _how_much(clause: str, source: Source) -> Question | None:
    """ "An adult single will cost 41 crowns" → "How much will an adult single cost?"."""
    found = re.match(rf"^(?P<before>.+?)(?P<for> for)?(?: {HEDGE})? (?P<money>{MONEY})(?P<rest>(?: .*)?)$", clause)
    if found and found["for"]:
        asked = None if found["rest"] else inverted(found["before"], source.text)
        return Question("how_much", f"For how much {asked}?", (found["money"],)) if asked else None
    return _amount("how_much", "How much", found, found["money"], source) if found else None


def _amount(kind: str, opening: str, found: re.Match[str], answer: str, source: Source) -> Question | None:
    """A number right behind the verb: "the army has sent 1,800 soldiers to …"."""
    asked = inverted(found["before"], source.text, helpers="is|are|was|were|will|has|have|must", to_the_verb=True)
    rest = without_weekday(_TAIL.sub("", found["rest"]))
    if not asked or rest is None or CLAUSE.search(rest) or not _AFTER_AMOUNT.match(rest):
        return None
    return Question(kind, f"{opening} {asked}{rest}?", (answer,))
