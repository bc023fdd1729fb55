"""Where passages are embedded: by this machine's model, or by the workers of a Ray cluster while this machine reads on."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from rag.config import Config
from rag.models import Embedder, Vectors

Item = TypeVar("Item")
Result = Callable[[], Vectors]
"""Waits for the vectors, one row a text. Raises `ModelError`."""


class Encoding(Protocol):
    """Embeds batches of texts."""

    @property
    def batches_most(self) -> int:
        """Batches that may be under way; 0 where `submit` itself takes the time."""

    def submit(self, texts: Sequence[str]) -> Result:
        """Begins a batch."""


class Here:
    """This machine's own model, one batch after the other."""

    batches_most = 0

    def __init__(self, embedder: Callable[[], Embedder]) -> None:
        self._embedder = embedder

    def submit(self, texts: Sequence[str]) -> Result:
        """Embeds them now."""
        vectors = self._embedder().encode(texts)
        return lambda: vectors


@contextmanager
def encoding_for(config: Config, embedder: Callable[[], Embedder]) -> Iterator[Encoding]:
    """The workers of the Ray cluster that RAY_ADDRESS names, else this machine.

    Args:
        embedder: this machine's model, loaded when it is first needed; all workers must have the same.

    Raises:
        ConfigError: Ray is not installed; that there is no cluster is told by the first whole batch.
    """
    address = os.environ.get("RAY_ADDRESS", "")
    if not address:
        yield Here(embedder)
        return
    from ingest.cluster import Cluster, worker_of

    with Cluster(address, embedder, worker_of(config)) as cluster:
        yield cluster


class UnderWay(Generic[Item]):
    """Batches that are being embedded, stored in the order in which they were handed over."""

    def __init__(self, encoding: Encoding, store: Callable[[Item, Vectors], None]) -> None:
        self._encoding, self._store = encoding, store
        self._batches: deque[tuple[Item, Result]] = deque()

    @property
    def items(self) -> Iterator[Item]:
        """What is not stored yet, the oldest first."""
        return (item for item, _ in self._batches)

    def hand_over(self, item: Item, texts: Sequence[str]) -> None:
        """Begins a batch, and stores the oldest ones where too many are under way."""
        self._batches.append((item, self._encoding.submit(texts)))
        self._store_down_to(self._encoding.batches_most)

    def finish(self) -> None:
        """Stores all."""
        self._store_down_to(0)

    def _store_down_to(self, most: int) -> None:
        while len(self._batches) > most:
            item, result = self._batches.popleft()
            self._store(item, result())
