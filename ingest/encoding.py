"""Where passages are embedded: by this machine's model, or by a Ray cluster while this machine reads on."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Generic, TypeVar

from rag.config import Config
from rag.models import Embedder, Vectors

Item = TypeVar("Item")
Result = Callable[[], Vectors]  # Waits for the vectors, one row per text. Raises `ModelError`.


class Encoding:
    """Embeds batches of texts: here with this machine's own model, one at a time."""

    def __init__(self, embedder: Callable[[], Embedder]) -> None:
        self._embedder = embedder

    @property
    def batches_most(self) -> int:
        """Batches that may be in progress; 0 if `submit` itself does the work."""
        return 0

    def submit(self, texts: Sequence[str]) -> Result:
        """Starts a batch."""
        vectors = self._embedder().encode(texts)
        return lambda: vectors


@contextmanager
def encoding_for(config: Config, embedder: Callable[[], Embedder]) -> Iterator[Encoding]:
    """The workers of the Ray cluster named by RAY_ADDRESS, or else this machine.

    `embedder` is this machine's model, loaded on first use; all workers must have the same. Raises `ConfigError` if Ray
    is not installed; a missing cluster is reported by the first whole batch.
    """
    address = os.environ.get("RAY_ADDRESS", "")
    if not address:
        yield Encoding(embedder)
        return
    from ingest.cluster import Cluster, worker_of

    with closing(Cluster(address, embedder, worker_of(config))) as cluster:
        yield cluster


class UnderWay(Generic[Item]):
    """Batches being embedded, stored in the order they were handed over."""

    def __init__(self, encoding: Encoding, store: Callable[[Item, Vectors], None]) -> None:
        self._encoding, self._store = encoding, store
        self._batches: deque[tuple[Item, Result]] = deque()

    @property
    def items(self) -> Iterator[Item]:
        """Items not stored yet, the oldest first."""
        return (item for item, _ in self._batches)

    def hand_over(self, item: Item, texts: Sequence[str]) -> None:
        """Starts a batch, and stores the oldest ones if too many are in progress."""
        self._batches.append((item, self._encoding.submit(texts)))
        self._store_down_to(self._encoding.batches_most)

    def finish(self) -> None:
        self._store_down_to(0)

    def _store_down_to(self, most: int) -> None:
        while len(self._batches) > most:
            item, result = self._batches.popleft()
            self._store(item, result())
