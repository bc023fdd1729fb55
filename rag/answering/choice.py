"""The few quotes that are shown: the best, and others that offer different words, each short and verbatim."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answering.candidates import alike
from rag.answering.cut import cut
from rag.answering.quote import Quote, agreement
from rag.dates.recency import Dated, newest_first
from rag.reader import Reading
from rag.types import Span

QUOTES_MOST = 5
FIRST_WORDS_MOST = 36
"""A longer first sentence is cut to the clauses around its answer."""
FURTHER_WORDS_MOST = 14
"""The same for the others, which say something else or are there in case the first one is wrong."""
LEAST_WORDS = 6
"""Room under which no further quote is begun."""
WORTH_ADDING = 1.8
"""How far behind the best one a further quote may score. At 1.2 the public news answers lose a point and a half and get six
words shorter; without a limit they gain nothing."""
AGREES_WITHIN = 6.0
"""How much less likely, as a natural logarithm, a reading may be that still counts as giving the same answer."""
ABOUT_AS_WELL = 0.3
"""How far behind the best one a newer quote may score to go before it, where the newest is asked for."""
SAME_WORDS = 0.6
"""Jaccard similarity of stems above which a sentence only repeats one that was chosen."""
_PRONOUN = re.compile(r"[\"“'‘]?(?:He|She|They|It|This|That|These|Those|His|Her|Their|Its)\b")
_SPACED = re.compile(r"\S+")
_WORD = re.compile(r"[^\W_]+")


def chosen(quotes: Sequence[Quote], words_most: int) -> list[Quote]:
    """The best quote, and others that offer different words, at most `words_most` words in all; long ones are cut."""
    picked: list[Quote] = []
    left = words_most
    worth_adding = quotes[0].score - WORTH_ADDING if quotes else 0.0
    for quote in quotes:
        if len(picked) == QUOTES_MOST or (picked and (left < LEAST_WORDS or quote.score < worth_adding)):
            break
        if any(_repeats(quote, other) for other in picked):
            continue
        most = min(left, FURTHER_WORDS_MOST if picked else FIRST_WORDS_MOST)
        shown = shortened(quote if picked else with_antecedent(quote, most), most)
        picked.append(shown)
        left -= shown.words
    return picked


def newest_preferred(quotes: Sequence[Quote], until: dt.date | None) -> tuple[Quote, ...]:
    """The quotes anew: of those that answer about as well as the best one the newest comes first.

    Args:
        until: the last day that the question is about; later articles are not preferred.
    """
    dated = [Dated(quote.score, quote.passage.published, quote.answer_text or None) for quote in quotes]
    return tuple(quotes[place] for place in newest_first(dated, ABOUT_AS_WELL, until))


def agreeing(quote: Quote, quotes: Sequence[Quote]) -> list[Quote]:
    """The quote and the best one of each other source that gives the same answer, best first."""
    if quote.reading is None or not quote.answer_text:
        return [quote]
    least = quote.reading.score - AGREES_WITHIN
    found = {quote.sentence.source: quote}
    for other in quotes:
        if other.reading and other.reading.score >= least and agreement(quote, other) == 1.0:
            found.setdefault(other.sentence.source, other)
    return list(found.values())


def _repeats(quote: Quote, shown: Quote) -> bool:
    """Whether a quote has nothing to say that is not shown already.

    Where both point at an answer only the answers count: "14 cracks were found" and "41 cracks were found" are alike.
    """
    answer = " ".join(_WORD.findall(quote.answer_text.lower()))
    if answer and shown.answer_text:
        return f" {answer} " in f" {' '.join(_WORD.findall(shown.text.lower()))} "
    return alike(quote.sentence, shown.sentence) > SAME_WORDS


def with_antecedent(quote: Quote, words_most: int) -> Quote:
    """With the sentence before it, where it opens with a pronoun and both fit: "He resigned." alone says little."""
    one = quote.sentence
    if not one.before or not _PRONOUN.match(one.text):
        return quote
    text, place = one.passage.text, one.start - one.passage.start
    start = text.rindex(one.before, 0, place)
    both = text[start : one.end - one.passage.start]
    if len(_SPACED.findall(both)) > words_most:
        return quote
    shift = place - start
    reading = quote.reading and replace(quote.reading, start=quote.reading.start + shift, end=quote.reading.end + shift)
    sentence = replace(one, start=one.start - shift, text=both, before="")
    return replace(quote, start=sentence.start, text=both, sentence=sentence, reading=reading)


def shortened(quote: Quote, words_most: int) -> Quote:
    """The quote, cut to the clauses around its answer where it is longer than that."""
    text = quote.sentence.text
    reading = quote.reading or Reading(0.0)
    piece = cut(text, reading.start, reading.end, words_most)
    begin = quote.sentence.start
    return replace(
        quote,
        start=begin + piece.start,
        end=begin + piece.end,
        text=text[piece.start : piece.end],
        says=Span(start=begin + piece.says[0], end=begin + piece.says[1]) if piece.says else None,
        cut_before=piece.start > 0,
        cut_behind=piece.end < len(text),
    )
