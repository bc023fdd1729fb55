"""What becomes of one sentence that a language model wrote: which passages bear it out, or why it is taken out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.checking.facts import day_keys, facts
from rag.checking.places import Place
from rag.checking.reading import Premise
from rag.checking.verify import Finding, Judge, check
from rag.text.names import one_spelling
from rag.text.names import words as words_of
from rag.text.sentences import sentence_spans
from rag.text.words import content_words
from rag.types import CheckedBy, Doubt, Passage, Unsupported, Verdict, Window
from rag.writing.draft import DraftSentence
from rag.writing.excerpts import Excerpt
from rag.writing.injection import is_injection

FRAGMENT_WORDS = 3
"""Words with a meaning, up to which a sentence is a mere name or number: "South Africa", "33 runs"."""
LABEL_WORDS = 4
"""Words of a day before a line of a timeline: "On 13 September 2024"."""
ABOUT = 0.5
"""Share of the question's words that must stand near such a fragment."""
_VERDICT = re.compile(r"^(?:yes|no|not yet)\s*[,:;.–—-]\s*(?=\w)", re.IGNORECASE)
"""With which an answer to yes or no begins; no passage has it."""
A_WEEK = dt.timedelta(days=7)
"""On a Monday "this week" often means the days before."""


@dataclass(frozen=True)
class Bearing:
    """A passage that bears a sentence out, and the place in it."""

    passage: Passage
    place: Place


@dataclass(frozen=True)
class CheckedSentence:
    """One sentence of a draft with what checking it found; `bearings` are empty where it is taken out."""

    sentence: DraftSentence
    finding: Finding
    bearings: tuple[Bearing, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Whether the reader may rely on it."""
        return Verdict.SUPPORTED if self.bearings else Verdict.UNSUPPORTED

    def taken_out(self) -> Unsupported:
        """The sentence as one that was taken out, with the reason."""
        doubt = self.finding.doubt or Doubt.MEANING
        return Unsupported(text=self.sentence.words, why=self.finding.why, doubt=doubt, missing=self.finding.missing)


@dataclass(frozen=True)
class Checks:
    """What the sentences of one answer are held against besides their passages.

    Attributes:
        window: the days that the question is about.
        judge: says how likely passages are to bear a sentence out.
    """

    question: str
    window: Window
    judge: Judge | None = None


def checked_sentence(sentence: DraftSentence, excerpts: Sequence[Excerpt], checks: Checks) -> CheckedSentence:
    """Checks a sentence against the passages that it cites, all of them together.

    Where it cites none, or where those do not bear it out, the one passage that supports it alone is cited instead:
    small models are right more often than their numbers are. The passages are the whole ones, not the excerpts.
    """
    if sentence.words.endswith("?") or is_injection(sentence.words):
        return CheckedSentence(sentence, _no_answer("It is a question or an order, not an answer."))
    by_number = {excerpt.number: excerpt.passage for excerpt in excerpts}
    cited = [by_number[number] for number in sentence.numbers if number in by_number]
    if cited:
        first = _held_against(sentence, cited, checks)
        if first.bearings:
            return first
    for excerpt in excerpts:
        if [excerpt.passage] != cited and (alone := _held_against(sentence, [excerpt.passage], checks)).bearings:
            return alone
    return first if cited else CheckedSentence(sentence, _uncited(sentence))


def _held_against(sentence: DraftSentence, passages: Sequence[Passage], checks: Checks) -> CheckedSentence:
    unsaid = _VERDICT.sub("", sentence.words)
    claim = _without_the_label(unsaid, passages)
    claim = _without_the_questions_days(claim, passages, checks.window)
    evidence = [_evidence(passage) for passage in passages]
    found = check(claim, evidence, checks.judge)
    if not found.supported:
        return CheckedSentence(sentence, found)
    if _is_fragment(claim) and not any(_is_about(claim, checks.question, passage) for passage in passages):
        why = "It is a mere name or number, and no passage that has it speaks of what was asked."
        return CheckedSentence(sentence, _no_answer(why))
    if unsaid != sentence.words and found.checked_by is CheckedBy.WORDS:
        found = replace(found, checked_by=CheckedBy.VALUES)  # nothing tells that it had to be Yes, and not No
    return _borne_out(sentence, found, passages)


def _without_the_label(words: str, passages: Sequence[Passage]) -> str:
    """A line of a timeline without its day, where that is the day of a passage that it cites."""
    label, found, rest = words.partition(":")
    days = {key for fact in facts(label) for key in fact.needs}
    own = {key for one in passages if one.published for key in day_keys(one.published)}
    dated = found and len(label.split()) <= LABEL_WORDS and days and days <= own
    return rest.strip() if dated and rest.strip() else words


def _without_the_questions_days(words: str, passages: Sequence[Passage], window: Window) -> str:
    """A sentence without the words for days that it takes from the question ("this week").

    They mean the days before the question, not those before the article, so that the passages can only bear them out by
    their own day.
    """
    if not window.words or not all(_within(passage.published, window) for passage in passages):
        return words
    return " ".join(re.sub(rf"\b{re.escape(window.words)}\b", " ", words, flags=re.IGNORECASE).split())


def _within(day: dt.date | None, window: Window) -> bool:
    if day is None or not (window.since or window.until):
        return False
    return (window.since is None or window.since - A_WEEK <= day) and (window.until is None or day <= window.until)


def _is_fragment(claim: str) -> bool:
    return len(content_words(claim)) <= FRAGMENT_WORDS


def _is_about(claim: str, question: str, passage: Passage) -> bool:
    """Whether a sentence of the passage that has the fragment holds, with its neighbours and title, what was asked."""
    wanted = {word.stem for word in words_of(one_spelling(question)) if content_words(word.stem)}
    fragment = {word.stem for word in words_of(one_spelling(claim))}
    spans = sentence_spans(passage.text)
    for place, span in enumerate(spans):
        if fragment <= {word.stem for word in words_of(one_spelling(passage.text[span.start : span.end]))}:
            near = passage.text[spans[max(place - 1, 0)].start : spans[min(place + 1, len(spans) - 1)].end]
            given = {word.stem for word in words_of(one_spelling(f"{passage.title}\n\n{near}"))}
            if len(wanted & (given - fragment)) >= ABOUT * len(wanted - fragment):
                return True
    return False


def _borne_out(sentence: DraftSentence, found: Finding, passages: Sequence[Passage]) -> CheckedSentence:
    """A sentence that is borne out, unless it only repeats what an article orders its reader to say."""
    bearings = _bearings(passages, found)
    if not bearings:
        return CheckedSentence(sentence, _no_answer("Only the headline of what it cites says so.", Doubt.MEANING))
    if any(is_injection(one.passage.text[one.place.start : one.place.end]) for one in bearings):
        return CheckedSentence(sentence, _no_answer("It repeats what an article tells its reader to say or do."))
    return CheckedSentence(sentence, found, bearings)


def _bearings(passages: Sequence[Passage], found: Finding) -> tuple[Bearing, ...]:
    return tuple(Bearing(passages[place.evidence], place) for place in found.places)


def _evidence(passage: Passage) -> Premise:
    return Premise(passage.text, passage.title, passage.outlet or "", passage.published)


def _no_answer(why: str, doubt: Doubt = Doubt.FORM) -> Finding:
    return Finding(supported=False, score=0.0, doubt=doubt, why=why)


def _uncited(sentence: DraftSentence) -> Finding:
    if sentence.numbers:
        why = "It cites a number that no passage has, and no passage alone supports it."
        return Finding(supported=False, score=0.0, doubt=Doubt.MARKER, why=why)
    why = "It cites no passage, and none alone supports it."
    return Finding(supported=False, score=0.0, doubt=Doubt.UNCITED, why=why)
