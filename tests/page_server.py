"""The chat page in a process of its own, as a reader's browser meets it. Also that process: `python page_server.py KIND`."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


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
    """Starts a page, waits until it prints its address, and stops it at the end.

    Args:
            kind: `real` (the packaged model over an unchanging library), `changing` (the same over a changing one; no
                questions are suggested, as two dozen would be tried out each time, and due sources are looked for
                constantly), or `fake` (an empty library, a scripted assistant).
            folder: for the log and the library; an existing library is reused.
            articles: what is ingested first.
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
    """Waits for a callable to become true, and fails with `what` if it does not."""
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


def _serve_real(folder: Path, articles: list[str], changing: bool) -> None:
    from ingest.run import ingest
    from rag.assistant import Assistant
    from rag.library import Library
    from ui.web import background_fetch
    from ui.web.chat import suggestions
    from ui.web.server import serve

    class Remembering(Assistant):
        """Tries out each possible suggestion only once."""

        def in_quotes(self) -> Assistant:
            other = super().in_quotes()
            other.ask = functools.cache(other.ask)  # type: ignore[method-assign]
            return other

    library = Library.create(folder / "library")
    if articles:
        ingest(library, articles)
    if changing:
        suggestions.TRIES = suggestions.FOLLOWING_TRIES = 0
        background_fetch.LOOK_SECONDS = 0.2
    serve(library, host="127.0.0.1", port=0, assistant=None if changing else Remembering(library))


def _serve_fake(folder: Path) -> None:
    from fakes import WordEmbedder, config_for
    from page_script import scripted

    from rag.library import Library
    from ui.web.server import serve

    config = config_for(folder / "library", proxies=os.environ.get("DATELINE_PROXIES", ""))
    library = Library.create(folder / "library", config, embedder=WordEmbedder())
    serve(library, host="127.0.0.1", port=0, assistant=scripted(library, folder))


if __name__ == "__main__":
    if sys.argv[1] == "fake":
        _serve_fake(Path(sys.argv[2]))
    else:
        _serve_real(Path(sys.argv[2]), sys.argv[3:], changing=sys.argv[1] == "changing")
