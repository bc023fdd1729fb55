"""Numbers with what they count or measure, in a form that can be compared between sources.

Two quantities are the same if both can be true of one thing: in another unit, rounded, within a range, "more than" and
"nearly". When in doubt they are not comparable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rag.checking.facts import facts
from rag.text.numbers import WITH_SIGN, YEAR_NUMBER, Fact
from rag.text.stems import stems

ROUNDED = 0.02
"""Relative difference of two numbers, one being the other rounded or measured differently."""
ABOUT = 0.1
"""The same if one is said to be rough, or was converted."""
ROUNDED_FIGURE = 0.05
"""The same if one ends in zeros."""
FURTHEST_BOUND = 1.5
""""More than 200" may be 231, but nobody would say it of 400."""
_LEAST = re.compile(r"(?i)\b(?:at least|more than|over|no fewer than|no less than|above|exceed(?:s|ed|ing)?)$")
_MOST = re.compile(r"(?i)\b(?:nearly|almost|up to|as many as|as much as|fewer than|less than|under|at most|below)$")
_ABOUT = re.compile(
    r"(?i)\b(?:about|around|some|roughly|approximately|(?:an )?estimated|nearly|almost|close to|just over|just under)$"
)
_OR_MORE = re.compile(r"\+| or more\b|-?plus\b", re.IGNORECASE)
_SIGNS = dict(pair.split(":") for pair in "%:percent pp:percent $:dollar €:euro £:pound ¥:yen ₹:rupee ₩:won".split())
_MEASURES = {
    "percent": "percent:1 per:1 percentage:1 point:1",
    "time": "second:1 minute:60 hour:3600 day:86400 week:604800 month:2630000 year:31557600 decade:315576000",
    "length": "km:1000 kilometre:1000 kilometer:1000 mile:1609 metre:1 meter:1 m:1 foot:0.305 feet:0.305 ft:0.305"
    " inch:0.0254 inche:0.0254 cm:0.01 centimetre:0.01 centimeter:0.01 yard:0.914",
    "weight": "kg:1 kilogram:1 kilo:1 tonne:1000 ton:1000 lb:0.454 gram:0.001 ounce:0.0283",
    "area": "acre:1 hectare:2.471",
    "volume": "litre:1 liter:1 gallon:3.785 barrel:159",
    "speed": "mph:1.609 kph:1",
    "dollar": "dollar:1 cent:0.01",
    "crown": "crown:1 krona:1 krone:1 kroner:1 kronor:1",
    "euro": "euro:1",
    "yen": "yen:1",
    "rupee": "rupee:1",
    "franc": "franc:1",
}
CURRENCIES = frozenset(_SIGNS.values()) - {"percent"} | {"crown", "franc"}
"""Values of `Quantity.measures` that are money."""
_UNITS = {
    word: (measure, float(factor))
    for measure, units in _MEASURES.items()
    for word, factor in (unit.split(":") for unit in units.split())
}
_HAPPENED = {
    word: what
    for what, words in {
        "dead": "killed dead died dies deaths death fatalities fatal toll lives killing kills",
        "ill": "ill sick sickened",
        "hurt": "injured wounded hurt injuries injuring wounding",
        "gone": "missing unaccounted disappeared",
        "held": "arrested detained arrests",
        "moved": "evacuated displaced evacuees fled homeless",
        "saved": "rescued freed released",
    }.items()
    for word in words.split()
}
PERSONS = frozenset(
    stem
    for word in "people person resident supporter fan patient victim worker employee soldier passenger demonstrator protester"
    " neighbour neighbor civilian individual troop survivor marcher crowd strong man men".split()
    for stem in stems(word)
)
"""Stems of words for people being counted."""
_PEOPLE = "".join(stems("people"))
_TOTAL = re.compile(
    r"(?i)\bnumber of (?:the )?(?P<things>[^\W\d_][^\d,;.]{2,100})(?:from [\d,.]+ to )?$|\btoll\b[^\d,;.]{0,60}(?:from [\d,.]+ to )?$"
)
_WORD, _DIGIT = re.compile(r"[^\W\d_]+"), re.compile(r"\d")
_FOLLOWING = re.compile(r"[\s-]?([^\W\d_]+)")
_FUNCTION = frozenset(
    "a an and as at by for from had has have in is of on or the to was were who with than that".split()
)
_NEAR = 40
"""Characters on either side of a number in which words say what happened to those it counts."""


@dataclass(frozen=True)
class Quantity:
    """A number as a text gives it: anything from `low` to `high`, in the base unit of what it measures.

    Attributes:
        measures: "percent", "length", "dollar" …; "" for a plain count.
        counts: stem of the word after a plain count, "" if none says what is counted.
        happened: what happened to those counted: "dead", "hurt" …
        least, most, about: whether "more than", "nearly", "about" or the like precedes it.
    """

    low: float
    high: float
    measures: str = ""
    counts: str = ""
    happened: frozenset[str] = frozenset()
    least: bool = False
    most: bool = False
    about: bool = False


def word_behind(text: str, position: int) -> str:
    """The word right after a number that ends there, in lower case; empty if none follows directly."""
    found = _FOLLOWING.match(text, position)
    return found[1].lower() if found else ""


def unit_of(word: str) -> tuple[str, float] | None:
    """What a unit measures, and how many base units it is; None for another word."""
    return _UNITS.get(word) or _UNITS.get(word.removesuffix("s"))


def quantity_in(sentence: str, start: int, end: int) -> Quantity | None:
    """The quantity that the characters `start` to `end` of a sentence give; None if they give none.

    Several numbers are a range: "from 5 to 10 million", "five or six".
    """
    found = [one for begin, stop, one in quantities(sentence) if begin < end and start < stop]
    if not found:
        return None
    last = found[-1]
    alike = [one for one in found if one.measures in ("", last.measures)]
    return replace(
        last,
        low=min(one.low for one in alike),
        high=max(one.high for one in alike),
        happened=frozenset().union(*(one.happened for one in alike)),
        least=any(one.least for one in alike),
        most=any(one.most for one in alike),
        about=any(one.about for one in alike),
    )


def quantities(sentence: str) -> Iterator[tuple[int, int, Quantity]]:
    """Each number of a sentence that is not a day, year or ordinal, with its first character and its end."""
    for fact in facts(sentence):
        numbers = [match for key in fact.needs if (match := WITH_SIGN.fullmatch(key))]
        if not numbers or YEAR_NUMBER.fullmatch(fact.words):
            continue
        signs = {match["sign"] for match in numbers if match["sign"]}
        values = [float(match["number"]) for match in numbers if not signs or match["sign"]]
        measures = _SIGNS[signs.pop()] if signs else ""
        yield fact.start, fact.end, _quantity(sentence, fact, values, measures)


def _quantity(sentence: str, fact: Fact, values: list[float], measures: str) -> Quantity:
    counts, factor, word = "", 1.0, word_behind(sentence, fact.end)
    before, behind = sentence[: fact.start], sentence[fact.end :]
    if word and not measures:
        if unit := unit_of(word):
            measures, factor = unit
        elif word not in _FUNCTION and not word.endswith("ed"):  # "2,400 marched"
            counts = "".join(stems(word))
    own = _DIGIT.split(behind[:_NEAR], maxsplit=1)[0]  # "9 were killed and 23 were missing"
    near = _WORD.findall(f"{before[-_NEAR:]} {own}".lower())
    if not (counts or measures) and (total := _TOTAL.search(before)):
        near = _WORD.findall((total["things"] or "dead").lower())
        counts = _PEOPLE if near[0] in _HAPPENED else "".join(stems(near[0]))
    begins = before.rstrip(" $€£¥₹₩")
    return Quantity(
        min(values) * factor,
        max(values) * factor,
        measures,
        counts,
        frozenset(_HAPPENED[word] for word in near if word in _HAPPENED),
        least=bool(_LEAST.search(begins) or _OR_MORE.match(behind)),
        most=bool(_MOST.search(begins)),
        about=bool(_ABOUT.search(begins)) or factor != 1.0,
    )


def comparable(one: Quantity, other: Quantity) -> bool:
    """Whether both count or measure the same sort of thing, as far as the surrounding words say."""
    if one.measures != other.measures:
        return False
    if one.happened and other.happened and not one.happened & other.happened:
        return False
    nouns = {"people" if noun in PERSONS else noun for noun in (one.counts, other.counts) if noun}
    return len(nouns) < 2


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """Whether both can be true of one thing. Symmetric."""
    return _holds(one, other) or _holds(other, one)


def _holds(wide: Quantity, exact: Quantity) -> bool:
    """Whether the wider statement holds if the other does."""
    tolerance = ABOUT if wide.about or exact.about else ROUNDED
    low, high = wide.low * (1 - tolerance), wide.high * (1 + tolerance)
    if wide.least:
        high = max(high, wide.high * FURTHEST_BOUND)
    if wide.most:
        low = min(low, wide.low / FURTHEST_BOUND)
    return (low <= exact.high and exact.low <= high) or _rounded(exact, wide)


def _rounded(exact: Quantity, wide: Quantity) -> bool:
    """Whether rounding gives the wider one: 231 is "some 200", for 200 has one significant digit."""
    number = wide.low
    if not number or number != int(number) or wide.low != wide.high:
        return False
    digits = str(int(number))
    half = float("5" + "0" * (len(digits) - len(digits.rstrip("0")))) / 10
    near = half if wide.about else min(half, number * ROUNDED_FIGURE)
    return exact.low <= number + near and number - near <= exact.high
