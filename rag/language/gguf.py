"""A GGUF file as a server on this machine: started, watched, started again when it died."""

from __future__ import annotations

import contextlib
import os
import secrets
import struct
import subprocess
import sys
import tempfile
import threading
import weakref
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rag.errors import ModelError, WritingFailed
from rag.types import WritingProblem

if TYPE_CHECKING:
    import httpx

LOADING_SECONDS = 180.0
"""Longest time that a file may take to be loaded: some gigabytes from a slow disk."""
_MAGIC = b"GGUF"
_OLDEST_VERSION, _NEWEST_VERSION = 2, 3
_LEAST_BYTES = 64 * 1024
_ROOT = Path(__file__).parents[2]


class GgufServer:
    """A process that serves one GGUF file; it ends with this object, at the latest with the program.

    May be used by several threads.

    Raises:
        ModelError: there is no such file, or it is no GGUF.
    """

    def __init__(self, path: Path, context_tokens: int) -> None:
        check_gguf(path)
        self.path, self.context_tokens = path, context_tokens
        self.key = secrets.token_urlsafe(24)
        """Without it no other page or program on this machine can use the server."""
        self._lock = threading.Lock()
        self._running: _Process | None = None
        self._closed = False

    @property
    def address(self) -> str:
        """Where it serves, or served last; empty before `start`."""
        return self._running.address if self._running else ""

    def start(self) -> None:
        """Starts it and waits until the file is loaded.

        Raises:
            ModelError: the file cannot be loaded.
        """
        with self._lock:
            self._running = self._begin()
            running = self._running
        if not running.ready.wait(LOADING_SECONDS):
            running.stop()
            raise ModelError(f"The language model {self.path.name} was not loaded within {LOADING_SECONDS:.0f} s.")
        if not running.address:
            raise ModelError(running.why_not())

    def running_address(self) -> str:
        """Where it serves now. A server that has died is started again, which nobody waits for.

        Raises:
            WritingFailed: it is not there yet.
        """
        with self._lock:
            if self._closed:
                raise WritingFailed(WritingProblem.UNREACHABLE, f"The language model {self.path.stem} was closed.")
            if self._running is None or not self._running.is_alive():
                self._running = self._begin()
            if not self._running.address:
                told = f"The language model {self.path.stem} had stopped and is being loaded again."
                raise WritingFailed(WritingProblem.UNREACHABLE, told)
            return self._running.address

    def prepare(self, request: httpx.Request) -> None:
        """Sends a request to where the server is now."""
        host, _, port = self.running_address().removeprefix("http://").partition(":")
        request.url = request.url.copy_with(host=host, port=int(port))

    def close(self) -> None:
        """Ends the process; it is not started again."""
        with self._lock:
            self._closed = True
            if self._running:
                self._running.stop()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._running.pid if self._running else 0

    def _begin(self) -> _Process:
        if self._running:
            self._running.stop()
        begun = _Process(self.path, self.context_tokens, self.key)
        weakref.finalize(self, begun.stop)
        return begun


class _Process:
    """One run of the server."""

    def __init__(self, path: Path, context_tokens: int, key: str) -> None:
        command = [sys.executable, "-P", "-m", "rag.language.gguf_server", str(path), "--context", str(context_tokens)]
        self._path = path
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # `stop` closes it
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=_environment(),
            start_new_session=True,  # a Ctrl-C is for the one who started it
        )
        self.address = ""
        self.ready = threading.Event()
        """Set when the file is loaded, or never will be."""
        assert self._process.stdin
        with contextlib.suppress(OSError):  # it is dead already; `ready` will tell
            self._process.stdin.write(f"{key}\n".encode())
            self._process.stdin.flush()
        threading.Thread(target=self._wait, name="language model loads", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        """Ends it at once; a second time changes nothing."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._log):
            with contextlib.suppress(OSError):  # what was not written yet is of no use to a dead process
                if stream:
                    stream.close()

    def why_not(self) -> str:
        """Why the file could not be loaded."""
        self._process.wait()
        self._log.seek(0)
        log = self._log.read(100_000).decode(errors="replace")
        self.stop()
        name = self._path.name
        if "corrupted or incomplete" in log or "read error" in log or "unexpectedly reached end of file" in log:
            return f"The language model {name} is damaged or not complete; download the file again."
        if "unknown model architecture" in log or "unknown pre-tokenizer" in log:
            return f"The language model {name} is of a kind that this llama.cpp does not know; run: pip install -U xllamacpp."
        if "ModuleNotFoundError" in log or "ImportError" in log:
            return "Serving a GGUF file needs a package more; run: pip install 'dateline[gguf]'."
        return (
            f"llama.cpp cannot load the language model {name}; is it a chat model, and is there memory enough for it?"
        )

    def _wait(self) -> None:
        assert self._process.stdout
        with self._process.stdout as said:
            line = said.readline().decode(errors="replace").strip()
        if line.startswith("http://127.0.0.1:"):
            self.address = line
        self.ready.set()


def _environment() -> dict[str, str]:
    """This program's own, with Dateline where Python looks for it, and without keys that the server has no need of."""
    folders = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    return {**kept, "PYTHONPATH": folders}


def check_gguf(path: Path) -> None:
    """Whether the file begins as a GGUF does (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).

    Raises:
        ModelError: it does not, or is not there.
    """
    try:
        with path.open("rb") as file:
            head = file.read(24)
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        raise ModelError(f"There is no file {path.name} of a language model; see DATELINE_LLM.") from None
    except OSError as error:
        raise ModelError(f"The language model {path.name} cannot be read: {error.strerror}.") from None
    if not head.startswith(_MAGIC):
        raise ModelError(f"{path.name} is not a GGUF file; llama.cpp can serve no other.")
    if len(head) < 24 or size < _LEAST_BYTES:
        raise ModelError(f"The language model {path.name} is damaged or not complete; download the file again.")
    version, tensors, values = struct.unpack("<IQQ", head[4:24])
    if not _OLDEST_VERSION <= version <= _NEWEST_VERSION or not 0 < tensors < 1_000_000 or not 0 < values < 1_000_000:
        raise ModelError(f"The language model {path.name} is damaged or of another version of GGUF; download it again.")
