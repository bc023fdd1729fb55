"""A language model by its name in the settings. The only file that knows providers."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import ModelError
from rag.language.connections import Options, checked_address, is_this_machine, options
from rag.language.gguf import GgufServer
from rag.language.known import KNOWN, file_of, on_hub
from rag.language.meters import LlamaServer, Meter, OllamaServer, encoding_meter

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

TIMEOUT_SECONDS = 60.0
"""How long one read from a server may take where nobody sets a limit for the whole answer."""
MOST_TOKENS = 1024
"""A small model may never stop by itself; no answer needs so many."""
OLLAMA = "http://127.0.0.1:11434"
OLLAMA_CONTEXT_TOKENS = 8192
"""Ollama's own choice is 4096, and it cuts off the beginning of what is longer without a word."""
GGUF_CONTEXT_TOKENS = 4096
"""For each of two readers at once. A model of 1.5 billion parameters reads 90 to 220 tokens a second on two cores."""
OPENAI = "https://api.openai.com/v1"
OPENAI_CONTEXT_TOKENS = 128_000
"""Of models that llama-index does not know yet; none of OpenAI's newer ones has less."""
ANTHROPIC = "https://api.anthropic.com/v1"
"""Speaks OpenAI's protocol too (https://docs.anthropic.com/en/api/openai-sdk). llama-index's own package for it brings
Amazon's and Google's libraries along, and botocore refuses the python-dateutil that chromadb's kubernetes needs."""
ANTHROPIC_CONTEXT_TOKENS = 200_000
LIKE_KEY, OPENAI_KEY, ANTHROPIC_KEY = "OPENAI_LIKE_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"
_PROGRESS = {"return_progress": True}
"""llama.cpp tells then how far it has read, which is how it notices that the reader has left before the first word;
without it it reads on to the end. Servers on this machine that do not know it ignore it; some hosted ones would refuse."""
FORMS = "small, openai-like:http://127.0.0.1:8080/v1#model, ollama:NAME, openai:NAME, anthropic:NAME or gguf:/path/file.gguf"


@dataclass(frozen=True)
class Loaded:
    """A language model, and who counts its tokens."""

    llm: LLM
    shown: str
    """Its name for people: never an address, a path or a key."""
    meter: Meter | None = None
    close: Callable[[], None] = lambda: None
    """Ends what was started for it."""
    here: bool = False
    """Whether this machine's own processor reads for it, some hundred tokens a second."""


def load_llm(name: str, *, seconds: float = TIMEOUT_SECONDS, context_tokens: int = 0) -> LLM:
    """The language model of that name: `small` (see `dateline model list`), `openai-like:http://127.0.0.1:8080/v1#model` for any server that speaks
    OpenAI's protocol (llama.cpp, vLLM), `ollama:NAME`, `ollama:http://host:11434#NAME`, `openai:NAME`, `anthropic:NAME`,
    or `gguf:/path/file.gguf`, which is served by a process of its own from now on. It answers the same to the same
    (temperature 0) and is asked once, never again by itself.

    Keys are read from `OPENAI_LIKE_API_KEY`, `OPENAI_API_KEY` and `ANTHROPIC_API_KEY`.

    Args:
        seconds: how long one read from its server may take.
        context_tokens: how much it should read at once, where that can be chosen; 0 for a default.

    Raises:
        ModelError: the name has another form, a package or key is missing, or the file cannot be served.
    """
    return load(name, seconds=seconds, context_tokens=context_tokens).llm


def load(name: str, *, seconds: float = TIMEOUT_SECONDS, context_tokens: int = 0) -> Loaded:
    """As `load_llm`, with the name to show and who counts tokens."""
    kind, _, rest = _with_file(name.strip()).partition(":")
    loader = _LOADERS.get(kind)
    if loader is None or not rest or rest.startswith("sk-"):
        # The name is not repeated: it may be a key that was put into the wrong variable.
        raise ModelError(f"That names no language model; write it as {FORMS}.")
    return loader(rest, seconds, context_tokens)


def _with_file(name: str) -> str:
    """The name of a model that Dateline fetches, as the file that it is in. Raises `ModelError` where it is not there yet."""
    known = KNOWN.get(name) or on_hub(name)
    if known is None:
        return name
    if not file_of(known).is_file():
        raise ModelError(f"The language model '{name}' is not here yet; run: dateline model get {name}")
    return f"gguf:{file_of(known)}"


def shown_name(name: str) -> str:
    """What people may see of a model's name in the settings: the model's own, without address or path."""
    name = name.strip()
    known = KNOWN.get(name) or on_hub(name)
    kind, _, rest = (f"gguf:{known.file}" if known else name).partition(":")
    shown = Path(rest).stem if kind == "gguf" else rest.rpartition("#")[2]
    printable = "".join(sign for sign in shown if sign.isprintable())
    return printable if kind in _LOADERS and "@" not in printable else ""


def _openai_like(rest: str, seconds: float, context_tokens: int) -> Loaded:
    address, model = _address_and_model(rest)
    key = os.environ.get(LIKE_KEY, "").strip()
    llm = _speaking_openai(model, address, key, options(address, seconds), "llm", context_tokens=context_tokens)
    return Loaded(llm, model, LlamaServer(lambda: address, key))


def _openai(rest: str, seconds: float, context_tokens: int) -> Loaded:
    model, key = _model(rest), _key(OPENAI_KEY)
    tokens = context_tokens or _openai_context(model)
    # Its reasoning models refuse `max_tokens`.
    llm = _speaking_openai(
        model, OPENAI, key, options(OPENAI, seconds), "openai", context_tokens=tokens, most_tokens=None
    )
    return Loaded(llm, model, encoding_meter())


def _anthropic(rest: str, seconds: float, context_tokens: int) -> Loaded:
    model, key = _model(rest), _key(ANTHROPIC_KEY)
    tokens = context_tokens or ANTHROPIC_CONTEXT_TOKENS
    llm = _speaking_openai(model, ANTHROPIC, key, options(ANTHROPIC, seconds), "anthropic", context_tokens=tokens)
    return Loaded(llm, model)


def _gguf(rest: str, seconds: float, context_tokens: int) -> Loaded:
    if find_spec("xllamacpp") is None:
        raise _missing("gguf")
    server = GgufServer(Path(rest).expanduser(), context_tokens or GGUF_CONTEXT_TOKENS)
    server.start()
    over = options(server.address, seconds, server.prepare)
    shown = shown_name(f"gguf:{rest}")
    llm = _speaking_openai(
        shown, f"{server.address}/v1", server.key, over, "gguf", context_tokens=context_tokens or GGUF_CONTEXT_TOKENS
    )
    meter = LlamaServer(server.running_address, server.key)
    return Loaded(llm, shown, meter, server.close, here=True)


def _ollama(rest: str, seconds: float, context_tokens: int) -> Loaded:
    address, model = _address_and_model(rest) if "#" in rest or "//" in rest else (OLLAMA, _model(rest))
    try:
        import ollama
        from llama_index.llms.ollama import Ollama
    except ImportError as error:
        raise _missing("ollama") from error
    over = options(address, seconds)
    llm: LLM = Ollama(
        model=model,
        base_url=address,
        temperature=0.0,
        context_window=context_tokens or OLLAMA_CONTEXT_TOKENS,
        request_timeout=seconds,
        additional_kwargs={"num_predict": MOST_TOKENS},
        thinking=False,
        client=ollama.Client(host=address, **over.waiting),
        async_client=ollama.AsyncClient(host=address, **over.asynchronous),
    )
    return Loaded(llm, model, OllamaServer(address, model, context_tokens or OLLAMA_CONTEXT_TOKENS))


def _speaking_openai(
    model: str,
    address: str,
    key: str,
    over: Options,
    extra: str,
    *,
    context_tokens: int,
    most_tokens: int | None = MOST_TOKENS,
) -> LLM:
    try:
        import httpx
        from llama_index.llms.openai_like import OpenAILike
        from openai import AsyncOpenAI, OpenAI
    except ImportError as error:
        raise _missing(extra) from error
    # The key is the clients' alone: what llama-index holds of it would be in its repr and its events.
    given: dict[str, Any] = {"api_key": key or "none", "base_url": address, "max_retries": 0}
    waiting = OpenAI(**given, http_client=httpx.Client(**over.waiting))
    asynchronous = AsyncOpenAI(**given, http_client=httpx.AsyncClient(**over.asynchronous))
    _ = asynchronous.chat.completions  # imports for half a second, which the first reader need not wait for
    llm: LLM = OpenAILike(
        model=model,
        api_base=address,
        api_key="none",
        temperature=0.0,
        max_tokens=most_tokens,
        max_retries=0,
        is_chat_model=True,
        additional_kwargs={"extra_body": _PROGRESS} if is_this_machine(address) else {},
        openai_client=waiting,
        async_openai_client=asynchronous,
        **({"context_window": context_tokens} if context_tokens else {}),
    )
    return llm


def _openai_context(model: str) -> int:
    try:
        from llama_index.llms.openai.utils import openai_modelname_to_contextsize
    except ImportError as error:
        raise _missing("openai") from error
    try:
        return int(openai_modelname_to_contextsize(model))
    except ValueError:
        return OPENAI_CONTEXT_TOKENS


def _address_and_model(rest: str) -> tuple[str, str]:
    address, _, model = rest.partition("#")
    if not model.strip() or "#" in model:
        checked_address(address)
        raise ModelError(f"The name of the model is missing after the address; write it as {FORMS}.")
    return checked_address(address), _model(model)


def _model(name: str) -> str:
    if "@" in name or not name.isprintable() or name.startswith("sk-"):
        raise ModelError(f"That names no language model; write it as {FORMS}.")
    return name.strip()


def _key(variable: str) -> str:
    key = os.environ.get(variable, "").strip()
    if not key:
        raise ModelError(f"This language model needs a key; put it into the environment as {variable}.")
    return key


def _missing(extra: str) -> ModelError:
    return ModelError(f"This language model needs a package more; run: pip install 'dateline[{extra}]'.")


_LOADERS: dict[str, Callable[[str, float, int], Loaded]] = {
    "openai-like": _openai_like,
    "ollama": _ollama,
    "openai": _openai,
    "anthropic": _anthropic,
    "gguf": _gguf,
}
