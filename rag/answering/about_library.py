"""Answers from the catalog: what the library holds, what can be asked, which articles it has about a topic."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.text.days import day_text
from rag.types import Counts, Passage

OUTLETS_MOST = 12
EXAMPLES = 3
ARTICLES_MOST = 12
"""Articles named in a list; all that were found are counted."""
_ASKS_OUTLETS = re.compile(r"^\W*(?:which|what|who all) (?:outlets?|newspapers?|papers?|sources?)\b", re.IGNORECASE)
_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|hiya|yo|good (?:morning|afternoon|evening|day)|greetings|howdy)\b", re.IGNORECASE
)
_THANKS = re.compile(
    r"^\W*(?:thanks?|thx|thank you|ty|cheers|great|nice|perfect|cool|awesome|ok(?:ay)?|got it|that helped)\b",
    re.IGNORECASE,
)
_BYE = re.compile(r"^\W*(?:bye|goodbye|see you)\b", re.IGNORECASE)
_ABOUT = re.compile(
    r"\b(?:about|on|mention(?:s|ing|ed)?|cover(?:s|ing|ed)?|report(?:s|ed|ing)?(?: on)?|carr(?:y|ied)|wrote(?: about)?|of|from|by|with)\s+(?P<topic>.+?)\W*$",
    re.IGNORECASE,
)
_MENTIONS = re.compile(r"\bmention(?:s|ing|ed)?\b", re.IGNORECASE)


def holdings(counts: Counts) -> str:
    """What a library holds, in one sentence: "This library holds 51 articles of 12 outlets, from 1 Aug 2025 to …"."""
    if not counts.articles:
        return "This library is empty; add articles with 'dateline ingest PATH'."
    days = (
        f", from {day_text(counts.earliest)} to {day_text(counts.latest)}" if counts.earliest and counts.latest else ""
    )
    outlets = f" of {_counted(len(counts.outlets), 'outlet')}" if counts.outlets else ""
    return f"This library holds {_counted(counts.articles, 'article')}{outlets}{days}."


def conversation(question: str, counts: Counts, examples: Sequence[str]) -> str:
    """The answer to a greeting, to thanks, or to a question about what the library is and can be asked."""
    if _BYE.search(question):
        return "Goodbye."
    greeting = "Hello. " if _GREETING.search(question) else "You are welcome. " if _THANKS.search(question) else ""
    parts = [greeting + holdings(counts)]
    if _ASKS_OUTLETS.search(question) and counts.outlets:
        more = len(counts.outlets) - OUTLETS_MOST
        named = ", ".join(counts.outlets[:OUTLETS_MOST])
        parts.append(f"Outlets: {named}{f' and {more} more' if more > 0 else ''}.")
    if examples:
        parts.append("You can ask what happened, when, who, why, or for a summary or a timeline, for example:")
        return "\n".join([" ".join(parts), *(f"• {example}" for example in examples)])
    return " ".join(parts)


def example_questions(titles: Sequence[str]) -> list[str]:
    """A question about each headline, answered by its own article."""
    forms = ("What happened: {}?", "Tell me about “{}”", "Summarise “{}”")
    return [form.format(title.rstrip(" .?!…")) for form, title in zip(forms, titles, strict=False)]


def topic_of(question: str) -> str:
    """What a request for articles is about: "new york's rats" in "which articles do you have about new york's rats?"."""
    found = _ABOUT.search(question)
    return found["topic"] if found else question


def asks_for_mentions(question: str) -> bool:
    """Whether articles that only mention a topic are asked for, too."""
    return _MENTIONS.search(question) is not None


def heading(question: str, topic: str, articles: Sequence[Passage]) -> str:
    """The line above a list of articles: how many there are, or which outlets report on the topic."""
    if _ASKS_OUTLETS.search(question):
        outlets = list(dict.fromkeys(one.outlet for one in articles if one.outlet))
        return f"{_counted(len(outlets), 'outlet')}: {', '.join(outlets)}."
    about = topic.strip(" “”\"'")
    verb = "about" if not asks_for_mentions(question) else "that mentions" if len(articles) == 1 else "that mention"
    return f"{_counted(len(articles), 'article')} {verb} {about}:"


def line_of(passage: Passage) -> str:
    """One article in a list: "12 Aug 2025, Harbour Ledger: Kestrel Bridge closed"."""
    known = ", ".join(
        filter(
            None, (day_text(passage.published, passage.published_guessed) if passage.published else "", passage.outlet)
        )
    )
    return f"{known}: {passage.title}" if known else passage.title


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
