"""One of many readers: opens the page as a browser does and keeps asking."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import json
import re
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx

HUNG_SECONDS = 90.0
"""A reader without an answer after this long counts as hung; even on a slow machine the longest queue is done by then."""
THINKING_SECONDS = (0.5, 1.5)
"""Between an answer and the next question; people take longer, so the load is higher than that of fifty people."""
_random = secrets.SystemRandom()
BUSY_SECONDS = 2.0  # How long a reader waits after a "busy" reply.
_MARK = re.compile(r"reader\d+x")


class Outcome(enum.StrEnum):
    ANSWERED = "answered"
    BUSY = "busy"
    FAILED = "failed"
    HUNG = "hung"


class Failure(Exception):
    """An unusable answer; the message says why."""


@dataclass
class Tally:
    """All questions of all readers: the outcome of each, and its time in seconds."""

    times: dict[Outcome, list[float]] = field(default_factory=lambda: {outcome: [] for outcome in Outcome})
    faults: Counter[str] = field(default_factory=Counter)

    def count(self, outcome: Outcome) -> int:
        return len(self.times[outcome])

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        started, outcome = time.monotonic(), Outcome.ANSWERED
        try:
            async with asyncio.timeout(HUNG_SECONDS):
                yield
        except TimeoutError:
            outcome = Outcome.HUNG
        except (Failure, httpx.TransportError, httpx.HTTPStatusError) as error:
            status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else 0
            outcome = Outcome.BUSY if status == 503 else Outcome.FAILED
            if outcome is Outcome.FAILED:
                self.faults[f"status {status}" if status else str(error) or type(error).__name__] += 1
        self.times[outcome].append(time.monotonic() - started)
        if outcome is Outcome.BUSY:
            await asyncio.sleep(BUSY_SECONDS)


async def ask_over_http(address: str, question: str, until: float, tally: Tally) -> None:
    """A program that asks over HTTP until the time `until`."""
    async with httpx.AsyncClient(base_url=address, timeout=HUNG_SECONDS) as client:
        while time.monotonic() < until:
            async with tally.one():
                answer = await client.post("/api/ask", json={"question": question})
                if answer.raise_for_status().json()["question"] != question:
                    raise Failure("the answer is to another question")
            await asyncio.sleep(_random.uniform(*THINKING_SECONDS))


async def read_the_page(address: str, question: str, until: float, tally: Tally) -> None:
    """A browser that asks until then, in one conversation, and keeps the page's connection open as the page does."""
    async with httpx.AsyncClient(base_url=address, timeout=HUNG_SECONDS) as client:
        (await client.get("/")).raise_for_status()
        config = (await client.get("/config")).raise_for_status().json()
        session = secrets.token_hex(6)
        alive = asyncio.create_task(_stay(client, session))
        try:
            while time.monotonic() < until:
                async with tally.one():
                    await _ask_on_page(client, session, ask_call(config, question), question)
                await asyncio.sleep(_random.uniform(*THINKING_SECONDS))
        finally:
            alive.cancel()
            await asyncio.gather(alive, return_exceptions=True)


async def _stay(client: httpx.AsyncClient, session: str) -> None:
    async with client.stream("GET", f"/gradio_api/heartbeat/{session}") as stream:
        async for _ in stream.aiter_raw():
            pass


def ask_call(config: dict[str, Any], question: str) -> dict[str, Any]:
    """What the page sends when Enter is pressed: the value of each input, with the question in its box."""
    event = next(one for one in config["dependencies"] if one["api_name"] == "ask")
    components = {one["id"]: one for one in config["components"]}
    inputs = [components[number] for number in event["inputs"]]
    data = [None if one["type"] == "state" else one["props"].get("value") for one in inputs]
    data[[one["props"].get("elem_id") for one in inputs].index("dl-question-box")] = question
    return {"data": data, "fn_index": event["id"], "trigger_id": event["targets"][0][0], "event_data": None}


async def _ask_on_page(client: httpx.AsyncClient, session: str, call: dict[str, Any], question: str) -> None:
    joined = await client.post("/gradio_api/queue/join", json={**call, "session_hash": session})
    event, said = joined.raise_for_status().json()["event_id"], ""
    async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        stream.raise_for_status()
        async for line in stream.aiter_lines():
            message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
            said += line
            if message.get("event_id") == event and message["msg"] == "process_completed":
                return _check(message, said, question)
    raise Failure("the stream ended before the answer")


def _check(message: dict[str, Any], said: str, question: str) -> None:
    if not message["success"]:
        raise Failure("the page failed")
    if "dl-problem" in said:
        raise Failure("the page showed a problem")
    if set(_MARK.findall(said)) != set(_MARK.findall(question)):
        raise Failure("the page showed another reader's question, or none")
