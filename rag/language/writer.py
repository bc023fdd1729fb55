"""The language model that writes answers: its name, its measures, its words, and the rest that it gets when it fails."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from rag.config import Config
from rag.errors import WritingFailed
from rag.language.breaker import Breaker
from rag.language.listening import listen
from rag.language.meters import LlamaServer, Meter, estimated_tokens
from rag.language.providers import LIKE_KEY, load

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatMessage

SMALL_CONTEXT_TOKENS = 2048
"""Where neither the settings nor the server nor the model says it."""


class Writer:
    """A language model as the rest of Dateline knows it. May be used by several threads.

    Args:
        name: shown to people.
        seconds: how long an answer may take, from the question to the last word.
        context_tokens: how much it reads at once; 0 for what its server or the model says.
        breaker: leaves it alone for a while after it failed.
        meter: counts its tokens.
        close: ends what was started for it.
        here: whether this machine's own processor reads for it.
    """

    def __init__(
        self,
        llm: LLM,
        *,
        name: str = "",
        seconds: float = 30.0,
        context_tokens: int = 0,
        breaker: Breaker | None = None,
        meter: Meter | None = None,
        close: Callable[[], None] = lambda: None,
        here: bool = False,
    ) -> None:
        self._llm = llm
        self.name = name or _name_of(llm)
        self._seconds = seconds
        self._context_tokens = context_tokens
        self._breaker = breaker or Breaker()
        self._meter = meter or _meter_of(llm)
        self.here = here
        self.close = close
        """Ends the server that was started for a `gguf:` file at once; otherwise it ends with this object."""

    @property
    def context_tokens(self) -> int:
        """How much the model reads at once, prompt and answer together."""
        said = self._context_tokens or (self._meter.context_tokens() if self._meter else 0)
        return said or _context_of(self._llm)

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, the model's own where it can be asked quickly; otherwise rather too many than too few."""
        counted = self._meter.count(text) if self._meter else None
        return estimated_tokens(text) if counted is None else counted

    def listen(self, messages: Sequence[ChatMessage]) -> Iterator[str]:
        """The words as they come, and now and then an empty piece while none comes.

        Closing the iterator closes the connection to the model.

        Raises:
            WritingFailed: with the typed problem; RESTING without asking, for a while after it failed.
        """
        self._breaker.enter()
        tell: Callable[[], None] = self._breaker.left
        try:
            with contextlib.closing(listen(self._llm, messages, seconds=self._seconds)) as pieces:
                for piece in pieces:
                    if piece:
                        tell = self._breaker.worked  # also when the reader leaves now: the server is there
                    yield piece
        except WritingFailed as failed:
            tell = functools.partial(self._breaker.failed, failed.problem)
            raise
        finally:
            tell()


def load_writer(config: Config) -> Writer | None:
    """The language model of the settings; None where they name none.

    Raises:
        ModelError: it cannot be loaded; see `rag.language.providers.load_llm`.
    """
    if not config.llm:
        return None
    seconds, tokens = config.llm_timeout_seconds, config.llm_context_tokens
    loaded = load(config.llm, seconds=seconds, context_tokens=tokens)
    return Writer(
        loaded.llm,
        name=loaded.shown,
        seconds=seconds,
        context_tokens=tokens,
        meter=loaded.meter,
        close=loaded.close,
        here=loaded.here,
    )


def _name_of(llm: LLM) -> str:
    """A model's own name, as its class knows it."""
    name = str(getattr(llm, "model", "") or getattr(llm, "model_name", "") or type(llm).__name__)
    return "".join(sign for sign in name if sign.isprintable())


def _meter_of(llm: LLM) -> Meter | None:
    """Whoever made this model with llama-index can have its server asked all the same."""
    address = getattr(llm, "api_base", None)
    if llm.class_name() != "OpenAILike" or not isinstance(address, str):
        return None
    key = getattr(llm, "api_key", None) or os.environ.get(LIKE_KEY, "")
    return LlamaServer(lambda: address, "" if key == "none" else key)


def _context_of(llm: LLM) -> int:
    try:
        return llm.metadata.context_window or SMALL_CONTEXT_TOKENS
    except ValueError:  # llama-index does not know OpenAI's newest
        return SMALL_CONTEXT_TOKENS
