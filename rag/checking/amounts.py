"""Whether the numbers and days of a sentence stand in the passages that it cites, of the same things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.checking.context import Place, context_of, outdone, place_of
from rag.checking.quantities import PERSONS, UNITS
from rag.checking.reading import Read
from rag.checking.shapes import Fact
from rag.store.index import stems

MARGIN = 0.3
"""By how much more of what the sentence says around a value must stand around another one, to doubt it."""
_NUMERIC = re.compile(r"\d+(?:\.\d+)?([%$€£¥₹₩]|pp|)")
_PERSONS = re.compile(r"(?:[eo]r|ist|ian|ee|ant|man|men|child|children|ident|ldier|victim|teen|ager|orce)s?$")
_FOLLOWING = re.compile(r"[\s-]?([^\W\d_]+)")
_PASSED_OVER = frozenset("of the its their his her these those all more other further extra additional new old".split())
_ENDS = frozenset(
    "this last next that a an and as at but by for from had has have in into is on or than that to until was were which who will with would"
    " after before when while since during over under per against between about around".split()
)
_ALL = re.compile(r"\b(?:all|every|each)(?: of)?(?: the| its| their)? $", re.IGNORECASE)
_OF = re.compile(r"\bof (?:the|its|their|these|those) $", re.IGNORECASE)
_FOR_A_NAME = re.compile(r"(?:\s\w+)?\s(?:for|by|to|from|at|against)\s[A-ZÀ-Þ]")
_KINDS = ("date ", "day ", "month ", "the ", "times ")


@dataclass(frozen=True)
class Counted:
    """What a number is of: a unit ("km", "%"), or what it counts."""

    unit: tuple[str, float] | None
    nouns: frozenset[str]
    plural: bool = False
    """Whether the first of those is one that can be counted."""
    persons: bool = False
    """Whether that one looks like people: "passengers", and not "ships"."""


@dataclass(frozen=True)
class Wrong:
    """A number or day that the passages do not give, or give of something else; `instead` is what they give there."""

    fact: Fact
    instead: str = ""


def wrong_facts(claim: Read, sentences: Sequence[Read]) -> Iterator[Wrong]:
    """Each number and day of a sentence that no passage gives, or that a passage gives otherwise."""
    for fact in claim.facts:
        giving = [(sentence, one) for sentence in sentences for one in sentence.facts if fact.needs & one.gives]
        if not fact.certain:
            giving = giving or [(sentence, fact) for sentence in sentences[:1]]
        elif not giving:
            yield Wrong(fact)
            continue
        mine = counted(claim, fact)
        if fact.certain and not fact.is_time and not any(_of_the_same(mine, one, sentence) for sentence, one in giving):
            yield Wrong(fact)
        elif other := _given_instead(claim, fact, sentences):
            yield Wrong(fact, other)
        elif _all_for_some(claim, fact, giving):
            yield Wrong(fact)


def _all_for_some(claim: Read, fact: Fact, giving: Sequence[tuple[Read, Fact]]) -> bool:
    """ "All three" where the passages say "two of the three"."""
    if not _ALL.search(claim.text[: fact.start]):
        return False
    return all(_OF.search(sentence.text[: one.start]) for sentence, one in giving)


def counted(sentence: Read, fact: Fact) -> Counted:
    """What a number is of, by its sign and the words behind it."""
    signs = {found[1] for key in fact.needs if (found := _NUMERIC.fullmatch(key)) and found[1]}
    if signs:
        return Counted((min(signs), 1.0), frozenset())
    nouns: set[str] = set()
    plural = persons = False
    position = fact.end
    while (found := _FOLLOWING.match(sentence.text, position)) and len(nouns) < 3:
        word = found[1].lower()
        position = found.end()
        if word in _PASSED_OVER:
            continue
        if word in _ENDS:
            break
        unit = UNITS.get(word) or UNITS.get(word.removesuffix("s"))
        if unit:
            return Counted(unit, frozenset(nouns))
        if not nouns:
            plural, persons = (
                word.endswith("s") or word in PERSONS,
                bool(PERSONS & {word, *stems(word)} or _PERSONS.search(word)),
            )
        nouns.update(stems(word))
    return Counted(None, frozenset(nouns), plural, persons)


def alike(claim: Read, fact: Fact, other: Fact, sentence: Read) -> bool:
    """Whether a number of a sentence and one of a passage can be of the same thing."""
    return fact.is_time or _of_the_same(counted(claim, fact), other, sentence)


def _of_the_same(mine: Counted, other: Fact, sentence: Read) -> bool:
    """Whether a number of a passage can be of the same thing as one of the sentence, as far as its words tell."""
    theirs = counted(sentence, other)
    if mine.unit and theirs.unit:
        return mine.unit == theirs.unit
    if mine.unit:
        there = any(counted(sentence, one).unit == mine.unit for one in sentence.facts)
        return not theirs.nouns or (there and not theirs.plural)
    if theirs.unit:
        return not mine.nouns or theirs.unit[0] == "time"
    return not (mine.plural and theirs.plural) or mine.persons == theirs.persons


def _given_instead(claim: Read, fact: Fact, sentences: Sequence[Read]) -> str:
    """What a passage gives where the sentence gives this number or day; empty where it gives the same, or nothing."""
    kinds = _kinds(fact.needs)
    mine = counted(claim, fact)
    stated = frozenset().union(*(one.needs for one in claim.facts))
    ranged = frozenset().union(*(one.gives for one in claim.facts))

    bearer = bearer_of(claim, fact)
    borne = any(
        fact.needs & one.gives and bearer & bearer_of(sentence, one) for sentence in sentences for one in sentence.facts
    )

    def own(sentence: Read) -> Iterator[Place]:
        for one in sentence.facts:
            if fact.needs & one.gives and (fact.is_time or _of_the_same(mine, one, sentence)):
                yield place_of(sentence, one)

    def others(sentence: Read) -> Iterator[Place]:
        for one in sentence.facts:
            if not one.certain or one.gives & (stated | ranged) or not kinds & _kinds(one.gives):
                continue
            if borne and not bearer & bearer_of(sentence, one):
                continue  # "Brown got 20 votes and Smith 18"
            theirs = counted(sentence, one)
            if fact.is_time or (
                _of_the_same(mine, one, sentence) and (mine.unit or theirs.unit or _share(mine, theirs))
            ):
                yield place_of(sentence, one)

    place = place_of(claim, fact)
    units = [claim.senses_at[one] for one in claim.content if claim.lower(one).removesuffix("s") in UNITS]
    context = context_of(claim, place, without=units, led=True, joined=not fact.is_time)
    if len(context.weights) < 2:
        return ""
    # "Saturday" that nobody wrote may be the day of quite another date.
    derived = "word" in kinds and not any(fact.words.lower() in sentence.text.lower() for sentence in sentences)
    found = outdone(context, sentences, own, others, 0.0 if derived else MARGIN)
    if not found:
        return ""
    sentence, where = found
    return next(one.words for one in sentence.facts if place_of(sentence, one) == where)


def _share(mine: Counted, theirs: Counted) -> bool:
    return not mine.nouns or not theirs.nouns or bool(mine.nouns & theirs.nouns)


def _kinds(keys: frozenset[str]) -> frozenset[str]:
    """Of which sorts keys are: a day is held against a day, a number against a number."""
    found = set()
    for key in keys:
        if kind := next((kind for kind in _KINDS if key.startswith(kind)), ""):
            found.add("day " if kind == "date " else kind)
        elif re.fullmatch(r"\d+:\d\d", key):
            found.add("clock")
        elif re.fullmatch(r"(?:1[5-9]|20)\d\d", key):
            found.add("year")
        elif _NUMERIC.fullmatch(key):
            found.add("number")
        else:
            found.add("fraction" if "/" in key else "word")
    return frozenset(found)


def bearer_of(sentence: Read, fact: Fact) -> frozenset[str]:
    """The name that stands nearest before a number."""
    if _FOR_A_NAME.match(sentence.text, fact.end):
        return frozenset()
    before = [one for one in sentence.bearers if one.place[1] <= place_of(sentence, fact)[0]]
    return before[-1].stems if before else frozenset()
