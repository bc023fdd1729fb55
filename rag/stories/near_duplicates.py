"""Are two articles one text, does one replace the other, or do they report the same event?

Every verdict depends on the two articles alone: with no library statistics and no randomness, it is the same in any
order of arrival, and after a removal and return.

Near-copies after Silcock et al., "Noise-Robust De-Duplication at Scale", 2022 (NEWS-COPY): edited copies of an agency
text share few n-grams (30 % there, where scanning adds its own errors), so vectors propose the pairs and shingles
decide. Shares are of word 3-grams, 0 to 1. The thresholds were read off 5,013 American news articles (RealTimeQA's,
2013 to 2024), comparing all pairs: copies have a containment above 0.75 or share most of their opening; between them
and the rest are follow-ups that repeat the background, and pages that carry one long timeline each.
"""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rag.models import Vectors
from rag.text.days import MONTHS, WEEKDAYS

RULES_VERSION = "1"
"""Changes with this file's rules: ties stored under other rules are recomputed by the next writer."""
COPY_DAYS = 14
"""Copies are searched for within this many days; 98 of 100 copies on the news set are within three."""
EVENT_DAYS = 3
"""Articles of one event are within this many days."""
CLOSE = 0.7
"""Cosine of the first passages below which two articles are not compared; the lowest of 146 copies is 0.75."""
UNDATED_CLOSE = 0.9
"""The same for two copies of which one has no date: undated web pages share their frames."""
EVENT = 0.88
"""Cosine of the first passages plus `EVENT_NAMES` times the share of common names, for articles of one day."""
EVENT_NAMES = 0.3
EVENT_CLOSER = 0.03
"""Added for each day between them: reports on one beat share its vocabulary."""
EVENT_NAMES_LEAST = 2
SHINGLE_WORDS = 3
OPENING_WORDS = 100
"""Follow-ups repeat the background at the end; copies keep the opening."""
NAMED_WORDS = 250
"""The names that identify the event are in this many first words."""

COPY_SHARE = 0.45
"""Share of the shorter text's shingles that the other has. Two independent reports of one press statement: 0.15 to 0.35."""
OWN_COPY_SHARE = 0.6
"""The same between different days in one outlet, which repeats its own background in follow-ups."""
AGENCY_COPY_SHARE = 0.3
"""The same if both outlets name the same agency."""
OPENING_SHARE = 0.4
ONE_TEXT = 0.5
"""Jaccard index at which one of the two openings may be new."""
DIGEST = 0.1
"""Jaccard index below which the longer text is a digest or live page that includes the other among many."""
SAME_NAMES = 0.5
"""Least share of names, and on different days also of numbers, that two copies have in common. Reports written to a
pattern, on lotteries or elections, share the words but not these."""
REPLACED = 0.8
"""Share of an old text's shingles in a newer one of the same outlet that silently replaces it."""

_WORD = re.compile(r"\w+")
# Inside sentences only: the first word of one is always capitalised.
_NAME = re.compile(r"(?<=[a-zß-öø-ÿ0-9,;] )[A-ZÀ-ÖØ-Þ][\w’'-]*\w")
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_CORRECTED = re.compile(
    r"\bcorrections?\s*(?:and clarifications?\s*)?[:—–]|\bearlier versions? of this (?:article|story|report|post)\b"
    r"|\bthis (?:article|story|report|post) (?:has been|was) corrected\b"
    r"|\bupdated version of an earlier (?:article|story|report|post)\b",
    re.IGNORECASE,
)
_NOT_NAMES = frozenset(WEEKDAYS) | frozenset(MONTHS)

Shingles = npt.NDArray[np.uint64]
"""Hashes of word 3-grams, sorted, each once."""


class Tie(StrEnum):
    """How two articles are related."""

    EVENT = "event"
    COPY = "copy"
    UPDATE = "update"
    """A copy that replaces the other."""


@dataclass(frozen=True)
class Sketch:
    article_id: str
    content_hash: str
    outlet: str
    """In lower case; empty if unknown."""
    agency: str
    published: dt.date | None
    updated: dt.date | None
    lead: Vectors
    """Vector of the first passage, length one."""

    @property
    def ordinal(self) -> int:
        """Ordinal of the day of publication; 0, before all others, if there is none."""
        return self.published.toordinal() if self.published else 0

    @property
    def last_day(self) -> dt.date:
        return max(day for day in (dt.date.min, self.published, self.updated) if day)


@dataclass(frozen=True)
class Traits:
    shingles: Shingles
    opening: Shingles
    names: frozenset[str]
    leading_names: frozenset[str]
    numbers: frozenset[str]
    corrected: bool
    """Whether it says that it corrects an earlier version."""


@dataclass(frozen=True)
class Tied:
    """Two related articles; in an update, `first` is the one replaced."""

    first: str
    second: str
    tie: Tie


def traits_of(text: str) -> Traits:
    words = _WORD.findall(text.lower())
    return Traits(
        shingles=_shingles(words),
        opening=_shingles(words[:OPENING_WORDS]),
        names=_names(text),
        leading_names=_names(" ".join(text.split(None, NAMED_WORDS)[:NAMED_WORDS])),
        numbers=frozenset(_NUMBER.findall(text)),
        corrected=_CORRECTED.search(text) is not None,
    )


def worth_reading(one: Sketch, other: Sketch) -> bool:
    """Whether the first passages of two articles within `COPY_DAYS` are close enough to compare the texts."""
    least = CLOSE if one.published and other.published else UNDATED_CLOSE
    return float(one.lead @ other.lead) >= least


def tie_between(one: Sketch, its: Traits, other: Sketch, others: Traits) -> Tied | None:
    """How two articles that are `worth_reading` are related."""
    first, second = sorted((one.article_id, other.article_id))
    if not _are_copies(one, its, other, others):
        return Tied(first, second, Tie.EVENT) if _tell_one_event(one, its, other, others) else None
    if _replaces(one, its, other, others):
        return Tied(other.article_id, one.article_id, Tie.UPDATE)
    if _replaces(other, others, one, its):
        return Tied(one.article_id, other.article_id, Tie.UPDATE)
    return Tied(first, second, Tie.COPY)


def _are_copies(one: Sketch, its: Traits, other: Sketch, others: Traits) -> bool:
    shared = _shared(its.shingles, others.shingles)
    union = len(its.shingles) + len(others.shingles) - shared
    jaccard = shared / union if union else 0.0
    least = _least_share(one, other) * min(len(its.shingles), len(others.shingles))
    if jaccard < DIGEST or shared < least:
        return False
    openings = sorted((_share(its.opening, others.shingles), _share(others.opening, its.shingles)))
    if openings[0 if jaccard < ONE_TEXT else 1] < OPENING_SHARE:
        return False
    return _agree(its.names, others.names) and (_same_day(one, other) or _agree(its.numbers, others.numbers))


def _least_share(one: Sketch, other: Sketch) -> float:
    if one.outlet == other.outlet:
        return COPY_SHARE if _same_day(one, other) else OWN_COPY_SHARE
    return AGENCY_COPY_SHARE if one.agency and one.agency == other.agency else COPY_SHARE


def _same_day(one: Sketch, other: Sketch) -> bool:
    return one.ordinal == other.ordinal > 0


def _replaces(new: Sketch, its: Traits, old: Sketch, others: Traits) -> bool:
    """Whether a copy is the same outlet's later text, and says so or holds nearly all of the older one."""
    if not new.outlet or new.outlet != old.outlet or not new.ordinal >= old.ordinal > 0:
        return False
    return new.last_day > old.last_day and (its.corrected or _share(others.shingles, its.shingles) >= REPLACED)


def _tell_one_event(one: Sketch, its: Traits, other: Sketch, others: Traits) -> bool:
    apart = abs(one.ordinal - other.ordinal)
    named = len(its.leading_names & others.leading_names)
    if not (one.ordinal and other.ordinal) or apart > EVENT_DAYS or named < EVENT_NAMES_LEAST:
        return False
    share = named / min(len(its.leading_names), len(others.leading_names))
    return float(one.lead @ other.lead) + EVENT_NAMES * share >= EVENT + EVENT_CLOSER * apart


def _agree(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether half of the smaller set is in the other; an empty one always agrees."""
    fewest = min(len(some), len(others))
    return not fewest or len(some & others) >= SAME_NAMES * fewest


def shingles_of(text: str) -> Shingles:
    """The word 3-grams of a text; for a shorter text, all its words as one."""
    return _shingles(_WORD.findall(text.lower()))


def containment(one: Shingles, other: Shingles) -> float:
    """Share of the smaller set that the other holds, 0 to 1 (Broder, "On the resemblance and containment of documents", 1997)."""
    return _share(*sorted((one, other), key=len))


def _shingles(words: list[str]) -> Shingles:
    hashes = np.array([zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words], dtype=np.uint64)
    size = min(SHINGLE_WORDS, len(hashes))
    if not size:
        return hashes
    factors = np.uint64(0x9E3779B97F4A7C15) ** np.arange(size, dtype=np.uint64)
    return np.unique(np.lib.stride_tricks.sliding_window_view(hashes, size) @ factors)


def _shared(one: Shingles, other: Shingles) -> int:
    return len(np.intersect1d(one, other, assume_unique=True))


def _share(part: Shingles, whole: Shingles) -> float:
    return _shared(part, whole) / len(part) if len(part) else 0.0


def _names(text: str) -> frozenset[str]:
    words = (name.removesuffix("'s").removesuffix("’s") for name in _NAME.findall(text))
    return frozenset(word for word in words if word.lower() not in _NOT_NAMES)


class Group(NamedTuple):
    """An article's story and event, each given as the id of its earliest article."""

    story: str
    event: str


def grouped(days: Mapping[str, dt.date | None], ties: Iterable[Tied]) -> dict[str, Group]:
    """The group of every article, by id, from its day (undated ones come last) and the ties between these articles.

    A *story* is a connected component of copies: one source, however often it was printed. An *event* is its earliest
    story and those tied to that one directly: otherwise chains of follow-ups, each a few days after the last, would run
    through a whole war. Neither depends on the order in which articles arrived.
    """
    ties = list(ties)
    order = sorted(days, key=lambda article: (days[article] or dt.date.max, article))
    copies = _neighbours((tied.first, tied.second) for tied in ties if tied.tie is not Tie.EVENT)
    story: dict[str, str] = {}
    for earliest in order:
        waiting = [earliest]
        while waiting:
            article = waiting.pop()
            if article not in story:
                story[article] = earliest
                waiting += copies[article]
    stories = _neighbours((story[tied.first], story[tied.second]) for tied in ties)
    event: dict[str, str] = {}
    for founder in map(story.__getitem__, order):
        if founder not in event:
            event.update({other: founder for other in [founder, *stories[founder]] if other not in event})
    return {article: Group(story[article], event[story[article]]) for article in order}


def _neighbours(pairs: Iterable[tuple[str, str]]) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return found
