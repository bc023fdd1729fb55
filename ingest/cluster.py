"""Embedding on a Ray cluster: as many parts of batches at once as it has GPUs, or cores where there are none.

The workers compute, this process stores. Ray gives a part that a lost worker had to another one. Nothing is stored by a
worker, so nothing is stored twice; when this process is killed, the next ingest goes on at what is not stored.
"""

from __future__ import annotations

import functools
import math
import os
import secrets
import socket
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ingest.encoding import Here, Result
from rag.config import Config
from rag.errors import ConfigError, ModelError
from rag.models import Embedder, Vectors, embedder_of
from rag.store.engine import batched

PART_TEXTS = 64
"""What a worker is given at once: about a second of work for a core, so that little is lost with one."""
BATCH_TEXTS = 384
"""A smaller first batch is embedded here: it takes less time than a cluster takes to load the model."""
ANSWER_SECONDS = 300.0
"""How long a batch may take, from starting the workers and loading the model on."""
CONNECT_SECONDS = 5.0

Make = Callable[[str], Embedder]
"""Loads the model on a device, "cpu" or "cuda"."""
_LOADED: dict[str, Embedder] = {}
"""In a worker: the model of the ingest that it works for."""


def worker_of(config: Config) -> Make:
    """Loads the model that the settings name."""
    return functools.partial(embedder_of, config)


def encode(ingest: str, make: Make, device: str, texts: list[str]) -> tuple[str, Vectors]:
    """What a worker does: the fingerprint of its model, and one row a text. The model stays for the next part."""
    if ingest not in _LOADED:
        _LOADED.clear()
        _LOADED[ingest] = make(device)
    return _LOADED[ingest].fingerprint, _LOADED[ingest].encode(texts)


class Cluster:
    """An `Encoding` by the workers of a cluster; joins it with the first whole batch. A context manager."""

    def __init__(self, address: str, embedder: Callable[[], Embedder], make: Make) -> None:
        self._ray = _ray()
        self._address, self._embedder, self._make = address, embedder, make
        self._here = Here(embedder)
        self._workers = 0
        self._begin: Callable[[list[str]], Any]
        self._joined = False

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        """Leaves the cluster, which ends what is under way."""
        if self._joined:
            self._ray.shutdown()

    @property
    def batches_most(self) -> int:
        """Two parts for each worker, and a batch to be read meanwhile."""
        return math.ceil(2 * self._workers * PART_TEXTS / BATCH_TEXTS) + 1 if self._workers else 0

    def submit(self, texts: Sequence[str]) -> Result:
        """Begins the parts of a batch.

        Raises:
            ConfigError: there is no cluster at the address.
        """
        if not self._workers:
            if len(texts) < BATCH_TEXTS:
                return self._here.submit(texts)
            self._start()
        # Texts of one length together: the model pads all of a part to its longest.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        parts = [self._begin([texts[place] for place in part]) for part in batched(order, PART_TEXTS)]
        return lambda: self._vectors(order, parts)

    def _start(self) -> None:
        if not self._ray.is_initialized():
            self._join()
        resources = self._ray.cluster_resources()
        gpus, cores = int(resources.get("GPU", 0)), int(resources.get("CPU", 0))
        self._workers = gpus or max(cores, 1)
        needs = {"num_gpus": 1, "num_cpus": 0} if gpus else {"num_cpus": 1}
        # Without end: another worker takes over from a lost one. Any number of calls: a GPU's worker keeps its model.
        task = self._ray.remote(max_retries=-1, max_calls=0, **needs)(encode)
        self._begin = functools.partial(task.remote, secrets.token_hex(8), self._make, "cuda" if gpus else "cpu")

    def _join(self) -> None:
        host, _, port = self._address.removeprefix("ray://").rpartition(":")
        try:
            if port.isdigit():  # Ray itself would try for minutes
                socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of Ray about itself
                self._ray.init(address=self._address, log_to_driver=False, logging_level="ERROR")
        except (OSError, RuntimeError, ValueError) as error:
            raise ConfigError(
                f"There is no Ray cluster at '{self._address}' (RAY_ADDRESS); start one with 'ray start --head', or "
                "unset the variable to embed on this machine."
            ) from error
        self._joined = True

    def _vectors(self, order: list[int], parts: list[Any]) -> Vectors:
        errors, expected = self._ray.exceptions, self._embedder().fingerprint
        try:
            found = self._ray.get(parts, timeout=ANSWER_SECONDS)
        except errors.RayTaskError as error:
            raise _nobody_can(str(error.cause)) from error
        except errors.RayError as error:
            raise _nobody_can(str(error).strip().splitlines()[-1]) from error
        if any(fingerprint != expected for fingerprint, _ in found):
            raise _nobody_can("a worker has other weights than this machine")
        rows = np.concatenate([vectors for _, vectors in found])
        vectors = np.empty_like(rows)
        vectors[order] = rows
        return vectors


def _nobody_can(why: str) -> ModelError:
    return ModelError(
        f"The workers of the Ray cluster cannot embed ({why[:200]}). What was stored is safe: install the same Dateline "
        "and model there, or unset RAY_ADDRESS, and run this again."
    )


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
