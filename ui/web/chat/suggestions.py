"""Suggested questions that this library answers well: made from its own stories, each tried beforehand, in the background."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from rag.errors import DatelineError
from rag.library import Library
from rag.store.listing import Order, Sought
from rag.text.days import MONTH_NAMES, WEEKDAYS
from rag.text.languages import ENGLISH
from rag.text.words import content_words
from rag.types import Answer, Article, Filters, Kind, Status
from ui.web.background_fetch import step_back
from ui.web.markup import part

log = logging.getLogger("dateline.suggestions")

SUGGESTED = 4
FOLLOWING = 3
STORIES = 60  # Newest articles from which questions are made.
TRIES = 24  # Most questions tried to find those to suggest; each costs as much as a reader's question.
FOLLOWING_TRIES = 5
TITLE_WORDS, TITLE_CHARACTERS = 3, 80  # Fewest and most of a title that becomes a question: a bare name asks nothing.
SURE = 0.6  # Lowest probability that the library holds the answer.
_NAME = re.compile(
    r"(?<![.!?…:“\"]\s)(?<=\s)([A-Z][^\W\d_]+(?:['’-][A-Z]?[^\W\d_]+)?(?: [A-Z][^\W\d_]+(?:-[^\W\d_]+)?){0,3})\b"
)
_SPEAKS = re.compile(
    r"(?<!\bthe )(?<![A-Z][a-z] )(?<=[a-z,”\"] )([A-Z][^\W\d_]+ [A-Z][^\W\d_]+(?:-[^\W\d_]+)?),? "
    r"(?:said|says|told|announced|warned|added)\b"
)
_OF_TITLE = {
    ENGLISH: "What is known about “{}”?",
    "de": "Was ist bekannt über „{}“?",
    "ko": "‘{}’에 대해 알려진 것은 무엇인가요?",
}
_NO_NAME = re.compile(rf"\b(?:{'|'.join([*MONTH_NAMES, *map(str.title, WEEKDAYS)])})\b")


class Candidate(NamedTuple):
    """A question, and what a good answer to it mentions."""

    question: str
    names: str
    form: str
    stories: frozenset[str]  # Its article and others of the same story or event: a good answer cites one of them first.


def candidates(article: Article, asked: str = "") -> Iterator[Candidate]:
    """Questions about an article, each of a different form; for languages other than English only about its title.

    Their subject is the longest name in the question `asked`, or else in the title, that also occurs within a sentence
    of the text: a headline may capitalise every word.
    """
    title, stories = " ".join(article.title.split()), stories_of(article)
    if article.language not in (None, ENGLISH):
        if len(title.split()) >= TITLE_WORDS and len(title) <= TITLE_CHARACTERS:
            yield Candidate(_OF_TITLE.get(article.language, _OF_TITLE[ENGLISH]).format(title), "", "title", stories)
        return
    name, definite = _subject(article, asked) or _subject(article, title) or ("", "")
    if not name:
        return
    about = f"{definite}{name}"
    yield Candidate(f"What is the latest on {about}?", name, "latest", stories)
    for speaker, _ in Counter(_SPEAKS.findall(article.text)).most_common(1):
        if speaker not in name and not _NO_NAME.search(speaker):
            yield Candidate(f"What did {speaker} say about {about}?", speaker.split()[-1], "said", stories)
            yield Candidate(f"Who is {speaker}?", speaker.split()[-1], "who", stories)
    yield Candidate(f"What happened with {about}?", name, "story", stories)
    if len(article.related) > 1:
        yield Candidate(f"What is the timeline of {about}?", name, "timeline", stories)


def stories_of(article: Article) -> frozenset[str]:
    return frozenset([article.article_id, *(one.article_id for one in article.related)])


def _subject(article: Article, within: str) -> tuple[str, str] | None:
    """The longest name in both `within` and the text, and "the " if it usually precedes it."""
    found = _NAME.findall(article.text)
    counts = Counter(one for one in found if re.search(rf"\b{re.escape(one)}\b", within) and not _NO_NAME.search(one))
    whole = {name: next((full for full in found if full.endswith(f" {name}")), name) for name in counts}
    names = [name for name, count in counts.items() if content_words(name) and (" " in whole[name] or count > 1)]
    if not names:
        return None
    name = whole[max(names, key=lambda one: (one.count(" "), counts[one]))]
    definite = len(re.findall(rf"\b[Tt]he {re.escape(name)}\b", article.text)) * 2 > article.text.count(name)
    return name, "the " if definite else ""


def is_good(answer: Answer, candidate: Candidate) -> bool:
    """Whether the library gives a sure answer about the right story."""
    told = answer.text + " ".join(one.quote for one in answer.citations)
    return (
        answer.status in (Status.ANSWERED, Status.CONFLICT)
        and answer.kind not in (Kind.META, Kind.ARTICLES)
        and answer.confidence >= SURE
        and bool(answer.citations)
        and answer.citations[0].article_id in candidate.stories
        and candidate.names in told
        and (candidate.form != "latest" or answer.citations[0].published == answer.freshness.newest)
    )


BUSY_SECONDS = 0.05  # How often a thread that tries out questions checks whether a reader is still waiting.


class Suggestions:
    """Finds questions to suggest, in a low-priority thread that pauses while `busy` says that a reader is waiting."""

    def __init__(self, library: Library, ask: Callable[..., Answer], busy: Callable[[], bool]) -> None:
        self._library, self._ask, self._busy = library, ask, busy
        self._lock = threading.Lock()
        self._of_version: str | None = None
        self.questions: tuple[str, ...] = ()  # For the first screen; empty until they are found.
        self.looking = False

    def look(self) -> None:
        """Starts looking for questions, unless that is done or under way for this version of the library."""
        with self._lock:
            version = self._library.version
            if self.looking or version == self._of_version:
                return
            self.looking, self._of_version = True, version
        # Not a daemon: exiting while a model works would abort the process. It stops after its current question.
        threading.Thread(target=self._run, name="suggestions").start()

    def _run(self) -> None:
        step_back()
        try:
            self.questions = tuple(self._first())
        except DatelineError as error:
            log.warning("no questions are suggested: %s", error)
        finally:
            self.looking = False

    def _first(self) -> Iterator[str]:
        """One question per story, in varying forms."""
        found: list[Candidate] = []
        listed = self._library.listing(Sought(), Order.PUBLISHED, descending=True, first=0, most=STORIES).articles
        tried, seen = 0, set[str]()
        for summary in listed:
            if len(found) == SUGGESTED or tried >= TRIES or not threading.main_thread().is_alive():
                return
            article = self._library.article(summary.article_id)
            if stories_of(article) & seen:
                continue
            seen |= stories_of(article)
            used = Counter(one.form for one in found)
            for candidate in sorted(candidates(article), key=lambda one: used[one.form])[:2]:
                tried += 1
                if any(candidate.names == one.names for one in found):
                    break
                if self._good(candidate, (), Filters()):
                    found.append(candidate)
                    yield candidate.question
                    break

    def after(self, answer: Answer, filters: Filters) -> tuple[str, ...]:
        """Up to three follow-up questions whose answers, within the filters, each quote something that this one does not."""
        if not answer.citations:
            return ()
        article = self._library.article(answer.citations[0].article_id)
        told, asked = {one.quote for one in answer.citations}, answer.question.casefold()
        tried = islice(candidates(article, answer.question), FOLLOWING_TRIES)
        new = (one for one in tried if one.question.casefold() != asked and not self._busy())
        return tuple(islice((one.question for one in new if self._good(one, told, filters)), FOLLOWING))

    def _good(self, candidate: Candidate, told: Collection[str], filters: Filters) -> bool:
        while self._busy() and threading.main_thread().is_alive():
            time.sleep(BUSY_SECONDS)
        answer = self._ask(candidate.question, **filters.model_dump())
        return is_good(answer, candidate) and any(one.quote not in told for one in answer.citations)


def render_suggestions(questions: Sequence[str], *, following: bool = False) -> str:
    """Questions that are asked when pressed, perhaps as follow-ups; empty if there are none."""
    return part("page_parts.html", "suggestions", questions, following) if questions else ""
