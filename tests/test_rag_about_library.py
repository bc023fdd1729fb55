"""Answers from the catalog: what the library holds, what can be asked, which articles it has about a topic."""

from __future__ import annotations

import datetime as dt

import pytest
from fakes import EMPTY, passage_of

from rag.answering.catalogued import (
    OUTLETS_MOST,
    conversation,
    example_questions,
    heading,
    holdings,
    line_of,
    topic_of,
)
from rag.question.kind import kind_of_question
from rag.types import Counts, Kind

HELD = Counts(
    articles=1_204,
    passages=5_000,
    undated_articles=0,
    earliest=dt.date(2025, 8, 4),
    latest=dt.date(2025, 9, 11),
    outlets=("Norvik Echo", "Tolva Post"),
)


def test_what_a_library_holds() -> None:
    assert holdings(HELD) == "This library holds 1,204 articles of 2 outlets, from 4 Aug 2025 to 11 Sep 2025."
    assert (
        holdings(Counts(articles=1, passages=2, undated_articles=1, earliest=None, latest=None, outlets=("Echo",)))
        == "This library holds 1 article of 1 outlet."
    )
    assert (
        holdings(Counts(articles=3, passages=2, undated_articles=3, earliest=None, latest=None, outlets=()))
        == "This library holds 3 articles."
    )
    assert "empty" in holdings(EMPTY)


@pytest.mark.parametrize("question", ["What can I ask?", "hello", "thanks", "How many articles do you have?"])
def test_a_conversation_tells_what_the_library_holds_and_what_can_be_asked(question: str) -> None:
    told = conversation(question, HELD, ["What happened: Crane goes?"])
    assert holdings(HELD) in told
    assert told.endswith("\n• What happened: Crane goes?")
    assert conversation(question, EMPTY, []).endswith(holdings(EMPTY))


def test_a_greeting_is_returned_thanks_are_answered_and_nobody_is_kept() -> None:
    assert conversation("Good morning!", HELD, []).startswith("Hello. This library")
    assert conversation("thx, that helped", HELD, []).startswith("You are welcome. This library")
    assert holdings(HELD) not in conversation("bye", HELD, ["What happened?"])


def test_who_asks_for_the_outlets_is_told_them() -> None:
    assert "Norvik Echo, Tolva Post." in conversation("Which outlets do you have?", HELD, [])
    assert "Tolva Post" not in conversation("What can I ask?", HELD, [])
    many = Counts(
        articles=99,
        passages=99,
        undated_articles=0,
        earliest=None,
        latest=None,
        outlets=tuple(f"Paper {number}" for number in range(OUTLETS_MOST + 7)),
    )
    told = conversation("which newspapers are there?", many, [])
    assert told.count("Paper ") == OUTLETS_MOST
    assert "and 7 more." in told


def test_the_examples_are_questions_that_are_not_answered_out_of_the_catalog() -> None:
    titles = ["Crane goes.", "Who stole the cups?", "Rain …"]
    examples = example_questions(titles)
    assert len(examples) == len(titles)
    for example, words in zip(examples, ("Crane goes", "Who stole the cups", "Rain"), strict=True):
        assert words in example
        assert kind_of_question(example) not in (Kind.META, Kind.ARTICLES)
        assert "??" not in example
    assert example_questions([]) == []


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Which articles do you have about new york's rats?", "new york's rats"),
        ("How many stories mention Mara Holm?", "Mara Holm"),
        ("Show me reports on the Kestrel Bridge", "the Kestrel Bridge"),
        ("Which outlets covered the launch of the Petrel satellite?", "the launch of the Petrel satellite"),
        ("Which papers wrote about the theft?", "the theft"),
        ("Give me all articles from the Tolva Post!", "the Tolva Post"),
        ("articles?", "articles?"),
    ],
)
def test_what_a_question_for_articles_is_about(question: str, topic: str) -> None:
    assert topic_of(question) == topic


def test_the_line_above_the_articles() -> None:
    articles = [
        passage_of("x", name, outlet=outlet)
        for name, outlet in {"a": "Echo", "b": "Post", "c": None, "d": "Echo"}.items()
    ]
    assert heading("Which articles are about rain?", "rain", articles) == "4 articles about rain:"
    assert heading("any story about “rain”?", "“rain”", articles[:1]) == "1 article about rain:"
    assert heading("Which outlets reported on rain?", "rain", articles) == "2 outlets: Echo, Post."


def test_one_article_in_a_list() -> None:
    day = dt.date(2025, 8, 12)
    assert (
        line_of(passage_of("x", title="Bridge shut", outlet="Echo", published=day)) == "12 Aug 2025, Echo: Bridge shut"
    )
    assert line_of(passage_of("x", title="Bridge shut", outlet="Echo")) == "Echo: Bridge shut"
    assert line_of(passage_of("x", title="Bridge shut")) == "Bridge shut"
