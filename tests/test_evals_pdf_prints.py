"""Measuring printed pages: its arithmetic, and that words are drawn where they should be."""

from __future__ import annotations

import pytest

from evals.pdf_prints import Score, score
from evals.pdf_sheets import Article, Word, draw, redrawn, sheet, words_of

SENTENCE = "The old bridge of the town was painted green."


def test_scores() -> None:
    assert score(SENTENCE, SENTENCE) == Score(1, 1, 1, 1)
    # Seven of the article's nine words are among the eight read; of its eight pairs, the first and the last three.
    assert score(SENTENCE, "The old town was painted green yesterday too") == Score(6 / 8, 6 / 9, 4 / 8, 0)
    assert score(SENTENCE, "") == Score(0, 0, 0, 0)


def test_words_are_drawn_where_they_are_said_to_be() -> None:
    words = [Word("Bridge", 60, 700, 11), Word("(painted)", 300, 400, 22)]
    (read,) = words_of(draw([words]))
    assert [(one.text, round(one.x), round(one.y), round(one.size)) for one in read] == [
        (one.text, one.x, one.y, one.size) for one in words
    ]


@pytest.mark.parametrize(("order", "first"), [("rows", "left right lower"), ("frames", "right left lower")])
def test_sheets_are_drawn_in_another_order(order: str, first: str) -> None:
    words = [Word("left", 60, 700, 11), Word("lower", 60, 680, 11), Word("right", 400, 690, 11)]
    (read,) = words_of(redrawn([words], "rows" if order == "rows" else "frames"))
    assert " ".join(one.text for one in read) == first


def test_a_sheet_escapes_the_article() -> None:
    page = sheet(Article("a", "A & <b>", ("Short <i> words",), ""), 2)
    assert "<h1>A &amp; &lt;b&gt;</h1>" in page
    assert "<p>Short &lt;i&gt; words</p>" in page
