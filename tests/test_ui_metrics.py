"""Health, readiness and metrics of a server, over six invented articles."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fakes import WordEmbedder, first_sentence, write_articles
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ingest.run import ingest
from rag.assistant import Assistant
from rag.library import Library
from rag.types import Answer, Status
from ui.web.access import Access
from ui.web.guard import Guard
from ui.web.http_api import add_http_api
from ui.web.metrics import Metrics, add_metrics
from ui.web.service import AnswerService, Slots
from ui.web.standalone import add_standalone

SAMPLE = re.compile(r'^[a-z_]+(\{[a-z]+="[^"]*"(,le="[^"]*")?\})? \d+(\.\d+)?$')
LOGIN = ("dateline", "open sesame")


class Server:
    """The HTTP interface behind its gate, without the page."""

    def __init__(self, library: Library, runner: asyncio.Runner) -> None:
        self._runner = runner  # one event loop for all calls, as in a server
        app = FastAPI()
        service = AnswerService(Assistant(library), Slots(2))
        add_http_api(app, library, service)
        add_metrics(app, library, lambda: service.slots.waiting)
        self._gate = Guard(app, Access(LOGIN[1]))

    def get(self, path: str, auth: tuple[str, str] | None = None) -> httpx.Response:
        return self.call("GET", path, auth=auth)

    def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        async def called() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._gate)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=20) as client:
                return await client.request(method, path, **given)

        return self._runner.run(called())


@pytest.fixture
def server(filled: Library) -> Iterator[Server]:
    with asyncio.Runner() as runner:
        yield Server(filled, runner)


@pytest.fixture(autouse=True)
def _from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Metrics()
    for place in ("ui.web.metrics", "ui.web.service", "ui.web.guard", "ui.web.chat.asking"):
        monkeypatch.setattr(f"{place}.METRICS", fresh)


def figures(answer: httpx.Response) -> dict[str, float]:
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert all(SAMPLE.match(line) for line in lines)
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_what_was_asked_and_refused_is_counted(server: Server, filled: Library, tmp_path: Path) -> None:
    statuses = [
        server.call("POST", "/api/ask", json={"question": question}, auth=LOGIN).json()["status"]
        for question in (first_sentence(1), first_sentence(2), "zyx wvu tsr?")
    ]
    assert server.get("/metrics").status_code == 401
    assert server.get("/api/nowhere", auth=LOGIN).status_code == 404
    told = figures(server.get("/metrics", auth=LOGIN))
    for status in set(statuses):
        assert told[f'dateline_questions_total{{status="{status}"}}'] == statuses.count(status)
    assert told['dateline_refusals_total{code="401"}'] == 1
    assert told['dateline_refusals_total{code="404"}'] == 1
    steps = {name for name in told if name.startswith("dateline_step_seconds_count")}
    assert {f'dateline_step_seconds_count{{step="{step}"}}' for step in ("embed", "search", "quote")} <= steps
    for name in steps:
        assert told[name] == told[name.replace("_count{", "_bucket{").replace("}", ',le="+Inf"}')]
    assert (told["dateline_queue"], told["dateline_index_lag_passages"], told["dateline_index_problems"]) == (0, 0, 0)
    with filled.writing() as writer, writer.transaction():
        writer.put_passages(filled.article(filled.articles()[0].article_id), [(0, 20)], WordEmbedder().encode(["a b"]))
    assert figures(server.get("/metrics", auth=LOGIN))["dateline_index_lag_passages"] == 1


def test_buckets_add_up() -> None:
    counted = Metrics()
    library_answers = [{"read": 4.0}, {"read": 5.0}, {"read": 999_999.0}]
    for timings in library_answers:
        counted.answered(Answer.model_construct(status=Status.ANSWERED, timings=timings))
    lines = "\n".join(counted.lines())
    assert 'dateline_step_seconds_bucket{step="read",le="0.005"} 2' in lines  # an upper bound belongs to its bucket
    assert 'dateline_step_seconds_bucket{step="read",le="30.0"} 2' in lines
    assert 'dateline_step_seconds_bucket{step="read",le="+Inf"} 3' in lines
    assert 'dateline_step_seconds_sum{step="read"} 1000.008000' in lines


def test_probes_need_no_password_and_tell_nothing(server: Server) -> None:
    assert server.get("/healthz").text == "ok\n"
    assert server.get("/readyz").json() == {"status": "ready", "notices": 0}
    assert server.call("POST", "/healthz").status_code == 401


def test_not_ready_without_a_catalog(server: Server, filled: Library) -> None:
    (filled.path / "catalog.sqlite").write_bytes(b"no catalog at all" * 100)
    answer = server.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert str(filled.path) not in answer.text
    assert server.get("/healthz").status_code == 200
    assert "dateline_queue 0" in server.get("/metrics", auth=LOGIN).text


def test_figures_of_an_ingest_that_is_not_published(library: Library, tmp_path: Path) -> None:
    assert library.index_lag() == 0
    ingest(library, [str(write_articles(tmp_path / "articles", 2))])
    assert library.index_lag() == library.stats().unpublished_passages == 0


def test_an_export_from_a_damaged_library_says_so(filled: Library) -> None:
    app = FastAPI()
    add_standalone(app, filled)
    (filled.path / "catalog.sqlite").write_bytes(b"no catalog at all" * 100)
    answer = TestClient(app).get("/articles.jsonl")
    assert (answer.status_code, "cannot be read just now" in answer.text) == (503, True)
