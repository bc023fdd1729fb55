"""The words of a text that carry its meaning."""

from __future__ import annotations

import re

WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
SMALL_WORDS = frozenset(
    "who whom whose what which when where why how is are was were do does did has have had can could will would "
    "the a an of in on at to for from by with and or it he she they this that these those there but after before while when if as we i you his her their its "
    "some many most more since during despite although because also then now both all one two not no still".split()
)


def content_words(text: str) -> list[str]:
    """Words that say what a text is about, lower case, in order."""
    return [word.lower() for word in WORD.findall(text) if word.lower() not in SMALL_WORDS]
