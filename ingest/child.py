"""Asks a script in a process of its own what is in a file, so that no file can take the program with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def ask_child(script: Path | tuple[str, ...], content: bytes, wall_seconds: float) -> dict[str, Any]:
    """The JSON object that the script writes when it is given `content`, or `{"error": kind}`.

    A script is a file, or arguments of Python. It limits its own memory and processor time. Kinds of its own beside:
    "endless", "memory", "damaged".
    """
    arguments = (str(script),) if isinstance(script, Path) else script
    command = [sys.executable, "-I", *arguments]  # -I: no path, no user site, no PYTHON* settings
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=wall_seconds, check=False)
    except subprocess.TimeoutExpired:  # the child is killed
        return {"error": "endless"}
    if done.returncode < 0:  # killed by its limit on processor time
        return {"error": "endless"}
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = {"error": "memory" if b"MemoryError" in done.stderr else "damaged"}
    return answer if isinstance(answer, dict) else {"error": "damaged"}
