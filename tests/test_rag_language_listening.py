from __future__ import annotations

import gc
import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import psutil
import pytest
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
)
from llama_index.core.llms import CustomLLM
from llama_index.core.llms.mock import MockLLM
from scripted_server import Reply, ScriptedServer, event, hang, scripted

from rag.errors import WritingFailed
from rag.language.client import MOST_CHARACTERS, Foreign, listen
from rag.language.providers import load_model
from rag.types import WritingProblem

ASKED = ("Answer.", "Who?")
SECONDS = 1.0
SLACK = 2.0
"""Beyond the time limit, for a busy machine."""
UNREACHABLE, TOO_SLOW, SERVER_ERROR, CUT_OFF, EMPTY, UNREADABLE, REPEATING = (
    WritingProblem.UNREACHABLE,
    WritingProblem.TOO_SLOW,
    WritingProblem.SERVER_ERROR,
    WritingProblem.CUT_OFF,
    WritingProblem.EMPTY,
    WritingProblem.UNREADABLE,
    WritingProblem.REPEATING,
)


def wait_until(true: Callable[[], object], seconds: float = 3.0) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def asking_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "language model"]


# servers that misbehave


def refuses_the_key(reply: Reply) -> None:
    reply.head(401, "application/json")
    reply.send(json.dumps({"error": {"message": f"Incorrect API key: {reply.headers['Authorization']}"}}))


def knows_no_such_model(reply: Reply) -> None:
    reply.head(404, "application/json")
    reply.send('{"error": {"message": "The model does not exist"}}')


def fails(reply: Reply) -> None:
    reply.head(500, "text/html")
    reply.send("<h1>Internal Server Error</h1>")


def is_busy(reply: Reply) -> None:
    reply.head(503, "application/json")
    reply.send('{"error": {"message": "Loading model"}}')


def fails_within_the_stream(reply: Reply) -> None:
    reply.head()
    reply.say("The visit")
    reply.send('data: {"error": {"code": 500, "message": "out of memory"}}\n\n')


def hangs_before_the_headers(reply: Reply) -> None:
    hang(reply)


def hangs_in_the_middle(reply: Reply) -> None:
    reply.head()
    reply.say("The visit", " was")
    hang(reply)


def says_one_byte_a_second(reply: Reply) -> None:
    reply.head()
    for byte in event({"content": "Kang"}) * 10:
        reply.send(byte)
        time.sleep(0.2)


def says_one_word_now_and_then(reply: Reply) -> None:
    reply.head()
    for _ in range(50):
        reply.say(" word")
        time.sleep(0.15)


def cuts_the_stream(reply: Reply) -> None:
    reply.head()
    reply.say("The visit was announced by")


def cuts_the_stream_within_a_chunk(reply: Reply) -> None:
    reply.head(**{"Transfer-Encoding": "chunked"})
    body = event({"content": "The visit"})
    reply.send(f"{len(body):x}\r\n{body}\r\nffff\r\nda")


def resets_the_connection(reply: Reply) -> None:
    reply.head()
    reply.say("The visit")
    time.sleep(0.1)
    handler = reply._handler
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    handler.connection.close()


def hangs_up_before_the_headers(reply: Reply) -> None:
    reply._handler.connection.shutdown(socket.SHUT_RDWR)


def sends_a_page(reply: Reply) -> None:
    reply.head(200, "text/html; charset=utf-8")
    reply.send("<!doctype html><title>Router</title><p>Please log in")


def sends_invalid_json(reply: Reply) -> None:
    reply.head()
    reply.say("The")
    reply.send('data: {"choices": [{"delta": {"content": "visit}}\n\n')


def sends_other_json(reply: Reply) -> None:
    reply.head()
    reply.send('data: {"choices": 7}\n\n')


def sends_broken_characters(reply: Reply) -> None:
    reply.head()
    reply._handler.wfile.write(b'data: {"choices": \xff\xfe\n\n')


def sends_nothing(reply: Reply) -> None:
    reply.head()


def sends_only_the_end(reply: Reply) -> None:
    reply.whole()


def sends_white_space(reply: Reply) -> None:
    reply.whole("\n", "  ", "\n")


def never_stops(reply: Reply) -> None:
    reply.head()
    while True:
        reply.say("and on ")


def sends_a_line_without_an_end(reply: Reply) -> None:
    reply.head()
    while True:
        reply.send("x" * 100_000)


def redirects(reply: Reply) -> None:
    reply.head(302, "text/html", Location=reply.asked["messages"][1]["content"])


@pytest.mark.parametrize(
    ("script", "problem", "told"),
    [
        (refuses_the_key, SERVER_ERROR, "refuses the key (401)"),
        (knows_no_such_model, SERVER_ERROR, "no such model"),
        (fails, SERVER_ERROR, "failed (500)"),
        (is_busy, SERVER_ERROR, "busy or still starting (503)"),
        (fails_within_the_stream, SERVER_ERROR, "failed"),
        (hangs_before_the_headers, TOO_SLOW, "said nothing within 1 s"),
        (hangs_in_the_middle, TOO_SLOW, "was not done within 1 s"),
        (says_one_byte_a_second, TOO_SLOW, "said nothing within 1 s"),
        (says_one_word_now_and_then, TOO_SLOW, "was not done within 1 s"),
        (cuts_the_stream, CUT_OFF, "broke off"),
        (cuts_the_stream_within_a_chunk, CUT_OFF, "broke off"),
        (resets_the_connection, CUT_OFF, "broke off"),
        (hangs_up_before_the_headers, CUT_OFF, "broke off"),
        (sends_a_page, UNREADABLE, "something else than an answer"),
        (sends_invalid_json, UNREADABLE, "something else than an answer"),
        (sends_other_json, UNREADABLE, "something else than an answer"),
        (sends_broken_characters, UNREADABLE, "something else than an answer"),
        (sends_nothing, EMPTY, "without a word"),
        (sends_only_the_end, EMPTY, "without a word"),
        (sends_white_space, EMPTY, "without a word"),
        (never_stops, REPEATING, "without an end"),
        (sends_a_line_without_an_end, UNREADABLE, "something else than an answer"),
        (redirects, SERVER_ERROR, "points elsewhere (302)"),
    ],
)
def test_each_failure_is_typed_in_time_and_the_next_question_works(
    script: Callable[[Reply], None], problem: WritingProblem, told: str
) -> None:
    with scripted(script) as server:
        llm = load_model(server.setting)
        started = time.monotonic()
        with pytest.raises(WritingFailed) as failed:
            list(listen(llm, *ASKED, seconds=SECONDS))
        took = time.monotonic() - started
        assert (failed.value.problem, told in str(failed.value)) == (problem, True), str(failed.value)
        assert took < SECONDS + SLACK
        assert len(server.asked) == 1  # no hidden retries
        server.script = lambda reply: reply.whole("Kang", " did.")
        assert "".join(listen(llm, *ASKED, seconds=10)) == "Kang did."


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening
        llm = load_model(f"openai-like:http://127.0.0.1:{taken.getsockname()[1]}/v1#m")
        with pytest.raises(WritingFailed, match="cannot be reached") as failed:
            list(listen(llm, *ASKED, seconds=SECONDS))
    assert failed.value.problem == UNREACHABLE


def test_a_host_that_does_not_exist() -> None:
    with pytest.raises(WritingFailed) as failed:
        list(listen(load_model("openai-like:http://127.0.0.1.invalid/v1#m"), *ASKED, seconds=SECONDS))
    assert failed.value.problem in (UNREACHABLE, TOO_SLOW)  # a resolver may be slow


def test_a_redirect_takes_neither_question_nor_key_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_LIKE_API_KEY", "sekret")
    with scripted(lambda reply: reply.whole("I have it.")) as elsewhere, scripted(redirects) as server:
        llm = load_model(server.setting)
        with pytest.raises(WritingFailed):
            list(listen(llm, "Answer.", f"{elsewhere.address}/chat/completions", seconds=SECONDS))
        assert server.keys == ["Bearer sekret"]
        assert not elsewhere.asked


def test_the_words_come_as_they_are_said() -> None:
    go = threading.Event()

    def script(reply: Reply) -> None:
        reply.head()
        reply.say("Kang")
        go.wait(5)
        reply.say(" did.", finish="stop")

    with scripted(script) as server:
        words = listen(load_model(server.setting), *ASKED, seconds=10)
        assert next(words) == "Kang"  # before the rest is sent
        go.set()
        assert list(words) == [" did."]
        (asked,) = server.asked
        assert (asked["temperature"], asked["stream"]) == (0, True)
        assert [message["content"] for message in asked["messages"]] == ["Answer.", "Who?"]


def test_a_line_separator_within_a_word_is_no_end_of_a_line() -> None:
    said = "Kang\u2028did\x85it."

    def script(reply: Reply) -> None:
        reply.head()
        reply.send(event({"content": "@"}).replace("@", said))
        reply.say(finish="stop")

    with scripted(script) as server:
        assert "".join(listen(load_model(server.setting), *ASKED, seconds=10)) == said


def test_a_server_that_does_not_stream_is_heard_too() -> None:
    def script(reply: Reply) -> None:
        reply.head(200, "application/json")
        message = {"role": "assistant", "content": "Kang did."}
        reply.send(json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}))

    with scripted(script) as server:
        assert list(listen(load_model(server.setting), *ASKED, seconds=10)) == ["Kang did."]


def test_an_answer_that_reached_its_most_tokens_is_one() -> None:
    def script(reply: Reply) -> None:
        reply.head()
        reply.say("Kang did", finish="length")

    with scripted(script) as server:
        assert list(listen(load_model(server.setting), *ASKED, seconds=10)) == ["Kang did"]


def test_a_consumer_who_takes_long_is_still_told_of_the_limit() -> None:
    with scripted(says_one_word_now_and_then) as server:
        words = listen(load_model(server.setting), *ASKED, seconds=SECONDS)
        next(words)
        time.sleep(SECONDS)
        with pytest.raises(WritingFailed, match="was not done"):
            list(words)


def endless(reply: Reply) -> None:
    reply.head()
    for number in count():
        reply.say(f" word{number}")
        time.sleep(0.02)


def test_leaving_closes_the_connection_at_once() -> None:
    with scripted(endless) as server:
        words = listen(load_model(server.setting), *ASKED, seconds=30)
        next(words)
        words.close()
        assert server.left.acquire(timeout=1.0)


def test_leaving_before_the_first_word_closes_it_too() -> None:
    left = threading.Event()

    def waits(reply: Reply) -> None:
        reply._handler.connection.settimeout(10)
        if reply._handler.connection.recv(1) == b"":
            left.set()

    with scripted(waits) as server:
        short = listen(load_model(server.setting), *ASKED, seconds=0.5)
        with pytest.raises(WritingFailed):
            next(short)
        assert left.wait(1.0)


def test_leaving_a_silent_server_closes_it_and_ends_the_thread() -> None:
    left = threading.Event()

    def waits(reply: Reply) -> None:
        reply.head()
        reply.say("Kang")
        reply._handler.connection.settimeout(10)
        if reply._handler.connection.recv(1) == b"":
            left.set()

    with scripted(waits) as server:
        words = listen(load_model(server.setting), *ASKED, seconds=30)
        assert [next(words), next(words)] == ["Kang", ""]
        words.close()
        assert left.wait(1.0)
        assert wait_until(lambda: not asking_threads(), 1.0)


def test_fifty_readers_who_leave_leak_nothing(caplog: pytest.LogCaptureFixture) -> None:
    process = psutil.Process()
    caplog.set_level(logging.WARNING)

    def leave(llm: Any) -> None:
        words = listen(llm, *ASKED, seconds=30)
        next(words)
        words.close()

    with scripted(endless) as server:
        llm = load_model(server.setting)
        leave(llm)  # starts what stays running
        assert server.left.acquire(timeout=1.0)
        sockets = len(process.net_connections())
        for _ in range(50):
            leave(llm)
        for _ in range(50):
            assert server.left.acquire(timeout=2.0)
        assert wait_until(lambda: not asking_threads())
        assert wait_until(lambda: len(process.net_connections()) <= sockets)
    gc.collect()
    assert not caplog.records


def test_fifty_at_once() -> None:
    with scripted(lambda reply: reply.whole(*reply.asked["messages"][1]["content"])) as server:
        llm = load_model(server.setting)
        heard: dict[int, str] = {}

        def ask(number: int) -> None:
            heard[number] = "".join(listen(llm, "Answer.", f"question {number}", seconds=20))

        readers = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
    assert heard == {number: f"question {number}" for number in range(50)}


# models with only one of the two interfaces


class Waiting(CustomLLM):
    """Says words with a pause before each; has only the blocking interface."""

    words: list[str] = []  # noqa: RUF012  # pydantic copies it
    pause: float = 0.0
    said: list[str] = []  # noqa: RUF012

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="waiting")

    def complete(self, prompt: str, formatted: bool = False, **options: Any) -> CompletionResponse:
        return CompletionResponse(text="".join(self.words))

    def stream_complete(self, prompt: str, formatted: bool = False, **options: Any) -> CompletionResponseGen:
        def told() -> CompletionResponseGen:
            text = ""
            for word in self.words:
                time.sleep(self.pause)
                if word == "!":
                    raise RuntimeError("sekret is broken")
                text += word
                self.said.append(word)
                yield CompletionResponse(text=text, delta=word)

        return told()


def test_a_model_that_only_waits_is_heard_word_by_word() -> None:
    assert list(listen(Foreign(Waiting(words=["Kang", " did."])), *ASKED, seconds=5)) == ["Kang", " did."]
    assert "".join(listen(Foreign(MockLLM(max_tokens=3)), *ASKED, seconds=5)) == "text text text"


def test_it_does_not_hold_up_the_reader() -> None:
    started = time.monotonic()
    with pytest.raises(WritingFailed) as failed:
        list(listen(Foreign(Waiting(words=["Kang", " did."], pause=3.0)), *ASKED, seconds=0.5))
    assert failed.value.problem == TOO_SLOW
    assert time.monotonic() - started < 0.5 + SLACK
    assert wait_until(lambda: not asking_threads(), 20.0)  # it stops at its next word


def test_it_is_left_at_its_next_word() -> None:
    llm = Waiting(words=["word "] * 100, pause=0.02)
    words = listen(Foreign(llm), *ASKED, seconds=5)
    next(words)
    words.close()
    assert wait_until(lambda: not asking_threads(), 1.0)
    assert len(llm.said) < 50


def test_its_failure_is_told_without_its_words() -> None:
    with pytest.raises(WritingFailed, match=r"The language model failed \(RuntimeError\)") as failed:
        list(listen(Foreign(Waiting(words=["Kang", "!"])), *ASKED, seconds=5))
    assert failed.value.problem == SERVER_ERROR
    assert failed.value.__suppress_context__
    with pytest.raises(WritingFailed) as empty:
        list(listen(Foreign(Waiting()), *ASKED, seconds=5))
    assert empty.value.problem == EMPTY


class Growing(Waiting):
    """Sends all the words so far, without a delta."""

    def stream_chat(self, messages: Any, **options: Any) -> Any:
        text = ""
        for word in self.words:
            text += word
            yield ChatResponse(message=ChatMessage(role="assistant", content=text))


def test_words_without_deltas_are_told_apart() -> None:
    assert list(listen(Foreign(Growing(words=["Kang", " did."])), *ASKED, seconds=5)) == ["Kang", " did."]


def test_what_is_written_has_an_end() -> None:
    llm = Waiting(words=["x" * 1000] * 100)
    heard = []
    with pytest.raises(WritingFailed) as failed:
        heard += listen(Foreign(llm), *ASKED, seconds=10)
    assert failed.value.problem == REPEATING
    assert len(llm.said) * 1000 >= MOST_CHARACTERS


def test_a_scripted_server_counts(request: pytest.FixtureRequest) -> None:
    """The tests above depend on it."""
    with scripted(lambda reply: reply.whole("a")) as server:
        assert isinstance(server, ScriptedServer)
        list(listen(load_model(server.setting), *ASKED, seconds=5))
        assert len(server.asked) == 1
