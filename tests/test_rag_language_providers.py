from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from llama_index.core.base.llms.types import ChatMessage
from scripted_server import Reply, hang, scripted

from rag.config import Config
from rag.errors import DatelineError, ModelError, WritingFailed
from rag.language.failures import language_errors
from rag.language.listening import listen
from rag.language.providers import load, load_llm, shown_name
from rag.language.writer import load_writer
from rag.types import WritingProblem

SECRET = "sekret-7f3a"
ASKED = [ChatMessage(role="user", content="Who?")]
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
        load_llm(name)
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
        load_llm(f"{kind}:{rest}")
    assert SECRET not in everything_of(refused.value)


@pytest.mark.parametrize("name", ["openai:gpt-4o-mini", "anthropic:claude-sonnet-4-5"])
def test_a_hosted_model_wants_its_key(name: str) -> None:
    with pytest.raises(ModelError, match=rf"put it into the environment as {name.split(':')[0].upper()}_API_KEY"):
        load_llm(name)


@pytest.mark.parametrize(
    ("name", "package", "extra"),
    [
        ("openai-like:http://127.0.0.1:9/v1#m", "llama_index.llms.openai_like", "llm"),
        ("openai:gpt-4o-mini", "llama_index.llms.openai_like", "openai"),
        ("anthropic:claude-sonnet-4-5", "llama_index.llms.openai_like", "anthropic"),
        ("ollama:qwen3:4b", "llama_index.llms.ollama", "ollama"),
        ("gguf:/nowhere.gguf", "xllamacpp", "gguf"),
    ],
)
def test_a_missing_package_is_told_with_the_command(
    monkeypatch: pytest.MonkeyPatch, name: str, package: str, extra: str
) -> None:
    for key in KEYS:
        monkeypatch.setenv(key, SECRET)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModelError) as missing:
        load_llm(name)
    assert f"run: pip install 'dateline[{extra}]'" in str(missing.value)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("openai-like:http://127.0.0.1:8080/v1#qwen2.5-1.5b", "qwen2.5-1.5b"),
        ("ollama:qwen3:4b", "qwen3:4b"),
        ("ollama:http://host:11434#qwen3:4b", "qwen3:4b"),
        ("openai:gpt-4o-mini", "gpt-4o-mini"),
        ("gguf:/home/somebody/models/small.Q4.gguf", "small.Q4"),
        (f"openai-like:http://u:{SECRET}@h/v1", ""),
        (SECRET, ""),
    ],
)
def test_people_see_the_models_name_alone(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_hosted_models_have_their_addresses_and_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in KEYS:
        monkeypatch.setenv(key, SECRET)
    known, new = load_llm("openai:gpt-4o-mini"), load_llm("openai:gpt-99")
    claude = load_llm("anthropic:claude-sonnet-4-5", context_tokens=9000)
    assert [known.api_base, claude.api_base] == ["https://api.openai.com/v1", "https://api.anthropic.com/v1"]  # type: ignore[attr-defined]
    windows = [known.metadata.context_window, new.metadata.context_window, claude.metadata.context_window]
    assert windows == [128_000, 128_000, 9000]
    meter = load("openai:gpt-4o-mini").meter
    assert meter is not None
    assert meter.count("Hello world") == 2


def test_ollama_is_asked_in_its_own_way() -> None:
    heard: list[dict[str, Any]] = []

    def script(reply: Reply) -> None:
        heard.append(reply.asked)
        if "messages" not in reply.asked:  # what the model can do
            reply.head(200, "application/json")
            reply.send(json.dumps({"model_info": {"qwen3.context_length": 2048, "qwen3.block_count": 8}}))
            return
        reply.head(200, "application/x-ndjson")
        for word in ("Kang", " did."):
            message = {"role": "assistant", "content": word}
            reply.send(json.dumps({"model": "qwen3:4b", "message": message, "done": False}) + "\n")
        if reply.asked["messages"][0]["content"] != "cut":
            message = {"role": "assistant", "content": ""}
            reply.send(json.dumps({"model": "qwen3:4b", "message": message, "done": True}) + "\n")

    with scripted(script) as server:
        writer = load_writer(Config(llm=f"ollama:http://127.0.0.1:{server.server_port}#qwen3:4b"))
        assert writer is not None
        assert "".join(writer.listen(ASKED)) == "Kang did."
        assert heard[-1]["options"] == {"temperature": 0.0, "num_ctx": 8192, "num_predict": 1024}
        assert (heard[-1]["stream"], heard[-1]["think"]) == (True, False)
        assert (writer.name, writer.context_tokens, writer.count_tokens("Hello world!")) == ("qwen3:4b", 2048, 4)
        with pytest.raises(WritingFailed) as cut:
            list(writer.listen([ChatMessage(role="user", content="cut")]))
        assert cut.value.problem == WritingProblem.CUT_OFF
        server.script = lambda reply: reply.head(404, "application/json")
        with pytest.raises(WritingFailed, match="no such model"):
            list(writer.listen(ASKED))
    with pytest.raises(WritingFailed, match="left alone"):  # two failures of the server
        list(writer.listen(ASKED))


def test_ollama_that_is_not_there() -> None:
    with pytest.raises(WritingFailed) as failed:
        list(listen(load_llm("ollama:http://127.0.0.1:9#m"), ASKED, seconds=2))
    assert failed.value.problem == WritingProblem.UNREACHABLE


# secrets


def everything_of(error: BaseException) -> str:
    """All that a log or a person may ever see of an error."""
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
        assert writer is not None
        llm = writer._llm
        seen += [
            repr(llm),
            str(llm),
            json.dumps(llm.to_dict(), default=repr),
            llm.model_dump_json(exclude_none=True, fallback=repr),
        ]
        seen += [
            repr(writer),
            writer.name,
            repr(vars(writer)),
            repr(writer.context_tokens),
            repr(writer.count_tokens("a")),
        ]
        try:
            seen += writer.listen(ASKED)
        except DatelineError as error:
            seen.append(everything_of(error))
        try:
            with language_errors(writer.name):
                seen.append(str(llm.complete("Who?", formatted=True)))
        except ModelError as error:
            seen.append(everything_of(error))
        assert server.keys  # the server got it, so that the test means something
        assert set(server.keys) == {f"Bearer {SECRET}"}
    logging.getLogger("test").error("%s", seen)
    assert SECRET not in "\n".join(seen)
    assert SECRET not in caplog.text


@pytest.mark.parametrize("name", ["openai:gpt-4o-mini", "anthropic:claude-sonnet-4-5"])
def test_the_key_is_in_no_repr_of_a_hosted_model(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for key in KEYS:
        monkeypatch.setenv(key, SECRET)
    llm = load_llm(name)
    assert SECRET not in repr(llm) + json.dumps(llm.to_dict(), default=repr) + repr(llm.model_dump())
    assert llm._get_aclient().api_key == SECRET  # type: ignore[attr-defined]


def test_what_a_provider_raises_is_one_sentence_and_other_mistakes_stay() -> None:
    with scripted(says_the_key) as server:
        llm = load_llm(server.setting)
        with pytest.raises(ModelError, match=r"'m' did not answer: .* refuses the key \(401\)"), language_errors("m"):
            llm.complete("Who?", formatted=True)
    with pytest.raises(KeyError), language_errors("m"):
        raise KeyError("a mistake of ours")
    with pytest.raises(ModelError, match=r"^as it is$"), language_errors("m"):
        raise ModelError("as it is")
