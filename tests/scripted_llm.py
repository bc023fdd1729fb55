"""A language model that says what a test tells it to, like any other llama-index model."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen, LLMMetadata
from llama_index.core.llms import CustomLLM
from pydantic import PrivateAttr

Script = Callable[[str], list[str]]
"""From the prompt to the pieces of the reply."""


class ScriptedLLM(CustomLLM):
    """Says the pieces that its script returns for the prompt; `prompts` lists the prompts it received."""

    model: str = "scripted"
    context: int = 4096
    pause: float = 0.0
    """Seconds before each piece."""
    _script: Script = PrivateAttr()
    _prompts: list[str] = PrivateAttr(default_factory=list)
    _said: list[str] = PrivateAttr(default_factory=list)

    def __init__(self, script: Script | str, **settings: Any) -> None:
        super().__init__(**settings)
        self._script = script if callable(script) else lambda _: [script]

    @property
    def prompts(self) -> list[str]:
        """The prompts it received, in order."""
        return self._prompts

    @property
    def said(self) -> list[str]:
        """The pieces it has said, over all replies."""
        return self._said

    @property
    def metadata(self) -> LLMMetadata:
        """Its name and context size."""
        return LLMMetadata(model_name=self.model, context_window=self.context, is_chat_model=False)

    def complete(self, prompt: str, formatted: bool = False, **options: Any) -> CompletionResponse:
        """All at once."""
        self._prompts.append(prompt)
        return CompletionResponse(text="".join(self._script(prompt)))

    def stream_complete(self, prompt: str, formatted: bool = False, **options: Any) -> CompletionResponseGen:
        """Piece by piece."""
        self._prompts.append(prompt)
        pieces = self._script(prompt)

        def told() -> CompletionResponseGen:
            text = ""
            for piece in pieces:
                time.sleep(self.pause)
                text += piece
                self._said.append(piece)
                yield CompletionResponse(text=text, delta=piece)

        return told()
