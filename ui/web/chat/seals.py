"""An answer is known again when a browser brings it back: its number holds when it was given, and a seal over its words."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from functools import cached_property

from rag.errors import DatelineError
from rag.library import Library
from rag.types import Answer

PATTERN = r"[0-9]{13}[0-9a-f]{32}"
_PASSAGE_CHARACTERS = 60
"""So much of a passage is kept: enough to see whether its article is still as it was."""


class Seals:
    """Seals of one library. What a reader made up carries none, so nobody gets a link to it."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @cached_property
    def _key(self) -> bytes:
        try:
            return self._library.shared.key()
        except DatelineError:  # it cannot be written: links cannot be made either
            return secrets.token_bytes(32)

    def id_of(self, answer: Answer) -> str:
        """An id for an answer that was given just now: its milliseconds since 1970 in 13 digits, then its seal."""
        at = f"{time.time_ns() // 1_000_000:013d}"
        return at + self._seal(at, answer)

    def vouches(self, answer_id: str, answer: Answer) -> bool:
        """Whether this very answer was given under this id."""
        return hmac.compare_digest(answer_id[13:], self._seal(answer_id[:13], answer))

    def _seal(self, at: str, answer: Answer) -> str:
        return hmac.new(self._key, f"{at}{slim(answer).to_json()}".encode(), hashlib.sha256).hexdigest()[:32]


def slim(answer: Answer) -> Answer:
    """The answer as it is kept: with the first words of its passages."""
    passages = tuple(
        passage.model_copy(update={"text": passage.text[:_PASSAGE_CHARACTERS]}) for passage in answer.passages
    )
    return answer.model_copy(update={"passages": passages, "timings": {}, "history": ()})
