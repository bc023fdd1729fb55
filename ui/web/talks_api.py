"""What the conversations of readers who log in are sent over: `/api/conversations`. There is nothing without a login."""

from __future__ import annotations

import base64
from typing import Annotated

from fastapi import FastAPI, Request
from pydantic import Field

from rag.library import Library
from rag.store.talks import Entry
from rag.types import Value
from ui.web.problems import problems

ANSWERED_CHARACTERS = 1_000_000
"""So much is answered at once; a browser asks for the rest."""
NAME_CHARACTERS, VALUE_CHARACTERS = 100, 250_000


class Changes(Value):
    """What a browser has that is new."""

    entries: Annotated[tuple[Entry, ...], Field(max_length=1000)]


class Kept(Value):
    """What the server has that is new to a browser, and from which number on it asks next."""

    number: int
    entries: tuple[Entry, ...]
    problem: str = ""


def add_conversations(app: FastAPI, library: Library) -> None:
    """Adds the two calls; whose conversations they are, the login says, which the gate has checked."""

    @app.get("/api/conversations", include_in_schema=False)
    def changed(request: Request, after: int = 0) -> Kept:
        """What changed after a number."""
        with problems() as told:
            number, entries = library.talks.after(_reader(request), after, ANSWERED_CHARACTERS)
            return Kept(number=max(number, 0), entries=entries)
        return Kept(number=after, entries=(), problem=told[0])

    @app.post("/api/conversations", include_in_schema=False)
    def change(changes: Changes, request: Request) -> Kept:
        """Keeps what is new in a browser."""
        fits = [
            one for one in changes.entries if len(one.name) <= NAME_CHARACTERS and len(one.value) <= VALUE_CHARACTERS
        ]
        with problems() as told:
            library.talks.put(_reader(request), fits)
            return Kept(number=0, entries=())
        return Kept(number=0, entries=(), problem=told[0])


def _reader(request: Request) -> str:
    """The user name of the login."""
    encoded = request.headers.get("authorization", "").partition(" ")[2]
    return base64.b64decode(encoded).decode("utf-8", "replace").partition(":")[0]
