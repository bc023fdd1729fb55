"""Windows that hang on an event: "since the election", "before the summit", with the day that the library gives it.

The event is looked for by its words and the names of the question, among the passages that the caller may see; nothing
later than `as_of` has a part in it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.question.day_grammar import OWN_TIME
from rag.question.event_days import NamedEvent, Report, day_of_event
from rag.text.names import capitalised
from rag.text.words import content_words
from rag.types import Filters, Window

if TYPE_CHECKING:
    from rag.search.searcher import Searcher
    from rag.store.catalog import Catalog

PASSAGES = 40
"""Passages that are read for the day of an event."""
_ALIKE = (
    "earthquake quake tremor", "election vote ballot poll", "fire blaze wildfire", "ceasefire truce", "strike walkout",
    "summit meeting talk", "crash collision", "hurricane storm", "cyclone storm", "typhoon storm", "explosion blast",
    "theft robbery heist burglary", "killing murder", "shooting attack", "collapse failure", "flood flooding",
)  # fmt: skip
_SUDDEN = (
    "accident acquittal agreement announcement arrest assassination assault attack attempt avalanche ballot ban blast blackout blaze "
    "bombing breach breakdown breakout burglary caucus ceasefire closure collapse collision conviction coronation coup crash "
    "cyclone deal death debate decision defeat derailment disaster earthquake election eruption escape explosion fire flood "
    "flooding funeral handover heist hurricane implosion inauguration incident indictment invasion kidnapping killing landing "
    "landslide launch leak massacre match meeting merger midterm murder nomination outage poll primary quake raid rally "
    "recall recount referendum resignation riot robbery ruling sacking sentencing shooting sinking spill stabbing storm "
    "summit surrender takeover theft tornado tremor truce tsunami typhoon verdict vote walkout wedding wildfire"
).split()
_LASTING = "conference convention festival games lockdown olympics outbreak protest siege strike tour tournament trial visit".split()
_LASTING_AFTER = frozenset({"after", "following", "until", "during"})
"""Behind these words a thing that lasts would need its last day, which articles seldom name."""
_HEAD = "|".join(sorted({*_SUDDEN, *_LASTING}, key=len, reverse=True))
_PLAIN = r"(?!(?:who|that|which|was|were|is|are|and|or|to|of|the|a|an|in|on|at|for|by|from|with|had|has|have)\b)"
_NAME = r"[A-Z][\w’'-]*"
_ANCHOR = re.compile(
    r"\b(?P<relation>since|after|following|before|ahead of|prior to|until|during)\s+(?P<event>"
    rf"(?:(?i:the|this|that|last|his|her|their|its)\s+|(?=[A-Z]))(?:{_PLAIN}[\w.’'-]+\s+){{0,4}}?"
    rf"(?:(?P<storm>(?i:hurricane|cyclone|typhoon|storm))\s+{_NAME}|(?P<head>(?i:{_HEAD}))(?:e?s)?"
    rf"(?:\s+(?:of|in|at|on|near|off|over|between)\s+(?:the\s+)?{_NAME}(?:\s+{_NAME})*)?))"
    rf"\b(?!['’]s|-|\s+(?:{_HEAD})(?:e?s)?\b)",
)
_BEGINS = re.compile(r"\s+(?:began|begins|started|starts|struck|hit|happened|took place|broke out)\b")
_DETERMINER = re.compile(r"^(?:the|this|that|last|his|her|their|its)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Anchor:
    """An event to which a question ties its time: `words` as the question has them, `head` the noun that names it."""

    relation: str
    words: str
    event: str
    head: str


def anchor_of(question: str) -> Anchor | None:
    """The event on which the time of a question hangs, if it names one.

    Example:
        >>> anchor_of("What has the mayor promised since the election?").words
        'since the election'
    """
    match = _ANCHOR.search(question[:1].lower() + question[1:])
    if match is None or not (OWN_TIME.match(question, match.end()) or _BEGINS.match(question, match.end())):
        return None  # none, or a part of something else: "since the fire chief resigned"
    relation, head = match["relation"], (match["head"] or match["storm"]).lower()
    if head in _LASTING and relation in _LASTING_AFTER:
        return None
    return Anchor(relation, " ".join(match.group().split()), " ".join(match["event"].split()), head)


def anchored(
    window: Window, question: str, searched: str, filters: Filters, asked: dt.date, catalog: Catalog, searcher: Searcher
) -> Window:
    """The window with the days that hang on an event, where the question names one and the library tells its day.

    Days that the question or the caller names go first, and then nothing is looked for.

    Args:
        searched: the stand-alone question, whose names say which event is meant.
        asked: the day of the question; `filters.as_of` goes first.
    """
    anchor = anchor_of(question)
    if anchor is None or window.since or window.until:
        return window
    asked = filters.as_of or asked
    lexicon = searcher.lexicon
    if lexicon is None:
        return window
    event = _event(anchor, searched)
    terms = lexicon.terms(" ".join([anchor.event, *sorted(event.names)]))
    numbers = [hit.number for hit in searcher.lexical(terms, PASSAGES, filters)]
    reports = [
        Report(passage.article_id, passage.published, passage.title, passage.text)
        for passage in catalog.passages(numbers, filters).values()
        if passage.published
    ]
    day = day_of_event(event, reports, asked)
    return _bounded(window, anchor, day, asked) if day else window


def _bounded(window: Window, anchor: Anchor, day: dt.date, asked: dt.date) -> Window:
    one = dt.timedelta(days=1)
    found = {"words": anchor.words, "event_day": day}
    match anchor.relation:
        case "since":
            return window.model_copy(update={**found, "since": day, "until": asked})
        case "after" | "following":
            return window.model_copy(update={**found, "since": min(day + one, asked), "until": asked})
        case "during":
            return window.model_copy(update={**found, "since": day, "until": min(day + one, asked)})
        case "until":
            return window.model_copy(update={**found, "until": day})
        case _:
            return window.model_copy(update={**found, "until": day - one})


def _event(anchor: Anchor, searched: str) -> NamedEvent:
    """What the event is called; unless it has a name of its own, those of the question tell it from others.

    Without either, the other words of the question have to do.
    """
    heads = {anchor.head, *(word for group in _ALIKE if anchor.head in group.split() for word in group.split())}
    called = _DETERMINER.sub("", anchor.event)
    own = [word for word in content_words(called) if word.rstrip("s") not in heads]
    rest = searched.replace(anchor.words, " ")
    around = [name.lower().strip(".'’-") for name in capitalised(rest)] or ([] if own else content_words(rest))
    is_named = any(character.isupper() for character in called)
    return NamedEvent(frozenset(heads), frozenset(map(_plain, own)), frozenset(() if is_named else map(_plain, around)))


def _plain(word: str) -> str:
    """A word as it begins in all its forms."""
    return re.sub(r"(?:['’]s|s['’]|(?<=[^s])s)$", "", word)
