"""Asks a module in a separate process what is in a file, so that no file can crash the program."""

from __future__ import annotations

import contextlib
import importlib
import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_START = "import sys; sys.path.insert(0, sys.argv[1]); from ingest.child import answer; answer(sys.argv[2])"

PROCESSOR_SECONDS, WALL_SECONDS = 20, 30.0


def ask_child(module: str, content: bytes, reasons: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object returned by that module's `read(content)`, which may use its `MEMORY_BYTES`. Raises SourceError
    with the reason for the kind in {"error": kind}, or for "endless", "memory" or "damaged"."""
    from rag.errors import SourceError  # not in the child, which must start quickly

    # -I: no path, no user site, no PYTHON* settings
    command = [sys.executable, "-I", "-c", _START, str(Path(__file__).parents[1]), module]
    told: Any = {"error": "endless"}
    with contextlib.suppress(subprocess.TimeoutExpired):  # the child is killed
        done = subprocess.run(command, input=content, capture_output=True, timeout=WALL_SECONDS, check=False)
        if done.returncode >= 0:  # otherwise killed by its limit on processor time
            try:
                told = json.loads(done.stdout)
            except ValueError:
                told = {"error": "memory" if b"MemoryError" in done.stderr else "damaged"}
    if not isinstance(told, dict) or "error" in told:
        kind = told["error"] if isinstance(told, dict) else ""
        raise SourceError(reasons.get(str(kind), reasons["damaged"]))
    return told


def answer(module: str) -> None:
    """Runs in the child process: bytes on stdin, JSON on stdout. The limits hold whatever the file does."""
    reader = importlib.import_module(module)
    resource.setrlimit(resource.RLIMIT_AS, (reader.MEMORY_BYTES, reader.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.stdout.write(json.dumps(reader.read(sys.stdin.buffer.read())))
    sys.stdout.flush()
