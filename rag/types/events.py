"""What a stream gives, step by step."""

from __future__ import annotations

from typing import Literal

from rag.types.answers import Answer, CheckedBy, Verdict
from rag.types.passages import Passage
from rag.types.questions import Window
from rag.types.value import Value


class Retrieved(Value):
    """Stream event: the passages that were found, before any word of the answer."""

    event: Literal["retrieved"] = "retrieved"
    standalone_question: str
    carried: tuple[str, ...] = ()
    window: Window
    passages: tuple[Passage, ...]


class Quoted(Value):
    """Stream event: the whole answer in quotes, at once, while a language model begins to write."""

    event: Literal["quoted"] = "quoted"
    answer: Answer
    model: str = ""
    """Who begins to write."""


class Text(Value):
    """Stream event: the next piece of the answer's text."""

    event: Literal["text"] = "text"
    text: str
    checked: bool = True
    """False for the words of a language model, which nobody should rely on before their sentence is checked."""


class Checked(Value):
    """Stream event: what checking found about characters `start` to `end` of the unchecked text so far."""

    event: Literal["checked"] = "checked"
    start: int
    end: int
    verdict: Verdict
    checked_by: CheckedBy = CheckedBy.VALUES
    why: str = ""
    """Why it will not be in the answer; empty when it will."""


Event = Retrieved | Quoted | Text | Checked | Answer
"""What `stream()` gives: the passages, the text piece by piece, and the `Answer` as the last one.

With a language model: the passages, the answer in quotes, unchecked words with a verdict after each sentence, and the
`Answer`.
"""
