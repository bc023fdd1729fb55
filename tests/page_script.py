"""An assistant that does what the question says: it is slow, breaks, attacks, or writes like a language model."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

from rag.assistant import Assistant
from rag.types import (
    Answer,
    Checked,
    Citation,
    Doubt,
    Event,
    Freshness,
    Passage,
    Quoted,
    Retrieved,
    Sentence,
    Status,
    Text,
    Unsupported,
    Verdict,
    Window,
    Writing,
    WritingProblem,
)

HOSTILE_PIECES = (
    "<im",
    "g src='http://127.0.0.1:9/stream.png' ",
    "onerror=alert(1)>",
    " <style>*{display:none}</style>",
)
PIECES = 600
"""Pieces of a slowly written answer; five a second."""
MODEL = "small-writer"
QUOTE = "The bridge opens again on 29 September, the city said."
TRUE = "It opens on 29 September. [1]"
FALSE = " The repair costs 99 million crowns. [1]"
SLOW = f"The language model {MODEL} took too long. The answer is in the articles' own words instead."
WHY = "No cited source says 99 million."


def scripted(library, folder: Path) -> Assistant:  # type: ignore[no-untyped-def]
    """The assistant; it touches `folder`/closed when a slow stream is closed."""

    class Scripted(Assistant):
        def stream(self, question, history=(), **filters):  # type: ignore[no-untyped-def, override]
            if "break" in question:
                raise RuntimeError("/secret/folder cannot be read with password=hunter2")
            if "write" in question:
                return _written(question, folder)
            if "slowly" in question or "hostile" in question:
                return _told(question, folder)
            return super().stream(question, history, **filters)

    return Scripted(library)


def _told(question: str, folder: Path) -> Iterator[Event]:
    yield Retrieved(standalone_question=question, window=Window(), passages=(_passage(),))
    pieces = HOSTILE_PIECES if "hostile" in question else [f"piece {number} " for number in range(PIECES)]
    try:
        for piece in pieces:
            yield Text(text=piece)
            time.sleep(0.3 if "hostile" in question else 0.2)
    finally:
        (folder / "closed").touch()
    text = "".join(pieces)
    yield Answer(question=question, standalone_question=question, text=text, status=Status.ANSWERED)


def _written(question: str, folder: Path) -> Iterator[Event]:
    """One sentence that passes its check and one that fails; "forever" never ends it, "down" falls back to quotes."""
    quotes = _answer(question, f"{QUOTE} [1]")
    yield Retrieved(standalone_question=question, window=Window(), passages=(_passage(),))
    yield Quoted(answer=quotes, model=MODEL)
    if "down" in question:
        writing = Writing(model=MODEL, problem=WritingProblem.TOO_SLOW)
        yield quotes.model_copy(update={"writing": writing, "notices": (SLOW,)})
        return
    try:
        for word in f"{TRUE}{FALSE}".split(" "):
            yield Text(text=f"{word} ", checked=False)
            time.sleep(0.1)
        yield Checked(start=0, end=len(TRUE), verdict=Verdict.SUPPORTED)
        time.sleep(0.2)
        end = len(TRUE + FALSE)
        yield Checked(start=len(TRUE), end=end, verdict=Verdict.UNSUPPORTED, why=WHY)
        for _ in range(PIECES if "forever" in question else 10):
            yield Text(text="more ", checked=False)
            time.sleep(0.1)
    finally:
        (folder / "closed").touch()
    removed = Unsupported(text=FALSE.strip(), why=WHY, doubt=Doubt.NUMBER, missing=("99 million",))
    written = _answer(question, TRUE).model_copy(update={"unsupported": (removed,)})
    yield written.model_copy(update={"writing": Writing(model=MODEL)})


def _answer(question: str, text: str) -> Answer:
    day = dt.date(2025, 8, 19)
    citation = Citation(
        number=1,
        article_id="a1",
        passage_id="a1:0",
        outlet="Port Ansel Gazette",
        title="Bridge reopens",
        published=day,
        quote=QUOTE,
        start=0,
        end=len(QUOTE),
    )
    return Answer(
        question=question,
        standalone_question=question,
        text=text,
        status=Status.ANSWERED,
        citations=(citation,),
        passages=(_passage(),),
        sentences=(Sentence(start=0, end=len(text), citations=(1,), verdict=Verdict.SUPPORTED),),
        freshness=Freshness(oldest=day, newest=day),
    )


def _passage() -> Passage:
    return Passage(
        id="a1:0",
        article_id="a1",
        title="Bridge reopens",
        outlet="Port Ansel Gazette",
        published=dt.date(2025, 8, 19),
        text=QUOTE,
        start=0,
        end=len(QUOTE),
    )
