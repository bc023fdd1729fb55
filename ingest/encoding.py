"""Where passages are embedded: by this machine's model, or by a Ray cluster while this machine reads on."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Generic, TypeVar

from ingest.chunk import Cut
from rag.config import Config
from rag.models import Embedder, Vectors

Item = TypeVar("Item")
Result = Callable[[], Vectors]  # Waits for the vectors, one row per text. Raises `ModelError`.
Embedded = tuple[Item, list[tuple[int, int]], Vectors]  # An item, and the places and vectors of its passages.


class Encoding:
    """Embeds batches of texts: here with this machine's own model, one at a time."""

    def __init__(self, embedder: Callable[[], Embedder]) -> None:
        self._embedder = embedder

    @property
    def batches_most(self) -> int:
        """Batches that may be in progress; 0 if `submit` itself does the work."""
        return 0

    def submit(self, texts: Sequence[str]) -> Result:
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
    """Embeds items in batches of at least so many passages, and stores the batches in the order they were added."""

    def __init__(self, encoding: Encoding, passages: int, store: Callable[[list[Embedded[Item]]], None]) -> None:
        self._encoding, self._passages, self._store = encoding, passages, store
        self._waiting: list[tuple[Item, list[Cut]]] = []
        self._batches: deque[tuple[list[tuple[Item, list[Cut]]], Result]] = deque()

    @property
    def items(self) -> Iterator[Item]:
        """Items not stored yet."""
        return (item for batch in (self._waiting, *(batch for batch, _ in self._batches)) for item, _ in batch)

    def add(self, item: Item, cuts: list[Cut]) -> None:
        """Starts a batch once there are enough passages, and stores the oldest ones if too many are in progress."""
        self._waiting.append((item, cuts))
        if sum(len(cuts) for _, cuts in self._waiting) >= self._passages:
            self._start()

    def finish(self) -> None:
        if self._waiting:
            self._start()
        self._store_down_to(0)

    def _start(self) -> None:
        batch, self._waiting = self._waiting, []
        self._batches.append((batch, self._encoding.submit([one.embedded for _, cuts in batch for one in cuts])))
        self._store_down_to(self._encoding.batches_most)

    def _store_down_to(self, most: int) -> None:
        while len(self._batches) > most:
            batch, result = self._batches.popleft()
            vectors, first, stored = result(), 0, list[Embedded[Item]]()
            for item, cuts in batch:
                spans = [(one.start, one.end) for one in cuts]
                stored.append((item, spans, vectors[first : first + len(spans)]))
                first += len(spans)
            self._store(stored)
