from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.llms.mock import MockLLM
from scripted_server import Reply, hang, scripted

from rag.config import Config
from rag.errors import WritingFailed
from rag.language.client import Foreign, Model, Stop
from rag.language.providers import load_model
from rag.language.writer import COUNTED, Writer, estimated_tokens, load_writer
from rag.types import WritingProblem

ASKED = ("Answer.", "Who?")


class Clock:
    """Stands still until a test advances it."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def fails(reply: Reply) -> None:
    reply.head(500)


def answers(reply: Reply) -> None:
    reply.whole("Kang", " did.")


def problem_of(writer: Writer) -> WritingProblem | None:
    try:
        list(writer.listen(*ASKED))
    except WritingFailed as failed:
        return failed.problem
    return None


def test_a_server_that_fails_is_left_alone_and_comes_back_by_itself() -> None:
    clock = Clock()
    with scripted(fails) as server:
        writer = Writer(load_model(server.setting), seconds=5, clock=clock)
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
        writer = Writer(load_model(server.setting), seconds=0.6)
        assert [problem_of(writer), problem_of(writer)] == [WritingProblem.TOO_SLOW] * 2
        started = time.monotonic()
        assert problem_of(writer) == WritingProblem.RESTING
        assert time.monotonic() - started < 0.5


class Failing(Model):
    """Fails as its script says, or says a word."""

    def __init__(self) -> None:
        self.problem: WritingProblem | None = WritingProblem.UNREACHABLE
        self.asked = 0

    def words(self, rules: str, task: str, stop: Stop) -> Iterator[str]:
        self.asked += 1
        if self.problem:
            raise WritingFailed(self.problem, "It failed.")
        yield "word"


@pytest.mark.parametrize("problem", [problem for problem in WritingProblem if problem not in COUNTED])
def test_what_a_model_writes_is_not_counted(problem: WritingProblem) -> None:
    model = Failing()
    model.problem = problem
    writer = Writer(model)
    assert [problem_of(writer) for _ in range(5)] == [problem] * 5


def test_after_the_rest_one_question_tries_and_rests_again_when_it_fails() -> None:
    model, clock = Failing(), Clock()
    writer = Writer(model, clock=clock)
    for _ in range(5):
        problem_of(writer)
    assert model.asked == 2
    clock.now = 29.9
    with pytest.raises(WritingFailed, match="left alone for 1 s more"):
        list(writer.listen(*ASKED))
    clock.now = 30.1
    assert problem_of(writer) == WritingProblem.UNREACHABLE
    assert problem_of(writer) == WritingProblem.RESTING
    clock.now = 61
    model.problem = None
    assert [problem_of(writer) for _ in range(3)] == [None] * 3
    model.problem = WritingProblem.CUT_OFF
    assert [problem_of(writer) for _ in range(3)] == [WritingProblem.CUT_OFF] * 2 + [WritingProblem.RESTING]


def test_of_many_readers_one_tries() -> None:
    go = threading.Event()

    class Waiting(Failing):
        def words(self, rules: str, task: str, stop: Stop) -> Iterator[str]:
            if self.asked >= 2:
                go.wait(10)
            yield from super().words(rules, task, stop)

    model, clock = Waiting(), Clock()
    writer = Writer(model, clock=clock)
    assert [problem_of(writer), problem_of(writer)] == [WritingProblem.UNREACHABLE] * 2
    clock.now = 31
    with ThreadPoolExecutor(20) as pool:
        found = [pool.submit(problem_of, writer) for _ in range(20)]
        while sum(one.done() for one in found) < 19:
            time.sleep(0.01)
        go.set()
    assert sorted(str(one.result()) for one in found) == ["resting"] * 19 + ["unreachable"]


def test_a_reader_who_leaves_before_the_first_word_lets_the_next_one_try() -> None:
    clock = Clock()
    with scripted(fails) as server:
        writer = Writer(load_model(server.setting), seconds=5, clock=clock)
        assert [problem_of(writer), problem_of(writer)] == [WritingProblem.SERVER_ERROR] * 2
        clock.now = 31
        server.script = hang
        words = writer.listen(*ASKED)
        assert next(words) == ""
        words.close()
        server.script = answers
        assert problem_of(writer) is None


def test_a_reader_who_leaves_after_the_first_word_saw_it_work() -> None:
    clock = Clock()

    def endless(reply: Reply) -> None:
        reply.head()
        while True:
            reply.say("word ")
            time.sleep(0.02)

    with scripted(fails) as server:
        writer = Writer(load_model(server.setting), seconds=5, clock=clock)
        assert [problem_of(writer), problem_of(writer)] == [WritingProblem.SERVER_ERROR] * 2
        clock.now = 30
        server.script = endless
        words = writer.listen(*ASKED)
        next(words)
        words.close()
        assert server.left.acquire(timeout=2)
        server.script = answers
        assert [problem_of(writer), problem_of(writer)] == [None, None]


def test_an_empty_answer_is_not_a_dead_server() -> None:
    with scripted(lambda reply: reply.whole()) as server:
        writer = Writer(load_model(server.setting), seconds=5)
        assert [problem_of(writer) for _ in range(4)] == [WritingProblem.EMPTY] * 4


def test_any_model_of_llama_index_will_do() -> None:
    writer = Writer(Foreign(MockLLM(max_tokens=2)))
    assert "".join(writer.listen(*ASKED)) == "text text"
    assert (writer.name, writer.context_tokens) == ("MockLLM", 3900)
    assert Writer(Foreign(MockLLM()), context_tokens=700).context_tokens == 700


@given(st.text())
def test_estimates_are_careful(text: str) -> None:
    assert estimated_tokens(text) >= len(text) / 4
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
        assert time.monotonic() - started < 5
    assert heard == [None]
