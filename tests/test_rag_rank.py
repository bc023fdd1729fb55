"""An article whose sentence answers stands before one that was only found first."""

from __future__ import annotations

from dataclasses import replace

from test_rag_quote import made, passage

from rag.answering.rank import ranked_by_quotes


def test_what_answers_goes_up() -> None:
    # 1.0 + 0.3 × (0.2 - 0.3) = 0.97 without a quote; 0.9 + 0.3 × 1.0 = 1.2 and 0.8 + 0.3 × 0.2 = 0.86 with one.
    found, answers, hardly = passage("x", "Found."), passage("a", "Answers.", 0.9), passage("b", "Hardly.", 0.8)
    good = made("The bridge opens on Friday.", 1.0)
    poor = replace(made("It is long.", 0.2), passage=hardly)
    assert ranked_by_quotes([found, answers, hardly], [good, poor]) == (answers, found, hardly)


def test_without_quotes_nothing_moves() -> None:
    passages = (passage("a", "A."), passage("b", "B.", 2.0))
    assert ranked_by_quotes(passages, []) == passages
