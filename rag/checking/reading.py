"""A passage and a sentence, read once: their words, names, numbers and days, sentence by sentence."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.checking.facts import facts_of_passage, without_days
from rag.text.clean import comparable, one_line
from rag.text.names import LINKING, Named, Word, named_in, one_spelling, words
from rag.text.numbers import Fact, blanked
from rag.text.sentences import Span, sentence_spans
from rag.text.words import content_words

_LIGHT = LINKING | frozenset(
    "be been being also than about up out over into being own itself himself herself themselves any such would could should may "
    "might must shall can cannot will said says say told tells added according reported announced stated put total".split()
)
LONGEST = 60_000
"""Characters of a passage that are read; text beyond them supports nothing."""


@dataclass(frozen=True)
class Premise:
    """One cited passage: its words, and what its article says about itself."""

    text: str
    title: str = ""
    outlet: str = ""
    published: dt.date | None = None


@dataclass(frozen=True)
class Read:
    """One sentence. `span` is its place in the passage, empty for a title.

    Attributes:
        text: with spelling normalised; the offsets of `words` and `facts` are into this.
        blank: the same with numbers and days blanked out.
        content: stems of its content words (no numbers, days or function words), with their places in `words`.
    """

    text: str
    blank: str
    words: tuple[Word, ...]
    facts: tuple[Fact, ...]
    content: tuple[tuple[str, int], ...]
    span: Span

    def written(self, words: Sequence[Word]) -> str:
        """Consecutive words of it, as it writes them."""
        return self.text[words[0].start : words[-1].end]

    @functools.cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(stem for stem, _ in self.content)

    @functools.cached_property
    def given(self) -> frozenset[str]:
        """Keys of the numbers and days it gives."""
        return frozenset().union(*(fact.gives for fact in self.facts))


@dataclass(frozen=True)
class Source:
    """One cited passage, read: its sentences, those and its title last, and its words with normalised spelling."""

    evidence: Premise
    of_text: tuple[Read, ...]
    sentences: tuple[Read, ...]
    plain: str


@functools.lru_cache(maxsize=64)
def source(evidence: Premise) -> Source:
    """A passage, read; the latest are cached, since the sentences of one answer cite the same."""
    text = evidence.text[:LONGEST]
    spans = sentence_spans(text)
    texts = [_spelled(words) for words in (*(text[one.start : one.end] for one in spans), evidence.title) if words]
    facts = facts_of_passage(texts, evidence.published)
    read = tuple(map(_read, texts, facts, [*spans, Span(0, 0)]))
    return Source(evidence, read[: len(spans)], read, comparable(text))


@functools.lru_cache(maxsize=64)
def names_of(sources: tuple[Premise, ...]) -> Named:
    """The names that passages give, including those in titles and outlets."""
    texts = [one_spelling(f"{one.text[:LONGEST]}\n\n{one.title}\n\n{one.outlet}") for one in sources]
    return named_in(without_days("\n\n".join(texts)))


def claim(sentence: str) -> Read:
    text = _spelled(sentence)
    return _read(text, facts_of_passage([text], None)[0], Span(0, 0))


def _spelled(text: str) -> str:
    return one_spelling(one_line(text))


def stands_in(wanted: str, text: str) -> bool:
    """Whether a text occurs in another as whole words; both as `comparable` gives them."""
    if wanted not in text or not re.search(r"\w", wanted):
        return False
    alone = rf"(?<!\w)(?<!\d[.,:])(?<![$€£¥₹₩]){re.escape(wanted)}(?!\w)(?![.,:]\d)"
    return re.search(alone, text) is not None


def _read(text: str, found: Sequence[Fact], span: Span) -> Read:
    kept, blank = tuple(words(text)), blanked(text, found)
    content = []
    for place, word in enumerate(kept):
        shown = text[word.start : word.end].lower()
        if blank[word.start : word.end].strip(" ,") and shown not in _LIGHT and content_words(shown):
            content.append((word.stem, place))
    return Read(text, blank, kept, tuple(found), tuple(content), span)
