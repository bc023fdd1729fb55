"""How sure is sure enough, with the arithmetic shown, and what is said when it is not."""

from __future__ import annotations

import datetime as dt

import pytest
from fakes import PointingReader

from rag.answering.abstain import (
    Calibration,
    Signals,
    abstention_text,
    calibration_for,
    probability,
    reason_for,
    why_nothing,
)
from rag.store.catalog import Counts
from rag.types import AbstentionReason, Filters, Passage

HELD = Counts(2, 5, 0, dt.date(2025, 8, 4), dt.date(2025, 9, 11), ("Tolva Post",))


def test_probability_is_logistic() -> None:
    # 2 × 0.5 + 1 × 0.5 + 0.1 × -3 + 0 × 0.5 - 1.2 = 0, and 1 / (1 + e⁰) = 0.5
    calibration = Calibration((2.0, 1.0, 0.1, 0.0), -1.2)
    assert probability(Signals(0.5, 0.5, -3.0, 0.5), calibration) == pytest.approx(0.5)


@pytest.mark.parametrize("signal", ["passage_coverage", "cosine", "found"])
def test_every_signal_makes_surer(signal: str) -> None:
    low = {"passage_coverage": 0.5, "cosine": 0.5, "found": 0.5, "agreed": 0.5}
    assert probability(Signals(**{**low, signal: 0.9})) > probability(Signals(**low))


def test_without_a_reading_model_its_signals_count_for_nothing() -> None:
    told, silent = Signals(0.5, 0.5, 4.0, 0.9), Signals(0.5, 0.5, 0.0, 0.0)
    assert probability(told, calibration_for(None)) == probability(silent, calibration_for(None))
    assert calibration_for(PointingReader()) is not calibration_for(None)


def test_the_text_says_what_the_library_holds() -> None:
    near = Passage(id="p", article_id="a", title="Crane goes", published=dt.date(2025, 8, 5), text="x", start=0, end=1)
    reason = reason_for(AbstentionReason.NO_ANSWER_IN_PASSAGES, HELD, [near, near])
    assert [one.article_id for one in reason.nearest] == ["a"]
    text = abstention_text(reason)
    assert "2 articles from 4 Aug 2025 to 11 Sep 2025" in text
    assert "“Crane goes” (5 Aug 2025)" in text


@pytest.mark.parametrize(
    ("filters", "kind"),
    [
        (Filters(), AbstentionReason.NOTHING_CLOSE),
        (Filters(as_of=dt.date(2020, 1, 1)), AbstentionReason.OUTSIDE_DATES),
        (Filters(outlets=("Norvik Echo",)), AbstentionReason.FILTERED_OUT),
    ],
)
def test_why_nothing_was_found(filters: Filters, kind: AbstentionReason) -> None:
    assert why_nothing(filters, HELD) is kind


def test_an_empty_library_is_its_own_reason() -> None:
    assert why_nothing(Filters(), Counts(0, 0, 0, None, None, ())) is AbstentionReason.EMPTY_LIBRARY


def test_every_reason_has_its_sentence() -> None:
    for kind in AbstentionReason:
        assert reason_for(kind, HELD).message.endswith(".")
