"""A GGUF file served by llama.cpp on this machine, in a separate process: started, watched, restarted if it dies.

It is separate because llama.cpp kills its process if a file changes underneath it or memory runs out. It prints its
address in one line, and ends when its input closes, so that it never outlives its parent.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
import weakref
from concurrent.futures import Future
from pathlib import Path

from rag.errors import ModelError, WritingFailed
from rag.types import WritingProblem

LOADING_SECONDS = 180.0
"""Longest time allowed for loading a file: several gigabytes from a slow disk."""
BATCH_TOKENS = 64
"""Read between two checks for whether the reader has left. With 1.5 billion parameters on one core 512 read 4 % faster
(28.2 against 29.4 ms a token), but run on for 41 s of its time instead of 3 when somebody leaves."""
CACHE_MEGABYTES = 256
"""For earlier prompts: with 1.5 billion parameters, 28 MB per thousand tokens. A reader who asks again after
somebody else waits for 9 tokens instead of 386, unless the questions in between evicted theirs."""


class GgufServer:
    """A process that serves one GGUF file; it ends with this object, or at the latest with the program. Thread-safe.

    Raises `ModelError` if there is no such file, or it cannot be loaded.
    """

    def __init__(self, path: Path, context_tokens: int, most_tokens: int) -> None:
        if not path.is_file():
            raise ModelError(f"There is no file {path.name} of a language model; see DATELINE_LLM.")
        self._command = [sys.executable, "-P", "-m", __name__, str(path), str(context_tokens), str(most_tokens)]
        self._name = path.stem
        self.key = secrets.token_urlsafe(24)
        """Keeps other pages and programs on this machine from using the server."""
        self._lock, self._closed = threading.Lock(), False
        self._begin()
        try:
            loaded = self._address.result(LOADING_SECONDS)
        except TimeoutError:
            loaded = ""
        if not loaded:
            self.close()
            raise ModelError(
                f"llama.cpp cannot load the language model {path.name}; it may be damaged or no whole GGUF file (download "
                "it again), of too new a kind (run: pip install -U xllamacpp), or need more memory than there is."
            )

    def address(self) -> str:
        """Its current address; a server that has died is restarted. Raises `WritingFailed` if it is not ready yet."""
        with self._lock:
            if self._closed:
                raise WritingFailed(WritingProblem.UNREACHABLE, f"The language model {self._name} was closed.")
            if self._process.poll() is not None:
                self._end()
                self._begin()
            if not self._address.done() or not self._address.result():
                message = f"The language model {self._name} had stopped and is being loaded again."
                raise WritingFailed(WritingProblem.UNREACHABLE, message)
            return f"{self._address.result()}/v1"

    def close(self) -> None:
        """Ends the process for good."""
        with self._lock:
            self._closed = True
            self._end()

    def _begin(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
        kept["GGUF_KEY"] = self.key
        folders = str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")
        kept["PYTHONPATH"] = os.pathsep.join(filter(None, folders))
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=kept,
            start_new_session=True,  # Ctrl-C is for the parent
        )
        self._end = weakref.finalize(self, _end, self._process)
        self._address: Future[str] = Future()
        """Empty if the file could not be loaded."""
        started = self._process, self._address
        threading.Thread(target=_wait, args=started, name="language model loads", daemon=True).start()


def _wait(process: subprocess.Popen[bytes], address: Future[str]) -> None:
    assert process.stdout
    with process.stdout as said:
        address.set_result(said.readline().decode(errors="replace").strip())


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdin:
        process.stdin.close()


def main(file: str, context_tokens: str, most_tokens: str) -> None:
    from xllamacpp import CommonParams, Server

    settings = CommonParams()
    settings.model.path = file
    settings.hostnames, settings.port = ["127.0.0.1"], 0
    settings.api_keys = list(filter(None, [os.environ.pop("GGUF_KEY", "")]))
    settings.cors_origins, settings.ui, settings.offline = "null", False, True
    # One slot, so that the next question finds the cached prompt. Two readers at once take turns.
    settings.n_ctx, settings.n_parallel, settings.n_predict = int(context_tokens), 1, int(most_tokens)
    settings.cache_ram_mib = CACHE_MEGABYTES
    settings.n_batch = settings.n_ubatch = BATCH_TOKENS
    settings.enable_reasoning, settings.warmup, settings.verbosity = 0, False, 1  # no thinking, which takes long
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if wanted.isdecimal() or usable < (os.cpu_count() or 1):  # else llama.cpp's default, one thread per physical core
        settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = int(wanted or usable)
    server = Server(settings)  # ends with this object
    print(server.listening_address, flush=True)
    while sys.stdin.read(1024):
        pass
    os._exit(0)  # there is nothing to save, and llama.cpp is slow to clean up


if __name__ == "__main__":
    main(*sys.argv[1:])
