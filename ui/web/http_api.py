"""The page for programs: `POST /api/ask`, `/api/ask/stream`, `/api/search`, `GET /api/health`; also
`/api/conversations`, where the page stores logged-in readers' conversations, and two MCP tools, on Gradio's own server."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import importlib.util
import json
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Annotated, Any, Literal

import gradio as gr
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from gradio.events import api as tool_of
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException

from rag.errors import ConfigError, LibraryError, ModelError
from rag.library import Library
from rag.store.readers import Entry
from rag.types import Answer, Value
from ui.format import sendable
from ui.web.access import USER
from ui.web.problems import problems
from ui.web.service import AnswerService, AskBody, Busy, SearchBody, SearchResult

ANSWERED_CHARACTERS = 1_000_000  # Most characters in one reply; a browser asks for the rest.
NAME_CHARACTERS, VALUE_CHARACTERS = 100, 250_000
NO_OBJECT = 'The body is not a JSON object such as {"question": "…"}.'


class Problem(Value):
    error: str


class Health(Value):
    """Whether questions can be answered."""

    status: Literal["ok"] = "ok"
    articles: int
    version: str
    library_version: str


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The body is not JSON."},
    422: {"model": Problem, "description": "A field is unknown, missing or not usable."},
    503: {"model": Problem, "description": "Busy (see Retry-After), or the library cannot be read."},
}
_EVENTS = {
    "description": "Events `retrieved`, `quoted`, `text`, `checked`, and `answer` as the last one; the data of each is "
    "its JSON. A fault is an event `error`.",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}


def add_http_api(app: FastAPI, library: Library, service: AnswerService) -> None:
    api = APIRouter(prefix="/api")

    @api.post("/ask", response_model=Answer, responses=_PROBLEMS)
    async def ask(asked: AskBody, request: Request) -> Response:
        """The answer to a question, each sentence tied to a passage. The work ends when the client disconnects."""
        return await _answered(request, service.answer(asked))

    @api.post("/ask/stream", response_class=StreamingResponse, responses={**_PROBLEMS, 200: _EVENTS})
    async def ask_stream(asked: AskBody) -> Response:
        """The same step by step, as server-sent events."""
        if service.slots.full:
            return _problem(Busy())
        return StreamingResponse(_sent(service, asked), media_type="text/event-stream")

    @api.post("/search", response_model=SearchResult, responses=_PROBLEMS)
    async def search(searched: SearchBody, request: Request) -> Response:
        """Passages only, best first."""
        return await _answered(request, service.search(searched))

    @api.get("/health", response_model=Health, responses={503: {"model": Problem}})
    def health() -> Response:
        """Whether questions can be answered."""
        with problems() as wrong:
            version, articles = importlib.metadata.version("dateline"), library.stats().articles
            return _as_json(Health(articles=articles, version=version, library_version=library.version))
        return JSONResponse({"status": "unavailable", "error": wrong[0]}, 503)

    app.include_router(api)
    app.add_exception_handler(RequestValidationError, _unusable)
    app.add_exception_handler(HTTPException, _unreadable)


async def _answered(request: Request, work: Coroutine[Any, Any, Value]) -> Response:
    """The result of the work, or why there is none; the work ends when the client disconnects."""
    task, gone = asyncio.create_task(work), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        return _as_json(task.result()) if task.done() else Response(status_code=499)  # the client has disconnected
    except Exception as error:  # noqa: BLE001 (the one catch of this surface)
        return _problem(error)
    finally:
        for unfinished in (task, gone):
            unfinished.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _sent(service: AnswerService, asked: AskBody) -> AsyncIterator[str]:
    try:
        async with contextlib.aclosing(service.steps(asked)) as steps:  # type: ignore[type-var]
            async for step in steps:
                yield f"event: {step.event}\ndata: {step.to_json()}\n\n"
    except Exception as error:  # noqa: BLE001 (the one catch of this surface)
        yield f"event: error\ndata: {json.dumps({'error': status_and_sentence(error)[1]})}\n\n"


def _as_json(value: BaseModel) -> Response:
    return Response(value.model_dump_json(), media_type="application/json")


def _problem(error: Exception) -> JSONResponse:
    status, sentence = status_and_sentence(error)
    return JSONResponse({"error": sentence}, status)


def status_and_sentence(error: Exception) -> tuple[int, str]:
    """The status and the sentence for an error; details are only in the log."""
    if isinstance(error, Busy):
        return 503, "Too many questions wait already; try again in a few seconds."
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return 422, f"The field '{'.'.join(map(str, first['loc']))}' is not usable: {first['msg']}."
    with problems() as wrong:
        raise error
    if isinstance(error, ConfigError):
        return 422, wrong[0]
    return (503 if isinstance(error, LibraryError | ModelError) else 500), wrong[0]


async def _unreadable(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": NO_OBJECT}, error.status_code)


async def _unusable(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if part not in ("body", "query")]
    name = sendable(".".join(place)[:100])
    if first["type"] == "json_invalid" or not place:
        return JSONResponse({"error": NO_OBJECT}, 400)
    told = f"The field '{name}' is not usable: {first['msg']}."
    if first["type"] == "extra_forbidden":
        model = SearchBody if request.url.path.endswith("/search") else AskBody
        told = f"There is no field '{name}'; the fields are: {', '.join(model.model_fields)}."
    elif first["type"] == "missing":
        told = f"The field '{name}' is missing."
    return JSONResponse({"error": told}, 422)


class Changes(Value):
    entries: Annotated[tuple[Entry, ...], Field(max_length=1000)]


class Entries(Value):
    """New entries for a browser, and the number from which it asks next."""

    number: int
    entries: tuple[Entry, ...]
    problem: str = ""


def add_conversations(app: FastAPI, library: Library) -> None:
    """Adds the two calls, for those who know the password: they are one reader."""

    @app.get("/api/conversations", include_in_schema=False)
    def changed(after: int = 0) -> Entries:
        with problems() as wrong:
            number, entries = library.talks.after(USER, after, ANSWERED_CHARACTERS)
            return Entries(number=max(number, 0), entries=entries)
        return Entries(number=after, entries=(), problem=wrong[0])

    @app.post("/api/conversations", include_in_schema=False)
    def change(changes: Changes) -> Entries:
        named = (one for one in changes.entries if len(one.name) <= NAME_CHARACTERS)
        with problems() as wrong:
            library.talks.put(USER, [one for one in named if len(one.value) <= VALUE_CHARACTERS])
        return Entries(number=0, entries=(), problem=" ".join(wrong))


def add_mcp_tools(page: gr.Blocks, service: AnswerService) -> None:
    """Adds `ask` and `search` to the page, whose events are private. Raises `ConfigError` without the MCP package."""
    if importlib.util.find_spec("mcp") is None:
        raise ConfigError("DATELINE_MCP needs the MCP package; run: pip install 'dateline[mcp]'")

    async def ask(
        question: str, as_of: str = "", since: str = "", until: str = "", outlets: list[str] | None = None
    ) -> dict[str, Any]:
        """Answers a question about a library of news articles. Every sentence is tied to a passage that was checked.

        Args:
            question: what to ask, in plain words.
            as_of: nothing published later than this day is seen, e.g. 2025-08-13.
            since: first day of publication, e.g. 2025-08-01.
            until: last day of publication.
            outlets: only articles of these outlets.

        Returns:
            the answer with its citations; its status is answered, partial, conflict, closest (passages near the question,
                without a claim) or abstained.
        """
        with _told():
            asked = AskBody(question=question, as_of=as_of, since=since, until=until, outlets=tuple(outlets or ()))
            return (await service.answer(asked)).model_dump(mode="json")

    async def search(
        question: str, top_k: int = 8, as_of: str = "", since: str = "", until: str = ""
    ) -> dict[str, Any]:
        """Finds passages in a library of news articles, without answering.

        Args:
            question: what to look for.
            top_k: how many passages.
            as_of: nothing published later than this day is seen, e.g. 2025-08-13.
            since: first day of publication.
            until: last day of publication.

        Returns:
            the passages, best first, each with its article, outlet and day.
        """
        with _told():
            searched = SearchBody(question=question, top_k=top_k, as_of=as_of, since=since, until=until)
            return (await service.search(searched)).model_dump(mode="json")

    with page:
        for tool in (ask, search):
            # Not queued: Gradio then calls it directly rather than by HTTP to itself; the service has its own queue.
            tool_of(tool, api_name=tool.__name__, queue=False)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Turns an error into one sentence that reveals nothing about the machine."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 (the one catch of this surface)
        raise gr.Error(status_and_sentence(error)[1], print_exception=False) from None
