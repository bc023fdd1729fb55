"""What the workers of a test's Ray cluster run: a slow word-counting model. As a program: an ingest.

python cluster_worker.py LIBRARY ARTICLES
"""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from fakes import WordEmbedder, config_for

from ingest import cluster
from ingest.run import ingest
from rag.library import Library
from rag.models import Vectors


class SlowEmbedder(WordEmbedder):
    """Delays each call."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The same rows, delayed."""
        time.sleep(0.15)
        return super().encode(texts)


def slow(device: str) -> SlowEmbedder:
    """The model that a worker loads."""
    return SlowEmbedder()


def other(device: str) -> WordEmbedder:
    """A model with other weights."""
    return WordEmbedder("words-2")


def missing(device: str) -> WordEmbedder:
    """A model that is not installed."""
    raise OSError("no such model here")


def in_small_parts() -> None:
    """Makes parts small, so that a few articles become many parts."""
    cluster.PART_TEXTS, cluster.BATCH_TEXTS = 8, 16


def main() -> None:
    """Prints how many articles are stored, as they are stored."""
    in_small_parts()
    cluster.worker_of = lambda config: functools.partial(slow)
    path = Path(sys.argv[1])
    library = Library.create(path, config_for(path), WordEmbedder())
    ingest(library, [sys.argv[2]], batch_passages=32, progress=lambda step, done, total: print(step, done, flush=True))


if __name__ == "__main__":
    main()
