"""Answers and their parts."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field, model_validator

from rag.types.articles import Heading
from rag.types.passages import Citation, Passage
from rag.types.questions import Kind, Turn, Window
from rag.types.value import Span, Value


class Status(StrEnum):
    """The outcome of a question."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    CONFLICT = "conflict"
    CLOSEST = "closest"
    """No sentence answers for certain; the closest passages are shown, claiming nothing."""
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


class NearestArticle(Heading):
    """An article that comes close to the question without answering it."""


class Reason(Value):
    """Why Dateline abstains, and what the library does hold."""

    kind: AbstentionReason
    message: str
    articles: int = 0
    earliest: dt.date | None = None
    latest: dt.date | None = None
    outlets: tuple[str, ...] = ()
    nearest: tuple[NearestArticle, ...] = ()


class Verdict(StrEnum):
    """The result of checking one sentence of an answer."""

    VERBATIM = "verbatim"
    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"


class CheckedBy(StrEnum):
    """Which layer of checking gave a verdict."""

    WORDS = "words"
    """The sentence occurs in its passage word for word."""
    VALUES = "values"
    """Its names, numbers, days and quotations occur there; nothing confirms that its meaning does."""
    SUPPORT_MODEL = "support_model"
    """The support model vouches for its meaning too."""


class Sentence(Value):
    """One sentence of `Answer.text`, from `start` to `end`, with the numbers it cites."""

    start: int
    end: int
    citations: tuple[int, ...]
    verdict: Verdict
    checked_by: CheckedBy = CheckedBy.WORDS
    support: float = 1.0
    """The finding's score (`rag.checking.verify.Finding`): a probability only if a model judged it."""
    answer: Span | None = None
    """The answering words, in `Answer.text`."""


class Doubt(StrEnum):
    """What is wrong with a sentence written by a language model."""

    NUMBER = "number"
    """A number that no cited passage gives, or only with another unit or magnitude."""
    DATE = "date"
    NAME = "name"
    QUOTE = "quote"
    """Words between quotation marks that occur in no cited passage."""
    MARKER = "marker"
    """It cites a number that was not given to the model."""
    UNCITED = "uncited"
    """It cites nothing, and no single passage supports it."""
    MEANING = "meaning"
    """The support judge finds it unlikely that the passages support it."""
    FORM = "form"
    """It is not a sentence of an answer: an order, a heading, a broken-off end."""

    @classmethod
    def _missing_(cls, value: object) -> Doubt | None:
        """Maps names used in answers stored earlier."""
        return cls.MEANING if value in ("negation", "direction", "judged") else None


class Unsupported(Value):
    """A sentence removed from an answer."""

    text: str
    why: str
    doubt: Doubt = Doubt.MEANING
    missing: tuple[str, ...] = ()
    """Its words that occur in no cited passage."""


class WritingProblem(StrEnum):
    """Why the reader gets quotes although a language model was asked to write."""

    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    SERVER_ERROR = "server_error"
    CUT_OFF = "cut_off"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    REPEATING = "repeating"
    WRONG_LANGUAGE = "wrong_language"
    NOTHING_SUPPORTED = "nothing_supported"
    """The passages support no sentence that it wrote."""
    DECLINED = "declined"
    """It found no answer in the passages."""
    RESTING = "resting"
    """It failed a moment ago, and is left alone for a while."""


class Writing(Value):
    """States that a language model was asked to write the answer, and the outcome."""

    model: str
    problem: WritingProblem | None = None
    """None if the text is the model's; otherwise the text is quotes."""


class Conflict(Value):
    """Two cited statements about what was asked that cannot both be right."""

    subject: str
    """What was asked, in the words of the question."""
    values: tuple[str, ...]
    """What each citation says, in the words of its quote; one per citation."""
    citations: tuple[int, ...]
    outdated: tuple[int, ...] = ()
    """The `citations` that a later report of the same thing has overtaken."""


class Freshness(Value):
    """Oldest and newest publication day among the citations."""

    oldest: dt.date | None = None
    newest: dt.date | None = None


class Answer(Value):
    """An answer with every sentence tied to a passage; `abstained` if there is none, `closest` if nothing is claimed.

    It is also the final event of a stream.
    """

    event: Literal["answer"] = "answer"
    question: str
    standalone_question: str
    """The question in the form that is searched."""
    carried: tuple[str, ...] = ()
    """What it carries over from the previous turn: names and the topic."""
    kind: Kind = Kind.FACT
    text: str
    short: str = ""
    """The answering words alone, if a fact was asked for; empty if none can be pointed at."""
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
    """Outlets that independently give the first quote's answer: each story and each outlet counts once."""
    confidence: float = 0.0
    """Probability that the library holds the answer, 0 to 1."""
    notices: tuple[str, ...] = ()
    """What the reader should know about how this answer was made, e.g. that an index is down."""
    timings: dict[str, float] = Field(default_factory=dict)
    """Milliseconds per step."""
    library_version: str = ""
    writing: Writing | None = None
    """None if no language model was asked."""
    history: tuple[Turn, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_version(cls, given: Any) -> Any:
        """Stored answers used to be distinguished from other events by `kind`."""
        if isinstance(given, dict) and given.get("kind") == "answer":
            return {name: value for name, value in given.items() if name != "kind"}
        return given

    def __eq__(self, other: object) -> bool:
        """Equal if everything but the timings is."""
        if not isinstance(other, Answer):
            return NotImplemented
        return self.model_dump(exclude={"timings"}) == other.model_dump(exclude={"timings"})

    __hash__ = None  # type: ignore[assignment]  # timings are a dict

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The history to pass with the next question: all turns so far and this one, with no answer if it was a refusal."""
        answered = self.status not in (Status.ABSTAINED, Status.CLOSEST) and self.kind is not Kind.META
        this = Turn(
            question=self.question, standalone_question=self.standalone_question, answer=self.text if answered else ""
        )
        return (*self.history, this)


class Retrieved(Value):
    """Stream event: the passages found, before any word of the answer."""

    event: Literal["retrieved"] = "retrieved"
    standalone_question: str
    carried: tuple[str, ...] = ()
    window: Window
    passages: tuple[Passage, ...]


class Quoted(Value):
    """Stream event: the whole answer in quotes, at once, while a language model starts writing."""

    event: Literal["quoted"] = "quoted"
    answer: Answer
    model: str = ""


class Text(Value):
    """Stream event: the next piece of the answer's text."""

    event: Literal["text"] = "text"
    text: str
    checked: bool = True
    """False for words of a language model, which are not reliable before their sentence is checked."""


class Checked(Value):
    """Stream event: the result of checking characters `start` to `end` of the unchecked text so far."""

    event: Literal["checked"] = "checked"
    start: int
    end: int
    verdict: Verdict
    checked_by: CheckedBy = CheckedBy.VALUES
    why: str = ""
    """Why it will not be in the answer; empty if it will."""


Event = Retrieved | Quoted | Text | Checked | Answer
"""What `stream()` yields: the passages, the text in pieces, and finally the `Answer`. With a language model, the answer in
quotes and unchecked words with a verdict after each sentence come in between."""
