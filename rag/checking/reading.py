"""A passage and a sentence, read once: their words, names, numbers and days, sentence by sentence."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.checking.facts import facts_of_passage, without_days, without_facts
from rag.text.clean import comparable, one_line
from rag.text.names import LINKING, Named, Word, named_in, one_spelling, words
from rag.text.numbers import Fact
from rag.text.sentences import Span, sentence_spans
from rag.text.words import content_words

_LIGHT = LINKING | frozenset(
    "be been being also than about up out over into being own itself himself herself themselves any such would could should may "
    "might must shall can cannot will said says say told tells added according reported announced stated put total".split()
)
_SHORT_FORM = re.compile(r"['’](?:t|ll|re|ve|d|m)\b")
LONGEST = 60_000
"""Characters of a passage that are read; what is behind them supports nothing."""


@dataclass(frozen=True)
class Premise:
    """One cited passage: its words, and what its article tells of itself."""

    text: str
    title: str = ""
    outlet: str = ""
    published: dt.date | None = None


@dataclass(frozen=True)
class Read:
    """One sentence. `span` is its place in the passage, None for a title.

    Attributes:
        text: in one spelling; the offsets of `words` and `facts` are into this.
        content: stems of its words that carry meaning, numbers, days and helping words aside, with their places in `words`.
    """

    text: str
    words: tuple[Word, ...]
    facts: tuple[Fact, ...]
    content: tuple[tuple[str, int], ...]
    span: Span | None = None

    @functools.cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its words of meaning."""
        return frozenset(stem for stem, _ in self.content)

    @functools.cached_property
    def given(self) -> frozenset[str]:
        """Keys of the numbers and days that it gives."""
        return frozenset().union(*(fact.gives for fact in self.facts))


@dataclass(frozen=True)
class Source:
    """One cited passage, read: its sentences, its title as the last, and its words in one spelling."""

    evidence: Premise
    sentences: tuple[Read, ...]
    plain: str

    @property
    def of_text(self) -> tuple[Read, ...]:
        """Its sentences without the title."""
        return tuple(sentence for sentence in self.sentences if sentence.span is not None)


@functools.lru_cache(maxsize=64)
def source(evidence: Premise) -> Source:
    """A passage, read; the last ones are kept, for the sentences of one answer cite the same."""
    text = evidence.text[:LONGEST]
    spans: list[Span | None] = [*sentence_spans(text)]
    texts = [_spelled(text[span.start : span.end]) for span in spans if span]
    if evidence.title:
        spans.append(None)
        texts.append(_spelled(evidence.title))
    facts = facts_of_passage(texts, evidence.published)
    read = (_read(text, found, span) for text, found, span in zip(texts, facts, spans, strict=True))
    return Source(evidence, tuple(read), comparable(text))


@functools.lru_cache(maxsize=64)
def names_of(sources: tuple[Premise, ...]) -> Named:
    """The names that passages give, with their titles and outlets."""
    texts = [one_spelling(f"{one.text[:LONGEST]}\n\n{one.title}\n\n{one.outlet}") for one in sources]
    return named_in(without_days("\n\n".join(texts)))


def claim(sentence: str) -> Read:
    """A sentence to check."""
    text = _spelled(sentence)
    return _read(text, facts_of_passage([text], None)[0], None)


def _spelled(text: str) -> str:
    """In one spelling, with single spaces."""
    return one_spelling(one_line(text))


def stands_in(wanted: str, text: str) -> int:
    """Where a text stands in another as whole words, -1 for nowhere; both as `comparable` gives them."""
    if wanted not in text or not re.search(r"\w", wanted):
        return -1
    alone = rf"(?<!\w)(?<!\d[.,:])(?<![$€£¥₹₩]){re.escape(wanted)}(?!\w)(?![.,:]\d)"
    found = re.search(alone, text)
    return found.start() if found else -1


def _read(text: str, found: Sequence[Fact], span: Span | None) -> Read:
    kept = tuple(words(text))
    left = without_facts(text)
    content = []
    for place, word in enumerate(kept):
        shown = text[word.start : word.end].lower()
        if _SHORT_FORM.match(text, word.end) or (word.start and text[word.start - 1] in "'’" and len(shown) < 3):
            continue  # "didn't", "we'll"
        if left[word.start : word.end].strip(" ,") and shown not in _LIGHT and content_words(shown):
            content.append((word.stem, place))
    return Read(text, kept, tuple(found), tuple(content), span)
