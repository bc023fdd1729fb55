"""Things of one sentence that changed places: two numbers, the name beside a number, and who does with whom it is done."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from rag.checking.amounts import alike, bearer_of
from rag.checking.context import place_of
from rag.checking.reading import Read
from rag.checking.shapes import Fact

_WINDOW = 5
"""Words on each side of a number that say what it is."""
_MARGIN = 2
"""So many more of those must fit the other way round."""
_MOST_NUMBERS = 8
"""So many numbers of a sentence are compared in pairs."""
_JOINING = frozenset("and but while with".split())
_SMALL = frozenset("the a an of it its that this was were is are has have had be".split())
_BE = frozenset("was were is are been being be".split())
_ACTS = frozenset(
    "beat bought broke brought built caught chose fought found gave held hit hurt left led lost made met paid sent shot sold stole"
    " struck sued taught told took threw won wrote".split()
)
_PREPOSITIONS = frozenset("to in on at for from with by over after before into of about".split())
_MUTUAL = frozenset("meet marri join talk equal resembl border agre".split())
"""Stems of what two do together."""


def exchanged_numbers(claim: Read, sentences: Sequence[Read]) -> tuple[str, str]:
    """Two numbers or days of the sentence, each of which a passage gives where the sentence gives the other."""
    certain = [fact for fact in claim.facts if fact.certain][:_MOST_NUMBERS]
    for one, other in combinations(certain, 2):
        if one.is_time != other.is_time or one.needs & other.needs or one.start == other.start:
            continue
        straight = crossed = 0
        for sentence in sentences:
            ones = [fact for fact in sentence.facts if one.needs & fact.gives and alike(claim, one, fact, sentence)]
            others = [
                fact for fact in sentence.facts if other.needs & fact.gives and alike(claim, other, fact, sentence)
            ]
            for first in ones:
                for second in others:
                    if first.start != second.start:
                        straight = max(
                            straight, _fit(claim, one, sentence, first) + _fit(claim, other, sentence, second)
                        )
                        crossed = max(crossed, _fit(claim, one, sentence, second) + _fit(claim, other, sentence, first))
        if crossed >= straight + _MARGIN:
            return one.words, other.words
    return "", ""


def _fit(claim: Read, fact: Fact, sentence: Read, other: Fact) -> int:
    return len(_window(claim, fact) & _window(sentence, other))


def _window(sentence: Read, fact: Fact) -> frozenset[str]:
    """What stands near a number, marked by its side: up to the next number, comma or "and"."""
    start, end = place_of(sentence, fact)
    taken = {place for one in sentence.facts if one.certain for place in range(*place_of(sentence, one))}
    found = set()
    for side, places in (("<", range(start - 1, start - 1 - _WINDOW, -1)), (">", range(end, end + _WINDOW))):
        last = sentence.words[start].start if side == "<" else sentence.words[end - 1].end if end else 0
        for place in places:
            if not 0 <= place < len(sentence.words) or place in taken or sentence.lower(place) in _JOINING:
                break
            word = sentence.words[place]
            between = sentence.text[word.end : last] if side == "<" else sentence.text[last : word.start]
            if any(mark in between for mark in ",;:."):
                break
            last = word.start if side == "<" else word.end
            if sentence.lower(place) not in _SMALL:
                found.add(sentence.senses_at[place] if place in sentence.content else side + sentence.lower(place))
    return frozenset(found)


def of_another_name(claim: Read, sentences: Sequence[Read]) -> tuple[str, str]:
    """A number that the sentence gives to one name and a passage to another: "Brown got 20 votes and Smith 18"."""
    for fact in claim.facts:
        mine = bearer_of(claim, fact)
        if not fact.certain or fact.is_time or not mine:
            continue
        own = other = ""
        for sentence in sentences:
            theirs = [(one, bearer_of(sentence, one)) for one in sentence.facts if one.certain and not one.is_time]
            for one, bearer in theirs:
                if fact.needs & one.gives and bearer:
                    if bearer & mine:
                        own = one.words
                    elif any(held & mine and not fact.needs & rival.gives for rival, held in theirs if held):
                        other = one.words
        if other and not own:
            return fact.words, other
    return "", ""


def turned_round(claim: Read, sentences: Sequence[Read]) -> str:
    """A word that the sentence says of others than a passage: "the crews summoned the mediator", whom he summoned."""
    for place in claim.content:
        sense, word = claim.senses_at[place], claim.words[place]
        mine = _sides(claim, place)
        if not all(mine) or not _is_act(claim, place) or word.stem in _MUTUAL:
            continue
        turned = straight = False
        for sentence in sentences:
            for one in sentence.content:
                if sentence.senses_at[one] == sense and not sentence.words[one].run:
                    left, right = _sides(sentence, one, wide=True)
                    if _passive(claim, place) != _passive(sentence, one):
                        left, right = right, left
                    straight |= bool(mine[0] & left) or bool(mine[1] & right)
                    straight |= _unclear(claim, place) != _unclear(sentence, one)
                    turned |= bool(mine[0] & right and mine[1] & left)
        if turned and not straight:
            return claim.text[word.start : word.end]
    return ""


def _sides(sentence: Read, place: int, wide: bool = False) -> tuple[frozenset[str], frozenset[str]]:
    """What stands before and behind a word; in the checked sentence no further than three words of meaning."""
    before = [one for one in sentence.content if one < place]
    behind = [one for one in sentence.content if one > place]
    if not wide:
        stop = next(
            (one for one in range(place + 1, len(sentence.words)) if sentence.lower(one) in _PREPOSITIONS), 10**6
        )
        before, behind = before[-3:], [one for one in behind[:1] if one < stop or _passive(sentence, place)]
    return (
        frozenset(sentence.senses_at[one] for one in before),
        frozenset(sentence.senses_at[one] for one in behind),
    )


def _is_act(sentence: Read, place: int) -> bool:
    """Whether a word is a verb of the past, as far as its form tells."""
    return sentence.lower(place).endswith("ed") or sentence.lower(place) in _ACTS


def _passive(sentence: Read, place: int) -> bool:
    """ "was fined by": with the one who does it behind it."""
    return sentence.lowers[place + 1 : place + 2] == ("by",) and not sentence.lower(place).endswith("ing")


def _unclear(sentence: Read, place: int) -> bool:
    """ "was found", of which nothing tells who did it."""
    near = sentence.lowers[max(0, place - 2) : place]
    return bool(_BE & set(near)) and not _passive(sentence, place) and not sentence.lower(place).endswith("ing")
