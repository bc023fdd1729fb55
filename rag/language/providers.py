"""A language model by its name in the settings. The only file that knows providers, and how each is spoken to."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rag.errors import ModelError
from rag.language.client import Body, Client, Model
from rag.language.gguf import GgufServer
from rag.language.known import KNOWN, file_of, on_hub

MOST_TOKENS = 1024
"""A small model may never stop by itself; no answer needs so many."""
GGUF_CONTEXT_TOKENS = 4096
FORMS = "small, openai-like:http://127.0.0.1:8080/v1#model, ollama:NAME, openai:NAME, anthropic:NAME or gguf:/path/file.gguf"


class OpenAILike(Client):
    """Any server that speaks OpenAI's protocol (https://platform.openai.com/docs/api-reference/chat/create)."""

    path, key_variable = "/chat/completions", "OPENAI_LIKE_API_KEY"

    def settings(self) -> Body:
        """llama.cpp tells how far it has read, which is how it notices before the first word that the reader has left.

        Servers on this machine that do not know that ignore it; some hosted ones would refuse it.
        """
        return {"temperature": 0, "max_tokens": MOST_TOKENS, **({"return_progress": True} if self.local else {})}

    def heard(self, event: Any) -> tuple[str, bool]:
        """Also of a server that does not stream, and says all at once."""
        text, last = "", "done" in event
        for choice in event.get("choices") or ():
            text += (choice.get("delta") or choice.get("message") or {}).get("content") or ""
            last = last or bool(choice.get("finish_reason"))
        return text, last

    def said_context(self) -> int:
        """As llama.cpp says it, or vLLM."""
        return _tokens(self.ask("/props"), "default_generation_settings", "n_ctx") or _tokens(
            self.ask("/v1/models"), "data", 0, "max_model_len"
        )


class OpenAI(OpenAILike):
    """OpenAI's own."""

    key_variable, usual_address = "OPENAI_API_KEY", "https://api.openai.com/v1"
    needs_key, usual_context = True, 128_000  # none of the newer ones reads less

    def settings(self) -> Body:
        """Models that reason refuse a temperature, and a limit by its old name."""
        return {"temperature": 0} if self.name.startswith(("gpt-3", "gpt-4")) else {}


class Anthropic(Client):
    """https://docs.anthropic.com/en/api/messages-streaming"""

    path, key_variable, usual_address = "/messages", "ANTHROPIC_API_KEY", "https://api.anthropic.com/v1"
    needs_key, usual_context = True, 200_000

    def headers(self, key: str) -> dict[str, str]:
        """With the version of its protocol."""
        return {"x-api-key": key, "anthropic-version": "2023-06-01"}

    def body(self, rules: str, task: str) -> Body:
        """Its newer models refuse a temperature."""
        return {**super().body("", task), "max_tokens": MOST_TOKENS, **({"system": rules} if rules else {})}

    def heard(self, event: Any) -> tuple[str, bool]:
        """Words come as deltas of a block."""
        return (event.get("delta") or {}).get("text") or "", event["type"] == "message_stop"


class Ollama(Client):
    """https://docs.ollama.com/api/chat; through OpenAI's protocol the context could not be chosen."""

    path, key_variable, usual_address = "/api/chat", "OLLAMA_API_KEY", "http://127.0.0.1:11434"
    usual_context = 8192  # its own choice is half of it, and it cuts off the beginning of what is longer without a word

    def settings(self) -> Body:
        """No thinking aloud, which takes longer than a reader waits."""
        chosen = {"temperature": 0, "num_predict": MOST_TOKENS, "num_ctx": self.wanted_context}
        return {"think": False, "options": chosen}

    def heard(self, event: Any) -> tuple[str, bool]:
        """A line for each word."""
        return event["message"]["content"], event["done"]

    def said_context(self) -> int:
        """What the model was made for; Ollama lowers to that, without a word, what is asked for."""
        known = self.ask("/api/show", {"model": self.name}).get("model_info")
        names = [name for name in known if name.endswith(".context_length")] if isinstance(known, dict) else []
        return max((_tokens(known, name) for name in names), default=0)


class Gguf(OpenAILike):
    """A file that is served here, by this machine's own processor."""

    here = True

    def __init__(self, path: Path, context_tokens: int) -> None:
        server = GgufServer(path, context_tokens, MOST_TOKENS)
        self.close: Callable[[], None] = server.close
        name = "".join(sign for sign in path.stem if sign.isprintable())
        super().__init__(name, server.address, server.key, local=True, wanted_context=context_tokens)

    def said_context(self) -> int:
        """What was wanted."""
        return self.wanted_context


PROVIDERS: dict[str, type[Client]] = {
    "openai-like": OpenAILike, "ollama": Ollama, "openai": OpenAI, "anthropic": Anthropic,
}  # fmt: skip


def load_model(name: str, *, context_tokens: int = 0) -> Model:
    """The language model of that name: `small` (see `dateline model list`), `openai-like:http://127.0.0.1:8080/v1#model` for
    any server that speaks OpenAI's protocol (llama.cpp, vLLM), `ollama:NAME`, `openai:NAME`, `anthropic:NAME`, each also
    with another address before the name (`ollama:http://host:11434#NAME`), or `gguf:/path/file.gguf`, which is served by a
    process of its own from now on. It answers the same to the same where the server lets that be chosen (temperature 0).

    Keys are read from `OPENAI_LIKE_API_KEY`, `OLLAMA_API_KEY`, `OPENAI_API_KEY` and `ANTHROPIC_API_KEY`.

    Args:
        context_tokens: how much it should read at once, where that can be chosen; 0 for a default.

    Raises:
        ModelError: the name has another form, a package or key is missing, or the file cannot be served.
    """
    kind, _, rest = _with_file(name.strip()).partition(":")
    if kind == "gguf" and rest:
        if find_spec("xllamacpp") is None:
            raise ModelError("Serving a GGUF file needs a package more; run: pip install 'dateline[gguf]'.")
        return Gguf(Path(rest).expanduser(), context_tokens or GGUF_CONTEXT_TOKENS)
    provider = PROVIDERS.get(kind)
    if provider is None or not rest or rest.startswith("sk-"):
        # The name is not repeated: it may be a key that was put into the wrong variable.
        raise ModelError(f"That names no language model; write it as {FORMS}.")
    address, model = _address_and_model(rest, provider.usual_address)
    key = os.environ.get(provider.key_variable, "").strip()
    if provider.needs_key and not key:
        raise ModelError(f"This language model needs a key; put it into the environment as {provider.key_variable}.")
    wanted = context_tokens or provider.usual_context
    return provider(model, lambda: address, key, local=_is_this_machine(address), wanted_context=wanted)


def _with_file(name: str) -> str:
    known = KNOWN.get(name) or on_hub(name)
    if known is None:
        return name
    if not file_of(known).is_file():
        raise ModelError(f"The language model '{name}' is not here yet; run: dateline model get {name}")
    return f"gguf:{file_of(known)}"


def _address_and_model(rest: str, usual: str) -> tuple[str, str]:
    named = "#" in rest or "//" in rest or not usual
    address, _, model = rest.partition("#") if named else (usual, "", rest)
    address, model = _checked(address), model.strip()
    if not model or "#" in model:
        raise ModelError(f"The name of the model is missing after the address; write it as {FORMS}.")
    if "@" in model or not model.isprintable() or model.startswith("sk-"):
        raise ModelError(f"That names no language model; write it as {FORMS}.")
    return address, model


def _checked(address: str) -> str:
    """The address without a slash at its end. Raises `ModelError`, which does not repeat it, because it may hold a secret."""
    if "@" in address:
        raise ModelError(
            "The address of a language model may not have a user name or password in it; "
            "give the key in the environment, as OPENAI_LIKE_API_KEY."
        )
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or any(sign.isspace() for sign in address):
        raise ModelError("The address of a language model must look like http://127.0.0.1:8080/v1, without a '?'.")
    return address.rstrip("/")


def _is_this_machine(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tokens(said: Any, *path: str | int) -> int:
    """The number of tokens at a place of what a server said; 0 where there is none."""
    for step in path:
        try:
            said = said[step]
        except (TypeError, LookupError):
            return 0
    return said if type(said) is int and said > 0 else 0
