"""What is found."""

from __future__ import annotations

import datetime as dt

from rag.types.value import Value


class Passage(Value):
    """A run of whole sentences of one article, small enough for the embedding model."""

    id: str
    article_id: str
    title: str
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    published: dt.date | None = None
    published_guessed: bool = False
    """Whether nobody says that day: it is shown as a guess."""
    url: str | None = None
    language: str | None = None
    """Code of its article's language (ISO 639), None when it is not known."""
    text: str
    start: int
    end: int
    score: float = 0.0
    similarity: float | None = None
    """Cosine to the question, -1 to 1; None when the dense side did not see it."""
    bm25: float | None = None
    """BM25 score of the lexical side; None when no word of the question is in it."""
    story: str = ""
    """Near-copies of one text share a story; empty where the library does not know."""
    event: str = ""
    """Stories that tell of the same event share an event; empty where the library does not know."""
    also_in: tuple[str, ...] = ()
    """Outlets of the other articles of the story that the question may see."""
