"""A GGUF file served by Dateline itself, and a real llama.cpp server, with the smallest real model available."""

from __future__ import annotations

import gc
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from llama_server import LlamaServerProcess

from rag.config import Config
from rag.errors import ModelError, WritingFailed
from rag.language.gguf import GgufServer
from rag.language.writer import Writer, load_writer
from rag.types import WritingProblem

PARIS = ("You answer in one sentence.", "What is the capital of France?")
STORY = ("", "Write a very long story about a king, his many horses and the sea.")


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("OPENAI_LIKE_API_KEY", raising=False)


@pytest.fixture
def writer(llama_server: LlamaServerProcess) -> Writer:
    return loaded(llama_server.setting)


def loaded(name: str, seconds: float = 60.0) -> Writer:
    made = load_writer(Config(llm=name, llm_timeout_seconds=seconds))
    assert made is not None
    return made


def becomes_idle(server: LlamaServerProcess, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while server.busy_slots():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


# a real server


def test_a_real_model_streams_the_same_answer_twice(writer: Writer) -> None:
    pieces = [piece for piece in writer.listen(*PARIS) if piece]
    assert len(pieces) > 3
    assert "Paris" in "".join(pieces)
    assert [piece for piece in writer.listen(*PARIS) if piece] == pieces


def test_a_real_server_stops_computing_when_the_reader_leaves(writer: Writer, llama_server: LlamaServerProcess) -> None:
    words = writer.listen(*STORY)
    next(words)
    assert llama_server.busy_slots() == 1
    words.close()
    assert becomes_idle(llama_server, 1.0)


def test_a_real_server_stops_reading_when_the_time_is_over(llama_server: LlamaServerProcess) -> None:
    writer = loaded(llama_server.setting, seconds=1)
    long = " ".join(f"{number} horses" for number in range(400))
    started = time.monotonic()
    with pytest.raises(WritingFailed) as failed:
        list(writer.listen(long, STORY[1]))
    assert failed.value.problem == WritingProblem.TOO_SLOW
    assert time.monotonic() - started < 5.0
    assert becomes_idle(llama_server, 5.0)  # after its current batch


def test_two_readers_at_once_are_both_answered(writer: Writer) -> None:
    heard: dict[int, str] = {}
    questions = [PARIS, (PARIS[0], "What is the capital of Italy?")]

    def ask(number: int) -> None:
        heard[number] = "".join(writer.listen(*questions[number]))

    readers = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert "Paris" in heard[0]
    assert "Rome" in heard[1]


def test_what_was_read_for_one_question_is_not_read_again_for_the_next(
    writer: Writer, llama_server: LlamaServerProcess
) -> None:
    passages = " ".join(f"In {year} the council built {year - 1900} houses." for year in range(1900, 1930))
    took = []
    for asked in ("How many in 1925?", "And in 1926?"):
        started = time.monotonic()
        words = writer.listen(PARIS[0], f"{passages}\n{asked}")
        next(piece for piece in words if piece)
        took.append(time.monotonic() - started)
        words.close()
        assert becomes_idle(llama_server, 1.0)
    assert took[1] < took[0] / 2


def test_a_question_that_is_too_long_is_one_sentence(writer: Writer) -> None:
    with pytest.raises(WritingFailed, match="set DATELINE_LLM_CONTEXT_TOKENS") as failed:
        list(writer.listen("", "horse " * 4000))
    assert failed.value.problem == WritingProblem.SERVER_ERROR


# a file


@pytest.fixture
def from_file(small_model: Path) -> Iterator[Writer]:
    made = loaded(f"gguf:{small_model}")
    yield made
    made.close()
    assert not served_files()
    with pytest.raises(WritingFailed, match="was closed"):
        list(made.listen(*PARIS))


def served_files() -> list[psutil.Process]:
    """Child processes that serve a file; the server shared by all tests is another kind of child."""
    alive = [one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE]
    return [one for one in alive if "-P" in one.cmdline()]


def child_of_this_process() -> psutil.Process:
    gc.collect()  # a failed test keeps a reference to its own
    (child,) = served_files()
    return child


def kill(child: psutil.Process) -> None:
    child.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # all of its threads are gone, but it is not reaped yet


def test_a_file_is_served_and_ends_with_its_writer(small_model: Path, capfd: pytest.CaptureFixture[str]) -> None:
    writer = loaded(f"gguf:{small_model}")
    assert (writer.name, writer.context_tokens, writer.here) == (small_model.stem, 4096, True)
    assert "Paris" in "".join(writer.listen(*PARIS))
    child = child_of_this_process()
    assert "127.0.0.1" in {
        connection.laddr.ip for connection in child.net_connections() if connection.status == "LISTEN"
    }
    assert not any("_API_KEY" in name for name in child.environ())
    del writer
    gc.collect()
    assert not child.is_running()
    assert capfd.readouterr() == ("", "")


def test_nobody_else_on_this_machine_can_use_it(small_model: Path) -> None:
    server = GgufServer(small_model, 256, 64)
    try:
        stranger = loaded(f"openai-like:{server.address()}#gguf")
        with pytest.raises(WritingFailed, match="refuses the key"):
            list(stranger.listen(*PARIS))
        assert server.key not in repr(child_of_this_process().cmdline())
    finally:
        server.close()


def test_a_server_that_was_killed_comes_back(from_file: Writer, small_model: Path) -> None:
    clock = itertools.count(step=20)  # never idle for long
    writer = Writer(from_file.model, seconds=30, clock=lambda: next(clock))
    assert list(writer.listen(*PARIS))
    kill(child_of_this_process())
    started = time.monotonic()
    with pytest.raises(WritingFailed, match="is being loaded again") as failed:
        list(writer.listen(*PARIS))
    assert failed.value.problem == WritingProblem.UNREACHABLE
    assert time.monotonic() - started < 1.0  # nobody waits while it loads
    deadline = time.monotonic() + 60
    heard = ""
    while not heard and time.monotonic() < deadline:
        time.sleep(0.2)
        try:
            heard = "".join(writer.listen(*PARIS))
        except WritingFailed as again:
            assert again.problem in (WritingProblem.UNREACHABLE, WritingProblem.RESTING)  # noqa: PT017
    assert "Paris" in heard


def test_killed_in_the_middle_of_an_answer(from_file: Writer) -> None:
    words = from_file.listen(*STORY)
    next(words)
    kill(child_of_this_process())
    with pytest.raises(WritingFailed) as failed:
        list(words)
    assert failed.value.problem == WritingProblem.CUT_OFF


SCRIPT = """
import sys
from rag.config import Config
from rag.language.writer import load_writer
writer = load_writer(Config(llm="gguf:" + sys.argv[1], llm_timeout_seconds=60))
words = writer.listen("", "Write a long story about a king.")
print(any(words), flush=True)
if len(sys.argv) > 2:
    sys.stdin.read()
"""


def test_a_program_that_ends_in_the_middle_ends_quietly(small_model: Path) -> None:
    started = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, str(small_model)],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    assert (ran.stdout, ran.stderr) == ("True\n", "")
    assert time.monotonic() - started < 60
    assert not _servers_of(small_model)


def test_a_program_that_is_killed_leaves_no_server_behind(small_model: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(small_model), "wait"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout
        assert program.stdout.readline() == "True\n"
        children = psutil.Process(program.pid).children()
        program.kill()
        program.wait()
    gone, alive = psutil.wait_procs(children, timeout=5)
    assert (len(gone), alive) == (1, [])


def _servers_of(model: Path) -> list[psutil.Process]:
    mine = [one for one in psutil.process_iter(["cmdline", "ppid"]) if one.info["ppid"] == 1]
    return [one for one in mine if str(model) in (one.info["cmdline"] or [])]


# bad files


@pytest.mark.parametrize("name", ["nowhere.gguf", ""])
def test_no_file_and_a_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=f"There is no file {name or tmp_path.name}"):
        loaded(f"gguf:{tmp_path / name}")


@pytest.mark.parametrize(
    ("keep", "rest"),
    [(0, 0), (0, 100_000), (4, 0), (4, 100_000), (200_000, 0), (98_362_400, 0), (2_000, 3_000_000)],
)
def test_damaged_files_are_one_sentence(small_model: Path, tmp_path: Path, keep: int, rest: int) -> None:
    path = tmp_path / "model.gguf"
    with small_model.open("rb") as whole:
        path.write_bytes(whole.read(keep) + os.urandom(rest))
    with pytest.raises(ModelError, match=r"cannot load the language model model\.gguf; .*download it again") as refused:
        loaded(f"gguf:{path}")
    assert str(tmp_path) not in str(refused.value)
    assert not served_files()
