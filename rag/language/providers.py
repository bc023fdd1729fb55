"""A language model by its name in the settings. The only file that knows providers."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from rag.errors import ModelError
from rag.language.client import Client
from rag.language.gguf import GgufServer
from rag.language.known import KNOWN, file_of, on_hub
from rag.language.wires import ANTHROPIC, OLLAMA, OPENAI, OPENAI_LIKE, Body, Wire

MOST_TOKENS = 1024
"""A small model may never stop by itself; no answer needs so many."""
GGUF_CONTEXT_TOKENS = 4096
FORMS = "small, openai-like:http://127.0.0.1:8080/v1#model, ollama:NAME, openai:NAME, anthropic:NAME or gguf:/path/file.gguf"
_PLAIN = {"temperature": 0, "max_tokens": MOST_TOKENS}
_HERE = {**_PLAIN, "return_progress": True}
"""llama.cpp tells then how far it has read, which is how it notices that the reader has left before the first word;
without it it reads on to the end. Servers on this machine that do not know it ignore it; some hosted ones would refuse."""


@dataclass(frozen=True)
class Provider:
    """A kind of server."""

    wire: Wire
    key: str
    """The variable of the environment with its key."""
    address: str = ""
    """Where it is when the name does not say it."""
    keyless: bool = False
    context_tokens: int = 0
    """How much is read at once where nothing else is set; 0 for what the server says."""

    def settings(self, model: str, local: bool, context_tokens: int) -> Body:
        """What goes with each question."""
        if self.wire is OLLAMA:
            chosen = {"temperature": 0, "num_predict": MOST_TOKENS, "num_ctx": context_tokens}
            return {"think": False, "options": chosen}
        if self.wire is ANTHROPIC:
            return {"max_tokens": MOST_TOKENS}  # its newer models refuse a temperature
        if self.wire is OPENAI:  # its reasoning models refuse both
            return {"temperature": 0} if model.startswith(("gpt-3", "gpt-4")) else {}
        return _HERE if local else _PLAIN


PROVIDERS = {
    "openai-like": Provider(OPENAI_LIKE, "OPENAI_LIKE_API_KEY", keyless=True),
    # Its own choice of context is 4096 tokens, and it cuts off the beginning of what is longer without a word.
    "ollama": Provider(OLLAMA, "OLLAMA_API_KEY", "http://127.0.0.1:11434", keyless=True, context_tokens=8192),
    # None of the newer ones reads less.
    "openai": Provider(OPENAI, "OPENAI_API_KEY", "https://api.openai.com/v1", context_tokens=128_000),
    "anthropic": Provider(ANTHROPIC, "ANTHROPIC_API_KEY", "https://api.anthropic.com/v1", context_tokens=200_000),
}


def load_model(name: str, *, context_tokens: int = 0) -> Client:
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
        return _gguf(rest, context_tokens or GGUF_CONTEXT_TOKENS)
    provider = PROVIDERS.get(kind)
    if provider is None or not rest or rest.startswith("sk-"):
        # The name is not repeated: it may be a key that was put into the wrong variable.
        raise ModelError(f"That names no language model; write it as {FORMS}.")
    address, model = _address_and_model(rest, provider.address)
    key = os.environ.get(provider.key, "").strip()
    if not key and not provider.keyless:
        raise ModelError(f"This language model needs a key; put it into the environment as {provider.key}.")
    local, tokens = _is_this_machine(address), context_tokens or provider.context_tokens
    settings = provider.settings(model, local, tokens)
    return Client(provider.wire, model, lambda: address, key, settings, local=local, context_tokens=tokens)


def _with_file(name: str) -> str:
    """The name of a model that Dateline fetches, as the file that it is in. Raises `ModelError` where it is not there yet."""
    known = KNOWN.get(name) or on_hub(name)
    if known is None:
        return name
    if not file_of(known).is_file():
        raise ModelError(f"The language model '{name}' is not here yet; run: dateline model get {name}")
    return f"gguf:{file_of(known)}"


def _gguf(path: str, context_tokens: int) -> Client:
    if find_spec("xllamacpp") is None:
        raise ModelError("Serving a GGUF file needs a package more; run: pip install 'dateline[gguf]'.")
    server = GgufServer(Path(path).expanduser(), context_tokens, MOST_TOKENS)
    name = "".join(sign for sign in Path(path).stem if sign.isprintable())
    given = OPENAI, name, server.address, server.key, _HERE
    return Client(*given, local=True, context_tokens=context_tokens, close=server.close)


def _address_and_model(rest: str, usual: str) -> tuple[str, str]:
    named = "#" in rest or "//" in rest or not usual
    address, _, model = rest.partition("#") if named else (usual, "", rest)
    address, model = _checked(address), model.strip()
    if not model or "#" in model:
        raise ModelError(f"The name of the model is missing after the address; write it as {FORMS}.")
    if "@" in model or not model.isprintable() or model.startswith("sk-"):
        raise ModelError(f"That names no language model; write it as {FORMS}.")
    return address, model


def _is_this_machine(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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
