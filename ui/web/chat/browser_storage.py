"""Answers as the browser keeps them, an entry each: JSON that is checked when it comes back, whoever wrote it.

An entry is never changed by another one, so two pages that go on with one conversation both keep what they added.
An answer is known again by its id: when it was given, and a signature of its words.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, ValidationError

from rag.errors import DatelineError
from rag.library import Library
from rag.types import Answer, Value
from ui.web.chat.conversation import ANSWERS_MOST, Conversation, Given, Ratings

PATTERN = r"[0-9]{13}[0-9a-f]{32}"
_PASSAGE_CHARACTERS = 60
"""So much of a passage is kept: enough to see whether its article is still as it was."""
KEPT_CHARACTERS = 200_000
"""Longest JSON; a browser holds about five million characters for a whole site, a request to the server one."""


class KeptTurn(Value):
    """One answer, and what the reader said of it."""

    id: Annotated[str, Field(pattern=f"^{PATTERN}$")]
    answer: Answer
    thumbs: Literal["up", "down"] | None = None
    feedback_id: Annotated[str, Field(max_length=40)] = ""


class Kept(NamedTuple):
    """What a browser brought back."""

    conversation: Conversation
    ratings: Ratings
    unreadable: bool
    """Whether there was something that is no answer of ours."""


def to_browser(conversation: Conversation, ratings: Ratings, first: int) -> str:
    """The answers from number `first` on as JSON: `{"conversation": ID, "turns": [...]}`.

    The oldest are left out where it would be too long; they are kept from before.
    """
    turns: list[str] = []
    for number in reversed(range(max(first, conversation.first), conversation.next)):
        place = number - conversation.first
        given = ratings.get(number)
        turn = KeptTurn.model_validate(
            {
                "id": conversation.ids[place],
                "answer": slim(conversation.answers[place]),
                "thumbs": given.thumbs if given else None,
                "feedback_id": given.feedback_id if given else "",
            }
        ).to_json()
        if sum(map(len, turns)) + len(turn) > KEPT_CHARACTERS - 1000:  # room for the brackets
            break
        turns.insert(0, turn)
    return f'{{"conversation": {json.dumps(conversation.id)}, "turns": [{", ".join(turns)}]}}'


def from_browser(kept: object) -> Kept:
    """The conversation that a browser kept, as far as it can be read."""
    if not kept:
        return Kept(Conversation(), {}, unreadable=False)
    given = _object(kept)
    sent = given.get("turns")
    turns, wrong = _turns(sent if isinstance(sent, list) else [])
    name = given.get("conversation")
    if not isinstance(name, str) or len(name) > 16 or not (name.isascii() and name.isalnum()):
        name = ""
    conversation = Conversation(
        answers=tuple(turn.answer for turn in turns), ids=tuple(turn.id for turn in turns), id=name if turns else ""
    )
    ratings = {number: Given(turn.thumbs, turn.feedback_id) for number, turn in enumerate(turns) if turn.thumbs}
    return Kept(conversation, ratings, unreadable=wrong or bool(given.get("broken")) or not isinstance(sent, list))


def filters_from_browser(kept: object) -> tuple[list[str], list[str]]:
    """The three days, as they were typed, and the outlets that a browser kept."""
    filters = _object(kept).get("filters")
    if not isinstance(filters, list) or len(filters) != 4 or not isinstance(filters[3], list):
        return ["", "", ""], []
    days = [one[:100] if isinstance(one, str) else "" for one in filters[:3]]
    return days, [one for one in filters[3][:200] if isinstance(one, str)]


def _turns(sent: list[Any]) -> tuple[list[KeptTurn], bool]:
    """Those that can be read, in the order in which they were given, and whether there were others."""
    turns: dict[str, KeptTurn] = {}
    for one in sent[-ANSWERS_MOST:]:
        try:
            turn = KeptTurn.model_validate(one)
        except ValidationError:
            continue
        turns[turn.id] = turn
    return sorted(turns.values(), key=lambda turn: turn.id), len(turns) < len(sent[-ANSWERS_MOST:])


def _object(kept: object) -> dict[str, Any]:
    if not isinstance(kept, str) or len(kept) > KEPT_CHARACTERS + 50_000:
        return {}
    try:
        given = json.loads(kept)
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}


class Signer:
    """Signs the answers of one library. What a reader made up carries no signature, so nobody gets a link to it."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @cached_property
    def _key(self) -> bytes:
        try:
            return self._library.shared.key()
        except DatelineError:  # it cannot be written: links cannot be made either
            return secrets.token_bytes(32)

    def id_of(self, answer: Answer) -> str:
        """An id for an answer that was given just now: its milliseconds since 1970 in 13 digits, then its signature."""
        at = f"{time.time_ns() // 1_000_000:013d}"
        return at + self._signature(at, answer)

    def vouches(self, answer_id: str, answer: Answer) -> bool:
        """Whether this very answer was given under this id."""
        return hmac.compare_digest(answer_id[13:], self._signature(answer_id[:13], answer))

    def _signature(self, at: str, answer: Answer) -> str:
        return hmac.new(self._key, f"{at}{slim(answer).to_json()}".encode(), hashlib.sha256).hexdigest()[:32]


def slim(answer: Answer) -> Answer:
    """The answer as it is kept: with the first words of its passages."""
    passages = tuple(
        passage.model_copy(update={"text": passage.text[:_PASSAGE_CHARACTERS]}) for passage in answer.passages
    )
    return answer.model_copy(update={"passages": passages, "timings": {}, "history": ()})
