"""Who did what: a name in the place of another one, and two names that changed sides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.checking.bearers import Bearer
from rag.checking.context import Place, context_of, outdone, word_before
from rag.checking.lexicon import sense_of
from rag.checking.reading import Read

_HELPING = frozenset(
    "a an the of to by in on at for with from as is are was were be been being has have had will would can could may might must"
    " shall should also who which that and then now its their his her it he she they not just still already only".split()
)
_SAYS = frozenset({"say"})
_SAYING = frozenset("said says say told tells added announced stated according".split())
_PRONOUNS = frozenset("he she they it".split())
_AUXILIARY = frozenset("was were is are been be being".split())
_REACH = 3
"""So many sentences back may stand the name that "he" means."""
_MARGIN = 0.05
_MARGIN_OF_SPEECH = 0.25
"""Everybody says something: here the rest must tell more."""
_CLAUSE = re.compile(r", (?:who|which|whose) [^,.;:\"]{3,80},")
_SUFFERING = "-"
_TITLE = 7
"""Words between "by" and a name: "by the state mediator, Ylva Carmody"."""


def replaced_name(claim: Read, sentences: Sequence[Read]) -> tuple[str, str]:
    """A name of the sentence, and the one of whom a passage says what it says; both empty where there is none."""
    mine = claim.bearers
    known = frozenset().union(*(one.stems for one in mine))
    theirs = [sentence.bearers for sentence in sentences]
    for one in mine:
        if found := _instead(claim, one, known, sentences, theirs):
            return one.text, found
    return "", ""


def _instead(
    claim: Read, one: Bearer, known: frozenset[str], sentences: Sequence[Read], theirs: Sequence[Sequence[Bearer]]
) -> str:
    """Another name that stands in a passage where this one stands in the sentence."""
    places = {id(sentence): number for number, sentence in enumerate(sentences)}
    titles = _titles(claim, one.place)
    context = context_of(claim, one.place, without=[*titles, *(sense_of(stem) for stem in known - one.stems)])

    def own(sentence: Read) -> Iterator[Place]:
        number = places[id(sentence)]
        yield from (other.place for other in theirs[number] if other.stems & one.stems)
        before = [other for past in theirs[max(0, number - _REACH) : number] for other in past]
        if any(other.stems & one.stems for other in before):
            yield from ((at, at + 1) for at, word in enumerate(sentence.lowers) if word in _PRONOUNS)

    for slot in _slots(claim, one.place):

        def others(sentence: Read, slot: str = slot) -> Iterator[Place]:
            for other in theirs[places[id(sentence)]]:
                if not other.stems & known and slot in _slots(sentence, other.place):
                    yield other.place

        says = slot[1:] in _SAYS
        taken = not says and any(slot in _slots(one, place) for one in sentences for place in own(one))
        if taken or not context.weights:
            continue
        found = outdone(context, sentences, own, others, _MARGIN_OF_SPEECH if says else _MARGIN)
        if found and not any(other.stems & one.stems for other in found[0].bearers):
            return next(other.text for other in theirs[places[id(found[0])]] if other.place == found[1])
    return ""


def _titles(claim: Read, place: Place) -> Iterator[str]:
    """What the bearer of a name is called right before it: "union leader Ragna Holtet"."""
    for one in range(place[0] - 1, max(-1, place[0] - 4), -1):
        if one not in claim.content:
            return
        yield claim.senses_at[one]


def _slots(sentence: Read, place: Place) -> set[str]:
    """The words of meaning right before and right behind a name, marked by their side; "beaten by A" is as "A beat"."""
    before = next((one for one in range(place[0] - 1, -1, -1) if sentence.lower(one) not in _HELPING), None)
    start = _behind_clause(sentence, place)
    behind = next((one for one in range(start, len(sentence.words)) if sentence.lower(one) not in _HELPING), None)
    agent = next(
        (one for one in range(place[0] - 1, max(-1, place[0] - _TITLE), -1) if sentence.lower(one) == "by"), None
    )
    if agent is not None:
        behind = next((one for one in range(agent - 1, -1, -1) if one in sentence.content), None)
        return {f">{sentence.senses_at[behind]}"} if behind is not None else set()
    if word_before(sentence, place) == "and":
        behind = None  # what two do together
    found = set()
    for side, one in (("<", before), (">", behind)):
        if (
            one is not None
            and not _cut_off(sentence, place, one)
            and not (side == ">" and start == place[1] and _ends_a_clause(sentence, place))
        ):
            found.add(
                (_SUFFERING if side == ">" and _suffers(sentence, place, one) else side) + sentence.senses_at[one]
            )
    return found


def _behind_clause(sentence: Read, place: Place) -> int:
    """The first word behind a name, and behind a clause about it: "Achterly, who runs the port, said"."""
    end = sentence.words[place[1] - 1].end
    found = _CLAUSE.match(sentence.text, end)
    return (
        next((one for one, word in enumerate(sentence.words) if word.start >= found.end()), place[1])
        if found
        else place[1]
    )


def _suffers(sentence: Read, place: Place, verb: int) -> bool:
    """ "Petrel-2 will be launched": it launches nothing."""
    return bool(_AUXILIARY & set(sentence.lowers[place[1] : verb])) and not sentence.lower(verb).endswith("ing")


def _ends_a_clause(sentence: Read, place: Place) -> bool:
    """ "Who played for Rovers, walked": a comma behind a name, and none before it."""
    before = sentence.text[: sentence.words[place[0]].start].rstrip()
    return sentence.text[sentence.words[place[1] - 1].end :].startswith(",") and bool(before) and before[-1] != ","


def _cut_off(sentence: Read, place: Place, one: int) -> bool:
    """Whether another clause begins between a name and a word; a comma may stand there."""
    first, last = (one, place[0]) if one < place[0] else (place[1] - 1, one)
    between = sentence.text[sentence.words[first].end : sentence.words[last].start]
    return any(mark in between for mark in '.;:?!"(')


def swapped(claim: Read, sentences: Sequence[Read]) -> tuple[str, str]:
    """Two names of which the sentence says the other way round what a passage says; both empty where there are none."""
    for one, verb, other in _acts(claim):
        same = opposite = False
        for sentence in sentences:
            for agent, act, patient in _acts(sentence):
                if act == verb:
                    same |= bool(agent.stems & one.stems and patient.stems & other.stems)
                    opposite |= bool(agent.stems & other.stems and patient.stems & one.stems)
        if opposite and not same:
            return one.text, other.text
    return "", ""


def _acts(sentence: Read) -> Iterator[tuple[Bearer, str, Bearer]]:
    """Who does what to whom, between two names that stand side by side: "A beat B", "B was beaten by A"."""
    found = sentence.bearers
    for first, second in pairwise(found):
        between = [sentence.lower(place) for place in range(first.place[1], second.place[0])]
        text = sentence.text[sentence.words[first.place[1] - 1].end : sentence.words[second.place[0]].start]
        verbs = [place for place in range(first.place[1], second.place[0]) if sentence.lower(place) not in _HELPING]
        if not verbs or any(mark in text for mark in ',;:"(') or " and " in f" {text} " or _SAYING & set(between):
            continue
        passive = bool(_AUXILIARY & set(between)) and between[-1:] == ["by"]
        verb = sense_of(sentence.words[verbs[0]].stem)
        yield (second, verb, first) if passive else (first, verb, second)
