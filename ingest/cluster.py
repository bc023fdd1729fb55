"""Embedding on a Ray cluster: one actor per GPU, or per core if there is none. Actors compute, this process stores.

A thread per actor hands it one part of a batch at a time. A lost actor's part goes back into the queue, to be embedded
by another one, or by the same one once Ray has restarted it. Actors store nothing, so nothing is stored twice; if this
process is killed, Ray ends its actors, and the next ingest continues with what is not stored.
"""

from __future__ import annotations

import functools
import math
import os
import queue
import socket
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple

import numpy as np

from ingest.encoding import Here, Result
from rag.config import Config
from rag.errors import ConfigError, ModelError
from rag.models import Embedder, Vectors, embedder_of

PART_TEXTS = 64
"""What an actor is given at a time: about a second of work for a core, so that losing one costs little."""
BATCH_TEXTS = 384
"""A smaller first batch is embedded here: that is quicker than a cluster loading the model."""
READY_SECONDS = 300.0
"""How long an actor may take to be placed and load the model."""
AGAIN_SECONDS = 0.5
CONNECT_SECONDS = 5.0

Make = Callable[[str], Embedder]
"""Loads the model on a device, "cpu" or "cuda"."""
_STOP = None


def worker_of(config: Config) -> Make:
    """Loads the model named in the settings."""
    return functools.partial(embedder_of, config)


class Worker:
    """The actor, which holds just a model."""

    def __init__(self, make: Make, device: str) -> None:
        self._embedder = make(device)

    def about(self) -> str:
        """Fingerprint of its model."""
        return self._embedder.fingerprint

    def encode(self, texts: list[str]) -> Vectors:
        """One row per text."""
        return self._embedder.encode(texts)


class _Part(NamedTuple):
    """Some texts of a batch, and the future for their vectors."""

    texts: list[str]
    told: Future[Vectors]


class Cluster:
    """An `Encoding` by the actors of a cluster; joins it at the first whole batch. A context manager."""

    def __init__(self, address: str, embedder: Callable[[], Embedder], make: Make) -> None:
        self._ray = _ray()
        self._address, self._embedder, self._make = address, embedder, make
        self._here = Here(embedder)
        self._line: queue.Queue[_Part | None] = queue.Queue()
        self._actors: list[Any] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._working = 0
        self._problem = ""
        self._joined = False

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the actors and leaves the cluster."""
        for actor in self._actors:
            self._line.put(_STOP)
            self._ray.kill(actor)
        for thread in self._threads:
            thread.join()
        if self._joined:
            self._ray.shutdown()

    @property
    def batches_most(self) -> int:
        """Two parts per actor, plus one batch being read."""
        return math.ceil(2 * len(self._actors) * PART_TEXTS / BATCH_TEXTS) + 1 if self._actors else 0

    def submit(self, texts: Sequence[str]) -> Result:
        """Puts the parts of a batch into the queue.

        Raises:
            ConfigError: there is no cluster at the address.
            ModelError: no actor is left.
        """
        if not self._actors:
            if len(texts) < BATCH_TEXTS:
                return self._here.submit(texts)
            self._start()
        # Sorted by length, because the model pads all texts of a part to the longest.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        parts = [
            _Part([texts[place] for place in order[first : first + PART_TEXTS]], Future())
            for first in range(0, len(order), PART_TEXTS)
        ]
        with self._lock:
            if not self._working:
                raise self._nobody_left()
            for part in parts:
                self._line.put(part)
        return lambda: _in_order(order, [part.told.result() for part in parts])

    def _start(self) -> None:
        if not self._ray.is_initialized():
            self._join()
        resources = self._ray.cluster_resources()
        gpus, cores = int(resources.get("GPU", 0)), int(resources.get("CPU", 0))
        options = {"num_gpus": 1, "num_cpus": 0} if gpus else {"num_cpus": 1}
        actor_class = self._ray.remote(Worker).options(max_restarts=-1, **options)
        device = "cuda" if gpus else "cpu"
        self._actors = [actor_class.remote(self._make, device) for _ in range(gpus or max(cores, 1))]
        self._working = len(self._actors)
        expected = self._embedder().fingerprint
        self._threads = [
            threading.Thread(target=self._serve, args=(actor, expected), name="dateline-worker", daemon=True)
            for actor in self._actors
        ]
        for thread in self._threads:
            thread.start()

    def _join(self) -> None:
        host, _, port = self._address.removeprefix("ray://").rpartition(":")
        try:
            if port.isdigit():  # Ray itself would try for minutes
                socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Ray's own
                self._ray.init(address=self._address, log_to_driver=False, logging_level="ERROR")
        except (OSError, RuntimeError, ValueError) as error:
            raise ConfigError(
                f"There is no Ray cluster at '{self._address}' (RAY_ADDRESS); start one with 'ray start --head', or "
                "unset the variable to embed on this machine."
            ) from error
        self._joined = True

    def _serve(self, actor: Any, expected: str) -> None:
        errors = self._ray.exceptions
        part: _Part | None = None
        usable = self._is_usable(actor, expected)
        while usable and (part := self._line.get()) is not _STOP:
            try:
                part.told.set_result(self._ray.get(actor.encode.remote(part.texts)))
            except errors.RayTaskError as error:
                part.told.set_exception(ModelError(f"A worker could not embed: {error.cause}."))
            except errors.RayError:
                self._line.put(part)
                usable = self._is_usable(actor, expected)
        with self._lock:
            self._working -= 1
            while not self._working and not self._line.empty():
                waiting = self._line.get()
                if waiting:
                    waiting.told.set_exception(self._nobody_left())

    def _is_usable(self, actor: Any, expected: str) -> bool:
        """Waits until an actor has its model, even one being restarted."""
        errors, until = self._ray.exceptions, time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            try:
                fingerprint = self._ray.get(actor.about.remote(), timeout=READY_SECONDS)
            except errors.ActorDiedError as error:
                self._problem = str(error).strip().splitlines()[-1]
                return False
            except errors.RayError as error:
                self._problem = str(error).strip().splitlines()[-1]
                time.sleep(AGAIN_SECONDS)
            else:
                self._problem = "" if fingerprint == expected else "a worker has other weights than this machine"
                return bool(fingerprint == expected)
        return False

    def _nobody_left(self) -> ModelError:
        return ModelError(
            f"No worker of the Ray cluster can embed ({self._problem[:200]}). What was stored is safe: install the same "
            "Dateline and model there, or unset RAY_ADDRESS, and run this again."
        )


def _in_order(order: list[int], parts: list[Vectors]) -> Vectors:
    rows = np.concatenate(parts)
    vectors = np.empty_like(rows)
    vectors[order] = rows
    return vectors


def _ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import ray
            import ray.exceptions
    except ImportError as error:
        raise ConfigError("RAY_ADDRESS is set, but Ray is missing: pip install 'dateline[cluster]'.") from error
    return ray
