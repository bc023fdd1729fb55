"""Judged pairs of sentences: found by digests, compared with Dateline's claims."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest
from fakes import WordEmbedder

from evals.agreement import PAIRS, Claim, Pair, claimed, places_of, read_pairs, table
from evals.reader_examples import digest
from evals.rows import CaseError
from rag.reader import Page, Reading
from rag.types import Kind

ARTICLES = {
    "early": (
        "2025-08-27",
        "Vistra Radio",
        "At least 9 people were killed in Vistra on Wednesday.\n\nThe school was empty.",
    ),
    "same": (
        "2025-08-27",
        "Pell Valley News",
        "A landslide in Vistra has killed 9 people.\n\nIt had rained for 4 days.",
    ),
    "other": ("2025-08-27", "Hessling Courier", "In Vistra 12 people were killed.\n\nThe road is open."),
    "late": ("2025-08-30", "Orrin Bay Times", "The toll has risen: 17 people were killed in Vistra.\n\nNobody sleeps."),
}
SENTENCES = {name: text.split("\n\n")[0] for name, (_, _, text) in ARTICLES.items()}
NAMES = {name: f"{name}/{digest(text)}" for name, text in SENTENCES.items()}
QUESTION = "How many people were killed in Vistra?"
_COUNT = re.compile(r"\d+ people")


class Counting:
    """Points at "9 people", more surely the larger the number; other sentences do not answer."""

    def read(self, question: str, pages: Sequence[Page]) -> list[tuple[Reading, ...]]:
        return [tuple(self._reading(page.text[one.start : one.end]) for one in page.sentences) for page in pages]

    def _reading(self, sentence: str) -> Reading:
        found = _COUNT.search(sentence)
        if not found:
            return Reading(-5.0, -5.0)
        return Reading(2.0 + int(found[0].split()[0]) / 10, 2.0, -0.1, found.start(), found.end())


def pair(first: str, second: str, kind: Kind = Kind.FACT, truth: Claim = "none") -> Pair:
    return Pair(QUESTION, kind, (NAMES[first], NAMES[second]), truth)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    rows = [
        {"id": name, "title": "Landslide", "published": day, "outlet": outlet, "text": text}
        for name, (day, outlet, text) in ARTICLES.items()
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(
    ("first", "second", "kind", "claim"),
    [
        ("early", "same", Kind.FACT, "agree"),
        ("early", "late", Kind.FACT, "outdated"),
        ("same", "other", Kind.FACT, "conflict"),
        ("early", "same", Kind.LIST, "none"),  # a list has no single value
    ],
)
def test_what_is_said_of_a_pair(articles: Path, first: str, second: str, kind: Kind, claim: Claim) -> None:
    for asked in (pair(first, second, kind), pair(second, first, kind)):
        places = places_of(articles, [asked], WordEmbedder().count_tokens)
        assert claimed(asked, places, Counting()) == claim


def test_nothing_is_said_where_one_does_not_answer(articles: Path) -> None:
    asked = Pair(QUESTION, Kind.FACT, (NAMES["early"], f"same/{digest('It had rained for 4 days.')}"), "none")
    places = places_of(articles, [asked], WordEmbedder().count_tokens)
    assert claimed(asked, places, Counting()) == "none"


def test_sentences_are_found_where_they_stand(articles: Path) -> None:
    asked = [pair("early", "late"), Pair(QUESTION, Kind.FACT, ("early/0000000", "gone/0000000"), "none")]
    places = places_of(articles, asked, WordEmbedder().count_tokens)
    assert places.keys() == {NAMES["early"], NAMES["late"]}
    for name, (known, end) in places.items():
        article = name.split("/")[0]
        day, outlet, text = ARTICLES[article]
        assert text[:end].endswith(SENTENCES[article])
        assert (known.article_id, str(known.published), known.outlet) == (article, day, outlet)


def test_the_table_counts_what_was_claimed_and_what_of_it_is_false() -> None:
    outcomes: list[tuple[Claim, Claim]] = [
        *[("agree", "agree")] * 5,
        ("agree", "none"),  # when in doubt, nothing is claimed
        ("outdated", "conflict"),
        ("none", "agree"),
        *[("none", "none")] * 2,
    ]
    lines = table(outcomes).splitlines()
    assert lines[0].split()[-4:] == ["agree", "outdated", "conflict", "none"]
    assert [line.split() for line in lines[1:-1]] == [
        ["agree", "5", "0", "0", "1"],
        ["outdated", "0", "0", "1", "0"],
        ["conflict", "0", "0", "0", "0"],
        ["none", "1", "0", "0", "2"],
    ]
    assert lines[-1] == "false claims: 2 of 10 pairs (20.0%)"
    assert table([]).endswith("0 of 0 pairs (0.0%)")


def test_a_judgement_of_another_kind_is_told(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    row = {
        "question": "Who?",
        "as_of": None,
        "kind": "yesno",
        "first": "a/0",
        "second": "b/0",
        "truth": "agree",
        "why": "",
    }
    path.write_text(json.dumps(row) + "\n")
    assert read_pairs(path) == [Pair("Who?", Kind.YES_NO, ("a/0", "b/0"), "agree")]
    for changed in ({"truth": "perhaps"}, {"kind": "perhaps"}):
        path.write_text(json.dumps(row | changed) + "\n")
        with pytest.raises(CaseError, match=r"“Who\?” has 'perhaps', which is none of"):
            read_pairs(path)


def test_the_judged_pairs_name_sentences_of_two_articles() -> None:
    pairs = read_pairs()
    assert len(pairs) >= 100
    assert {one.truth for one in pairs} == set(get_args(Claim))
    for one in pairs:
        articles = {name.partition("/")[0] for name in one.sentences}
        assert len(articles) == 2
        assert all(re.fullmatch(r"[\w-]+/[0-9a-f]{7}", name) for name in one.sentences)
    keys = {"question", "as_of", "kind", "first", "second", "truth", "why"}
    assert all(json.loads(line).keys() == keys for line in PAIRS.read_text().splitlines())
