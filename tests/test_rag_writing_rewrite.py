"""A rewritten follow-up keeps what was typed, and adds only what was said before."""

from __future__ import annotations

import pytest

from rag.types import Turn
from rag.writing.rewrite import keeps

TURNS = (
    Turn(
        question="Who leads Vale Water?",
        standalone_question="Who leads Vale Water?",
        answer="Vale Water is led by Ines Marok, who earned $2 million in 2024. [1]",
    ),
)


@pytest.mark.parametrize(
    ("question", "rewrite", "kept"),
    [
        ("Where does she live?", "Where does Ines Marok live?", True),
        ("And in Brennick?", "Where does Ines Marok live in Brennick?", True),
        ("And in Brennick?", "Where does Ines Marok live?", False),
        ("Did she earn 3 million?", "Did Ines Marok earn 2 million?", False),
        ("Did she earn 3 million?", "Did Ines Marok earn 3 million in 2024?", True),
        ("Where does she live?", "Where does Angela Merkel live?", False),
        ("Where does she live?", "Where does Ines Marok live in 1999?", False),
        ("Where does she live?", "", False),
        ("Where does she live?", "<b>Where does Ines Marok live?</b>", False),
        ("Where does she live?", "Where does Ines Marok live? " * 30, False),
        ("Where does she live?", "Ines Marok is a chess player.", False),
    ],
)
def test_keeps(question: str, rewrite: str, kept: bool) -> None:
    assert keeps(question, rewrite, TURNS) is kept
