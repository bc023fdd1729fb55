"""Sentences of the sample articles with one name, number or day changed, and paraphrases; both made by code."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from evals.articles import articles_in, premise_of
from evals.suites.sample import SAMPLE_ARTICLES
from rag.checking.reading import Premise
from rag.text.sentences import Span, sentence_spans

PASSAGE_WORDS = 190  # Words of the passage around a sentence, about 250 tokens.
_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = "|".join(_MONTHS)
_WEEKDAY = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_NUMBER_WORD = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|eighteen|twenty"
_DAY = rf"(?:\d{{1,2}} (?:{_MONTH})|(?:{_MONTH}) \d{{1,2}})"
_WORD = r"[A-ZÀ-Þ][a-zà-þ]+(?:-[A-Z]?[a-zà-þ]+)*"
_NO_NAME = f"(?:{_WEEKDAY}|{_MONTH}|I|The|In|On|At|But|And|It|He|She|They|No|A|An)"
KINDS = {
    "day": re.compile(rf"\b{_DAY}\b"),
    "weekday": re.compile(rf"\b(?:{_WEEKDAY})\b"),
    "year": re.compile(r"(?<![\d,.])(?:1[5-9]|20)\d\d(?![\d,.]\d|\d)"),
    "number": re.compile(r"(?<![\w.,\[-])(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\w,.-]?\d|\w)"),
    "number word": re.compile(rf"\b(?:{_NUMBER_WORD})\b"),
    "full name": re.compile(rf"(?<=[a-z,] )(?!{_NO_NAME}\b){_WORD} {_WORD}\b(?! [A-Z]|[-’']\w)"),
    "name": re.compile(rf"(?<=[a-z,] )(?!{_NO_NAME}\b){_WORD}\b(?! [A-Z]|[-’']\w)"),
}
"""What is changed, as it is written; nothing here is shared with the verifier."""


class Told(NamedTuple):
    """One sentence of an article, and the passage around it that an answer would cite."""

    sentence: str
    evidence: Premise


class Altered(NamedTuple):
    told: Told
    sentence: str
    kind: str


def articles() -> dict[str, Premise]:
    """The whole sample articles, by the names that cases use for them."""
    return {
        f"articles/{str(document.source).rsplit('articles/', 1)[-1]}": premise_of(read)
        for document, read in articles_in(SAMPLE_ARTICLES)
    }


def passage_around(article: Premise, at: int) -> Premise:
    """The sentences around a character of an article, about as many words as a passage has."""
    spans = sentence_spans(article.text)
    first = last = next(place for place, span in enumerate(spans) if at < span.end)
    text = article.text[spans[first].start : spans[last].end]
    while len(text.split()) < PASSAGE_WORDS and (first, last) != (0, len(spans) - 1):
        first, last = max(0, first - 1), min(len(spans) - 1, last + 1)
        text = article.text[spans[first].start : spans[last].end]
    return replace(article, text=text)


def told_sentences(found: dict[str, Premise]) -> list[Told]:
    return [
        Told(article.text[span.start : span.end], passage_around(article, span.start))
        for article in found.values()
        for span in sentence_spans(article.text)
        if len(article.text[span.start : span.end].split()) >= 5
    ]


def alterations(told: Sequence[Told], count: int, elsewhere: bool) -> list[Altered]:
    """`count` sentences with one value changed to another of its kind, spread evenly over the kinds.

    `elsewhere`: the other value is from the passage itself, where it refers to something else; otherwise from another
    article, and not in the passage.
    """
    chance = random.Random(7)  # noqa: S311
    everything = "\n".join(one.sentence for one in told)
    pools = {kind: sorted(set(pattern.findall(everything))) for kind, pattern in KINDS.items()}
    found: dict[str, list[Altered]] = {kind: [] for kind in KINDS}
    for one in told:
        for kind, span in _values(one.sentence):
            pool = KINDS[kind].findall(one.evidence.text) if elsewhere else pools[kind]
            if others := [new for new in dict.fromkeys(pool) if _is_another(new, one, elsewhere)]:
                changed = one.sentence[: span.start] + chance.choice(others) + one.sentence[span.end :]
                found[kind].append(Altered(one, changed, kind))
    for values in found.values():
        chance.shuffle(values)
    taken: list[Altered] = []
    while len(taken) < count and any(found.values()):
        taken += [values.pop() for values in found.values() if values]
    return taken[:count]


def _values(sentence: str) -> Iterator[tuple[str, Span]]:
    taken: list[Span] = []
    for kind, pattern in KINDS.items():
        for match in pattern.finditer(sentence):
            span = Span(*match.span())
            if not any(span.start < other.end and other.start < span.end for other in taken):
                taken.append(span)
                yield kind, span


def _is_another(new: str, told: Told, elsewhere: bool) -> bool:
    if elsewhere:
        return not any(re.search(rf"(?<!\w){word}(?!\w)", told.sentence) for word in new.split())
    passage = f"{told.evidence.text} {told.evidence.title} {told.evidence.outlet}".lower()
    words = (word.lower() for word in new.split() if word not in _MONTHS)
    return not any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", passage) for word in words)


Rewording = Callable[[str, Premise], str]
OPENERS = ("The", "It", "A")
_SMALL = "zero one two three four five six seven eight nine ten".split()


def _by(*changes: tuple[str, str | Callable[[re.Match[str]], str]]) -> Rewording:

    def change(sentence: str, _: Premise) -> str:
        for pattern, new in changes:
            sentence = re.sub(pattern, new, sentence)
        return sentence

    return change


def _lower(text: str) -> str:
    return f"{text[0].lower()}{text[1:]}"


_in_figures = _by(
    (r"(\d) percent\b", r"\1%"),
    (r"(\d) million\b", r"\1m"),
    (rf"\b({'|'.join(_SMALL[2:])})\b(?! (?:of|out))", lambda match: str(_SMALL.index(match[1]))),
)


def _dated(sentence: str, article: Premise) -> str:
    """ "said on Tuesday" → "said on 12 August"; only where a verb of speech shows that it is past."""
    published = article.published
    if not published:
        return sentence

    def day(match: re.Match[str]) -> str:
        back = (published.weekday() - _WEEKDAY.split("|").index(match[2])) % 7
        told = published - dt.timedelta(days=back)
        return f"{match[1]} on {told.day} {_MONTHS[told.month - 1]}"

    verbs = r"said|decided|resigned|ruled|ended|arrested two people in \w+"
    return re.sub(rf"\b({verbs}) on ({_WEEKDAY})\b(?! (?:night|that))", day, sentence)


REWORDINGS: dict[str, Rewording] = {
    # "4.25 percent" → "4.25%", "six members" → "6 members"; quotations stay as they are
    "figures": lambda sentence, _: sentence if re.search('["“]', sentence) else _in_figures(sentence, _),
    "days the American way": _by((rf"\b(\d{{1,2}}) ({_MONTH})\b", r"\2 \1")),
    "weekdays as dates": _dated,
    # "said Dr. Amira Solvig" → "said Solvig", where a verb of speech shows a person
    "surnames": _by(
        (rf"(?:Dr\. )?\b{_WORD} ({_WORD})(,? (?:said|told|who)\b)", r"\1\2"),
        (rf"\b(said|told) (?:Dr\. )?{_WORD} ({_WORD})", r"\1 \2"),
    ),
    # "The rain fell, X said." → "X said that the rain fell."
    "speaker first": _by(
        (
            rf"\A([^\"“,]+), ([^,\"“]*(?:{_WORD})[^,]*?) said\.\Z",
            lambda match: f"{match[2]} said that {_lower(match[1]) if match[1].split()[0] in OPENERS else match[1]}.",
        )
    ),
    "no relative clause": _by((r"\A(.*?), (?:who|which) [^,\"“”]{5,80},(?!\d)", r"\1")),
    "no last clause": _by((r",? (?:because|after|when|while|which|where)\b[^\"“”]{8,}\.$", ".")),
    # "It was closed after the storm." → "After the storm, it was closed."
    "last clause first": _by((
        r"\A((?:The|It|She|He|They|A) [^,\"“”]{15,}) (after|because|when) ([^,\"“”]{10,})\.\Z",
        lambda match: f"{match[2].capitalize()} {match[3]}, {_lower(match[1])}.",
    )),
}  # fmt: skip


def reworded(told: Sequence[Told]) -> list[tuple[str, Told, str]]:
    """For every sentence that a rewording changes: the rewording's name, the sentence, and the new sentence."""
    return [
        (name, one, text)
        for name, change in REWORDINGS.items()
        for one in told
        if (text := change(one.sentence, one.evidence)) != one.sentence
    ]
