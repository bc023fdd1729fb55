"""Whole sentences, and what a sentence that refers back brings along."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from fakes import evidence_of_one, passage_of

from evals.suites.sample import SAMPLE_ARTICLES
from ingest.document import Document
from ingest.extract import extract
from ingest.sources import find
from rag.answering.evidence import Evidence, evidence_of
from rag.answering.quote import WITH_BEFORE_WORDS_MOST, Quote, points_back, whole_quote
from rag.reader import Reading
from rag.search.retrieve import Ranking
from rag.text.sentences import Span

DATA = Path(os.environ.get("DATELINE_PUBLIC_DATA", Path(__file__).parents[2] / "shared" / "data"))

# --- what a sentence brings along ------------------------------------------------------------------------------------

HOLM = "Mara Holm leads the union."


@pytest.mark.parametrize(
    "text",
    [
        "She resigned on Friday.",
        "But she resigned on Friday.",
        "“She resigned on Friday,” said the mayor.",
        "Her deputy resigned on Friday.",
        "She's a former sailor.",
        "He's the mayor of Tolva.",
        "This was a surprise to everyone on Friday.",
        "Both have resigned since Friday.",
        "The latter resigned on Friday.",
        "Not yet.",
        "On Friday, she resigned.",
        "In June 2025, they agreed to sail again.",
        "“The ferries will sail on Friday. I gave my word.”",
    ],
)
def test_a_sentence_that_points_back_brings_the_one_before_it(text: str) -> None:
    assert points_back(text)
    quote = whole_quote(evidence_of_one(text, before=f"Rain fell. {HOLM}"))
    assert quote is not None
    assert quote.text == f"{HOLM} {text}"
    assert quote.start == len("Rain fell. ")


@pytest.mark.parametrize(
    "text",
    [
        "The union leader resigned on Friday.",
        "It is unclear when the ferries will sail again.",
        "It was revealed Thursday that the ferries will sail again.",
        "This week the ferries sail again.",
        "It's the first time that the ferries have stayed in port.",
        "Both Tolva and Brennick are cut off.",
        "Itsuki Mori won the race.",
        "No ferry sailed on Friday.",
        "When Mori won the race, she wept.",
        "If anyone falls ill, they should stay ashore.",
        "“The ferries will sail on Friday,” said the mayor of Tolva.",
    ],
)
def test_a_sentence_that_stands_alone_brings_nothing(text: str) -> None:
    quote = whole_quote(evidence_of_one(text, before=HOLM))
    assert quote is not None
    assert quote.text == text


def test_what_is_brought_may_point_back_itself() -> None:
    quote = whole_quote(evidence_of_one("She resigned on Friday.", before=f"Rain fell. {HOLM} She is 54 years old."))
    assert quote is not None
    assert quote.text == f"{HOLM} She is 54 years old. She resigned on Friday."


def test_who_is_meant_too_far_away_or_not_there_leaves_nothing_to_quote() -> None:
    assert whole_quote(evidence_of_one("She resigned on Friday.")) is None
    assert whole_quote(evidence_of_one("She resigned.", before=f"{HOLM} {'She sails. ' * 6}")) is None
    assert (
        whole_quote(evidence_of_one("She resigned.", before=f"Mara Holm leads {'the old union of ' * 15}Tolva."))
        is None
    )


def test_a_sentence_and_what_it_brings_keep_within_the_words_that_are_left() -> None:
    one = evidence_of_one("She resigned on Friday.", before=HOLM)
    assert whole_quote(one, words_most=9) is not None
    assert whole_quote(one, words_most=8) is None
    assert whole_quote(evidence_of_one("Mara Holm resigned on Friday."), words_most=1) is not None


def test_the_words_that_answer_are_where_the_article_has_them() -> None:
    one = evidence_of_one("She resigned on Friday.", "Friday", before=HOLM, start=50, end=101)
    quote = whole_quote(one)
    assert quote is not None
    assert quote.answer is not None
    assert one.text_of(quote.answer) == "Friday"
    assert one.text_of(Span(quote.start, quote.end)) == quote.text
    nowhere = whole_quote(evidence_of_one("Mara Holm resigned on Friday."))
    assert nowhere is not None
    assert nowhere.answer is None


# --- every sentence of real articles ---------------------------------------------------------------------------------

POINTS_OUT = re.compile(r"\W*(?:He|She|They|His|Her|Hers|Him|Their|Theirs|Them|Its|The latter|The former)\b(?! ?[A-Z])")


def check_quote(one: Evidence, quote: Quote) -> None:
    """Invariants of every quote."""
    passage = one.passage
    assert passage.text[quote.start - passage.start : quote.end - passage.start] == quote.text
    assert quote.start <= one.start < quote.end == one.end
    assert not POINTS_OUT.match(quote.text), quote.text
    if quote.start < one.start:
        assert quote.words <= WITH_BEFORE_WORDS_MOST
    if one.answer_text and quote.answer:
        assert quote.start <= quote.answer.start < quote.answer.end <= quote.end
        assert one.text_of(quote.answer) == one.answer_text


class _Middle:
    """Points at one word in the middle of each sentence."""

    def read(self, question: str, pages: list[object]) -> list[tuple[Reading, ...]]:
        return [tuple(self._reading(page.text[one.start : one.end]) for one in page.sentences) for page in pages]  # type: ignore[attr-defined]

    def _reading(self, sentence: str) -> Reading:
        words = list(re.finditer(r"\w+", sentence))
        if not words:
            return Reading(0.0, 0.0)
        middle = words[len(words) // 2]
        return Reading(0.0, 0.0, -1.0, middle.start(), middle.end())


def check_article(title: str, text: str) -> tuple[int, int]:
    """Checks every sentence of an article; returns how many there are, and how many brought another one along."""
    passage = passage_of(text, title=title)
    found = evidence_of("?", [passage], Ranking((passage,), {}), _Middle())  # type: ignore[arg-type]
    brought = 0
    for one in found:
        quote = whole_quote(one)
        if quote:
            check_quote(one, quote)
            brought += quote.start < one.start
    return len(found), brought


def test_every_sentence_of_the_sample() -> None:
    documents = [found for found in find([str(SAMPLE_ARTICLES)]) if isinstance(found, Document)]
    articles = [extract(document) for document in documents]
    counted = [check_article(one.metadata.title or "", one.text) for one in articles]
    sentences, brought = (sum(column) for column in zip(*counted, strict=True))
    assert sentences > 500
    assert brought


@pytest.mark.public_data
def test_every_sentence_of_public_articles() -> None:
    file = DATA / "rtqa_news" / "tiny_articles.jsonl.gz"
    if not file.exists():
        pytest.skip("no public data here")
    counted = [check_article(title, text) for title, text in islice(_articles(file), 100)]
    assert len(counted) == 100
    assert sum(brought for _, brought in counted)


def _articles(file: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            yield entry["title"], entry["text"]


@pytest.mark.parametrize(
    ("language", "text", "back"),
    [
        ("de", "Er sprach von einer Erleichterung.", True),
        ("de", "Es gibt keine Verletzten.", False),
        ("de", "Die Brücke öffnet im Mai.", False),
        ("fr", "Elle a salué une victoire.", True),
        ("fr", "Il faut attendre samedi.", False),
        ("es", "Ella dirige las obras.", True),
        ("es", "El puente abre en mayo.", False),
        ("ru", "Он стоил три миллиона.", True),
        ("ru", "Мост стоил три миллиона.", False),
        ("ja", "橋は三億円だった。", False),
    ],
)
def test_pronouns_of_other_languages_point_back_too(language: str, text: str, back: bool) -> None:
    assert points_back(text, language) is back
