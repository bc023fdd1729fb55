"""Answers that need no reading: greetings, what the library holds, lists of articles, the news of a day."""

from __future__ import annotations

from collections.abc import Callable

from rag.answering import about_library
from rag.answering.answers import Around, Page, citation_of
from rag.answering.choose import SHAPES
from rag.answering.evidence import evidence_of
from rag.answering.quote import whole_quote
from rag.library import Library
from rag.search.retrieve import Ranking
from rag.stories.copies import one_per_story, without_copies
from rag.text.clean import unmarked
from rag.text.languages import ENGLISH
from rag.text.stems import stems
from rag.types import AbstentionReason, Answer, Kind, Passage, Question, Sentence, Status, Verdict

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


class Catalogued:
    """Answers from the catalog.

    Args:
        around: what every answer carries besides its text.
        abstained: the answer when nothing is found.
    """

    def __init__(
        self,
        library: Library,
        around: Callable[[Question, Ranking, float], Around],
        abstained: Callable[[Question, AbstentionReason, Ranking], Answer],
    ) -> None:
        self._library, self._around, self._abstained = library, around, abstained

    def of_days(self, question: Question) -> Ranking:
        """The newest articles of the days named in a question."""
        window, filters = question.window, question.filters
        within = filters.model_copy(
            update={
                "since": max(filter(None, (window.since, filters.since)), default=None),
                "until": min(filter(None, (window.until, filters.until)), default=None),
            }
        )
        passages = without_copies(self._library.catalog.newest_beginnings(within, FOUND))
        return Ranking(passages, {})

    def days(self, question: Question, retrieved: Ranking) -> Answer:
        """The first sentence of each of the days' stories."""
        page, shape = Page(retrieved.passages, dated=True), SHAPES[Kind.DAY]
        for passage in one_per_story(retrieved.passages, shape.sentences):
            sentences = evidence_of("", [passage], Ranking(), None)
            quote = next(filter(None, map(whole_quote, sentences)), None)
            if quote:
                page.add(quote)
        if not page.citations:
            return self._abstained(question, AbstentionReason.NO_ANSWER_IN_PASSAGES, retrieved)
        return self._around(question, retrieved, 1.0).answer(page.text, Status.ANSWERED, page.citations, page.sentences)

    def list_of_articles(self, question: Question, retrieved: Ranking) -> Answer:
        """The articles about a topic, from the catalog."""
        articles = articles_about(self._library, question, retrieved)
        if not articles:
            why = AbstentionReason.NOTHING_CLOSE
            return self._abstained(question, why, retrieved)
        text = unmarked(about_library.heading(question.text, question.searched, articles))
        citations, sentences = [], []
        shown = sorted(articles[: about_library.ARTICLES_MOST], key=_day, reverse=True)
        for number, passage in enumerate(shown, start=1):
            line = about_library.line_of(passage)
            text += "\n"
            start = len(text)
            text += f"{unmarked(line)} [{number}]"
            citations.append(citation_of(number, passage, passage.start, passage.text, retrieved.passages))
            sentences.append(Sentence(start=start, end=len(text), citations=(number,), verdict=Verdict.VERBATIM))
        return self._around(question, retrieved, 1.0).answer(text, Status.ANSWERED, citations, sentences)

    def conversation(self, question: Question) -> Answer:
        """What the library holds, and questions it can answer."""
        catalog = self._library.catalog
        newest = catalog.newest_beginnings(question.filters, about_library.EXAMPLES)
        examples = about_library.example_questions([unmarked(one.title) for one in newest])
        text = about_library.conversation(question.text, catalog.counts(), examples)
        return self._around(question, Ranking(), 1.0).answer(text, Status.ANSWERED)


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
    mentions = about_library.asks_for_mentions(question.text)
    found = [
        one
        for one in (best.values() if mentions else library.catalog.beginnings(list(best), question.filters))
        if one.article_id in near or share(one, f"{one.title} {one.text}") >= ABOUT_TOPIC
    ]
    return sorted(found, key=order, reverse=True)


def _day(passage: Passage) -> int:
    return passage.published.toordinal() if passage.published else 0
