"""Sentences that turn round what a passage says: "did not", a fall for a rise, "more" for "less"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.checking.context import Context, Place, context_of, outdone
from rag.checking.denials import denials, denies_somehow
from rag.checking.lexicon import poles
from rag.checking.reading import Read

_MARGIN = 0.15
_MARGIN_OF_DENIAL = 0.3
_GUIDING = frozenset(
    "before after over under above below for against up down more less fewer ahead behind first last".split()
)
"""These are opposites only before the same word: "A before B" is "B after A"."""
_SHORTEST_BARE = 4
_UNLIKE = ("un", "in", "im", "dis", "ir", "non")


def wrong_denial(claim: Read, sentences: Sequence[Read]) -> str:
    """The word of a sentence that denies what the passages say, or says what they deny; empty where none does."""
    mine = claim.denied
    cues = [match[0] for match in denials(claim.text)]
    if not cues:
        return _says_what_is_denied(claim, sentences)
    if not any(denies_somehow(sentence.text) for sentence in sentences):
        return "" if _has_opposite(claim, sentences) else cues[0]
    for cue in cues:
        places = [place for place, word in mine.items() if word == cue]
        if places and not any(_denied_too(claim, place, sentences) for place in places):
            found = [place for place in places if _outdone_by_plain(claim, place, sentences)]
            if len(found) == len(places):
                return cue
    return ""


def _has_opposite(claim: Read, sentences: Sequence[Read]) -> bool:
    """Whether the passages say with another word what a sentence says with "not": "unhurt", "fell"."""
    given = {sentence.lower(place) for sentence in sentences for place in range(len(sentence.words))}
    for place in claim.denied:
        word = claim.lower(place)
        if any(one == prefix + word for one in given for prefix in _UNLIKE):
            return True
        sides = poles().get(word, ())
        if any((number, 1 - side) in poles().get(one, ()) for one in given for number, side in sides):
            return True
    return False


def _denied_too(claim: Read, place: int, sentences: Sequence[Read]) -> bool:
    sense, word = claim.senses_at[place], claim.lower(place)
    opposite = {prefix + word for prefix in _UNLIKE}
    return any(
        any(sentence.senses_at[one] == sense for one in sentence.denied)
        or any(sentence.lower(one) in opposite for one in sentence.content)
        for sentence in sentences
    )


def _outdone_by_plain(claim: Read, place: int, sentences: Sequence[Read]) -> bool:
    """Whether a passage says, of the same, what the sentence denies."""
    return (
        outdone(_around(claim, place), sentences, lambda _: (), lambda one: _said(claim, place, one), 0.5) is not None
    )


def _says_what_is_denied(claim: Read, sentences: Sequence[Read]) -> str:
    """ "Treadgold conceded" of one who did not."""
    for place in claim.content:
        sense = claim.senses_at[place]

        def own(sentence: Read, place: int = place) -> Iterator[Place]:
            return _said(claim, place, sentence)

        def others(sentence: Read, sense: str = sense) -> Iterator[Place]:
            directly = _first_denied(sentence)
            return ((one, one + 1) for one in directly if sentence.senses_at[one] == sense)

        context = _around(claim, place)
        found = len(context.weights) > 0 and outdone(context, sentences, own, others, _MARGIN_OF_DENIAL)
        if found:
            return found[0].denied[found[1][0]]
    return ""


def _first_denied(sentence: Read) -> list[int]:
    """Of the words that a sentence denies those right behind the word that denies them."""
    return [one for one in sentence.denied if one - 1 not in sentence.denied and one - 2 not in sentence.denied]


def _around(claim: Read, place: int) -> Context:
    return context_of(claim, (place, place + 1))


def _said(claim: Read, place: int, sentence: Read) -> Iterator[Place]:
    """Where a passage says a word of the sentence without denying it."""
    sense, denials = claim.senses_at[place], sentence.denied
    return ((one, one + 1) for one in sentence.content if sentence.senses_at[one] == sense and one not in denials)


def wrong_direction(claim: Read, sentences: Sequence[Read]) -> tuple[str, str]:
    """A word of the sentence, and the opposite that a passage says of the same; both empty where there is none."""
    denials = claim.denied
    for place, sides in claim.poles.items():
        if place not in denials and (found := _opposite(claim, place, sides, sentences)):
            return claim.lower(place), found
    return _negated_by_prefix(claim, sentences)


def _negated_by_prefix(claim: Read, sentences: Sequence[Read]) -> tuple[str, str]:
    """ "Unfair" where the passages say "fair", and the other way round."""
    given = {sentence.lower(one) for sentence in sentences for one in sentence.content}
    for place in claim.content:
        word = claim.lower(place)
        bare = next((word.removeprefix(prefix) for prefix in _UNLIKE if word.startswith(prefix)), "")
        others = {bare} if len(bare) >= _SHORTEST_BARE else {prefix + word for prefix in _UNLIKE[:1]}
        if word not in given and others & given and next(denials(claim.text), None) is None:
            return word, min(others & given)
    return "", ""


def _opposite(claim: Read, place: int, sides: Sequence[tuple[int, int]], sentences: Sequence[Read]) -> str:
    following = _following(claim, place)

    def turned(sentence: Read, other: int) -> Iterator[Place]:
        for one, there in sentence.poles.items():
            held = any((number, side ^ other) in there for number, side in sides) and one not in sentence.denied
            guided = claim.lower(place) in _GUIDING or sentence.lower(one) in _GUIDING
            if held and (not guided or (following and following == _following(sentence, one))):
                yield one, one + 1

    senses = {claim.senses_at[place]}
    context = context_of(claim, (place, place + 1), without=senses)
    if len(context.weights) + len(context.keys) < 2:
        return ""
    found = outdone(context, sentences, lambda one: turned(one, 0), lambda one: turned(one, 1), _MARGIN)
    return found[0].lower(found[1][0]) if found else ""


def _following(sentence: Read, place: int) -> str:
    """What stands behind a word: the number there, or the next word of meaning."""
    end = sentence.words[place].end
    behind = [fact for fact in sentence.facts if fact.start >= end and fact.certain]
    next_fact = min(behind, key=lambda fact: fact.start, default=None)
    next_word = next((one for one in sentence.content if one > place), None)
    if next_fact and (next_word is None or next_fact.start < sentence.words[next_word].start):
        return min(next_fact.needs)
    return sentence.senses_at[next_word] if next_word is not None else ""
