"""The page's twin for programs: `POST /api/ask`, `/api/ask/stream`, `/api/search`, `GET /api/health`."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import json
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Literal, TypeVar

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from rag.errors import ConfigError, LibraryError, ModelError
from rag.library import Library
from rag.types import Answer, Value
from ui.web.desk import Asked, Desk, Found, Searched
from ui.web.places import Busy
from ui.web.problems import problems

Result = TypeVar("Result")
NO_OBJECT = 'The body is not a JSON object such as {"question": "…"}.'
BUSY = "Too many questions wait already; try again in a few seconds."


class Problem(Value):
    """What went wrong, in one sentence."""

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


def add_http_api(app: FastAPI, library: Library, desk: Desk) -> None:
    """Adds the paths under /api."""
    api = APIRouter(prefix="/api")

    @api.post("/ask", response_model=Answer, responses=_PROBLEMS)
    async def ask(asked: Asked, request: Request) -> Response:
        """The answer to a question, each sentence tied to a passage. A client that leaves ends the work."""
        return await _answered(request, desk.answer(asked))

    @api.post("/ask/stream", response_class=StreamingResponse, responses={**_PROBLEMS, 200: _EVENTS})
    async def ask_stream(asked: Asked) -> Response:
        """The same step by step, as server-sent events."""
        if desk.full:
            return _problem(Busy())
        return StreamingResponse(_sent(desk, asked), media_type="text/event-stream")

    @api.post("/search", response_model=Found, responses=_PROBLEMS)
    async def search(searched: Searched, request: Request) -> Response:
        """Passages only, best first."""
        return await _answered(request, desk.search(searched))

    @api.get("/health", response_model=Health, responses={503: {"model": Problem}})
    def health() -> Response:
        """Whether questions can be answered."""
        with problems() as told:
            return _as_json(
                Health(
                    articles=library.stats().articles,
                    version=importlib.metadata.version("dateline"),
                    library_version=library.version,
                )
            )
        return JSONResponse({"status": "unavailable", "error": told[0]}, 503)

    app.include_router(api)
    app.add_exception_handler(RequestValidationError, _unusable)
    app.add_exception_handler(HTTPException, _unreadable)


async def _answered(request: Request, work: Coroutine[Any, Any, Value]) -> Response:
    """What the work gives, or why it does not; the work ends when the client leaves."""
    try:
        result = await _while_listening(request, work)
    except Exception as error:  # noqa: BLE001 (the one catch of this surface)
        return _problem(error)
    return _as_json(result) if result else Response(status_code=499)  # nobody is there to read it


async def _while_listening(request: Request, work: Coroutine[Any, Any, Result]) -> Result | None:
    task, gone = asyncio.create_task(work), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for unfinished in (task, gone):
            unfinished.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _sent(desk: Desk, asked: Asked) -> AsyncIterator[str]:
    """The events as lines."""
    try:
        async with contextlib.aclosing(desk.steps(asked)) as steps:  # type: ignore[type-var]
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
    """What a program is told of an error, and the status that says so; the rest is in the log."""
    if isinstance(error, Busy):
        return 503, BUSY
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return 422, f"The field '{'.'.join(map(str, first['loc']))}' is not usable: {first['msg']}."
    with problems() as told:
        raise error
    if isinstance(error, ConfigError):
        return 422, told[0]
    return (503 if isinstance(error, LibraryError | ModelError) else 500), told[0]


async def _unreadable(request: Request, error: Exception) -> JSONResponse:
    """FastAPI could not even read the body."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": NO_OBJECT}, error.status_code)


async def _unusable(request: Request, error: Exception) -> JSONResponse:
    """One sentence about the first thing that is wrong with a body."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if part != "body"]
    name = ".".join(place)[:100].encode("utf-8", "replace").decode()
    if first["type"] == "json_invalid" or not place:
        return JSONResponse({"error": NO_OBJECT}, 400)
    if first["type"] == "extra_forbidden":
        model = Searched if request.url.path.endswith("/search") else Asked
        fields = ", ".join(model.model_fields)
        return JSONResponse({"error": f"There is no field '{name}'; the fields are: {fields}."}, 422)
    if first["type"] == "missing":
        return JSONResponse({"error": f"The field '{name}' is missing."}, 422)
    return JSONResponse({"error": f"The field '{name}' is not usable: {first['msg']}."}, 422)
