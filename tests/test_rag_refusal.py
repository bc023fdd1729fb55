"""What is said when there is no answer: why, and what the library does hold."""

from __future__ import annotations

import datetime as dt

import pytest
from fakes import EMPTY, passage_of

from rag.answering.refusal import NEAREST_MOST, abstention_text, reason_for, why_nothing
from rag.types import AbstentionReason, Counts, Filters

HELD = Counts(
    articles=2,
    passages=5,
    undated_articles=0,
    earliest=dt.date(2025, 8, 4),
    latest=dt.date(2025, 9, 11),
    outlets=("Tolva Post",),
)


def test_the_text_says_what_the_library_holds() -> None:
    near = passage_of("x", title="Crane goes", published=dt.date(2025, 8, 5))
    reason = reason_for(AbstentionReason.NO_ANSWER_IN_PASSAGES, HELD, [near, near])
    assert [one.article_id for one in reason.nearest] == ["a"]
    text = abstention_text(reason)
    assert "2 articles from 4 Aug 2025 to 11 Sep 2025" in text
    assert "“Crane goes” (5 Aug 2025)" in text


def test_one_article_without_a_day() -> None:
    reason = reason_for(
        AbstentionReason.NOTHING_CLOSE,
        Counts(articles=1, passages=2, undated_articles=1, earliest=None, latest=None, outlets=()),
        [passage_of("x", title="Rain")],
    )
    assert "It holds 1 article. Nearest: “Rain”." in abstention_text(reason)


def test_an_empty_library_has_nothing_near() -> None:
    text = abstention_text(reason_for(AbstentionReason.EMPTY_LIBRARY, EMPTY))
    assert "holds" not in text
    assert "Nearest" not in text


def test_the_nearest_articles_are_named_once_each_best_first_and_few() -> None:
    near = [passage_of("x", name, id=f"{name}{part}", title=name) for name in "badcfe" for part in (1, 2)]
    found = reason_for(AbstentionReason.NOTHING_CLOSE, HELD, near).nearest
    assert [one.article_id for one in found] == list("badcfe")[:NEAREST_MOST]


@pytest.mark.parametrize(
    ("filters", "kind"),
    [
        (Filters(), AbstentionReason.NOTHING_CLOSE),
        (Filters(as_of=dt.date(2020, 1, 1)), AbstentionReason.OUTSIDE_DATES),
        (Filters(since=dt.date(2020, 1, 1), until=dt.date(2020, 2, 1)), AbstentionReason.OUTSIDE_DATES),
        (Filters(outlets=("Norvik Echo",)), AbstentionReason.FILTERED_OUT),
        (Filters(authors=("Mara Lind",), since=dt.date(2020, 1, 1)), AbstentionReason.FILTERED_OUT),
    ],
)
def test_why_nothing_was_found(filters: Filters, kind: AbstentionReason) -> None:
    assert why_nothing(filters, HELD) is kind
    assert why_nothing(filters, EMPTY) is AbstentionReason.EMPTY_LIBRARY


def test_every_reason_has_its_sentence() -> None:
    messages = [reason_for(kind, HELD).message for kind in AbstentionReason]
    assert all(message.endswith(".") for message in messages)
    assert len(set(messages)) == len(messages)
