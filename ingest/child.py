"""Asks a module in a process of its own what is in a file, so that no file can take the program with it."""

from __future__ import annotations

import importlib
import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

_START = "import sys; sys.path.insert(0, sys.argv[1]); from ingest.child import answer; answer(sys.argv[2])"


def ask_child(module: str, content: bytes, wall_seconds: float) -> dict[str, Any]:
    """What `read(content)` of that module gives, a JSON object, or `{"error": kind}`.

    The module says what memory and processor time it may take (`MEMORY_BYTES`, `PROCESSOR_SECONDS`). Kinds of this
    function's own: "endless", "memory", "damaged".
    """
    # -I: no path, no user site, no PYTHON* settings
    command = [sys.executable, "-I", "-c", _START, str(Path(__file__).parents[1]), module]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=wall_seconds, check=False)
    except subprocess.TimeoutExpired:  # the child is killed
        return {"error": "endless"}
    if done.returncode < 0:  # killed by its limit on processor time
        return {"error": "endless"}
    try:
        told = json.loads(done.stdout)
    except ValueError:
        told = {"error": "memory" if b"MemoryError" in done.stderr else "damaged"}
    return told if isinstance(told, dict) else {"error": "damaged"}


def answer(module: str) -> None:
    """In the process of its own: bytes on stdin, JSON on stdout. The limits hold whatever the file does."""
    reader = importlib.import_module(module)
    resource.setrlimit(resource.RLIMIT_AS, (reader.MEMORY_BYTES, reader.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (reader.PROCESSOR_SECONDS, reader.PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.stdout.write(json.dumps(reader.read(sys.stdin.buffer.read())))
    sys.stdout.flush()
