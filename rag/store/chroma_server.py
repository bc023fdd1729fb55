"""A Chroma server as a library's dense side: one machine, a cluster or a hosted one, over its HTTP interface.

Asked directly, because the packaged client has no timeouts and raises bare `Exception` for a proxy's replies.
https://docs.trychroma.com/reference/server-env-vars, version 2 of the interface. Vectors carry nothing but the
number of their passage, so writing one twice is harmless, and anything interrupted is simply redone.
"""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import threading
import time
import weakref
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from rag.config import Config
from rag.errors import ConfigError, IndexUnavailable
from rag.models import Vectors
from rag.store.index import Hit

HEADER = "DATELINE_CHROMA_HEADER"
"""Environment variable with the authentication header, as `Authorization: Bearer …` or `x-chroma-token: …`."""
ANSWER_SECONDS, WRITE_SECONDS, CONNECT_SECONDS = 5.0, 120.0, 2.0
RETRY_SECONDS = 3.0
"""How long a server that did not answer is left alone; words answer until then, without delay."""
RECORDS_MOST = 1000
"""Written at a time if the server allows it: more would only make a request take longer."""
FEWEST = 10
"""A server that refuses so small a batch refuses for another reason."""
RESULTS_WHERE_LIMITED = 300
"""The most results hosted servers return."""
_TOO_MUCH = frozenset({413, 422, 429})


class Missing(IndexUnavailable):
    """The server does not hold the collection, or no longer does."""


class TooMuch(IndexUnavailable):
    """The server wants smaller or fewer requests."""


class ChromaServer:
    """Connections to one server. Safe to share between threads; constructing it connects to nothing."""

    def __init__(self, address: str, header: str = "", answer_seconds: float = ANSWER_SECONDS) -> None:
        import httpx  # a single-machine library does without

        self._httpx = httpx
        parts = urlsplit(address)
        name, _, value = header.partition(":")
        if header and not (name.strip() and value.strip()):
            raise ConfigError(f"{HEADER} is not usable; write it as 'Authorization: Bearer …'.")
        tenant, database = [*parts.path.strip("/").split("/"), "", ""][:2]
        self.place = parts.netloc
        self._base = (
            f"/api/v2/tenants/{tenant or 'default_tenant'}/databases/{database or 'default_database'}/collections"
        )
        self._client = httpx.Client(
            base_url=f"{parts.scheme}://{parts.netloc}",
            headers={name.strip(): value.strip()} if header else {},
            timeout=httpx.Timeout(answer_seconds, connect=CONNECT_SECONDS),
        )
        self._finalizer = weakref.finalize(self, self._client.close)
        self.problem = ""  # why it is being left alone; empty while it answers
        self._left_alone_until = 0.0
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}
        self._results_most: int | None = None
        self._records_most: int | None = None

    @classmethod
    def of(cls, config: Config) -> ChromaServer | None:
        """The server named in the settings; None if the index is beside the catalog."""
        return cls(config.chroma, os.environ.get(HEADER, "")) if config.chroma else None

    def close(self) -> None:
        """Closes all connections; they also close once this object is no longer used."""
        self._finalizer()

    def may_be_asked(self) -> bool:
        """False while it is left alone; afterwards one question tries it, and the others wait for the result."""
        with self._lock:
            if not self.problem:
                return True
            now = time.monotonic()
            if now < self._left_alone_until:
                return False
            self._left_alone_until = now + RETRY_SECONDS
            return True

    def create(self) -> str:
        """Makes an empty collection, under a name unique among libraries and attempts."""
        name = f"dateline-{secrets.token_hex(8)}"
        made = {"name": name, "configuration": {"hnsw": {"space": "cosine", "ef_search": 200}}}
        self._known[name] = self._call("POST", "", made)["id"]
        return name

    def dimension(self, name: str) -> int | None:
        """Of the vectors in a collection; None if it is empty. Raises `Missing` if there is no collection."""
        found = self._call("GET", f"/{name}")
        self._known[name] = found["id"]
        return int(found["dimension"]) if found.get("dimension") else None

    def count(self, name: str) -> int:
        return int(self._call("GET", f"/{self._id(name)}/count"))

    def drop(self, name: str) -> None:
        """Removes a collection, if it exists."""
        with contextlib.suppress(Missing):
            self._call("DELETE", f"/{name}", seconds=WRITE_SECONDS)
        self._known.pop(name, None)

    def remove(self, name: str, numbers: list[int]) -> None:
        """Removes vectors; missing ones are ignored."""
        self._call("POST", f"/{self._id(name)}/delete", {"ids": [str(number) for number in numbers]}, WRITE_SECONDS)

    @property
    def records_most(self) -> int:
        """How many records the server takes at a time, as far as known."""
        if self._records_most is None:
            allowed = self._request("GET", "/api/v2/pre-flight-checks").get("max_batch_size", RECORDS_MOST)
            self._records_most = max(1, min(int(allowed), RECORDS_MOST))
        return self._records_most

    def put(self, name: str, numbers: list[int], vectors: Vectors) -> None:
        """Writes vectors, in batches the server allows. Raises `TooMuch` if it allows none."""
        start = 0
        while start < len(numbers):
            most = self.records_most
            part = slice(start, start + most)
            packed = [base64.b64encode(row.tobytes()).decode() for row in np.asarray(vectors[part], dtype="<f4")]
            wanted = {"ids": [str(number) for number in numbers[part]], "embeddings": packed}
            try:
                self._call("POST", f"/{self._id(name)}/upsert", wanted, WRITE_SECONDS)
            except TooMuch:
                if most <= FEWEST:
                    raise
                self._records_most = most // 2
            else:
                start += most

    def nearest(self, name: str, vector: Vectors, most: int) -> list[Hit]:
        """About `most` passages nearest to `vector`, with their cosine; fewer if the server returns no more."""
        most = min(most, self._results_most or most)
        wanted = {"query_embeddings": [vector.ravel().tolist()], "include": ["distances"], "n_results": most}
        try:
            found = self._call("POST", f"/{self._id(name)}/query", wanted)
        except TooMuch:
            if most <= RESULTS_WHERE_LIMITED:
                raise
            self._results_most = RESULTS_WHERE_LIMITED
            return self.nearest(name, vector, most)
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [Hit(int(number), 1.0 - float(distance)) for number, distance in pairs]

    def _id(self, name: str) -> str:
        if name not in self._known:
            self.dimension(name)
        return self._known[name]

    def _call(self, method: str, path: str, content: object = None, seconds: float | None = None) -> Any:
        try:
            return self._request(method, self._base + path, content, seconds)
        except Missing:
            self._known.clear()  # a server set up again gives its collections new ids
            raise

    def _request(self, method: str, path: str, content: object = None, seconds: float | None = None) -> Any:
        try:
            timeout = self._httpx.Timeout(seconds, connect=CONNECT_SECONDS) if seconds else self._client.timeout
            answer = self._client.request(method, path, json=content, timeout=timeout)
            told = answer.json()
        except self._httpx.HTTPError as error:
            raise self._silent(f"does not answer ({type(error).__name__})") from error
        except ValueError as error:
            raise self._silent(f"answers {answer.status_code} with what is no JSON") from error
        if answer.status_code in {401, 403}:
            raise self._silent(f"lets nobody in with what {HEADER} says")
        if answer.status_code == 404:
            raise Missing(f"The Chroma server at {self.place} does not hold this library; run 'dateline rebuild'.")
        why = str(told.get("message", ""))[:200] if isinstance(told, dict) else ""
        if answer.status_code in _TOO_MUCH:
            raise TooMuch(f"The Chroma server at {self.place} wants less at once ({why}).")
        if answer.status_code >= 500:
            raise self._silent(f"answers {answer.status_code}")
        if answer.is_error:
            raise IndexUnavailable(f"The Chroma server at {self.place} refuses ({why}); run 'dateline rebuild'.")
        self.problem = ""
        return told

    def _silent(self, what: str) -> IndexUnavailable:
        with self._lock:
            self.problem = f"The Chroma server at {self.place} {what}."
            self._left_alone_until = time.monotonic() + RETRY_SECONDS
            return IndexUnavailable(self.problem)


@dataclass(frozen=True)
class ServerDense:
    """A `Dense` on a server: one collection, as far as the catalog records it as filled."""

    server: ChromaServer
    name: str
    up_to: int

    def search(self, vector: Vectors, most: int) -> list[Hit]:
        """Leaves out what is written but not yet recorded; the caller compares that directly."""
        return [hit for hit in self.server.nearest(self.name, vector, most) if hit.number <= self.up_to]
