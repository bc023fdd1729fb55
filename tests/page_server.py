"""The chat page in a process of its own, as a reader's browser meets it. Also that process: `python page_server.py KIND`."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "evals" / "data" / "articles"
HOSTILE_PIECES = (
    "<im",
    "g src='http://127.0.0.1:9/stream.png' ",
    "onerror=alert(1)>",
    " <style>*{display:none}</style>",
)
PIECES = 200
"""Pieces of an answer that is told slowly; one every 50 milliseconds."""


@dataclass(frozen=True)
class PageServer:
    """A running chat page."""

    address: str
    process: subprocess.Popen[str]
    log: Path
    folder: Path


@contextlib.contextmanager
def page_server(
    kind: str, folder: Path, articles: Sequence[Path] = (), environment: Mapping[str, str] | None = None
) -> Iterator[PageServer]:
    """Starts a page, waits until it says where it is, and stops it at the end.

    Args:
        kind: `real` (the packaged model, `articles` ingested) or `fake` (an empty library, a scripted assistant).
        folder: an empty folder for the library and the log.
    """
    log = folder / "log.txt"
    command = [sys.executable, str(Path(__file__)), kind, str(folder), *map(str, articles)]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    with log.open("w") as errors, contextlib.ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=variables, cwd=folder)
        )
        stack.callback(process.kill)
        yield PageServer(_address(process, log), process, log, folder)


def wait_until(what: str, true: object, seconds: float = 5.0) -> None:
    """Waits for a callable to become true, and fails with `what` when it does not."""
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def _address(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout
    for line in process.stdout:
        found = re.search(r"Chat page: (\S+)", line)
        if found:
            return found[1]
    raise AssertionError(f"the page did not start: {log.read_text()[-2000:]}")


def _serve_real(folder: Path, articles: list[str]) -> None:
    from ingest.run import ingest
    from rag.library import Library
    from ui.web.server import serve

    library = Library.create(folder / "library")
    ingest(library, articles)
    serve(library, host="127.0.0.1", port=0)


def _serve_fake(folder: Path) -> None:
    from fakes import WordEmbedder, config_for

    from rag.assistant import Assistant
    from rag.library import Library
    from rag.types import Answer, Retrieved, Status, Text, Window
    from ui.web.server import serve

    class Scripted(Assistant):
        """Does what the question says."""

        def stream(self, question, history=(), **filters):  # type: ignore[no-untyped-def, override]
            if "break" in question:
                raise RuntimeError("/secret/folder cannot be read with password=hunter2")
            if "slowly" not in question and "hostile" not in question:
                yield from super().stream(question, history, **filters)
                return
            yield Retrieved(standalone_question=question, window=Window(), passages=())
            pieces = HOSTILE_PIECES if "hostile" in question else [f"piece {number} " for number in range(PIECES)]
            try:
                for piece in pieces:
                    yield Text(text=piece)
                    time.sleep(0.3 if "hostile" in question else 0.05)
            finally:
                (folder / "closed").touch()
            text = "".join(pieces)
            answer = Answer(question=question, standalone_question=question, text=text, status=Status.ANSWERED)
            yield answer

    library = Library.create(folder / "library", config_for(folder / "library"), embedder=WordEmbedder())
    serve(library, host="127.0.0.1", port=0, assistant=Scripted(library))


if __name__ == "__main__":
    if sys.argv[1] == "real":
        _serve_real(Path(sys.argv[2]), sys.argv[3:])
    else:
        _serve_fake(Path(sys.argv[2]))
