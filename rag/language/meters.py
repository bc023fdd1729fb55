"""How much a language model reads at once, and how many of its tokens a text is, asked of its server where that is quick."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Protocol

from rag.errors import WritingFailed

ASK_SECONDS = 1.0
"""How long a server may take to say how much it reads; the reader is waiting."""
COUNT_SECONDS = 0.25
"""How long it may take to count; an estimate is nearly as good."""
PAUSE_SECONDS = 30.0
"""How long a server that did not say is not asked again."""
REMEMBERED = 4096
"""Texts whose tokens are remembered."""
CHARACTERS_A_TOKEN = 3
"""Careful: English is about 4.5 characters a token for the tokenizers of today, names and numbers fewer."""
BYTES_A_TOKEN = 2
"""For what is not ASCII: a Chinese character is three bytes and one or two tokens."""


class Meter(Protocol):
    """Measures for one language model."""

    def context_tokens(self) -> int:
        """How much it reads at once; 0 where nobody says."""

    def count(self, text: str) -> int | None:
        """Tokens of a text; None where nobody says."""


class Encoding:
    """Counts by a tokenizer at hand."""

    def __init__(self, encode: Callable[[str], list[int]]) -> None:
        self._encode = encode

    def context_tokens(self) -> int:
        """Not known here."""
        return 0

    def count(self, text: str) -> int | None:
        """By the tokenizer."""
        return len(self._encode(text))


class LlamaServer:
    """Asks a server of llama.cpp (`/props`, `/tokenize`), or another one what its models read (`/models`, as vLLM says).

    Args:
        address: gives its address, with or without `/v1`.
    """

    def __init__(self, address: Callable[[], str], key: str) -> None:
        self._address = address
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._pause = _Pause()
        self._context = 0
        self._counts: dict[str, int] = {}

    def context_tokens(self) -> int:
        """Asked until a server says it."""
        if not self._context and self._pause.is_over():
            self._context = self._of_props() or self._of_models()
            if not self._context:
                self._pause.begin()
        return self._context

    def count(self, text: str) -> int | None:
        """Asked once for each text."""
        if text not in self._counts and self._pause.is_over():
            counted = self._post("/tokenize", {"content": text}, COUNT_SECONDS)
            tokens = counted.get("tokens")
            if not isinstance(tokens, list):
                self._pause.begin()
                return None
            if len(self._counts) >= REMEMBERED:
                self._counts.clear()
            self._counts[text] = len(tokens)
        return self._counts.get(text)

    def _of_props(self) -> int:
        settings = self._post("/props", None, ASK_SECONDS).get("default_generation_settings")
        return _tokens(settings.get("n_ctx")) if isinstance(settings, dict) else 0

    def _of_models(self) -> int:
        models = self._post("/v1/models", None, ASK_SECONDS).get("data")
        first = models[0] if isinstance(models, list) and models else None
        return _tokens(first.get("max_model_len")) if isinstance(first, dict) else 0

    def _post(self, path: str, body: Mapping[str, Any] | None, seconds: float) -> dict[str, Any]:
        try:
            address = self._address()
        except WritingFailed:
            return {}
        return ask_json(f"{address.removesuffix('/v1')}{path}", self._headers, body, seconds)


class OllamaServer:
    """Asks Ollama what a model was trained to read; it does not count."""

    def __init__(self, address: str, model: str, wanted: int) -> None:
        self._address, self._model, self._wanted = address, model, wanted
        self._pause = _Pause()
        self._context = 0

    def context_tokens(self) -> int:
        """What is asked for with each question, or less where the model cannot read so much."""
        if not self._context and self._pause.is_over():
            shown = ask_json(f"{self._address}/api/show", {}, {"model": self._model}, ASK_SECONDS).get("model_info")
            trained = [_tokens(value) for name, value in dict(shown or {}).items() if name.endswith(".context_length")]
            if any(trained):
                self._context = min(self._wanted, *filter(None, trained))
            else:
                self._pause.begin()
        return self._context

    def count(self, text: str) -> int | None:
        """Nobody says."""
        return None


class _Pause:
    """Keeps a server that did not say from being asked before each answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0

    def is_over(self) -> bool:
        with self._lock:
            return time.monotonic() >= self._until

    def begin(self) -> None:
        with self._lock:
            self._until = time.monotonic() + PAUSE_SECONDS


def estimated_tokens(text: str) -> int:
    """Rather too many than too few, in any script."""
    plain = sum(sign.isascii() for sign in text)
    return -(-plain // CHARACTERS_A_TOKEN) + -(-(len(text.encode("utf-8", "replace")) - plain) // BYTES_A_TOKEN)


@cache
def encoding_meter() -> Encoding:
    """OpenAI's tokenizer, which llama-index carries along: nothing is downloaded."""
    from llama_index.core.utils import get_tokenizer

    return Encoding(get_tokenizer())


def ask_json(
    address: str, headers: Mapping[str, str], body: Mapping[str, Any] | None, seconds: float
) -> dict[str, Any]:
    """What a server answers, as JSON; nothing when it does not, in time."""
    import httpcore

    kinds = dict.fromkeys(("connect", "read", "write", "pool"), seconds)
    sent = json.dumps(body).encode() if body is not None else None
    try:
        with httpcore.ConnectionPool(max_keepalive_connections=0) as pool:
            answered = pool.request(
                "POST" if body is not None else "GET",
                address,
                headers=[*headers.items(), ("Content-Type", "application/json")],
                content=sent,
                extensions={"timeout": kinds},
            )
        said = json.loads(answered.content) if answered.status == 200 else {}
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _tokens(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
