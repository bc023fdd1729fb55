"""Names in a text: adjacent capitalised words, in a form that can be compared between texts."""

from __future__ import annotations

import functools
import importlib.resources
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from rag.text.sentences import sentence_spans
from rag.text.stems import stems
from rag.text.words import content_words

CASED_WORDS = 40
"""A text of this many words without a capital inside a sentence does not capitalise names."""
_ALIASES = (
    (re.compile(r"\bU\.\s?S\.(?:\s?A\.)?|\bUSA?\b|(?i:\bUnited States\b(?: of America\b)?|(?<=\bthe )us\b)"), "Usa"),
    (re.compile(r"\bU\.\s?K\.|(?i:\bUnited Kingdom\b|\bGreat Britain\b)"), "UK"),
    (re.compile(r"\bU\.\s?N\.|(?i:\bUnited Nations\b)"), "UN"),
    (re.compile(r"\bE\.\s?U\.|(?i:\bEuropean Union\b)"), "EU"),
    (re.compile(r"(?i:\bGroup of (?:Seven|7)\b)"), "G7"),
    (re.compile(r"\b(?:M(?:r|rs|s|iss)|Sir|Dame)\.?\s(?=[A-ZÀ-Þ])"), ""),
)
_PEOPLES = (
    "american:usa america:usa british:uk britain:uk chinese:china japanese:japan korean:korea russian:russia "
    "ukrainian:ukraine french:france german:germany italian:italy spanish:spain israeli:israel palestinian:palestine "
    "iranian:iran iraqi:iraq indian:india pakistani:pakistan canadian:canada australian:australia mexican:mexico "
    "brazilian:brazil turkish:turkey syrian:syria egyptian:egypt european:europe african:africa asian:asia "
    "scottish:scotland welsh:wales irish:ireland english:england swiss:switzerland dutch:netherlands polish:poland "
    "swedish:sweden norwegian:norway danish:denmark finnish:finland greek:greece afghan:afghanistan thai:thailand "
    "spaniard:spain frenchman:france englishman:england briton:uk scot:scotland dutchman:netherlands "
    "pole:poland swede:sweden dane:denmark finn:finland turk:turkey argentine:argentina argentinian:argentina peruvian:peru "
    "filipino:philippines vietnamese:vietnam lebanese:lebanon saudi:saudi yemeni:yemen cuban:cuba venezuelan:venezuela "
    "nigerian:nigeria kenyan:kenya ethiopian:ethiopia belgian:belgium austrian:austria hungarian:hungary czech:czechia "
    "portuguese:portugal romanian:romania bulgarian:bulgaria croatian:croatia serbian:serbia georgian:georgia burmese:burma"
)
_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b|(?<=s)['’](?=\s)")
_JOINS = frozenset("-’'")
_INNER_CAPITAL = re.compile(r"[^\W\d_],?\s[A-ZÀ-Þ]")
LINKING = frozenset(
    "according additionally furthermore however instead meanwhile moreover overall therefore though".split()
)
"""Words that link a sentence to the previous one and mean nothing by themselves."""
_INFLECTED = re.compile(r"(?:ed|ing|ly|tion|ment|ness|ity|ive|able|ies|ous|ful|less|s)$")
_PEOPLE_SUFFIX = re.compile(r"(?:ian|an|n|ese|ish)$")


@dataclass(frozen=True)
class Word:
    """One word of a text, from `start` to `end`; `run` numbers the name it is part of, 0 outside names."""

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
    """The names of a text as their words' stems, the stems of words outside names, and all stems in order."""

    runs: frozenset[tuple[str, ...]]
    plain: frozenset[str]
    order: tuple[str, ...] = ()
    cased: bool = True
    """Whether the text capitalises names."""
    initials: frozenset[str] = frozenset()

    def holds(self, name: Sequence[str]) -> bool:
        """Whether the text gives a name: as it is, as words of a longer name, piece by piece, or by its initials.

        "President Biden" is in "President Joe Biden", and "Tokyo governor Koike" in "Yuriko Koike, the governor of
        Tokyo". "John Smith" is not in "John Brown met Mary Smith": every piece but the last must end where a name in
        the text ends. If capitals do not mark names, the words must be adjacent.
        """
        if not self.cased:
            return self._stand_together(name)
        place = 0
        while place < len(name):
            ends = range(len(name), place, -1)
            end = next((end for end in ends if self._holds_piece(name[place:end], last=end == len(name))), None)
            if end is None:
                return False
            place = end
        return True

    def _holds_piece(self, piece: Sequence[str], last: bool) -> bool:
        if len(piece) == 1 and (piece[0] in self.plain or piece[0] in self.initials or self._same_people(piece[0])):
            return True
        if len(piece) > 1 and any(len(run) == len(piece) and set(run) == set(piece) for run in self.runs):
            return True  # "Jae Myung Lee"
        return any(_in_order(piece, run) and (last or run[-1] == piece[-1]) for run in self.runs)

    def _same_people(self, word: str) -> bool:
        """ "Tarmeyan" for Tarmeya, and vice versa; "Yujung" for "Yu-jung"."""
        parts = [part for run in self.runs for part in run]
        return any(_of_people(word, part) or _of_people(part, word) for part in parts) or any(
            word == one + other for run in self.runs for one, other in pairwise(run)
        )

    def _stand_together(self, name: Sequence[str]) -> bool:
        if len(name) == 1:
            return name[0] in self.order
        near = len(name) + 1
        return any(
            self.order[place] == name[0] and _in_order(name, self.order[place : place + near])
            for place in range(len(self.order))
        )


def one_spelling(text: str) -> str:
    """The text without "'s", with one spelling for countries and unions that news outlets write in many ways, and one
    way to write accents."""
    text = unicodedata.normalize("NFC", text)
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
        elif match.group() != match.group().lower() and content_words(match.group()):
            goes_on = before.run > 0 and _goes_on(text[before.start : before.end], between)
            runs += not goes_on
            run = runs
        found.append(Word(_stem(match.group()), match.start(), match.end(), run))
    return found


def names(sentence: str, marks_names: bool = True) -> list[Name]:
    """The names in one sentence, in order.

    Its first word is always capitalised. It counts as a name unless it is a word that often begins a sentence, or
    `marks_names` is False: capitals do not mark names here.
    """
    kept = words(sentence)
    if kept and kept[0].run:
        first = sentence[kept[0].start : kept[0].end]
        goes_on = len(kept) > 1 and kept[1].run == kept[0].run
        if (not marks_names and not goes_on) or first.lower() in LINKING or is_common(first.lower()):
            kept = kept[1:]
    return [Name(sentence[parts[0].start : parts[-1].end], tuple(part.stem for part in parts)) for parts in _runs(kept)]


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    return [list(group) for run, group in groupby(words, key=lambda word: word.run) if run]


@functools.cache
def _common_words() -> frozenset[str]:
    return frozenset(importlib.resources.files("rag.text").joinpath("common_words.txt").read_text("utf-8").split())


def is_common(word: str) -> bool:
    """Whether a lower-case word is a common one, which a capital at the start of a sentence does not make a name."""
    return word in _common_words() or (word.endswith("s") and word[:-1] in _common_words())


def names_of(text: str) -> list[str]:
    """The names in a text as written, in order and each once: "Lee Jae Myung", not "Lee", "Jae", "Myung"."""
    spans = sentence_spans(text)
    found = (name.text for one in spans for name in names(text[one.start : one.end]))
    return list(dict.fromkeys(re.sub(r"['’]s$", "", name) for name in found))


def capitalised(text: str) -> list[str]:
    return [word for name in names_of(text) for word in name.split()]


def names_in_small_letters(sentence: str, kept: Sequence[Word], named: Named) -> list[str]:
    """Words that may be names in a sentence that writes names in lower case: uncommon, and not in the text at all."""
    if not named.cased or any(word.run for word in kept[1:]):
        return []
    of_names, given = {stem for run in named.runs for stem in run} - named.plain, set(named.order)
    small = [word for word in kept if _may_be_name(sentence[word.start : word.end])]
    if not any(word.stem in of_names for word in small):
        return []
    return [sentence[word.start : word.end] for word in small if word.stem not in given]


def _may_be_name(word: str) -> bool:
    return word.islower() and word.isalpha() and len(word) > 2 and not is_common(word) and not _INFLECTED.search(word)


def marks_names(text: str) -> bool:
    """Whether capitals mark names in this text; a short text gets the benefit of the doubt."""
    return len(text.split()) < CASED_WORDS or _INNER_CAPITAL.search(text) is not None


def named_in(text: str) -> Named:
    """The names that a text (after `one_spelling`) can provide."""
    found = words(text)
    parts = _runs(found)
    return Named(
        frozenset(tuple(word.stem for word in part) for part in parts),
        frozenset(word.stem for word in found if not word.run),
        tuple(word.stem for word in found),
        marks_names(text),
        frozenset("".join(text[word.start] for word in part).lower() for part in parts if len(part) > 2),
    )


def _of_people(people: str, country: str) -> bool:
    base = _PEOPLE_SUFFIX.sub("", people)
    return people != base and len(base) >= 4 and base in (country, country[:-1])


def _goes_on(word: str, between: str) -> bool:
    """Whether a name continues after one of its words: "Lee Jae", "J. K.", "Marks & Spencer"."""
    if between.rstrip() == ".":
        return len(word) == 1
    return between.count("\n") < 2 and between.strip() in {"", "&"}


def _in_order(piece: Sequence[str], run: Sequence[str]) -> bool:
    left = iter(run)
    return all(stem in left for stem in piece)


@functools.cache
def _peoples() -> dict[str, str]:
    pairs = (pair.split(":") for pair in _PEOPLES.split())
    return {"".join(stems(people)): "".join(stems(country)) for people, country in pairs}


@functools.lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    plain = "".join(one for one in unicodedata.normalize("NFKD", word) if not unicodedata.combining(one))
    stem = "".join(stems(plain)) or plain.lower()
    return _peoples().get(stem, stem)
