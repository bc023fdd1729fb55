"""Does a language model talk nonsense? Asked after each word, so that nobody reads on; what is merely wrong falls when it is checked."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rag.types import WritingProblem

MANY_SIGNS = 30
"""Signs of a text before shares of it say anything."""
LETTERS_LEAST = 0.4
"""Least share of letters and digits: a table of figures has half."""
FOREIGN_MOST = 0.6
LONGEST_PERIOD = 240
"""Characters of a phrase that is looked for again and again at the end of the text."""
PERIODIC_CHARACTERS = 45
"""How much of the end must be the phrase again and again, three times at least."""
_LINE_MARK = re.compile(r"^\s*(?:\d{1,3}[.):]|[-*•])\s+|\[\d{1,3}\]", re.MULTILINE)
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|«[^»]*(?:»|$)|„[^“”]*(?:[“”]|$)|「[^」]*(?:」|$)|‘[^’]*(?:’|$)")
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "KATAKANA-HIRAGANA", "BOPOMOFO"})


def nonsense_in(text: str, question: str, *, whole: bool = False) -> WritingProblem | None:
    """What is wrong with the text so far, as a whole; None when nothing is.

    Args:
        text: what a model wrote, which may break off anywhere.
        question: whose script is right for the answer, as is that of English, the language of the rules.
        whole: nothing more will come, so that a text without a word is EMPTY.
    """
    if whole and not any(sign.isalnum() for sign in _LINE_MARK.sub(" ", text)):
        return WritingProblem.EMPTY
    signs = [sign for sign in text if not sign.isspace() and sign not in "-=_.·*~#|"]  # no lines and tables
    if "<|" in text or any(_kind(sign) in ("Cc", "Cs", "Cn", "Co") or sign == "\ufffd" for sign in signs):
        return WritingProblem.UNREADABLE
    if len(signs) >= MANY_SIGNS and sum(_kind(sign)[0] in "LNM" for sign in signs) < LETTERS_LEAST * len(signs):
        return WritingProblem.UNREADABLE
    if _repeats(" ".join(_LINE_MARK.sub(" ", text).casefold().split())):
        return WritingProblem.REPEATING
    own = [script for sign in _QUOTED.sub(" ", text) if (script := _script(sign))]
    right = {"LATIN", *map(_script, question)}
    foreign = sum(script not in right for script in own)
    return WritingProblem.WRONG_LANGUAGE if len(own) >= MANY_SIGNS // 2 and foreign > FOREIGN_MOST * len(own) else None


def _repeats(plain: str) -> bool:
    """Whether it ends with a phrase again and again; digits alone are figures, not a phrase."""
    for period in range(1, min(LONGEST_PERIOD, len(plain) // 3) + 1):
        phrase = plain[-period:]
        if plain.endswith(phrase * max(3, -(-PERIODIC_CHARACTERS // period))) and any(map(str.isalpha, phrase)):
            return True
    return False


@lru_cache(maxsize=8192)
def _script(sign: str) -> str:
    """The first word of the letter's name; Chinese, Japanese and Korean together."""
    script = unicodedata.name(sign, "").partition(" ")[0] if sign.isalpha() else ""
    return "CJK" if script in _EAST_ASIAN else script


@lru_cache(maxsize=8192)
def _kind(sign: str) -> str:
    return unicodedata.category(sign)
