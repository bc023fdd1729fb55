"""The values that Dateline passes around: frozen, checked when built, JSON both ways.

Every value has `to_json()` and `from_json()`; `from_json(to_json(value)) == value` always holds.
Offsets are counted in Unicode code points of `Article.text`, so that
`article.text[citation.start:citation.end] == citation.quote`.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    """A frozen value; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def to_json(self, indent: int | None = None) -> str:
        """This value as JSON text; dates in ISO 8601."""
        return self.model_dump_json(indent=indent)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The value that `to_json` wrote. Raises `pydantic.ValidationError` when it is not one."""
        return cls.model_validate_json(text)


class DateSource(StrEnum):
    """Where a publication date was read."""

    METADATA = "metadata"
    ADDRESS = "address"
    DATELINE = "dateline"
    TEXT = "text"
    UNKNOWN = "unknown"


class ArticleVersion(Value):
    """One text that an article has had; the last one is the text that counts."""

    content_hash: str
    title: str
    text: str
    stored_at: dt.datetime


class Relation(StrEnum):
    """What another article of the same story or event is to an article."""

    SUPERSEDED_BY = "superseded_by"
    """A later text of the same outlet, which corrects or updates it."""
    SUPERSEDES = "supersedes"
    COPY = "copy"
    """The same text, perhaps edited or shortened, mostly in another outlet."""
    SAME_EVENT = "same_event"


class RelatedArticle(Value):
    """An article of the same story or event."""

    article_id: str
    title: str
    outlet: str | None = None
    published: dt.date | None = None
    relation: Relation


class Article(Value):
    """One stored article. `text` is what citations point into."""

    article_id: str
    title: str
    text: str
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    published: dt.date | None = None
    published_source: DateSource = DateSource.UNKNOWN
    updated: dt.date | None = None
    language: str | None = None
    url: str | None = None
    sources: tuple[str, ...] = ()
    content_hash: str = ""
    added_at: dt.datetime
    versions: tuple[ArticleVersion, ...] = ()
    related: tuple[RelatedArticle, ...] = ()
    """What it supersedes or is superseded by, its copies, and other tellings of the event, in this order, by day."""


class ArticleSummary(Value):
    """One line of `dateline list`: an article without its text."""

    article_id: str
    title: str
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    published: dt.date | None = None
    url: str | None = None
    passages: int
    added_at: dt.datetime


class Passage(Value):
    """A run of whole sentences of one article, small enough for the embedding model."""

    id: str
    article_id: str
    title: str
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    published: dt.date | None = None
    url: str | None = None
    text: str
    start: int
    end: int
    score: float = 0.0
    similarity: float | None = None
    """Cosine to the question, -1 to 1; None when the dense side did not see it."""
    bm25: float | None = None
    """BM25 score of the lexical side; None when no word of the question is in it."""
    story: str = ""
    """Near-copies of one text share a story; empty where the library does not know."""
    event: str = ""
    """Stories that tell of the same event share an event; empty where the library does not know."""
    also_in: tuple[str, ...] = ()
    """Outlets of the other articles of the story that the question may see."""


class Filters(Value):
    """What the caller wants to see. Dates are inclusive days; empty means everything."""

    as_of: dt.date | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    outlets: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    @property
    def latest(self) -> dt.date | None:
        """The last day that may be seen: the earlier of `as_of` and `until`."""
        return min((day for day in (self.as_of, self.until) if day), default=None)


class Window(Value):
    """The days that a question is about, and the words that say so (empty when the caller gave them).

    `prefers_newest` is set by "latest", "now" and the like.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    as_of: dt.date | None = None
    words: str = ""
    prefers_newest: bool = False
    event_day: dt.date | None = None
    """The day that the library gives the event of `words` ("since the election"); None where words name days."""


class Status(StrEnum):
    """How an answer came out."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    CONFLICT = "conflict"
    ABSTAINED = "abstained"


class AbstentionReason(StrEnum):
    """Why there is no answer."""

    EMPTY_QUESTION = "empty_question"
    QUESTION_TOO_LONG = "question_too_long"
    EMPTY_LIBRARY = "empty_library"
    FILTERED_OUT = "filtered_out"
    OUTSIDE_DATES = "outside_dates"
    NOTHING_CLOSE = "nothing_close"
    NO_ANSWER_IN_PASSAGES = "no_answer_in_passages"


class NearestArticle(Value):
    """An article that comes near the question without answering it."""

    article_id: str
    title: str
    outlet: str | None = None
    published: dt.date | None = None


class Reason(Value):
    """Why Dateline abstains, and what the library does hold."""

    kind: AbstentionReason
    message: str
    articles: int = 0
    earliest: dt.date | None = None
    latest: dt.date | None = None
    outlets: tuple[str, ...] = ()
    nearest: tuple[NearestArticle, ...] = ()


class ResolvedDate(Value):
    """Words of a quote that name days only together with the article's own day, and the days that they mean.

    From `first` to `last`, both included; one day where they are the same.
    """

    words: str
    first: dt.date
    last: dt.date


class Span(Value):
    """Characters `start` to `end` of a text; an article's, where nothing else is said."""

    start: int
    end: int


class Attribution(Span):
    """The words of a sentence that name its source ("police said")."""

    words: str


class Agreement(Value):
    """An article of another independent source that gives the same answer; `quote` is verbatim."""

    article_id: str
    passage_id: str
    outlet: str | None = None
    title: str
    published: dt.date | None = None
    quote: str
    start: int
    end: int


class Citation(Value):
    """One numbered source of an answer; `quote` is verbatim."""

    number: Annotated[int, Field(ge=1)]
    article_id: str
    passage_id: str
    outlet: str | None = None
    title: str
    url: str | None = None
    published: dt.date | None = None
    quote: str
    start: int
    end: int
    also_in: tuple[str, ...] = ()
    """Other outlets that carry the same words, or a copy of the article."""
    story: str = ""
    """Citations of one story are one source, not several."""
    answer: Span | None = None
    """The words of the quote that answer, in the article's text; None where no reading model pointed at any."""
    agreed_by: tuple[Agreement, ...] = ()
    """Independent sources that give the same answer, the likeliest first; only of the first citation."""
    says: Attribution | None = None
    """Who says it, from the same sentence, where the quote was cut without these words."""
    support: float = 1.0
    """How sure the sentence is supported by the quote, 0 to 1; a verbatim quote is 1."""
    dates: tuple[ResolvedDate, ...] = ()
    """Relative dates of the quote, and dates without a year, in order; never part of the quote itself."""


class Verdict(StrEnum):
    """What checking found about one sentence of an answer."""

    VERBATIM = "verbatim"
    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"


class Sentence(Value):
    """One sentence of `Answer.text`, from `start` to `end`, with the numbers that it cites."""

    start: int
    end: int
    citations: tuple[int, ...]
    verdict: Verdict
    support: float = 1.0
    answer: Span | None = None
    """The words that answer, in `Answer.text`."""


class Unsupported(Value):
    """A sentence that was taken out of an answer."""

    text: str
    why: str


class Conflict(Value):
    """Two cited statements that cannot both be right about what was asked."""

    subject: str
    """What was asked, as the question says it."""
    values: tuple[str, ...]
    """What each citation says, in the words of its quote; as many as `citations`."""
    citations: tuple[int, ...]
    outdated: tuple[int, ...] = ()
    """Those of `citations` that a later report of the same thing has overtaken."""


class Freshness(Value):
    """Oldest and newest publication day among the citations."""

    oldest: dt.date | None = None
    newest: dt.date | None = None


class Turn(Value):
    """One question and its answer, as history for the next question."""

    question: str
    standalone_question: str
    answer: str


class Answer(Value):
    """An answer whose every sentence is tied to a passage; `abstained` when there is none.

    It is also the last event of a stream.
    """

    kind: Literal["answer"] = "answer"
    question: str
    standalone_question: str
    text: str
    status: Status
    reason: Reason | None = None
    window: Window = Window()
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()
    freshness: Freshness = Freshness()
    independent_sources: int = 0
    """Outlets that give the first quote's answer independently: each story counts once, and each outlet once."""
    confidence: float = 0.0
    """Probability that the library holds the answer, 0 to 1."""
    notices: tuple[str, ...] = ()
    """What the reader should know about how this answer was made, e.g. that one index is down."""
    timings: dict[str, float] = {}
    """Milliseconds per step."""
    library_version: str = ""
    history: tuple[Turn, ...] = ()

    def __eq__(self, other: object) -> bool:
        """Equal when everything but the time that it took is."""
        if not isinstance(other, Answer):
            return NotImplemented
        return self.model_dump(exclude={"timings"}) == other.model_dump(exclude={"timings"})

    __hash__ = None  # type: ignore[assignment]  # timings are a dict

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The history to pass with the next question: all turns so far and this one."""
        this = Turn(question=self.question, standalone_question=self.standalone_question, answer=self.text)
        return (*self.history, this)


class Retrieved(Value):
    """Stream event: the passages that were found, before any word of the answer."""

    kind: Literal["retrieved"] = "retrieved"
    standalone_question: str
    window: Window
    passages: tuple[Passage, ...]


class Text(Value):
    """Stream event: the next piece of the answer's text."""

    kind: Literal["text"] = "text"
    text: str


Event = Retrieved | Text | Answer
"""What `stream()` gives: the passages, the text piece by piece, and the `Answer` as the last one."""


class LibraryStats(Value):
    """What a library holds."""

    articles: int
    passages: int
    unpublished_passages: int
    undated_articles: int
    earliest: dt.date | None
    latest: dt.date | None
    outlets: tuple[str, ...]
    version: str
    generation: str | None
