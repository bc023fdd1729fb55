"""A language model by its name in the settings. The only file that knows providers."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag.errors import ModelError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

OPENAI_LIKE = "openai-like:"
KEY_VARIABLE = "OPENAI_LIKE_API_KEY"
TIMEOUT_SECONDS = 60.0


def load_llm(name: str) -> LLM:
    """The language model of that name: `openai-like:http://127.0.0.1:8080/v1#model` for any server that speaks
    OpenAI's protocol (llama.cpp, vLLM, Ollama). Nothing is asked yet. It answers the same to the same (temperature 0).

    The key, where the server wants one, is read from `OPENAI_LIKE_API_KEY`.

    Raises:
        ModelError: the name has another form, or the package for it is not installed.
    """
    address, _, model = name.removeprefix(OPENAI_LIKE).partition("#")
    if not name.startswith(OPENAI_LIKE) or not address.startswith(("http://", "https://")) or not model:
        raise ModelError(f"'{name}' names no language model; write it as openai-like:http://127.0.0.1:8080/v1#model.")
    try:
        from llama_index.llms.openai_like import OpenAILike
    except ImportError as error:
        raise ModelError("Language models need a package more; run: pip install 'dateline[llm]'.") from error
    llm: LLM = OpenAILike(
        model=model,
        api_base=address,
        api_key=os.environ.get(KEY_VARIABLE, "none"),
        temperature=0.0,
        timeout=TIMEOUT_SECONDS,
        max_retries=1,
        is_chat_model=True,
    )
    return llm


@contextlib.contextmanager
def language_errors(name: str) -> Iterator[None]:
    """Turns what a provider raises into `ModelError`."""
    from openai import OpenAIError

    try:
        yield
    except OpenAIError as error:
        raise ModelError(f"The language model '{name}' did not answer ({type(error).__name__}): {error}") from error
