"""A language model that is asked one thing at a time: the judge of answers, the one who words questions."""

from __future__ import annotations

from collections.abc import Callable

from rag.config import Config
from rag.errors import WritingFailed
from rag.language.writer import Writer, load_writer
from rag.types import WritingProblem

SECONDS = 60.0
Asked = Callable[[str], str]
"""From a prompt to what the model says; empty where it says nothing."""


def load_asked(name: str) -> Asked:
    """The model of that name, as in DATELINE_LLM. Raises `ModelError`, also when it is asked and fails."""
    writer = load_writer(Config(llm=name, llm_timeout_seconds=SECONDS))
    return lambda prompt: _said(writer, prompt)


def _said(writer: Writer, prompt: str) -> str:
    try:
        return "".join(writer.listen("", prompt))
    except WritingFailed as failed:
        if failed.problem is WritingProblem.EMPTY:
            return ""
        raise
