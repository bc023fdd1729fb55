"""Numbers and fractions in words."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

_UNITS = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_VALUES = {word: value for value, word in enumerate([*_UNITS, *_TEENS], start=1)}
_VALUES |= {word: value for value, word in enumerate(_ORDINALS, start=1)}
_VALUES |= {word: 10 * value for value, word in enumerate(_TENS, start=2)}

DENOMINATORS = {"half": 2, "halve": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
SCALES = "hundred|thousand|million|billion|trillion"
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[-\s](?:{'|'.join(_UNITS)}))?|{'|'.join([*_TEENS, *_UNITS])})"
_MORE = rf"(?:[-\s](?:hundred|thousand)(?:\s(?:and\s)?{_SMALL}\b(?!\shundred))?)*"
ORDINALS = frozenset(_ORDINALS)
NUMBER_WORDS = (
    rf"half\sa(?=\s(?:million|billion|trillion)\b)|an?(?=\s(?:{SCALES})\b)|{'|'.join(_ORDINALS)}|{_SMALL}{_MORE}"
)
"""A pattern: "twenty-five", "two hundred and six", "third"; "a" and "half a" before "million"."""
COUNT = "|".join([*_TEENS, *_UNITS])
"""A pattern: a whole number under twenty."""


def value_of(words: str) -> Decimal:
    """What words that `NUMBER_WORDS` or `COUNT` matched, or digits, come to."""
    total = current = Decimal(0)
    for word in re.split(r"[-\s]+", words.lower()):
        if word.isdigit():
            current += Decimal(word)
        elif word == "half":
            return Decimal("0.5")
        elif word in ("a", "an"):
            current += 1
        elif word == "hundred":
            current *= 100
        elif word == "thousand":
            total, current = total + current * 1000, Decimal(0)
        else:
            current += _VALUES.get(word, 0)
    return total + current


def fraction_key(share: Fraction) -> str:
    """A share as facts are compared by: `1/4`."""
    return f"{share.numerator}/{share.denominator}"
