"""Numbers that follow from two in one sentence of a passage: "$2.46 more", where it gives $4.25 and $1.79."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from rag.checking.quantities import unit_of, word_behind
from rag.checking.reading import Read, Source
from rag.text.numbers import WITH_SIGN, Fact

Unit = tuple[str, float]
_ORDERED = _YEAR, _RANK = ("year's number", 1.0), ("rank", 1.0)
"""Only their differences mean something: eight years later, two places up."""


def unit_in(sentence: Read, fact: Fact) -> Unit | None:
    """The unit of a number, by its sign or the word after it; None for a plain number."""
    signs = {found["sign"] for key in fact.needs if (found := WITH_SIGN.fullmatch(key)) and found["sign"]}
    return (min(signs), 1.0) if signs else unit_of(word_behind(sentence.text, fact.end))


def follows(fact: Fact, source: Source) -> bool:
    """Whether a number is the difference or the sum of two numbers of one unit in a sentence of a passage.

    Of 273 such sentences in pairs written for training, the checker not asked, 184 were right; where the two numbers stand
    in different sentences, 158 of 267, and 1 of 8 in QAGS.

    >>> from rag.checking.reading import Premise, claim, source
    >>> (more,) = claim("Eggs cost $2.46 more than a year before.").facts[:1]
    >>> [follows(more, source(Premise(f"Eggs cost {old} in 2021 and $4.25 in 2022."))) for old in ("$1.79", "$2")]
    [True, False]
    """
    for read in source.sentences:
        given: defaultdict[Decimal, set[Unit | None]] = defaultdict(set)
        for value, unit in _amounts(read):
            given[value].add(unit)
        if any(_made(value, given) for value in _values(fact)):
            return True
    return False


def _made(wanted: Decimal, given: Mapping[Decimal, Collection[Unit | None]]) -> bool:
    for one, unit in ((one, unit) for one, units in given.items() for unit in units):
        others = [(one + wanted, its) for its in given.get(one + wanted, ())]
        others += [(wanted - one, its) for its in given.get(wanted - one, ()) if unit not in _ORDERED]
        if any(other != (one, unit) and _alike(unit, other[1]) for other in others):
            return True
    return False


def _amounts(sentence: Read) -> Iterator[tuple[Decimal, Unit | None]]:
    for fact in sentence.facts:
        unit = _YEAR if fact.is_time else unit_in(sentence, fact)
        yield from ((value, unit) for value in _values(fact))
        yield from ((Decimal(key[4:]), _RANK) for key in fact.gives if key.startswith("nth "))


def _values(fact: Fact) -> set[Decimal]:
    return {Decimal(found["number"]) for key in fact.gives if (found := WITH_SIGN.fullmatch(key))}


def _alike(one: Unit | None, other: Unit | None) -> bool:
    """Whether numbers of these units can be added; a plain number may have any unit but a year's or rank's."""
    return one == other or (None in (one, other) and not {one, other} & {*_ORDERED})
