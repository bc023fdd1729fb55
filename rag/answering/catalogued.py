"""Answers that need no reading: greetings, what the library holds, lists of articles, the news of a day."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.answers import Page
from rag.answering.choose import SHAPES
from rag.answering.evidence import evidence_of
from rag.answering.quote import whole_quote
from rag.library import Library
from rag.question.kind import BYE, GREETING, THANKS
from rag.search.retrieve import Ranking
from rag.stories.copies import one_per_story, without_copies
from rag.text.clean import unmarked
from rag.text.days import day_of, day_text
from rag.text.languages import ENGLISH
from rag.text.stems import stems
from rag.types import Counts, Kind, Passage, Question

FOUND = 24
"""Articles of a day that are considered."""
LISTED = 300
"""Passages, best by words, whose articles are considered for a list."""
ABOUT_COSINE = 0.6
"""Least cosine at which a passage is about the topic in other words."""
ABOUT_TOPIC = 0.75
"""Share of a topic's idf weight that headline and first passage must hold for the article to be about it."""
IN_HEADLINE = 0.5
"""Share a headline must hold for its article to come before those with the topic only in their text."""
OUTLETS_MOST = 12
EXAMPLES = 3
ARTICLES_MOST = 12
"""Articles named in a list; all that were found are counted."""
_ASKS_OUTLETS = re.compile(r"^\W*(?:which|what|who all) (?:outlets?|newspapers?|papers?|sources?)\b", re.IGNORECASE)
_GREETING = re.compile(rf"{GREETING}\b", re.IGNORECASE)
_THANKS, _BYE = re.compile(THANKS, re.IGNORECASE), re.compile(BYE, re.IGNORECASE)
_ABOUT = re.compile(
    r"(?i)\b(?:about|on|mention(?:s|ing|ed)?|cover(?:s|ing|ed)?|report(?:s|ed|ing)?(?: on)?|carr(?:y|ied)|wrote(?: about)?|of|from|by|with)\s+(?P<topic>.+?)\W*$"
)
_MENTIONS = re.compile(r"\bmention(?:s|ing|ed)?\b", re.IGNORECASE)


def of_days(library: Library, question: Question) -> Ranking:
    """The newest articles of the days named in a question."""
    window, filters = question.window, question.filters
    since = max(filter(None, (window.since, filters.since)), default=None)
    until = min(filter(None, (window.until, filters.until)), default=None)
    within = filters.model_copy(update={"since": since, "until": until})
    return Ranking(without_copies(library.catalog.newest_beginnings(within, FOUND)), {})


def page_of_days(passages: Sequence[Passage]) -> Page:
    """The first sentence of each of the days' stories; empty if none can be quoted."""
    page = Page(passages, dated=True)
    for passage in one_per_story(passages, SHAPES[Kind.DAY].sentences):
        sentences = evidence_of("", [passage], Ranking(), None)
        quote = next(filter(None, map(whole_quote, sentences)), None)
        if quote:
            page.add(quote)
    return page


def page_of_articles(library: Library, question: Question, retrieved: Ranking) -> Page:
    """The articles about a topic, from the catalog; empty if there are none."""
    articles = articles_about(library, question, retrieved)
    if not articles:
        return Page()
    page = Page(retrieved.passages, unmarked(heading(question.text, question.searched, articles)))
    for passage in sorted(articles[:ARTICLES_MOST], key=_day, reverse=True):
        page.say("\n", unmarked(line_of(passage)), [page.cite(passage, passage.start, passage.text)])
    return page


def page_of_conversation(library: Library, question: Question) -> Page:
    """What the library holds, and questions it can answer."""
    newest = library.catalog.newest_beginnings(question.filters, EXAMPLES)
    examples = example_questions([unmarked(one.title) for one in newest])
    return Page(text=conversation(question.text, library.catalog.counts(), examples))


def articles_about(library: Library, question: Question, retrieved: Ranking) -> list[Passage]:
    """The first passage of each article about the topic of a question, or the best one where mentions are asked for.

    Those with the topic in their headlines come first, then the newest. A word in mid-article does not make the article
    about it: for eight topics in a public set, a third to four fifths of the articles with such a passage were not.
    """

    def share(passage: Passage, text: str) -> float:
        return retrieved.share(set(stems(text, passage.language or ENGLISH)))

    def order(passage: Passage) -> tuple[bool, int]:
        return share(passage, passage.title) >= IN_HEADLINE, _day(passage)

    by_words = library.by_words(question.searched, question.filters, LISTED)
    near = {one.article_id for one in retrieved.passages if (one.similarity or 0.0) >= ABOUT_COSINE}
    best = {one.article_id: one for one in (*reversed(by_words), *reversed(retrieved.passages))}
    mentions = asks_for_mentions(question.text)
    found = [
        one
        for one in (best.values() if mentions else library.catalog.beginnings(list(best), question.filters))
        if one.article_id in near or share(one, f"{one.title} {one.text}") >= ABOUT_TOPIC
    ]
    return sorted(found, key=order, reverse=True)


def _day(passage: Passage) -> int:
    return passage.published.toordinal() if passage.published else 0


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
    known = ", ".join(filter(None, (day_of(passage), passage.outlet)))
    return f"{known}: {passage.title}" if known else passage.title


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
