"""Nuggets: does an answer hold the facts that it must, early enough to be read, and how much else does it hold?

The nuggets of TREC's question answering tracks (Voorhees, "Overview of the TREC 2003 question answering track"): each
is one fact, vital or not, with the wordings that count as telling it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from evals.answer_text import first_words, without_markers
from evals.cases import Case, Nugget
from evals.records import REFUSED
from rag.types import Answer, Kind

SHORT_WORDS, LONG_WORDS = 60, 150
"""Words within which the vital nuggets must stand: of a short answer, and of any other."""
SHORT_TYPES = frozenset({"fact", "yes_no", "yesno", "multi", "follow_up", "followup"})
_INITIALS = re.compile(r"\b([a-z])\.(?=[a-z]\b)")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}\b)")
_DECIMAL = re.compile(r"(?<=[0-9])\.(?=[0-9])")
_PIECE = re.compile(r"[0-9a-z\x00]+|[^\W_0-9a-z]+")


def compared(text: str) -> str:
    """Lower case, without accents, punctuation and thousands separators, one space between words and at both ends.

    Letters of other scripts than Latin are words apart from the Latin letters and the digits beside them.
    """
    text = unicodedata.normalize("NFKD", text).lower()
    text = "".join(character for character in text if not unicodedata.combining(character))
    text = _INITIALS.sub(r"\1", _THOUSANDS.sub("", text.replace("\x00", " "))).replace("%", " percent ")
    pieces = " ".join(_PIECE.findall(_DECIMAL.sub("\x00", text)))
    return f" {pieces} ".replace("\x00", ".")


def holds(text: str, words: str) -> bool:
    """Whether a compared text has the words as whole words; in another script than Latin, also within longer ones."""
    wanted = compared(words)
    return bool(wanted.strip()) and (wanted in text or (not wanted.isascii() and wanted.strip() in text))


def covered(nugget: Nugget, text: str) -> bool:
    """Whether a compared text tells a nugget: all the words of one of its wordings."""
    return any(all(holds(text, words) for words in wording) for wording in nugget.any)


def satisfied(case: Case, answer: Answer | None) -> bool:
    """Whether all vital nuggets stand within the words that count, and nothing that is known to be wrong."""
    if answer is None or answer.status in REFUSED:
        return False
    if case.type == "meta":
        return answer.kind is Kind.META and bool(answer.text)
    most = SHORT_WORDS if case.type in SHORT_TYPES else LONG_WORDS
    told = compared(first_words(answer.text, most))
    whole = compared(without_markers(answer.text))
    wrong = any(holds(whole, words) for words in case.wrong_answers)
    return not wrong and all(covered(nugget, told) for nugget in case.nuggets if nugget.vital)


def noise(nuggets: Sequence[Nugget], answer: Answer) -> float | None:
    """Share of the shown sentences that tell no nugget; None where nothing is asserted."""
    if answer.status in REFUSED or not answer.sentences:
        return None
    told = [compared(without_markers(answer.text[one.start : one.end])) for one in answer.sentences]
    return sum(not any(covered(nugget, one) for nugget in nuggets) for one in told) / len(told)
