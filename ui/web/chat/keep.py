"""A conversation as the browser keeps it over a reload: JSON that is checked when it comes back, whoever wrote it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from rag.types import Answer, Value
from ui.web.chat.conversation import ANSWERS_MOST, Conversation, Given, Ratings

KEPT_CHARACTERS = 200_000
"""Longest JSON; a browser holds about five million characters for a whole site, a request to the server one."""
_PASSAGE_CHARACTERS = 60
"""So much of a passage is kept: enough to see whether its article is still as it was."""


class KeptThumbs(Value):
    """What the reader said of one answer."""

    place: Annotated[int, Field(ge=0, lt=ANSWERS_MOST)]
    thumbs: Literal["up", "down"]
    feedback_id: Annotated[str, Field(max_length=40)]


class Kept(Value):
    """What the browser keeps."""

    answers: Annotated[tuple[Answer, ...], Field(max_length=ANSWERS_MOST)] = ()
    thumbs: Annotated[tuple[KeptThumbs, ...], Field(max_length=ANSWERS_MOST)] = ()


def to_browser(conversation: Conversation, ratings: Ratings) -> str:
    """The conversation as JSON, without its oldest answers when it would be too long."""
    slim = [_slim(answer) for answer in conversation.answers]
    sizes = [len(answer.to_json()) for answer in slim]
    # Room for the thumbs and the brackets.
    while slim and sum(sizes) > KEPT_CHARACTERS - 10_000:
        slim, sizes = slim[1:], sizes[1:]
    first = conversation.next - len(slim)
    thumbs = tuple(
        KeptThumbs.model_validate({"place": number - first, "thumbs": one.thumbs, "feedback_id": one.feedback_id})
        for number, one in sorted(ratings.items())
        if first <= number < conversation.next
    )
    return Kept(answers=tuple(slim), thumbs=thumbs).to_json()


def from_browser(kept: object) -> tuple[Conversation, Ratings] | None:
    """The conversation that a browser kept; None when what it sends is none."""
    if not kept:
        return Conversation(), {}
    if not isinstance(kept, str) or len(kept) > KEPT_CHARACTERS:
        return None
    try:
        read = Kept.from_json(kept)
    except ValidationError:
        return None
    ratings = {one.place: Given(one.thumbs, one.feedback_id) for one in read.thumbs if one.place < len(read.answers)}
    return Conversation(answers=read.answers), ratings


def _slim(answer: Answer) -> Answer:
    passages = tuple(
        passage.model_copy(update={"text": passage.text[:_PASSAGE_CHARACTERS]}) for passage in answer.passages
    )
    return answer.model_copy(update={"passages": passages, "timings": {}, "history": ()})
