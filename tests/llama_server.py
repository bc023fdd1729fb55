"""A real llama.cpp server with the smallest real model, one for all tests that use it; skipped if there is none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fetch_model import COMMAND, model_file

ROOT = Path(__file__).parents[1]
THREADS = "1"
"""llama.cpp's threads busy-wait for each other: with fewer free cores than threads it becomes a hundred times slower."""


@dataclass(frozen=True)
class LlamaServerProcess:
    """A running server that needs no key."""

    address: str
    process: subprocess.Popen[str]

    @property
    def setting(self) -> str:
        """The value for DATELINE_LLM."""
        return f"openai-like:{self.address}/v1#smollm2"

    def busy_slots(self) -> int:
        """How many answers it is working on."""
        return sum(slot["is_processing"] for slot in self.get("/slots"))

    def get(self, path: str) -> Any:
        """The server's response at a path."""
        with urllib.request.urlopen(self.address + path, timeout=30) as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def small_model() -> Path:
    """The file of SmolLM2-135M-Instruct."""
    if not model_file().exists():
        pytest.skip(f"no language model to test with; fetch it once with: {COMMAND}")
    return model_file()


@pytest.fixture(scope="session")
def llama_server(small_model: Path) -> Iterator[LlamaServerProcess]:
    """One slot of 2,048 tokens."""
    command = [sys.executable, "-m", "rag.language.gguf", str(small_model), "2048", "1024"]
    variables = {**os.environ, "OMP_NUM_THREADS": THREADS}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=variables, cwd=ROOT
    ) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), "the server did not start"
        yield LlamaServerProcess(address, process)
        process.kill()
