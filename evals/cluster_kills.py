"""Kills each part ten times during ingest and questions: what was lost or duplicated, and how long recovery took.

The articles are short and made up here, each with names of its own, so that every passage shown can be checked against
what was ingested, and embedding does not dominate.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

from evals.cluster_engines import Engines, Row, free_port, load, published, running_engines, two_workers
from evals.load import Server, running_server
from ingest import cluster
from ingest.run import ingest
from rag.config import Config
from rag.errors import LibraryUnreachable
from rag.library import Library
from rag.store.catalog import Catalog
from rag.store.server_publish import check_on

KILLS = 10
ARTICLES = 1600
BATCH = 32
PATIENCE_SECONDS = 120.0
ANSWER_SECONDS = 15.0
SHOWN = 20  # All articles are nearly the same, so the one with the name asked for need not come first.
KINDS = ("worker", "ingest", "web", "chroma", "postgres")
"""What is killed: a Ray worker, the process that stores, a web server, the Chroma server, PostgreSQL."""


def name_of(number: int, which: int = 0) -> str:
    """A word unique to article `number`, one of five."""
    letters, vowels = "bcdfghklmnprstvz", "aeiouaeiou"[which:]
    shifts = enumerate((8, 4, 0))
    return "".join(letters[number >> shift & 15] + vowels[place] for place, shift in shifts).title()


def text_of(number: int) -> str:
    ship, port, captain, firm, island = (name_of(number, which) for which in range(5))
    return f"{captain} of {firm} said in {port} that the ship {ship} would carry {number + 20} passengers to {island}."


class Scene:
    """Servers, a web server, an ingest and a client; each may be killed."""

    def __init__(self, engines: Engines, ray: str, folder: Path) -> None:
        self.postgres, self.chroma = engines
        self.address = self.postgres.address()
        self.config = Config(library=self.address, chroma=self.chroma.address)
        self._env = {**os.environ, "DATELINE_CHROMA": self.chroma.address, **({"RAY_ADDRESS": ray} if ray else {})}
        self._articles = folder / "articles.jsonl"
        rows = ({"id": f"kill-{n:04d}", "title": f"{name_of(n)} sails", "text": text_of(n)} for n in range(ARTICLES))
        self._articles.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
        self._port = free_port()
        self.web = contextlib.ExitStack()
        self.server: Server | None = None
        self.ingesting: subprocess.Popen[bytes] | None = None
        self.stop = threading.Event()
        self.said: Counter[str] = Counter()
        self.answered = self.whole = time.monotonic()
        self.seen: set[str] = set()  # Articles that any reader ever saw, which were therefore acknowledged.

    def open_web(self) -> None:
        self.web.close()
        settings = {"DATELINE_CHROMA": self.chroma.address}
        self.server = self.web.enter_context(running_server(self.address, settings, self._port))

    def keep_ingesting(self) -> None:
        """Restarts the ingest whenever it ends before everything is stored."""
        command = [sys.executable, "-m", "evals.cluster_kills", self.address, str(self._articles)]
        while not self.stop.is_set():
            self.ingesting = subprocess.Popen(
                command, env=self._env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            code = self.ingesting.wait()
            self.said[f"ingest ended with {code}"] += 1
            if code == 0:
                return

    def keep_watching(self) -> None:
        """Records which articles are stored; anything seen once must stay."""
        catalog = Catalog(self.address)
        while not self.stop.wait(0.1):
            with contextlib.suppress(LibraryUnreachable), catalog.reading() as connection:
                self.seen.update(row[0] for row in connection.execute("SELECT article_id FROM articles"))

    def keep_asking(self) -> None:
        """Asks about stored articles, one question after another; each passage must be one that was ingested."""
        with httpx.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=ANSWER_SECONDS) as client:
            number = 0
            while not self.stop.wait(0.2):
                number = (number + 7) % max(len(self.seen), 1)
                try:
                    self._check(client, number)
                except httpx.HTTPError as error:
                    self.said[type(error).__name__] += 1

    def _check(self, client: httpx.Client, number: int) -> None:
        question = {"question": f"How many passengers will the ship {name_of(number)} carry?", "top_k": SHOWN}
        found = client.post("/api/search", json=question)
        if found.status_code != 200:
            self.said[f"status {found.status_code}"] += 1
            return
        passages = found.json()["passages"]
        wrong = [one for one in passages if one["text"] != text_of(int(one["article_id"].removeprefix("kill-")))]
        self.said["wrong passages"] += len(wrong)
        named = any(name_of(number) in one["text"] for one in passages)
        self.said["not found though stored"] += f"kill-{number:04d}" in self.seen and not named
        self.said["answers"] += 1
        self.answered = time.monotonic()
        if client.get("/readyz").json().get("notices") == 0:
            self.whole = time.monotonic()


def _actors() -> list[int]:
    running = psutil.process_iter(["cmdline"])
    return [int(one.pid) for one in running if (one.info["cmdline"] or [""])[0].startswith("ray::Worker")]


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, "did not come back"
        time.sleep(0.02)


def _kill(scene: Scene, kind: str) -> float:
    """Kills one and restarts it; seconds from the kill until everything works again."""
    stored = len(scene.seen)
    if kind == "worker":
        _until(lambda: bool(_actors()))
    elif kind == "ingest":
        _until(lambda: scene.ingesting is not None and scene.ingesting.poll() is None)
    killed = time.monotonic()
    if kind == "worker":
        os.kill(_actors()[0], 9)
    elif kind == "ingest" and scene.ingesting:
        scene.ingesting.kill()
    elif kind == "web" and scene.server:
        scene.server.process.kill()
        scene.open_web()
    else:
        engine = scene.chroma if kind == "chroma" else scene.postgres
        engine.kill()
        engine.start()
    again = time.monotonic()
    if kind == "chroma":
        _until(lambda: scene.whole > again)
        return scene.whole - killed
    if kind in {"web", "postgres"}:
        _until(lambda: scene.answered > again)
        return scene.answered - killed
    _until(lambda: len(scene.seen) > stored)
    return time.monotonic() - killed


def killed(kind: str, folder: Path) -> Row:
    busy = load()
    with contextlib.ExitStack() as stack:
        ray = stack.enter_context(two_workers()) if kind in KINDS[:2] else ""
        scene = Scene(stack.enter_context(running_engines()), ray, folder)
        published(Library.create(scene.address, scene.config))
        scene.open_web()
        stack.callback(scene.web.close)
        keeps = (scene.keep_ingesting, scene.keep_watching, scene.keep_asking)
        threads, times = [threading.Thread(target=one) for one in keeps], list[float]()
        for thread in threads:
            thread.start()
        try:
            _until(lambda: bool(scene.seen))
            for _ in range(KILLS):
                times.append(_kill(scene, kind))
                time.sleep(0.5)
            while threads[0].is_alive():
                threads[0].join(1)
        finally:
            scene.stop.set()
            if scene.ingesting and scene.ingesting.poll() is None:
                scene.ingesting.kill()
            for thread in threads:
                thread.join()
        found = _faults(scene)
    told = ", ".join(f"{count} × {what}" for what, count in sorted(scene.said.items()) if count)
    recovery = f"recovery p50 {statistics.median(times):.1f} s, longest {max(times):.1f} s"
    return Row(f"killed {len(times)} times: {kind}", "–", f"{found}; {recovery} ({told})", "nothing", busy)


def _faults(scene: Scene) -> str:
    library = Library.open(scene.address, scene.config)
    published(library)
    articles = {one.article_id for one in library.articles()}
    with library.catalog.reading() as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM passages")]
    live = library.catalog.live_collection()
    assert live
    assert library.server
    check_on(library.server, library.catalog)
    faults = {
        "lost": len(scene.seen - articles) + ARTICLES - len(articles),
        "twice": len(ids) - len(set(ids)) + abs(len(ids) - ARTICLES),
        "too many or few on the server": abs(library.server.count(live.name) - len(ids)),
        "wrong": scene.said.pop("wrong passages", 0) + scene.said.pop("not found though stored", 0),
    }
    return ", ".join(f"{count} {what}" for what, count in faults.items())


def main() -> None:
    """The ingest, in small steps, so that it can be killed midway."""
    cluster.PART_TEXTS, cluster.BATCH_TEXTS = BATCH // 2, BATCH
    library = Library.open(sys.argv[1], Config.from_environment(library=sys.argv[1]))
    report = ingest(library, [sys.argv[2]], batch_passages=BATCH)
    sys.exit(bool(report.failed))


if __name__ == "__main__":
    main()
