from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Reply, hang, scripted

from rag.config import Config
from rag.errors import DatelineError, ModelError, WritingFailed
from rag.language.client import listen
from rag.language.providers import load_model
from rag.language.writer import Writer, load_writer
from rag.types import WritingProblem

SECRET = "sekret-7f3a"
ASKED = ("Answer.", "Who?")
SERVER_ERROR = WritingProblem.SERVER_ERROR
KEYS = ("OPENAI_LIKE_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OLLAMA_API_KEY")


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in KEYS:
        monkeypatch.delenv(key, raising=False)


@pytest.mark.parametrize(
    "name",
    [
        "gpt", "", ":", "openai", "openai:", "llama:x", "http://127.0.0.1:8080/v1#m", "openai-like:", f"sk-{SECRET}",
        f"openai:sk-{SECRET}", "ollama:", "gguf:", "openai:a@b",
    ],
)  # fmt: skip
def test_other_forms_are_refused_with_the_right_ones(name: str) -> None:
    with pytest.raises(
        ModelError, match=r"names no language model; write it as small, openai-like:|must look like"
    ) as refused:
        load_model(name)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        (f"http://user:{SECRET}@127.0.0.1/v1#m", "may not have a user name or password"),
        (f"http://{SECRET}@127.0.0.1/v1#m", "may not have a user name or password"),
        (f"http://user:12#{SECRET}@127.0.0.1/v1#m", "name of the model is missing"),
        (f"http://127.0.0.1/v1?key={SECRET}#m", "must look like"),
        (f"http://127.0.0.1:{SECRET}/v1#m", "must look like"),
        (f"ftp://127.0.0.1/{SECRET}#m", "must look like"),
        ("http://127.0.0.1/v1", "name of the model is missing"),
        ("http://127.0.0.1/v1#", "name of the model is missing"),
        ("http:///v1#m", "must look like"),
        ("http://[::1/v1#m", "must look like"),
    ],
)
@pytest.mark.parametrize("kind", ["openai-like", "ollama"])
def test_addresses_that_hold_secrets_or_are_none_are_refused(kind: str, rest: str, told: str) -> None:
    if kind == "ollama" and "#" not in rest:
        rest += "#"
    with pytest.raises(ModelError, match=told) as refused:
        load_model(f"{kind}:{rest}")
    assert SECRET not in everything_of(refused.value)


@pytest.mark.parametrize("name", ["openai:gpt-4o-mini", "anthropic:claude-sonnet-4-5"])
def test_a_hosted_model_wants_its_key(name: str) -> None:
    with pytest.raises(ModelError, match=rf"put it into the environment as {name.split(':')[0].upper()}_API_KEY"):
        load_model(name)


def test_a_missing_package_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(ModelError, match=r"run: pip install 'dateline\[gguf\]'"):
        load_model(f"gguf:{tmp_path}")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("openai-like:http://127.0.0.1:8080/v1#qwen2.5-1.5b", "qwen2.5-1.5b"),
        ("ollama:qwen3:4b", "qwen3:4b"),
        ("ollama:http://host:11434#qwen3:4b", "qwen3:4b"),
        ("openai:gpt-4o-mini", "gpt-4o-mini"),
        ("anthropic:claude-sonnet-4-5", "claude-sonnet-4-5"),
    ],
)
def test_people_see_the_models_name_alone(monkeypatch: pytest.MonkeyPatch, name: str, shown: str) -> None:
    for key in KEYS:
        monkeypatch.setenv(key, SECRET)
    assert load_model(name).name == shown


def loaded(name: str, **settings: Any) -> Writer:
    return load_writer(Config(llm=name, **settings))


@pytest.mark.parametrize(
    ("model", "sent"),
    [("gpt-4o-mini", {"temperature": 0}), ("gpt-5-mini", {}), ("o3", {})],  # reasoning models refuse a temperature
)
def test_openai_is_asked_in_its_own_way(monkeypatch: pytest.MonkeyPatch, model: str, sent: dict[str, Any]) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    with scripted(lambda reply: reply.whole("Kang", " did.")) as server:
        assert "".join(loaded(f"openai:{server.address}#{model}").listen(*ASKED)) == "Kang did."
        assert server.keys == [f"Bearer {SECRET}"]
        messages = [{"role": "system", "content": "Answer."}, {"role": "user", "content": "Who?"}]
        assert server.asked == [{"model": model, "messages": messages, "stream": True, **sent}]


def test_anthropic_is_asked_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """https://docs.anthropic.com/en/api/messages-streaming"""
    monkeypatch.setenv("ANTHROPIC_API_KEY", SECRET)
    heard: list[Any] = []
    events = [
        {"type": "message_start", "message": {"id": "1", "type": "message", "role": "assistant", "content": []}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Kang"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": " did."}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}},
        {"type": "message_stop"},
    ]
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": f"key {SECRET}"}}

    def says(*said: dict[str, Any]) -> Callable[[Reply], None]:
        def script(reply: Reply) -> None:
            heard.append((reply._handler.path, reply.headers["x-api-key"], reply.headers["anthropic-version"]))
            reply.head()
            for one in said:
                reply.send(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n")

        return script

    with scripted(says(*events)) as server:
        writer = loaded(f"anthropic:{server.address}#claude-sonnet-4-5")
        assert list(writer.listen(*ASKED)) == ["Kang", " did."]
        assert heard == [("/v1/messages", SECRET, "2023-06-01")]
        (asked,) = server.asked
        assert asked == {
            "model": "claude-sonnet-4-5",
            "system": "Answer.",
            "messages": [{"role": "user", "content": "Who?"}],
            "max_tokens": 1024,
            "stream": True,
        }
        for said, problem in ((events[:5], WritingProblem.CUT_OFF), ([*events[:4], overloaded], SERVER_ERROR)):
            server.script = says(*said)
            with pytest.raises(WritingFailed) as failed:
                list(writer.listen(*ASKED))
            assert failed.value.problem == problem
            assert SECRET not in everything_of(failed.value)


def test_ollama_is_asked_in_its_own_way() -> None:
    """https://docs.ollama.com/api/chat"""
    heard: list[dict[str, Any]] = []

    def script(reply: Reply) -> None:
        heard.append(reply.asked)
        reply.head(200, "application/x-ndjson")
        for word in ("Kang", " did."):
            message = {"role": "assistant", "content": word}
            reply.send(json.dumps({"model": "qwen3:4b", "message": message, "done": False}) + "\n")
        if reply.asked["messages"][1]["content"] == "fail":
            reply.send('{"error": "out of memory"}\n')
        elif reply.asked["messages"][1]["content"] != "cut":
            message = {"role": "assistant", "content": ""}
            reply.send(json.dumps({"model": "qwen3:4b", "message": message, "done": True}) + "\n")

    with scripted(script) as server:
        writer = loaded(f"ollama:http://127.0.0.1:{server.server_port}#qwen3:4b")
        assert "".join(writer.listen(*ASKED)) == "Kang did."
        assert heard[-1]["options"] == {"temperature": 0, "num_ctx": 4096, "num_predict": 1024}
        assert (heard[-1]["stream"], heard[-1]["think"]) == (True, False)
        assert (writer.name, writer.context_tokens) == ("qwen3:4b", 4096)
        for asked, problem in (("cut", WritingProblem.CUT_OFF), ("fail", SERVER_ERROR)):
            with pytest.raises(WritingFailed) as failed:
                list(writer.listen("Answer.", asked))
            assert failed.value.problem == problem
        with pytest.raises(WritingFailed, match="left alone"):  # two server failures
            list(writer.listen(*ASKED))
        server.script = lambda reply: reply.head(404, "application/json")
        with pytest.raises(WritingFailed, match="no such model"):
            list(loaded(f"ollama:http://127.0.0.1:{server.server_port}#qwen3:4b").listen(*ASKED))


def test_ollama_that_is_not_there() -> None:
    with pytest.raises(WritingFailed) as failed:
        list(listen(load_model("ollama:http://127.0.0.1:9#m"), *ASKED, seconds=2))
    assert failed.value.problem == WritingProblem.UNREACHABLE


# secrets


def everything_of(error: BaseException) -> str:
    """All that a log or a person could ever see of an error."""
    return "".join(traceback.format_exception(error)) + repr(error)


def says_the_key(reply: Reply) -> None:
    reply.head(401, "application/json")
    reply.send(json.dumps({"error": {"message": f"wrong key: {reply.headers['Authorization']}"}}))


def says_the_key_in_the_stream(reply: Reply) -> None:
    reply.head()
    reply.send(f'data: {{"error": {{"message": "{reply.headers["Authorization"]}"}}}}\n\n')


def says_the_key_as_json(reply: Reply) -> None:
    reply.head()
    reply.send(f"data: {reply.headers['Authorization']}\n\n")


def says_the_key_as_a_page(reply: Reply) -> None:
    reply.head(500, "text/html")
    reply.send(f"<p>{reply.headers['Authorization']}")


def cuts(reply: Reply) -> None:
    reply.head()
    reply.say("word")


def answers(reply: Reply) -> None:
    reply.whole("word")


@pytest.mark.parametrize(
    "script",
    [says_the_key, says_the_key_in_the_stream, says_the_key_as_json, says_the_key_as_a_page, cuts, hang, answers],
)
def test_the_key_is_in_no_error_log_or_repr(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, script: Callable[[Reply], None]
) -> None:
    for key in KEYS:
        monkeypatch.setenv(key, SECRET)
    caplog.set_level(logging.DEBUG)
    seen = []
    with scripted(script) as server:
        writer = load_writer(Config(llm=server.setting, llm_timeout_seconds=1))
        model = writer.model
        seen += [
            repr(writer),
            repr(vars(writer)),
            repr(vars(model)),
            repr(vars(model._http)),
            repr(model._http.headers),
        ]
        seen += [writer.name, repr(writer.context_tokens)]
        try:
            seen += writer.listen(*ASKED)
        except DatelineError as error:
            seen.append(everything_of(error))
        assert server.keys  # the server received it, so the test is meaningful
        assert set(server.keys) == {f"Bearer {SECRET}"}
    logging.getLogger("test").error("%s", seen)
    assert SECRET not in "\n".join(seen)
    assert SECRET not in caplog.text
