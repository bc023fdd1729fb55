"""Which of two values a passage gives for what a sentence says: the one whose words around it are the same.

"The strike cost 17 million crowns" is wrong where the strike cost 52 million and the pay deal 17, although the passage gives
both numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rag.checking.reading import Read
from rag.checking.shapes import Fact

NEAR = 4
"""Words on each side of a value that say most about it."""
FAR = 0.5
"""What a word counts that is further away."""
_BEYOND = 0.6
"""By how much less a word counts beyond "and"."""
_JOINING = frozenset({"and", "but", "while", "whereas"})
_EARLIER = 0.2
"""What a word of the sentence before counts."""
LEAST = 0.5
"""So much of what the sentence says around its value must stand around another one, to doubt it."""
MOST_MARGIN = 0.9
"""In a long sentence, most of which stands around both values, so much is enough."""
_CLOSENESS = ((3, 1.0), (8, 0.7))
"""Up to so many words from a value in a passage, a word counts so much; further away `FAR`."""
_LINKS = frozenset(
    "a an the to of in on at by for from with until since about around some nearly almost up over under than more less just early"
    " late early only its his her their".split()
)
_TURNING = frozenset({"from", "to", "than", "by", "under", "over", "until", "since"})
Place = tuple[int, int]
"""From which to which word, the last one not included."""


@dataclass(frozen=True)
class Context:
    """What a sentence says around one of its values: senses and keys of other values, with their weights."""

    weights: dict[str, float]
    keys: tuple[frozenset[str], ...]
    before: str
    led_by: str
    joined: bool = False
    """Whether what stands beyond "and" counts less, as with numbers."""

    @property
    def total(self) -> float:
        """What a place that says all of it would reach."""
        return sum(self.weights.values()) + FAR * len(self.keys)

    def found_at(self, sentence: Read, place: Place, previous: Read | None = None) -> float:
        """How much of it is said around a place of a passage."""
        near: dict[str, float] = {}
        for one in sentence.content:
            sense, closeness = sentence.senses_at[one], _closeness(_distance(one, place))
            between = sentence.lowers[one + 1 : place[0]] if one < place[0] else sentence.lowers[place[1] : one]
            if self.joined and not _JOINING.isdisjoint(between):
                closeness *= _BEYOND
            near[sense] = max(near.get(sense, 0.0), closeness)
        earlier = previous.senses if previous else frozenset()
        found = sum(
            weight * (near[sense] if sense in near else _EARLIER * (sense in earlier))
            for sense, weight in self.weights.items()
        )
        found += FAR * sum(bool(keys & sentence.given) for keys in self.keys)
        found += bool(self.led_by) and self.led_by == led_by(sentence, place)
        turned = word_before(sentence, place)
        if self.before in _TURNING and turned in _TURNING:
            found += 1.0 if turned == self.before else -1.0
        return found


def context_of(
    claim: Read, place: Place, without: Iterable[str] = (), led: bool = False, joined: bool = False
) -> Context:
    """What the sentence says around the words of a place.

    Args:
        without: senses that do not count, because all values of that sort have them.
        joined: whether what stands beyond "and" counts less.
        led: whether the word that leads to the place counts for itself.
    """
    weights: dict[str, float] = {}
    left_out = set(without)
    for one in claim.content:
        sense = claim.senses_at[one]
        if not place[0] <= one < place[1] and sense not in left_out:
            weights[sense] = max(weights.get(sense, 0.0), 1.0 if _distance(one, place) <= NEAR else FAR)
    first, last = _characters(claim, place)
    keys = tuple(fact.needs for fact in claim.facts if not (fact.start < last and first < fact.end))
    return Context(weights, keys, word_before(claim, place), led_by(claim, place) if led else "", joined)


def place_of(sentence: Read, fact: Fact) -> Place:
    """The words that a number or day is made of."""
    places = sentence.places_between(fact.start, fact.end)
    return (places[0], places[-1] + 1) if places else (0, 0)


def outdone(
    context: Context,
    sentences: Sequence[Read],
    own: Callable[[Read], Iterable[Place]],
    others: Callable[[Read], Iterable[Place]],
    margin: float,
) -> tuple[Read, Place] | None:
    """Where a passage says of another value what the sentence says of its own; None where it does not.

    Args:
        margin: by how much more of the context, as a share of it, another value must have.
    """
    best_other, where = 0.0, None
    for sentence in sentences:
        for place in others(sentence):
            found = context.found_at(sentence, place)
            if found > best_other:
                best_other, where = found, (sentence, place)
    enough = context.total or 1.0
    if best_other < LEAST * enough:
        return None
    most = best_other - min(margin * enough, MOST_MARGIN)
    for previous, sentence in zip((None, *sentences), sentences, strict=False):
        if any(context.found_at(sentence, place, previous) > most for place in own(sentence)):
            return None
    return where


def word_before(sentence: Read, place: Place) -> str:
    """The word before a place, lower case, whatever it is; empty at the beginning."""
    return sentence.lower(place[0] - 1) if place[0] > 0 else ""


def led_by(sentence: Read, place: Place) -> str:
    """What leads to a place: the last word before it that is more than a preposition or an article."""
    before = (one for one in range(place[0] - 1, max(-1, place[0] - 4), -1) if sentence.lower(one) not in _LINKS)
    one = next(before, None)
    return sentence.senses_at[one] if one is not None else ""


def _characters(sentence: Read, place: Place) -> tuple[int, int]:
    if place[0] >= place[1]:
        return 0, 0
    return sentence.words[place[0]].start, sentence.words[place[1] - 1].end


def _distance(one: int, place: Place) -> int:
    return place[0] - one if one < place[0] else max(0, one - place[1] + 1)


def _closeness(distance: int) -> float:
    return next((counts for words, counts in _CLOSENESS if distance <= words), FAR)
