"""What is sent to each kind of server, and what its lines say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from rag.errors import WritingFailed
from rag.types import WritingProblem

Body = dict[str, Any]
Ask = Callable[..., Body]
"""From a path and perhaps a body to what the server says there; empty where it says nothing."""


@dataclass(frozen=True)
class Wire:
    """One protocol."""

    path: str
    headers: Callable[[str], dict[str, str]]
    """Of a key."""
    body: Callable[[str, str, str], Body]
    """Of a model's name, the rules that it is given and its task."""
    heard: Callable[[Any], tuple[str, bool]]
    """What an event of the answer says, and whether it is the last one."""
    context: Callable[[Ask, str], int] | None = None
    """Asks how many tokens the model of that name reads at once; 0 where the server does not say."""


def event_of(line: bytes) -> Any:
    """The JSON of a line, as a server-sent event or plain; None where the line holds none. Raises ValueError."""
    text = line.strip()
    if text.startswith((b":", b"event:", b"id:", b"retry:")):
        return None
    data = text.removeprefix(b"data:").strip()
    return {"done": True} if data == b"[DONE]" else json.loads(data) if data else None


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def _chat(model: str, rules: str, task: str) -> Body:
    system = [{"role": "system", "content": rules}] if rules else []
    return {"model": model, "messages": [*system, {"role": "user", "content": task}], "stream": True}


def _openai(event: Any) -> tuple[str, bool]:
    _refuse(event)
    text, last = "", "done" in event
    for choice in event.get("choices") or ():
        said = choice.get("delta") or choice.get("message") or {}  # a server that does not stream says it at once
        text += said.get("content") or ""
        last = last or bool(choice.get("finish_reason"))
    return text, last


def _ollama(event: Any) -> tuple[str, bool]:
    _refuse(event)
    return event["message"]["content"], event["done"]


def _anthropic(event: Any) -> tuple[str, bool]:
    _refuse(event)
    return (event.get("delta") or {}).get("text") or "", event["type"] == "message_stop"


def _refuse(event: Any) -> None:
    if event.get("error"):
        raise WritingFailed(
            WritingProblem.SERVER_ERROR, "The language model's server failed in the middle of the answer."
        )


def _served(ask: Ask, model: str) -> int:
    """As llama.cpp says it, or vLLM."""
    return _number(ask("/props"), "default_generation_settings", "n_ctx") or _number(
        ask("/v1/models"), "data", 0, "max_model_len"
    )


def _trained(ask: Ask, model: str) -> int:
    """What Ollama's model was made for; Ollama lowers without a word what is asked for to that."""
    known = ask("/api/show", {"model": model}).get("model_info")
    names = [name for name in known if name.endswith(".context_length")] if isinstance(known, dict) else []
    return max((_number(known, name) for name in names), default=0)


def _number(said: Any, *path: str | int) -> int:
    """The number of tokens at a place; 0 where there is none."""
    for step in path:
        try:
            said = said[step]
        except (TypeError, LookupError):
            return 0
    return said if type(said) is int and said > 0 else 0


OPENAI = Wire("/chat/completions", _bearer, _chat, _openai)
"""https://platform.openai.com/docs/api-reference/chat/create"""
OPENAI_LIKE = replace(OPENAI, context=_served)
OLLAMA = Wire("/api/chat", _bearer, _chat, _ollama, context=_trained)
"""https://docs.ollama.com/api/chat. Through OpenAI's protocol the context could not be chosen, and is cut off silently."""
ANTHROPIC = Wire(
    "/messages",
    lambda key: {"x-api-key": key, "anthropic-version": "2023-06-01"},
    lambda model, rules, task: {**_chat(model, "", task), **({"system": rules} if rules else {})},
    _anthropic,
)
"""https://docs.anthropic.com/en/api/messages-streaming"""
