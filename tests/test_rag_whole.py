"""Whole sentences: what may be left out of a very long one, and what a sentence that points back brings with it."""

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
from hypothesis import given
from hypothesis import strategies as st

from evals.suites.sample import SAMPLE_ARTICLES
from ingest.document import Document
from ingest.extract import extract
from ingest.sources import find
from rag.answering.evidence import Evidence, evidence_of
from rag.answering.quote import WHOLE_WORDS_MOST, WITH_BEFORE_WORDS_MOST, Quote, cut_end, points_back, whole_quote
from rag.reader import Reading
from rag.search.retrieve import Ranking
from rag.text.sentences import Span

DATA = Path(os.environ.get("DATELINE_PUBLIC_DATA", Path(__file__).parents[2] / "shared" / "data"))

LONG = (
    "The ferries that carry 4,000 people a day between the seven islands and the mainland will stay in port until "
    "Monday of next week because the seafarers of the northern line have left their ships in the harbours of Tolva"
)
"""40 words, to which the tests add an end."""
TAIL = ", which lie along the old coast road that was built by hand in the years of the great herring fishery"


def shown(sentence: str, keep: str = "") -> str:
    """What is left of a sentence of which certain words must be shown."""
    return sentence[: cut_end(sentence, sentence.index(keep) + len(keep) if keep else 0)]


# --- cuts ------------------------------------------------------------------------------------------------------------


def test_a_very_long_sentence_loses_the_clause_at_its_end() -> None:
    assert shown(f"{LONG}{TAIL}.") == LONG


def test_as_little_as_possible_is_lost() -> None:
    short = ", where the rain fell"
    assert len(f"{LONG}{short}".split()) <= WHOLE_WORDS_MOST
    assert shown(f"{LONG}{short}{TAIL}.") == f"{LONG}{short}"


def test_the_words_that_answer_are_never_cut_away() -> None:
    assert shown(f"{LONG}{TAIL}.", keep="herring") == f"{LONG}{TAIL}."
    assert shown(f"{LONG}{TAIL}.", keep="Monday") == LONG


@pytest.mark.parametrize(
    ("tail", "word"),
    [
        (
            ", which has not been the case in any of the many years since the great herring fishery came to its end",
            "not",
        ),
        (
            ", which never was the case in any of the many years since the great herring fishery came to its end",
            "never",
        ),
        (
            ", who haven't had a rise in any of the many long years since the great herring fishery came to its end",
            "n't",
        ),
        (", which may take a good deal longer than all of the people of the seven green islands were ready for", "may"),
        (
            ", which reportedly took the people of the seven green islands and all of their guests by surprise",
            "reportedly",
        ),
        (", which they will leave if all of the people of the seven green islands come to the old coast road", "if"),
        (", which lie idle according to the office of the harbour master of Tolva and all of his people", "according"),
        (
            ", as the union of all seafarers of the northern line said in a long letter to the ministry of transport",
            "said",
        ),
        (
            ", where “all of the people of the seven green islands and their many guests find another way home now",
            "“",
        ),
        (
            ", which the fishermen leave at night although the small boats of the seven green islands are old",
            "although",
        ),
        (
            ", while only the smallest boats of the fishermen of the seven green islands sail to the mainland now",
            "only",
        ),
        (
            ", where the minister of transport accused the union of the northern line of greed in a long letter",
            "accused",
        ),
    ],
)
def test_a_cut_never_takes_a_denial_a_doubt_a_limit_or_a_speaker_away(tail: str, word: str) -> None:
    assert shown(f"{LONG}{tail}.") == f"{LONG}{tail}."
    assert shown(f"{LONG}{tail.replace(word, '')}.") == LONG


def test_a_sentence_whose_subject_comes_late_is_not_cut() -> None:
    text = f"After the talks had failed, {LONG[0].lower()}{LONG[1:]}{TAIL}."
    assert shown(text) == text


@pytest.mark.parametrize(
    "aside",
    [
        " – an old and slow service of which the people of the seven green islands were proud – have stayed in port.",
        ", which the people of the seven green islands have always loved, were sold to the owners of the southern line.",
        " (and all of the small boats of Tolva, which the people of the seven green islands love) have stayed in port.",
    ],
)
def test_a_verb_behind_an_aside_is_not_lost(aside: str) -> None:
    ships = (
        "The ferries between the seven islands and the mainland that were built by the engineers of the royal company "
        "of Torsund in the long years after the great war for the seafarers of the northern line"
    )
    assert shown(ships + aside) == ships + aside


def test_a_long_sentence_without_clauses_is_not_cut() -> None:
    text = f"The list names {' '.join(['boat'] * 80)}."
    assert shown(text) == text


@given(
    st.lists(
        st.sampled_from(
            "The ferry Tolva, who which has not said may sailed — and; “no way” where while 4,000 people, with".split()
        ),
        max_size=120,
    ),
    st.integers(0, 800),
)
def test_a_cut_only_ever_removes_an_end_of_what_is_too_long(words: list[str], keep: int) -> None:
    text = " ".join(words)
    keep = min(keep, len(text))
    check_cut(text, keep, cut_end(text, keep))


# --- what a sentence brings with it ----------------------------------------------------------------------------------

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
        "This week the ferries sail again.",
        "It's the first time that the ferries have stayed in port.",
        "Both Tolva and Brennick are cut off.",
        "Itsuki Mori won the race.",
        "No ferry sailed on Friday.",
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
    assert whole_quote(evidence_of_one("She resigned.", before=f"{LONG}{TAIL}.")) is None


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


def test_a_cut_is_told() -> None:
    quote = whole_quote(evidence_of_one(f"{LONG}{TAIL}.", "Monday"))
    assert quote is not None
    assert (quote.text, quote.cut_behind) == (LONG, True)
    whole = whole_quote(evidence_of_one(f"{LONG}."))
    assert whole is not None
    assert not whole.cut_behind


# --- every sentence of real articles ---------------------------------------------------------------------------------

DENIES = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|hardly|barely|cannot|unless|except|denied)\b|n['’]t\b",
    re.I,
)
DOUBTS = re.compile(
    r"\b(?:may|might|could|would|if|whether|possibly|probably|perhaps|likely|reportedly|allegedly|apparently|suspected"
    r"|expected|estimated|believed|planned|proposed|rumou?red)\b",
    re.I,
)
SPEAKS = re.compile(
    r"\b(?:said|says|told|according to|announced|warned|wrote|claimed|argued|confirmed|testified|tweeted|reported)\b"
    r"|[“”\"«»]",
    re.I,
)
DANGLES = re.compile(r"\b(?:the|an?|of|in|on|at|for|with|and|or|to|is|are|was|were|that|by|from)\W*$", re.I)
POINTS_OUT = re.compile(r"\W*(?:He|She|They|His|Her|Hers|Him|Their|Theirs|Them|Its|The latter|The former)\b(?! ?[A-Z])")


def check_cut(sentence: str, keep: int, end: int) -> None:
    """What holds for every sentence, wherever it is cut."""
    assert keep <= end <= len(sentence)
    if end == len(sentence):
        return
    kept, tail = sentence[:end], sentence[end:]
    assert len(sentence.split()) > WHOLE_WORDS_MOST >= len(kept.split())
    for lost in (DENIES, DOUBTS, SPEAKS):
        assert not lost.search(tail), f"{kept} || {tail}"
    # What is left has its subject and its verb, and does not break off in the middle of a phrase.
    assert not re.match(r"\W*(?:After|Although|When|While|If|Because|Despite|Since|Before)\b", kept), sentence
    assert len(kept.split()) > 5
    assert not DANGLES.search(kept), f"{kept} || {tail}"
    assert len(re.findall(r" (?:[–—]|--?) ", kept)) % 2 == 0, f"{kept} || {tail}"
    assert kept.count("(") == kept.count(")"), f"{kept} || {tail}"


def check_quote(one: Evidence, quote: Quote) -> None:
    """What holds for every quote."""
    passage = one.passage
    assert passage.text[quote.start - passage.start : quote.end - passage.start] == quote.text
    assert quote.start <= one.start < quote.end <= one.end
    assert quote.cut_behind == (quote.end < one.end)
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


def check_article(title: str, text: str) -> tuple[int, int, int]:
    """Checks every sentence of an article; how many there are, how many were cut, how many brought another one."""
    passage = passage_of(text, title=title)
    found = evidence_of("?", [passage], Ranking((passage,), {}), _Middle())  # type: ignore[arg-type]
    cut = brought = 0
    for one in found:
        check_cut(one.text, 0, cut_end(one.text))
        quote = whole_quote(one)
        if quote:
            check_quote(one, quote)
            cut += quote.cut_behind
            brought += quote.start < one.start
    return len(found), cut, brought


def test_every_sentence_of_the_sample() -> None:
    documents = [found for found in find([str(SAMPLE_ARTICLES)]) if isinstance(found, Document)]
    articles = [extract(document) for document in documents]
    counted = [check_article(one.metadata.title or "", one.text) for one in articles]
    sentences, cut, brought = (sum(column) for column in zip(*counted, strict=True))
    assert sentences > 500
    assert brought
    assert cut < sentences / 50


@pytest.mark.public_data
def test_every_sentence_of_public_articles() -> None:
    file = DATA / "rtqa_news" / "tiny_articles.jsonl.gz"
    if not file.exists():
        pytest.skip("no public data here")
    counted = [check_article(title, text) for title, text in islice(_articles(file), 500)]
    sentences, cut, brought = (sum(column) for column in zip(*counted, strict=True))
    assert len(counted) == 500
    assert cut
    assert brought
    assert cut < sentences / 50


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


def test_a_sentence_in_another_language_is_never_cut() -> None:
    text = " ".join(
        ["Die Brücke wurde geprüft,", *["und wieder geprüft,"] * 20, "which was known; auch das wurde notiert."]
    )
    (one,) = evidence_of("?", [passage_of(text, language="de")], Ranking.nothing(), None)
    quote = whole_quote(one)
    assert quote is not None
    assert (quote.text, quote.cut_behind) == (text, False)
