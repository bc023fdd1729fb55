"""Serves a GGUF file with llama.cpp on this machine, as a process of its own: `python -m rag.language.gguf_server FILE`.

A process of its own, because llama.cpp ends the process that it runs in when a file changes under it or memory runs out.
It reads a key from the first line of its input, says its address in one line, and ends when its input does, so that it
never outlives the one who started it.
"""

from __future__ import annotations

import argparse
import os
import sys

SLOTS = 2
"""Readers who are answered at the same time; others wait their turn."""
BATCH_TOKENS = 64
"""Read between two looks at whether the reader has left: about half a second of a small model on two cores."""
MOST_TOKENS = 1024


def main(arguments: list[str] | None = None) -> None:
    """Loads the file and serves it until the input ends."""
    parser = argparse.ArgumentParser(prog="gguf_server", description="Serves a GGUF file on this machine.")
    parser.add_argument("file")
    parser.add_argument("--context", type=int, default=4096, help="tokens that each reader may use")
    options = parser.parse_args(arguments)
    key = sys.stdin.readline().strip()
    server = _served(options.file, options.context, key)
    print(server.listening_address, flush=True)  # type: ignore[attr-defined]
    while sys.stdin.read(1024):
        pass
    # Nothing is to be saved, and llama.cpp takes its time to tidy up.
    os._exit(0)


def _served(file: str, context: int, key: str) -> object:
    from xllamacpp import CommonParams, Server

    settings = CommonParams()
    settings.model.path = file
    settings.model_alias = {"gguf"}
    settings.hostnames, settings.port = ["127.0.0.1"], 0
    settings.api_keys = [key] if key else []
    settings.cors_origins, settings.ui, settings.offline = "null", False, True
    settings.n_ctx, settings.n_parallel = context * SLOTS, SLOTS
    settings.n_batch = settings.n_ubatch = BATCH_TOKENS
    settings.n_predict = MOST_TOKENS
    settings.cache_ram_mib = 0  # by default up to 8 GB of prompts that nobody asks again
    settings.enable_reasoning = 0  # thinking aloud takes longer than a reader waits
    settings.warmup = False
    settings.verbosity = 1
    threads = _threads()
    if threads:
        settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = threads
    return Server(settings)


def _threads() -> int:
    """As many as `OMP_NUM_THREADS` says, or as this process may use; 0 for llama.cpp's own choice, one a real core."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal():
        return int(wanted)
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    return usable if usable < (os.cpu_count() or 1) else 0


if __name__ == "__main__":
    main()
