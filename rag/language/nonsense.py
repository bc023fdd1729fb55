"""Detects nonsense from a language model after each word, to stop reading early; mere errors are caught by checking."""

from __future__ import annotations

import re
import unicodedata

from rag.types import WritingProblem

MANY_SIGNS = 30
"""Characters a text needs before ratios mean anything."""
LETTERS_LEAST = 0.4
"""Least share of letters and digits: a table of figures has half."""
BROKEN_MOST = 0.02
"""Largest share of invalid characters: an article may contain one, and be quoted."""
FOREIGN_MOST = 0.6
LONGEST_PERIOD, PERIODIC_CHARACTERS = 240, 45
"""Longest phrase that counts as repeated at the end, at least three times, and characters that its repetitions span."""
_MARK = re.compile(r"^\s*(?:\d{1,3}[.):]|[-*•])\s+|\[\d{1,3}\]", re.MULTILINE)
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|«[^»]*(?:»|$)|„[^“”]*(?:[“”]|$)|「[^」]*(?:」|$)|‘[^’]*(?:’|$)")


def nonsense_in(text: str, question: str, *, whole: bool = False) -> WritingProblem | None:
    """What is wrong with the text so far, which may break off anywhere; None if nothing is.

    The question's script is allowed in it, besides that of English, the language of the rules. `whole`: nothing more will
    come, so a text without words is EMPTY.
    """
    plain = " ".join(_MARK.sub(" ", text).casefold().split())
    if whole and not any(map(str.isalnum, plain)):
        return WritingProblem.EMPTY
    kinds = [unicodedata.category(sign) for sign in text if not sign.isspace() and sign not in "-=_.·*~#|"]
    broken = text.count("\ufffd") + sum(kind in ("Cc", "Cs", "Cn", "Co") for kind in kinds)
    worded = sum(kind[0] in "LNM" for kind in kinds) >= LETTERS_LEAST * len(kinds)
    if "<|" in text or broken > 1 + BROKEN_MOST * len(kinds) or not (worded or len(kinds) < MANY_SIGNS):
        return WritingProblem.UNREADABLE
    if _repeats(plain):
        return WritingProblem.REPEATING
    scripts, right = _scripts(_QUOTED.sub(" ", text)), {"LATIN", *_scripts(question)}
    foreign = sum(script not in right for script in scripts) > FOREIGN_MOST * len(scripts)
    return WritingProblem.WRONG_LANGUAGE if foreign and len(scripts) >= MANY_SIGNS // 2 else None


def _repeats(plain: str) -> bool:
    """Whether it ends with a phrase repeated several times; digits alone are figures, not a phrase."""
    for period in range(1, min(LONGEST_PERIOD, len(plain) // 3) + 1):
        phrase = plain[-period:]
        if plain.endswith(phrase * max(3, -(-PERIODIC_CHARACTERS // period))) and any(map(str.isalpha, phrase)):
            return True
    return False


def _scripts(text: str) -> list[str]:
    """The script of each letter: the first word of its Unicode name."""
    return [unicodedata.name(sign, "").partition(" ")[0] for sign in text if sign.isalpha()]
