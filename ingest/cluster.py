"""Embedding on a Ray cluster: one actor per GPU, or per core if there is none. Actors compute, this process stores.

An actor gets one part of a batch at a time. The part of a lost one goes to another, or to the same one once Ray has
restarted it. If this process is killed, Ray ends its actors.
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
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from ingest.encoding import Encoding, Result
from rag.config import Config
from rag.errors import ConfigError, ModelError
from rag.models import Embedder, Vectors, embedder_of

PART_TEXTS = 64  # What an actor gets at a time: about a second of work for a core, so that losing one costs little.
BATCH_TEXTS = 384  # A smaller first batch is embedded here: that is quicker than a cluster loading the model.
READY_SECONDS = 300.0  # How long an actor may take to be placed and load the model.
CONNECT_SECONDS = 5.0

Make = Callable[[str], Embedder]  # Loads the model on a device, "cpu" or "cuda".


def worker_of(config: Config) -> Make:
    return functools.partial(embedder_of, config)


class Worker:
    def __init__(self, make: Make, device: str) -> None:
        self._embedder = make(device)

    def fingerprint(self) -> str:
        return self._embedder.fingerprint

    def encode(self, texts: list[str]) -> Vectors:
        return self._embedder.encode(texts)


class Cluster(Encoding):
    """The actors of a cluster; joins it at the first whole batch."""

    def __init__(self, address: str, embedder: Callable[[], Embedder], make: Make) -> None:
        super().__init__(embedder)
        self._ray = _ray()
        self._address, self._make = address, make
        self._actors: list[Any] = []
        self._free: queue.Queue[Any] = queue.Queue()  # actors that wait for work; None if none will ever
        self._lost = 0
        self._lock = threading.Lock()
        self._problem = ""
        self._joined = False

    def close(self) -> None:
        self._free.put(None)
        for actor in self._actors:
            self._ray.kill(actor)
        if self._actors:
            self._admitting.shutdown(cancel_futures=True)
            self._encoding.shutdown(cancel_futures=True)
        if self._joined:
            self._ray.shutdown()

    @property
    def batches_most(self) -> int:
        """Two parts per actor, plus one batch being read."""
        return math.ceil(2 * len(self._actors) * PART_TEXTS / BATCH_TEXTS) + 1 if self._actors else 0

    def submit(self, texts: Sequence[str]) -> Result:
        """Starts the parts of a batch. Raises `ConfigError` if there is no cluster."""
        if not self._actors:
            if len(texts) < BATCH_TEXTS:
                return super().submit(texts)
            self._start()
        # Sorted by length, because the model pads all texts of a part to the longest.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        parts = (order[first : first + PART_TEXTS] for first in range(0, len(order), PART_TEXTS))
        told = [self._encoding.submit(self._encode, [texts[place] for place in part]) for part in parts]
        return lambda: _in_order(order, [part.result() for part in told])

    def _start(self) -> None:
        if not self._ray.is_initialized():
            self._join()
        resources = self._ray.cluster_resources()
        gpus, cores = int(resources.get("GPU", 0)), int(resources.get("CPU", 0))
        options = {"num_gpus": 1, "num_cpus": 0} if gpus else {"num_cpus": 1}
        actor_class = self._ray.remote(Worker).options(max_restarts=-1, **options)
        device = "cuda" if gpus else "cpu"
        self._actors = [actor_class.remote(self._make, device) for _ in range(gpus or max(cores, 1))]
        self._encoding, self._admitting = (ThreadPoolExecutor(len(self._actors), "dateline-worker") for _ in range(2))
        self._expected = self._embedder().fingerprint  # while the actors load their models
        for actor in self._actors:
            self._admitting.submit(self._admit, actor)

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

    def _encode(self, texts: list[str]) -> Vectors:
        """By the next free actor. Raises `ModelError` if none is left."""
        errors = self._ray.exceptions
        while (actor := self._free.get()) is not None:
            try:
                vectors: Vectors = self._ray.get(actor.encode.remote(texts))
            except errors.RayTaskError as error:
                self._free.put(actor)
                raise ModelError(f"A worker could not embed: {error.cause}.") from error
            except errors.RayError:
                self._admitting.submit(self._admit, actor)
            else:
                self._free.put(actor)
                return vectors
        self._free.put(None)
        raise ModelError(
            f"No worker of the Ray cluster can embed ({self._problem[:200]}). What was stored is safe: install the same "
            "Dateline and model there, or unset RAY_ADDRESS, and run this again."
        )

    def _admit(self, actor: Any) -> None:
        """Lets an actor work as soon as it has its model, even one being restarted, or counts it as lost."""
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            try:
                fingerprint = self._ray.get(actor.fingerprint.remote(), timeout=READY_SECONDS)
            except self._ray.exceptions.RayError as error:
                self._problem = str(error).strip().splitlines()[-1]
                if isinstance(error, self._ray.exceptions.ActorDiedError):
                    break
                time.sleep(0.5)
            else:
                if fingerprint == self._expected:
                    self._free.put(actor)
                    return
                self._problem = "a worker has other weights than this machine"
                break
        with self._lock:
            self._lost += 1
            if self._lost == len(self._actors):
                self._free.put(None)


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
