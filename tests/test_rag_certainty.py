"""How sure is sure enough: the arithmetic, and what raises and lowers it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import evidence_of_one as made
from fakes import passage_of
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.certainty import FITTED, WITHOUT_READER, Calibration, Signals, probability, signals_of
from rag.answering.choose import scored
from rag.search.retrieve import Ranking
from rag.text.stems import stems
from rag.types import Kind, Passage

MIDDLE = Signals(answers=0.0, more=0.0, coverage=0.5, cosine=0.5, helps=0.0)


def test_probability_is_logistic() -> None:
    # 2 × 0.5 + 1 × 0.5 + 0 × 0.5 + 0 × 0.9 + 0 × 3 - 1.5 = 0, and 1 / (1 + e⁰) = 0.5
    calibration = Calibration((2.0, 1.0, 0.0, 0.0, 0.0), -1.5)
    assert probability(Signals(0.5, 0.5, 0.5, 0.9, 3.0), calibration) == pytest.approx(0.5)


def test_a_sentence_that_answers_makes_surer() -> None:
    poor, good = replace(MIDDLE, answers=-4.0, more=-4.0), replace(MIDDLE, answers=4.0, more=4.0)
    assert probability(poor) < 0.5 < probability(good)


@pytest.mark.parametrize("calibration", [FITTED, WITHOUT_READER])
def test_passages_that_hold_the_question_make_surer(calibration: Calibration) -> None:
    far, near = replace(MIDDLE, coverage=0.1, cosine=0.1), replace(MIDDLE, coverage=0.9, cosine=0.9)
    assert probability(far, calibration) < probability(near, calibration)


@given(st.lists(st.floats(-30, 30), min_size=3, max_size=3), st.floats(0, 1), st.floats(-1, 1))
def test_it_is_a_probability(readings: list[float], coverage: float, cosine: float) -> None:
    answers, more, helps = readings
    signals = Signals(answers, more, coverage, cosine, helps)
    for calibration in (FITTED, WITHOUT_READER):
        assert 0.0 <= probability(signals, calibration) <= 1.0


# --- signals ---------------------------------------------------------------------------------------------------------


def retrieved(question: str, *passages: Passage) -> Ranking:
    terms = stems(question)
    return Ranking(passages, dict.fromkeys(terms, 1.0))


def test_signals_are_of_the_best_sentences_and_the_best_passages() -> None:
    one = passage_of("The dam broke.", "a", similarity=0.4)
    other = passage_of("Rain fell on Tolva.", "b", title="A night of rain", similarity=0.7)
    evidence = [made(f"Boat {answers} sank.", answers=answers, helps=helps)
                for answers, helps in ((-3.0, 5.0), (1.0, 2.0), (-9.0, -9.0), (2.0, 1.0))]  # fmt: skip
    found = signals_of(scored(Kind.FACT, evidence, newest=False), retrieved("night rain dam Tolva", one, other))
    # Of four words the second passage holds three with its title, the first one.
    assert found == Signals(answers=2.0, more=0.0, coverage=0.75, cosine=0.7, helps=5.0)


def test_nothing_found_is_nothing_sure() -> None:
    found = signals_of([], Ranking())
    assert (found.coverage, found.cosine) == (0.0, 0.0)
    assert probability(found) < 0.1
    assert probability(found, WITHOUT_READER) < 0.1
