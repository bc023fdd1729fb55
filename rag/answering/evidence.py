"""Passages become evidence: their sentences in context, each with the reading model's judgement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.reader import Page, Reader, Reading
from rag.search.retrieve import Ranking
from rag.text.languages import ENGLISH
from rag.text.sentences import Span, sentence_spans
from rag.text.stems import stems
from rag.types import Passage

NOTHING_SHARED = Reading(answers=-4.0, helps=-3.0)
"""Log odds of a sentence that shares no word with the question, without a reading model."""
BY_WORDS = 9.0
"""Added to them for holding all the words of the question."""
CONTEXT_SHARE = 0.5
"""Weight of words in the title or the preceding sentence relative to those in the sentence."""
TITLE_SHARE_ABROAD = 1.0
"""The same for the title in other languages, where no model judges what the sentence is about: with less, the sentence
that repeats the title's name was taken for the answer."""
_TAKEN_BACK = re.compile(
    r"(?i)\b(?:an? )?(?:earlier|previous|original|first) versions? of (?:this|the|our) "
    r"(?:article|story|report|post|page|headline|caption|map|graphic)\b"
)
_QUESTION_END = re.compile(r"[?？؟][\"'”’»)\]]*$")
_WORDS = re.compile(r"[^\W_]+")
_LIST_MARK = re.compile(r"(?:[-*•–]|\d{1,2}[.)])\s+")


@dataclass(frozen=True)
class Evidence:
    """A sentence that could be quoted.

    Attributes:
        start, end: its characters in the article's text.
        before: the preceding sentences of its passage, the nearest last.
        stems: of its words.
        overlap, about: share of the question's idf weight that it holds, 0 to 1; and that it holds with its title.
        rank, article_rank: rank of its passage among those read, and of its article among theirs, from 0.
        score: the log odds it is chosen by, once `rag.answering.choose.scored` has ranked it.
    """

    passage: Passage
    start: int
    end: int
    text: str
    before: tuple[Span, ...]
    stems: frozenset[str]
    reading: Reading
    rank: int = 0
    article_rank: int = 0
    overlap: float = 0.0
    about: float = 1.0
    score: float = field(default=0.0, compare=False)

    @property
    def source(self) -> str:
        """Sentences of the same source count as one witness."""
        return self.passage.story or self.passage.article_id

    @property
    def answer_text(self) -> str:
        """The answering words; empty if the model points at none."""
        return self.text[self.reading.start : self.reading.end]

    @property
    def before_text(self) -> str:
        """The preceding sentence; empty at the beginning of its passage."""
        return self.text_of(self.before[-1]) if self.before else ""

    def text_of(self, span: Span) -> str:
        """Characters of its article, as far as its passage contains them."""
        begin = self.passage.start
        return self.passage.text[span.start - begin : span.end - begin]


def evidence_of(
    question: str, passages: Sequence[Passage], retrieved: Ranking, reader: Reader | None
) -> tuple[Evidence, ...]:
    """The passages' quotable sentences, in order, each once; judged by words alone if there is no reader."""
    pages = [
        Page(one.title, one.text, tuple(sentence_spans(one.text, one.language)), one.language or ENGLISH)
        for one in passages
    ]
    read = reader.read(question, pages) if reader else [_by_words(page, retrieved) for page in pages]
    articles = list(dict.fromkeys(one.article_id for one in passages))
    found: dict[tuple[str, int], Evidence] = {}
    for rank, (passage, page, readings) in enumerate(zip(passages, pages, read, strict=True)):
        spans = [_without_mark(passage, one) for one in page.sentences]
        headed = frozenset(stems(passage.title, page.language))
        for place, (span, reading) in enumerate(zip(spans, readings, strict=True)):
            begin = span.start - passage.start
            text = passage.text[begin : span.end - passage.start]
            if not is_evidence(text):
                continue
            mark, own = begin - page.sentences[place].start, frozenset(stems(text, page.language))
            one = Evidence(
                passage,
                span.start,
                span.end,
                text,
                before=tuple(spans[:place]),
                stems=own,
                reading=replace(reading, start=max(reading.start - mark, 0), end=max(reading.end - mark, 0)),
                rank=rank,
                article_rank=articles.index(passage.article_id),
                overlap=retrieved.share(own),
                about=retrieved.share(own | headed),
            )
            found.setdefault((passage.article_id, one.start), one)
    return tuple(found.values())


def _without_mark(passage: Passage, sentence: Span) -> Span:
    """A sentence in the article's text, without a leading list marker."""
    mark = _LIST_MARK.match(passage.text, sentence.start, sentence.end)
    return Span(passage.start + (mark.end() if mark else sentence.start), passage.start + sentence.end)


def is_evidence(text: str) -> bool:
    """Whether a sentence could answer: not a question, a lone word, or what a correction retracts."""
    if _QUESTION_END.search(text) or _TAKEN_BACK.search(text):
        return False
    return len(text) > 1 and (len(_WORDS.findall(text)) > 1 or not text.isascii())


def _by_words(page: Page, retrieved: Ranking) -> list[Reading]:
    """Judges sentences by the share of the question's idf weight that they hold; no words are pointed at."""
    title = set(stems(page.title, page.language))
    titled = CONTEXT_SHARE if page.language == ENGLISH else TITLE_SHARE_ABROAD
    before: set[str] = set()
    found = []
    for one in page.sentences:
        own = set(stems(page.text[one.start : one.end], page.language))
        share = retrieved.share(own) + titled * retrieved.share(title - own)
        share += CONTEXT_SHARE * retrieved.share(before - own - title)
        found.append(Reading(NOTHING_SHARED.answers + BY_WORDS * share, NOTHING_SHARED.helps + BY_WORDS * share))
        before = own
    return found
