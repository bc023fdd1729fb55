from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.llms.mock import MockLLM
from scripted_server import Reply, hang, scripted

from rag.config import Config
from rag.errors import WritingFailed
from rag.language.breaker import Breaker
from rag.language.meters import estimated_tokens
from rag.language.providers import load_llm
from rag.language.writer import Writer, load_writer
from rag.types import WritingProblem

ASKED = [ChatMessage(role="user", content="Who?")]


class Clock:
    """Stands still until a test moves it."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def fails(reply: Reply) -> None:
    reply.head(500)


def answers(reply: Reply) -> None:
    reply.whole("Kang", " did.")


def problem_of(writer: Writer) -> WritingProblem | None:
    try:
        list(writer.listen(ASKED))
    except WritingFailed as failed:
        return failed.problem
    return None


def test_no_name_no_writer() -> None:
    assert load_writer(Config()) is None


def test_a_server_that_fails_is_left_alone_and_comes_back_by_itself() -> None:
    clock = Clock()
    with scripted(fails) as server:
        writer = Writer(load_llm(server.setting), seconds=5, breaker=Breaker(clock=clock))
        assert [problem_of(writer) for _ in range(4)] == [
            WritingProblem.SERVER_ERROR, WritingProblem.SERVER_ERROR, WritingProblem.RESTING, WritingProblem.RESTING,
        ]  # fmt: skip
        assert len(server.asked) == 2
        server.script = answers
        clock.now = 30
        assert [problem_of(writer) for _ in range(3)] == [None, None, None]
        assert len(server.asked) == 5


def test_resting_costs_no_time() -> None:
    with scripted(hang) as server:
        writer = Writer(load_llm(server.setting), seconds=0.3)
        assert [problem_of(writer), problem_of(writer)] == [WritingProblem.TOO_SLOW] * 2
        started = time.monotonic()
        assert problem_of(writer) == WritingProblem.RESTING
        assert time.monotonic() - started < 0.1


def test_a_reader_who_leaves_after_the_first_word_saw_it_work() -> None:
    clock = Clock()

    def endless(reply: Reply) -> None:
        reply.head()
        while True:
            reply.say("word ")
            time.sleep(0.02)

    with scripted(fails) as server:
        writer = Writer(load_llm(server.setting), seconds=5, breaker=Breaker(clock=clock))
        assert [problem_of(writer), problem_of(writer)] == [WritingProblem.SERVER_ERROR] * 2
        clock.now = 30
        server.script = endless
        words = writer.listen(ASKED)
        next(words)
        words.close()  # type: ignore[attr-defined]
        assert server.left.acquire(timeout=2)
        server.script = answers
        assert [problem_of(writer), problem_of(writer)] == [None, None]


def test_an_empty_answer_is_not_a_dead_server() -> None:
    with scripted(lambda reply: reply.whole()) as server:
        writer = Writer(load_llm(server.setting), seconds=5)
        assert [problem_of(writer) for _ in range(4)] == [WritingProblem.EMPTY] * 4


def test_any_model_of_llama_index_will_do() -> None:
    writer = Writer(MockLLM(max_tokens=2))
    assert "".join(writer.listen(ASKED)) == "text text"
    assert (writer.name, writer.context_tokens, writer.count_tokens("Hello world!")) == ("MockLLM", 3900, 4)
    assert Writer(MockLLM(), name="mine", context_tokens=700).context_tokens == 700


def test_a_server_says_how_much_it_reads() -> None:
    with scripted(answers) as server:
        server.pages["/v1/models"] = json.dumps({"data": [{"id": "m", "max_model_len": 6000}]})  # as vLLM does
        assert Writer(load_llm(server.setting)).context_tokens == 6000
        assert Writer(load_llm(server.setting), context_tokens=900).context_tokens == 900
        server.pages["/props"] = json.dumps({"default_generation_settings": {"n_ctx": 512}})  # as llama.cpp does
        assert Writer(load_llm(server.setting)).context_tokens == 512


@pytest.mark.parametrize(
    "page", ["[]", "{", "7", '{"default_generation_settings": {"n_ctx": "many"}}', '{"data": [7]}']
)
def test_what_it_says_may_be_anything(page: str) -> None:
    with scripted(hang) as server:
        server.pages = {"/props": page, "/v1/models": page}
        assert Writer(load_llm(server.setting)).context_tokens == 3900


def test_a_server_that_does_not_say_is_not_waited_for() -> None:
    with scripted(hang) as server:
        server.page_seconds = 10.0
        writer = Writer(load_llm(server.setting))
        started = time.monotonic()
        texts = [f"passage {number}" for number in range(50)]
        assert [writer.count_tokens(text) for text in texts] == [estimated_tokens(text) for text in texts]
        assert time.monotonic() - started < 0.8
        writer = Writer(load_llm(server.setting))
        started = time.monotonic()
        assert [writer.context_tokens for _ in range(5)] == [3900] * 5
        assert time.monotonic() - started < 3


@given(st.text())
def test_estimates_are_careful(text: str) -> None:
    assert estimated_tokens(text) >= len(text) / 3
    assert estimated_tokens(text + "a") >= estimated_tokens(text)


def test_estimates_in_other_scripts() -> None:
    assert estimated_tokens("abcdef") == 2
    assert estimated_tokens("政府发言人") == 8  # 15 bytes
    assert estimated_tokens("") == 0


def test_settings_reach_the_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_LIKE_API_KEY", raising=False)
    heard: list[Any] = []

    def script(reply: Reply) -> None:
        heard.append(reply.headers["Authorization"])
        hang(reply)

    with scripted(script) as server:
        writer = load_writer(Config(llm=server.setting, llm_timeout_seconds=1, llm_context_tokens=1234))
        assert writer is not None
        assert (writer.name, writer.context_tokens) == ("m", 1234)
        started = time.monotonic()
        assert problem_of(writer) == WritingProblem.TOO_SLOW
        assert time.monotonic() - started < 1.5
    assert heard == ["Bearer none"]
