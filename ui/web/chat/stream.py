"""One question from beginning to end, as the steps that the page shows. No Gradio."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from rag.assistant import Assistant
from rag.types import Answer, Checked, Filters, Quoted, Retrieved
from ui.web.chat.conversation import Conversation, Ratings
from ui.web.html.progress import outcome, reading, render_draft, render_progress
from ui.web.html.turn import render_quoted
from ui.web.metrics import METRICS
from ui.web.texts import label, say


@dataclass(frozen=True)
class Step:
    """What the page shows after an event of the stream."""

    conversation: Conversation
    live: str | None = None
    """The newest turn; None when it stays as it is."""
    draft: str = ""
    """What a language model is writing."""
    status: str = ""
    done: bool = False


@dataclass
class _Draft:
    """The unchecked words so far."""

    model: str = ""
    text: str = ""
    checks: tuple[Checked, ...] = ()

    def html(self) -> str:
        return render_draft(self.model, self.text, self.checks)


def steps(
    assistant: Assistant,
    question: str,
    conversation: Conversation,
    ratings: Ratings,
    after: int | None,
    filters: Filters,
) -> Generator[Step, None, None]:
    """Asks, and tells what to show: the passages at once, then the words, then the answer.

    Args:
        conversation: with the question in work.
        after: the number of the answer before which the question is asked, when it is asked again.
    """
    text = ""
    draft = _Draft()
    options: dict[str, Any] = filters.model_dump(exclude={"authors"})
    # Closed when the reader stops or leaves: a model that still writes is told so.
    stream: Any = assistant.stream(question, conversation.history(after), **options)
    with contextlib.closing(stream) as events:
        for event in events:
            if isinstance(event, Answer):
                METRICS.answered(event)
                conversation = conversation.answered(event)
                yield Step(conversation, conversation.last_html(ratings), "", outcome(event), done=True)
            elif isinstance(event, Retrieved):
                conversation = conversation.found(event)
                yield Step(conversation, _progress(conversation), "", reading(event.passages))
            elif isinstance(event, Quoted):
                conversation = conversation.quoted(event.answer)
                draft.model = event.model
                yield Step(conversation, render_quoted(event.answer, conversation.next), draft.html(), say(_WRITING))
            elif isinstance(event, Checked):
                draft.checks += (event,)
                yield Step(conversation, None, draft.html(), say(_WRITING))
            elif event.checked:
                text += event.text
                yield Step(conversation, _progress(conversation, text), "", say("Answering…"))
            else:
                draft.text += event.text
                yield Step(conversation, None, draft.html(), say(_WRITING))


def at_once(told: Generator[Step, None, None], seconds: float) -> Iterator[Step | None]:
    """The same steps; None before the first where that takes longer than `seconds`."""
    with contextlib.closing(told), ThreadPoolExecutor(1) as aside:
        within = contextvars.copy_context()
        first = aside.submit(lambda: within.run(next, told, None))
        if not wait([first], seconds).done:
            yield None
        if step := first.result():
            yield step
        yield from told


_WRITING = label("These are quotes. An answer in other words is being written and checked…")


def _progress(conversation: Conversation, text: str = "") -> str:
    shown = conversation.shown
    if shown is None:
        return render_progress(conversation.pending, text=text)
    return render_progress(
        conversation.pending, shown.standalone_question, shown.passages, text, conversation.next, shown.carried
    )
