"""The HTTP interface over six invented articles: its replies, its refusals, and that every question gets a reply."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fakes import WordEmbedder, config_for, day_of, first_sentence, names_of, title_of
from fastapi import FastAPI
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rag.assistant import Assistant
from rag.library import Library
from rag.types import AbstentionReason, Answer, Status
from ui.web.access import Access
from ui.web.guard import Guard
from ui.web.http_api import add_http_api
from ui.web.service import AnswerService, Busy, Slots

MOST_SECONDS = 2.0
NASTY = [
    "",
    " \n\t",
    "\u200b\u200d\ufeff",
    "x" * 100_000,
    "why " * 25_000,
    "(a+)+$" * 300 + "!",
    "'; DROP TABLE articles; --",
    '" OR 1=1 --',
    "title:bridge AND (NOT *) ~2 ^9 [a TO z] \\",
    "%s%s%n {0} {{constructor}} ${jndi:ldap://127.0.0.1/a}",
    "../../etc/passwd\x00.txt",
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "🚢" * 900,
    "👩‍👩‍👧‍👦 وماذا عن الجسر؟ 桥何时重新开放? Когда откроют мост?",
    "\u202emoor siht\u202c \U000e0041\U000e0042",
    "Whеn wіll the brіdge оpen",  # look-alike letters
    "a" + "\u0301" * 1900,
    "\ud800 lone",
    "since 99999-99-99 until 0000-00-00, 31 February 2025 and the 400th of May",
]


@pytest.fixture(scope="module")
def library(_six_articles: Path) -> Iterator[Library]:
    opened = Library.open(_six_articles, config_for(_six_articles), WordEmbedder())
    yield opened
    opened.searcher.close()


@pytest.fixture(scope="module")
def app(library: Library) -> Guard:
    return serving(library, Assistant(library))


def serving(library: Library, assistant: Assistant) -> Guard:
    """The interface behind its gate."""
    inner = FastAPI(openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    add_http_api(inner, library, AnswerService(assistant, Slots()))
    return Guard(inner, Access())


_RUNNER = asyncio.Runner()
"""One event loop for all requests, as in a server."""


@pytest.fixture(scope="module", autouse=True)
def _loop() -> Iterator[None]:
    with _RUNNER:
        yield


def call(app: Guard, path: str, body: object = None, **options: Any) -> httpx.Response:
    """One request; `body` is sent as JSON, `content=` unchanged."""
    if body is not None:
        # Unlike in httpx, a lone surrogate stays a JSON escape.
        options["content"] = json.dumps(body)
    if "content" in options:
        options.setdefault("headers", {}).setdefault("Content-Type", "application/json")

    async def sent() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:7860") as client:
            return await client.request("POST" if "content" in options else "GET", path, **options)

    return _RUNNER.run(sent())


def events_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Name and data of each event of a stream."""
    lines = [block.split("\n") for block in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in lines]


QUESTION = f"Who voted on the {names_of(2)[1]} bridge?"


def test_an_answer_is_the_same_as_in_python(app: Guard, library: Library) -> None:
    answer = Answer.from_json(call(app, "/api/ask", {"question": QUESTION}).text)
    assert answer == Assistant(library).ask(QUESTION)
    assert answer.status is Status.ANSWERED
    assert answer.citations[0].title == title_of(2)


def test_an_answer_tells_what_was_asked_for_and_what_was_carried_on(app: Guard) -> None:
    first = call(app, "/api/ask", {"question": QUESTION}).json()
    assert (first["event"], first["kind"], first["short"], first["carried"]) == ("answer", "fact", "", [])
    turn = {"question": QUESTION, "standalone_question": QUESTION, "answer": ""}  # it had no answer
    follow_up = {"question": "And what happened there?", "history": [turn]}
    second = call(app, "/api/ask", follow_up).json()
    assert second["kind"] == "story"
    assert names_of(2)[1] in second["carried"]
    assert events_of(call(app, "/api/ask/stream", follow_up).text)[-1][1]["carried"] == second["carried"]


def test_a_follow_up_has_its_history(app: Guard) -> None:
    first = Answer.from_json(call(app, "/api/ask", {"question": QUESTION}).text)
    turns = [json.loads(turn.to_json()) for turn in first.turns]
    second = Answer.from_json(call(app, "/api/ask", {"question": "And when was it closed?", "history": turns}).text)
    assert second.standalone_question != second.question
    assert names_of(2)[1] in second.standalone_question
    assert second.history == first.turns


def test_what_may_be_seen_is_narrowed(app: Guard) -> None:
    early = {"question": QUESTION, "until": day_of(1).isoformat()}
    assert Answer.from_json(call(app, "/api/ask", early).text).status is Status.ABSTAINED
    other = {"question": QUESTION, "outlets": ["No such paper"]}
    answer = Answer.from_json(call(app, "/api/ask", other).text)
    assert answer.reason
    assert answer.reason.kind is AbstentionReason.FILTERED_OUT


def test_a_stream_tells_the_passages_the_words_and_the_answer(app: Guard) -> None:
    reply = call(app, "/api/ask/stream", {"question": QUESTION})
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = events_of(reply.text)
    assert [name for name, _ in events] == ["retrieved"] + ["text"] * (len(events) - 2) + ["answer"]
    assert all(name == data["event"] for name, data in events)
    answer = Answer.model_validate(events[-1][1])
    assert "".join(data["text"] for name, data in events if name == "text") == answer.text
    assert answer == Answer.from_json(call(app, "/api/ask", {"question": QUESTION}).text)


def test_a_search_gives_passages(app: Guard, library: Library) -> None:
    found = call(app, "/api/search", {"question": first_sentence(3), "top_k": 2}).json()["passages"]
    assert len(found) == 2
    assert found[0]["title"] == title_of(3)
    assert [passage["id"] for passage in found] == [one.id for one in library.search(first_sentence(3), 2)]


def test_health_tells_what_there_is(app: Guard) -> None:
    assert call(app, "/api/health").json()["articles"] == 6


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("/api/ask", {"question": "x", "top_k": 3}, 422, "There is no field 'top_k'; the fields are: question, as_of"),
        ("/api/search", {"question": "x", "history": []}, 422, "There is no field 'history'"),
        ("/api/ask", {}, 422, "The field 'question' is missing."),
        ("/api/ask", {"question": 5}, 422, "The field 'question' is not usable"),
        ("/api/ask", {"question": "x", "outlets": "Courier"}, 422, "The field 'outlets' is not usable"),
        ("/api/ask", {"question": "x", "history": [{"question": "y"}]}, 422, "'history.0.standalone_question'"),
        ("/api/ask", {"question": "x", "history": [None] * 60}, 422, "The field 'history"),
        ("/api/ask", {"question": "bridge", "since": "yesterday"}, 422, "'yesterday' is not a date for since"),
        ("/api/ask/stream", {"question": 5}, 422, "The field 'question' is not usable"),
        ("/api/search", {"question": "x", "top_k": 201}, 422, "The field 'top_k' is not usable"),
        ("/api/search", {"question": "x", "top_k": True}, 200, ""),
        ("/api/ask", {"question": "x", "\ud800": 1}, 422, "There is no field '?'"),
        ("/api/ask", [], 400, "not a JSON object"),
        ("/api/ask", "x", 400, "not a JSON object"),
    ],
)
def test_bad_input_is_one_sentence(app: Guard, path: str, body: object, status: int, says: str) -> None:
    reply = call(app, path, body)
    assert reply.status_code == status
    if status != 200:
        assert list(reply.json()) == ["error"]
        assert says in reply.json()["error"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"null", b"[" * 100_000, b'{"question": NaN}'])
def test_what_is_no_json_is_one_sentence(app: Guard, content: bytes) -> None:
    reply = call(app, "/api/ask", content=content)
    assert reply.status_code in (400, 422)
    assert reply.json()["error"].endswith(".")


def test_another_content_type_is_refused(app: Guard) -> None:
    # What a form on another site can send without a preflight request.
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        reply = call(app, "/api/ask", content=b'{"question": "x"}', headers={"Content-Type": kind})
        assert reply.status_code == 415
        assert "application/json" in reply.json()["error"]


def test_a_bad_day_ends_a_stream_with_a_sentence(app: Guard) -> None:
    events = events_of(call(app, "/api/ask/stream", {"question": "bridge", "as_of": "soon"}).text)
    assert events == [("error", {"error": "'soon' is not a date for as_of; write it as 2025-08-13."})]


def test_wrong_methods_and_paths_are_named(app: Guard) -> None:
    assert call(app, "/api/ask").status_code == 405
    assert call(app, "/api/ask").headers["allow"] == "POST"
    assert call(app, "/api/asks", {}).json() == {"error": "There is nothing here."}
    assert call(app, "/docs").status_code == 404


def test_it_describes_itself(app: Guard) -> None:
    described = call(app, "/api/openapi.json").json()
    assert set(described["paths"]) == {"/api/ask", "/api/ask/stream", "/api/search", "/api/health"}
    asked = described["components"]["schemas"]["AskBody"]
    assert (asked["required"], asked["additionalProperties"]) == (["question"], False)
    answer = described["paths"]["/api/ask"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer["$ref"].endswith("/Answer")
    assert "text/event-stream" in described["paths"]["/api/ask/stream"]["post"]["responses"]["200"]["content"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(max_size=300) | st.text(alphabet="()[]{}*+?.|^$\\\"'~:-&!/ aAnNdDoOrRtT", max_size=200))
@example(question="AND")
def test_any_question_gets_an_answer_or_a_sentence_in_two_seconds(app: Guard, question: str) -> None:
    answered_in_time(app, question)


@pytest.mark.parametrize("question", NASTY, ids=range(len(NASTY)))
def test_nasty_questions_get_an_answer_or_a_sentence_in_two_seconds(app: Guard, question: str) -> None:
    answered_in_time(app, question)
    turn = {"question": question, "standalone_question": question, "answer": question}
    answered_in_time(app, "And when?", history=[turn, turn])
    answered_in_time(app, "bridge", outlets=[question], authors=[question])


def answered_in_time(app: Guard, question: str, **more: object) -> None:
    started = time.process_time()  # CPU time, however busy the machine
    reply = call(app, "/api/ask", {"question": question, **more})
    assert time.process_time() - started < MOST_SECONDS
    if reply.status_code == 200:
        answer = Answer.from_json(reply.text)
        assert answer.text
        assert len(answer.question) <= 2000
    else:
        assert reply.status_code == 422
        assert list(reply.json()) == ["error"]


class Broken(Assistant):
    """Fails with something that no reader may see."""

    def stream(self, question, history=(), **filters):  # type: ignore[no-untyped-def, override]
        raise RuntimeError("/secret/folder cannot be read with password=hunter2")
        yield


def test_a_fault_is_a_number_and_no_secret(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    app = serving(library, Broken(library))
    reply = call(app, "/api/ask", {"question": "x"})
    streamed = call(app, "/api/ask/stream", {"question": "x"})
    assert reply.status_code == 500
    assert events_of(streamed.text)[0][0] == "error"
    for said in (reply.text, streamed.text):
        assert "request" in said
        assert not any(word in said for word in ("secret", "hunter2", "RuntimeError", "Traceback"))
    assert reply.json()["error"].split()[-1].rstrip(".") in caplog.text
    assert "hunter2" in caplog.text


def test_a_line_ends_when_it_is_full_or_too_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    async def filled() -> None:
        line = Slots(at_once=1, waiting=2)
        await line.enter()
        waiting = [asyncio.create_task(line.enter()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await line.enter()
        waiting[0].cancel()  # one leaves the queue
        await asyncio.gather(waiting[0], return_exceptions=True)
        assert not line.full
        monkeypatch.setattr("ui.web.service.WAIT_SECONDS", -1.0)
        assert line.full
        monkeypatch.undo()
        assert not line.full
        line.leave()
        await waiting[1]

    _RUNNER.run(filled())
