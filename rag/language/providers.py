"""A language model by its name in the settings. The only module that knows providers and their protocols."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rag.errors import ModelError
from rag.language.client import Body, Client, Model
from rag.language.gguf import GgufServer
from rag.language.known import SMALL, file_of, on_hub

MOST_TOKENS = 1024
"""A small model may never stop by itself; no answer needs this many."""
CONTEXT_TOKENS = 4096
"""Context size if the settings give none: the longest prompt and the answer."""
FORMS = "small, openai-like:http://127.0.0.1:8080/v1#model, ollama:NAME, openai:NAME, anthropic:NAME or gguf:/path/file.gguf"


class OpenAILike(Client):
    """Any server that speaks OpenAI's protocol (https://platform.openai.com/docs/api-reference/chat/create)."""

    path, key_variable = "/chat/completions", "OPENAI_LIKE_API_KEY"

    def body(self, rules: str, task: str) -> Body:
        # llama.cpp reports its progress, which lets it notice before the first word that the reader has left. Other
        # servers on this machine ignore the option; some hosted ones would reject it.
        progress = {"return_progress": True} if self.local else {}
        return {**super().body(rules, task), "temperature": 0, "max_tokens": MOST_TOKENS, **progress}

    def heard(self, event: Any) -> tuple[str, bool]:
        text, last = "", "done" in event
        for choice in event.get("choices") or ():  # a server that does not stream sends one whole message
            text += (choice.get("delta") or choice.get("message") or {}).get("content") or ""
            last = last or bool(choice.get("finish_reason"))
        return text, last


class OpenAI(OpenAILike):
    key_variable, usual_address, needs_key = "OPENAI_API_KEY", "https://api.openai.com/v1", True

    def body(self, rules: str, task: str) -> Body:
        # Reasoning models reject a temperature, and the old name of the token limit.
        plain = {"temperature": 0} if self.name.startswith(("gpt-3", "gpt-4")) else {}
        return {**Client.body(self, rules, task), **plain}


class Anthropic(Client):
    """https://docs.anthropic.com/en/api/messages-streaming"""

    path, key_variable, needs_key = "/messages", "ANTHROPIC_API_KEY", True
    usual_address = "https://api.anthropic.com/v1"

    def headers(self, key: str) -> dict[str, str]:
        return {"x-api-key": key, "anthropic-version": "2023-06-01"}

    def body(self, rules: str, task: str) -> Body:
        # Its newer models reject a temperature.
        return {**super().body("", task), "max_tokens": MOST_TOKENS, **({"system": rules} if rules else {})}

    def heard(self, event: Any) -> tuple[str, bool]:
        return (event.get("delta") or {}).get("text") or "", event["type"] == "message_stop"


class Ollama(Client):
    """https://docs.ollama.com/api/chat; OpenAI's protocol could not set the context size."""

    path, key_variable, usual_address = "/api/chat", "OLLAMA_API_KEY", "http://127.0.0.1:11434"

    def body(self, rules: str, task: str) -> Body:
        # Ollama silently cuts off the beginning of a prompt that exceeds its context, so a size is requested.
        tokens = self.context_tokens or CONTEXT_TOKENS
        options = {"temperature": 0, "num_predict": MOST_TOKENS, "num_ctx": tokens}
        return {**super().body(rules, task), "think": False, "options": options}

    def heard(self, event: Any) -> tuple[str, bool]:
        return event["message"]["content"], event["done"]


class Gguf(OpenAILike):
    """A file served on this machine's CPU."""

    here = True

    def __init__(self, path: Path, context_tokens: int) -> None:
        server = GgufServer(path, context_tokens, MOST_TOKENS)
        self.close = server.close  # type: ignore[method-assign]
        name = "".join(sign for sign in path.stem if sign.isprintable())
        super().__init__(name, server.address, server.key, local=True, context_tokens=context_tokens)


PROVIDERS = {"openai-like": OpenAILike, "ollama": Ollama, "openai": OpenAI, "anthropic": Anthropic}


def load_model(name: str, *, context_tokens: int = 0) -> Model:
    """The language model that a setting names (`Config.llm`); for a GGUF file this starts a server process.

    The same prompt gives the same answer if the server allows it (temperature 0). Keys are read from the environment.
    Raises `ModelError` if the name is malformed, a package or key is missing, or the file cannot be served.
    """
    name = name.strip()
    known = SMALL if name == SMALL.name else on_hub(name)
    if known and not file_of(known).is_file():
        raise ModelError(f"The language model '{name}' is not here yet; run: dateline model get {name}")
    kind, _, rest = (f"gguf:{file_of(known)}" if known else name).partition(":")
    if kind == "gguf" and rest:
        if find_spec("xllamacpp") is None:
            raise ModelError("Serving a GGUF file needs a package more; run: pip install 'dateline[gguf]'.")
        return Gguf(Path(rest).expanduser(), context_tokens or CONTEXT_TOKENS)
    provider = PROVIDERS.get(kind)
    if provider is None or not rest or rest.startswith("sk-"):
        # The name is not repeated: it may be a key put into the wrong variable.
        raise ModelError(f"That names no language model; write it as {FORMS}.")
    address, model = _address_and_model(rest, provider.usual_address)
    key = os.environ.get(provider.key_variable, "").strip()
    if provider.needs_key and not key:
        raise ModelError(f"This language model needs a key; put it into the environment as {provider.key_variable}.")
    local = urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")
    return provider(model, lambda: address, key, local=local, context_tokens=context_tokens)


def _address_and_model(rest: str, usual: str) -> tuple[str, str]:
    """The address, without a trailing slash, and the model. No error repeats them: they may hold a secret."""
    named = "#" in rest or "//" in rest or not usual
    address, _, model = rest.partition("#") if named else (usual, "", rest)
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
    model = model.strip()
    if not model or "#" in model:
        raise ModelError(f"The name of the model is missing after the address; write it as {FORMS}.")
    if "@" in model or not model.isprintable() or model.startswith("sk-"):
        raise ModelError(f"That names no language model; write it as {FORMS}.")
    return address.rstrip("/"), model
