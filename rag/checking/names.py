"""Names that a text gives: words with capitals that stand together, in a form in which two texts can be compared."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.search.question import content_words
from rag.store.index import stems

CASED_WORDS = 40
"""A text of so many words without a capital inside a sentence does not mark its names by capitals."""
_ALIASES = (
    (re.compile(r"\bU\.\s?S\.(?:\s?A\.)?|\bUSA?\b|(?i:\bUnited States\b(?: of America\b)?|(?<=\bthe )us\b)"), "Usa"),
    (re.compile(r"\bU\.\s?K\.|(?i:\bUnited Kingdom\b|\bGreat Britain\b)"), "UK"),
    (re.compile(r"\bU\.\s?N\.|(?i:\bUnited Nations\b)"), "UN"),
    (re.compile(r"\bE\.\s?U\.|(?i:\bEuropean Union\b)"), "EU"),
)
_PEOPLES = (
    "american:usa america:usa british:uk britain:uk chinese:china japanese:japan korean:korea russian:russia "
    "ukrainian:ukraine french:france german:germany italian:italy spanish:spain israeli:israel palestinian:palestine "
    "iranian:iran iraqi:iraq indian:india pakistani:pakistan canadian:canada australian:australia mexican:mexico "
    "brazilian:brazil turkish:turkey syrian:syria egyptian:egypt european:europe african:africa asian:asia "
    "scottish:scotland welsh:wales irish:ireland english:england swiss:switzerland dutch:netherlands polish:poland "
    "swedish:sweden norwegian:norway danish:denmark finnish:finland greek:greece afghan:afghanistan thai:thailand"
)
_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b|(?<=s)['’](?=\s)")
_JOINS = frozenset("-’'")
_INNER_CAPITAL = re.compile(r"[^\W\d_],?\s[A-ZÀ-Þ]")
_TITLES = frozenset("mr mrs ms dr gov sen rep st gen lt col sgt capt rev prof".split())
LINKING = frozenset(
    "according additionally furthermore however instead meanwhile moreover overall therefore though".split()
)
"""Words that link a sentence to the one before and say nothing themselves."""
_PLAIN_STARTS = LINKING | frozenset(
    "again already another currently each earlier every finally following further last later next nearly only other "
    "others over previously recently several such today tomorrow under until yesterday yet".split()
)


@dataclass(frozen=True)
class Word:
    """One word of a text, from `start` to `end`; `run` numbers the name that it is part of, 0 outside of names."""

    stem: str
    start: int
    end: int
    run: int = 0


@dataclass(frozen=True)
class Name:
    """A name as a text writes it, and the stems of its words."""

    text: str
    stems: tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """The names of a text, as the stems of their words, and the stems of its words outside of names."""

    runs: frozenset[tuple[str, ...]]
    plain: frozenset[str]

    def holds(self, name: Sequence[str]) -> bool:
        """Whether the text gives a name: as it is, as words of a longer name, or piece by piece.

        "President Biden" stands in "President Joe Biden", and "Tokyo governor Koike" in "Yuriko Koike, the governor of
        Tokyo". "John Smith" does not stand in "John Brown met Mary Smith": every piece but the last must end where a
        name of the text ends.
        """
        place = 0
        while place < len(name):
            ends = range(len(name), place, -1)
            end = next((end for end in ends if self._holds_piece(name[place:end], last=end == len(name))), None)
            if end is None:
                return False
            place = end
        return True

    def _holds_piece(self, piece: Sequence[str], last: bool) -> bool:
        if len(piece) == 1 and piece[0] in self.plain:
            return True
        return any(_in_order(piece, run) and (last or run[-1] == piece[-1]) for run in self.runs)


def one_spelling(text: str) -> str:
    """The text without "'s", and with one spelling for those countries and unions that news write in many ways."""
    for pattern, name in _ALIASES:
        text = pattern.sub(name, text)
    return _POSSESSIVE.sub("", text)


def words(text: str) -> list[Word]:
    """The words of a text in order (after `one_spelling`)."""
    found: list[Word] = []
    runs = 0
    for match in _WORD.finditer(text):
        before = found[-1] if found else Word("", 0, 0)
        between = text[before.end : match.start()]
        run = 0
        if before.run and between in _JOINS:
            run = before.run
        elif _has_capital(match.group()):
            goes_on = before.run > 0 and _goes_on(text[before.start : before.end], between)
            runs += not goes_on
            run = runs
        found.append(Word(_stem(match.group()), match.start(), match.end(), run))
    return found


def names(sentence: str, marks_names: bool = True) -> list[Name]:
    """The names of one sentence, in order.

    Its first word begins with a capital in any case. It counts as a name unless it is one of the words that often
    begin a sentence, or `marks_names` is False: names are not known by their capitals here.
    """
    kept = words(sentence)
    if kept and kept[0].run:
        first = sentence[kept[0].start : kept[0].end]
        if not marks_names or first.lower() in _PLAIN_STARTS:
            kept = kept[1:]
    found = []
    for run, group in groupby(kept, key=lambda word: word.run):
        if run:
            parts = list(group)
            found.append(Name(sentence[parts[0].start : parts[-1].end], tuple(part.stem for part in parts)))
    return found


def marks_names(text: str) -> bool:
    """Whether capitals tell names in this text; a short text gets the benefit of the doubt."""
    return len(text.split()) < CASED_WORDS or _INNER_CAPITAL.search(text) is not None


def named_in(text: str) -> Named:
    """What a text (after `one_spelling`) can give of names."""
    found = words(text)
    runs = (tuple(word.stem for word in group) for run, group in groupby(found, key=lambda word: word.run) if run)
    return Named(frozenset(runs), frozenset(word.stem for word in found if not word.run))


def _has_capital(word: str) -> bool:
    return word != word.lower() and bool(content_words(word))


def _goes_on(word: str, between: str) -> bool:
    """Whether a name goes on after a word of it: "Lee Jae", "J. K.", "Dr. Lee", "Marks & Spencer"."""
    if between.rstrip() == ".":
        return len(word) == 1 or word.lower() in _TITLES
    return between.count("\n") < 2 and between.strip() in {"", "&"}


def _in_order(piece: Sequence[str], run: Sequence[str]) -> bool:
    left = iter(run)
    return all(stem in left for stem in piece)


@functools.cache
def _peoples() -> dict[str, str]:
    return {
        "".join(stems(people)): "".join(stems(country))
        for people, country in (pair.split(":") for pair in _PEOPLES.split())
    }


@functools.lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    stem = "".join(stems(word)) or word.lower()
    return _peoples().get(stem, stem)
