"""Turns an answer in quotes into one in a language model's words; if anything goes wrong, the quotes are the answer."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from rag.answering.choose import SHAPES
from rag.answering.quoting import InQuotes, Quoting
from rag.checking.verify import Judge
from rag.errors import WritingFailed
from rag.language.writer import Writer
from rag.library import Library
from rag.types import AbstentionReason, Answer, Event, Kind, Question, Quoted, Status, Turn, Writing, WritingProblem
from rag.writing.compose import CANARY, Draft, compose
from rag.writing.excerpts import excerpts
from rag.writing.prompts import answering, asking
from rag.writing.rewrite import rewritten
from rag.writing.sentence_check import Checks
from rag.writing.written import written_answer

RESERVED_TOKENS = 400
"""Left in a model's context for the rules, the question and the answer."""
UNSURE = 0.6
"""Confidence below which the quotes are withdrawn if the model finds no answer either. Of 100 public news questions
with an answer none lost it this way; of the six without one that had not been refused, one more was."""
FROM_CATALOG = frozenset({Kind.META, Kind.ARTICLES, Kind.QUOTATION, Kind.DAY})
"""Kinds whose answers no model can improve."""
BRIEF_WORDS = 3
"""A brief may have this many times the words of a fact."""
TOKENS, TOKENS_HERE = 3000, 450
"""Default prompt tokens of passages: for any model, and for one run on this machine's own CPU (90 to 220 tokens a second
on two cores); twice the latter for a brief."""
_INSTEAD = "The answer is in the articles' own words instead."


class Author:
    """Has a language model write answers over a library. Keeps no state between questions except the model's breaker.

    `judge`: gives the probability that passages support a sentence; None to check only names and numbers.
    """

    def __init__(self, library: Library, quoting: Quoting, writer: Writer, judge: Judge | None = None) -> None:
        self._library, self._quoting, self._writer, self._judge = library, quoting, writer, judge

    def standalone(self, question: str, turns: Sequence[Turn]) -> str:
        """The follow-up as rewritten by the model to stand alone; empty if disabled, or if it loses what was typed."""
        return rewritten(question, turns, self._writer) if self._library.config.llm_rewrites else ""

    def written(self, asked: Question, quoted: InQuotes) -> Generator[Event, None, Answer]:
        """Yields the quotes at once, the model's words as they come, a verdict after each sentence; returns the answer.

        Closing it closes the connection to the model.
        """
        answer = quoted.answer
        if answer.status is Status.ABSTAINED or asked.kind in FROM_CATALOG:
            return answer
        yield Quoted(answer=answer, model=self._writer.name)
        try:
            draft = yield from self._composed(asked, quoted)
        except WritingFailed as failed:
            return self._in_quotes(answer, failed.problem, f"{failed} {_INSTEAD}")
        written = written_answer(quoted, draft.checked, self._writer.name, self._words(asked.kind))
        if written is None:
            return self._nothing_written(asked, quoted, draft)
        return written.model_copy(update={"timings": {**answer.timings, "verify": round(draft.checking_ms, 3)}})

    def _nothing_written(self, asked: Question, quoted: InQuotes, draft: Draft) -> Answer:
        """The quotes, if the model found no answer or none with support; an abstention if the quotes were unsure too."""
        answer, model = quoted.answer, self._writer.name
        if draft.declined:
            problem, message = WritingProblem.DECLINED, f"The language model {model} finds no answer in these passages."
        else:
            problem = WritingProblem.NOTHING_SUPPORTED
            message = f"Nothing that the language model {model} wrote is borne out by its sources. {_INSTEAD}"
        if answer.confidence < UNSURE and answer.status is not Status.CLOSEST:
            why = AbstentionReason.NO_ANSWER_IN_PASSAGES
            answer = self._quoting.abstained(asked, why, quoted.retrieved, answer.confidence)
            message = f"The language model {model} finds no answer in these passages either."
        taken_out = tuple(one.taken_out() for one in draft.checked)
        return self._in_quotes(answer, problem, message).model_copy(
            update={"unsupported": taken_out, "timings": quoted.answer.timings}
        )

    def _composed(self, asked: Question, quoted: InQuotes) -> Generator[Event, None, Draft]:
        brief = SHAPES[asked.kind].dated
        room = self._library.config.llm_prompt_tokens or (TOKENS_HERE * (1 + brief) if self._writer.here else TOKENS)
        room = min(self._writer.context_tokens - RESERVED_TOKENS, room)
        given = excerpts(quoted.evidence, quoted.retrieved.passages, room)
        differing = [value for conflict in quoted.answer.conflicts for value in conflict.values]
        rules = answering(asked.kind, self._words(asked.kind), CANARY)
        task = asking(asked.searched, given, asked.day, differing)
        return compose(self._writer, rules, task, Checks(asked.searched, asked.window, given, self._judge))

    def _words(self, kind: Kind) -> int:
        return self._library.config.written_words * (BRIEF_WORDS if SHAPES[kind].dated else 1)

    def _in_quotes(self, answer: Answer, problem: WritingProblem, message: str) -> Answer:
        writing = Writing(model=self._writer.name, problem=problem)
        return answer.model_copy(update={"writing": writing, "notices": (*answer.notices, message)})
