"""A process, made to be killed, that ingests, publishes or checks a library.

    python tests/ingest_child.py JOB          one job, given as JSON (the fields of `Job`)
        python tests/ingest_child.py serve        one job per line on stdin; each runs in a process of its own

It prints one flushed line each: `stored ID…` after a batch was committed, `step NAME` when a publish begins its next
step, `event N NAME` for file-system events if asked to list them, `done JSON`, or `failed CLASS: message`. The server
prints `process ID` before and `exit CODE` after. It has imported everything, so a job starts at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fakes import WordEmbedder, config_for, first_sentence

import rag.store.index  # noqa: F401  imported before a job starts, like everything below
from ingest.run import ingest
from rag.doctor import examine
from rag.errors import DatelineError
from rag.library import Library
from rag.models import Vectors
from rag.store.backup import backup
from rag.store.generations import read_manifest
from rag.text.languages import language_of
from ui.cli.main import Terminated, termination_raised

_CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.copyfile", "shutil.rmtree", "subprocess.Popen"}


@dataclass(frozen=True)
class Job:
    """What to do, and how slowly; times are in seconds."""

    do: str
    """ingest, publish, hold, check, doctor or backup."""
    library: str
    sources: list[str] = field(default_factory=list)
    batch_passages: int = 12
    pause: float = 0.0
    """Before each batch is embedded."""
    stop_at_step: str = ""
    """Kills itself when this step begins, e.g. publish."""
    list_events: bool = False
    stop_at_event: int = 0
    """Kills itself just before its n-th change to the library's files (of the changes made by Python)."""
    swap_to: str = ""
    """While it copies a generation, this one is made live and the half-copied old one is removed."""
    lock_wait: float = 5.0
    publish_every: float = 300.0
    catch_sigterm: bool = False
    """Handles SIGTERM as the command line does; otherwise SIGTERM kills at once."""
    file_size_limit: int = 0
    anew: bool = False
    numbers: list[int] = field(default_factory=list)
    """For check: articles to look for by their first sentence."""
    target: str = ""


class SlowEmbedder(WordEmbedder):
    """Waits before each batch."""

    def __init__(self, pause: float) -> None:
        super().__init__()
        self._pause = pause

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The rows of `WordEmbedder`, delayed."""
        time.sleep(self._pause)
        return super().encode(texts)


def say(line: str) -> None:
    """Prints one line for the parent; as a single write, because a kill may come before the next."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def die() -> None:
    """As abruptly as by kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)


class Teller:
    """Progress as lines: the articles in the catalog that were not there last time."""

    def __init__(self, library: Library, job: Job) -> None:
        self._library, self._job = library, job
        self._told = self._stored()

    def __call__(self, step: str, done: int, total: int) -> None:
        if step == "ingest":
            stored = self._stored()
            say(" ".join(["stored", *sorted(stored - self._told)]))
            self._told = stored
        elif done == 0:
            say(f"step {step}")
        if step == self._job.stop_at_step:
            die()

    def _stored(self) -> set[str]:
        with self._library.catalog.reading() as connection:
            return {row[0] for row in connection.execute("SELECT article_id FROM articles")}


def watch_events(job: Job) -> None:
    """Numbers this process's changes to the library's folder, and kills it at the requested one."""
    seen = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        writes = event == "open" and isinstance(arguments[2], int) and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
        if not (writes or event in _CHANGES) or job.library not in repr(arguments):
            return
        seen += 1
        if job.list_events:
            say(f"event {seen} {event} {[a for a in arguments[:2] if isinstance(a, str | os.PathLike)]}")
        if seen == job.stop_at_event:
            die()

    sys.addaudithook(hook)


def swap_during_copy(job: Job) -> None:
    """Simulates another process at the worst moment: a publish swaps while a reader copies."""
    index = Path(job.library) / "index"
    old = (index / "CURRENT").read_text()

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "shutil.copyfile" and f"{old}/lexical" in str(arguments[0]) and (index / old).exists():
            (index / "CURRENT").write_text(job.swap_to)
            shutil.rmtree(index / old)

    sys.addaudithook(hook)


def do_ingest(job: Job) -> object:
    """Creates the library if there is none, and ingests the sources."""
    config = config_for(Path(job.library), lock_wait_seconds=job.lock_wait, publish_every_seconds=job.publish_every)
    library = Library.create(job.library, config, embedder=SlowEmbedder(job.pause))
    report = ingest(library, job.sources, progress=Teller(library, job), batch_passages=job.batch_passages)
    return report.to_dict()


def do_publish(job: Job) -> object:
    """Publishes what is in the catalog; returns the new generation's manifest."""
    library = _open(job)
    with library.writing():
        published = library.publish(Teller(library, job), anew=job.anew)
    return read_manifest(library.path / "index" / published).model_dump() if published else None


def do_hold(job: Job) -> object:
    """Holds the writer's lock until it is killed."""
    with _open(job).writing():
        say("step holding")
        time.sleep(60)
    return None


def do_check(job: Job) -> object:
    """What is wrong: articles not found by their first sentence, and the doctor's findings.

    The doctor's own search in a fresh process is skipped; this is one.
    """
    library = _open(job)
    library.search("bridge")
    at_first = library.searcher.notices()
    lost = lost_of(library, job.numbers)
    wrong = []
    for check in examine(library.path, library.config, WordEmbedder()):
        if not check.ok:
            wrong.append(check.finding)
        if check.name == "index files":  # each check runs when it is requested
            break
    return {"lost": lost, "wrong": wrong, "notices": [*{*at_first, *library.searcher.notices()}]}


def lost_of(library: Library, numbers: Iterable[int]) -> list[int]:
    """Articles not found by their first sentence; raises for a passage that is not where it says."""
    lost = []
    for n in numbers:
        sentence = first_sentence(n)
        hits = library.search(sentence)
        for hit in hits:
            assert library.article(hit.article_id).text[hit.start : hit.end] == hit.text, hit
        if not any(sentence in hit.text for hit in hits):
            lost.append(n)
    return lost


def opened(library: Library) -> str | None:
    """The generation that a reader has open."""
    generation = library.searcher._generation
    return generation.name if generation else None


def do_doctor(job: Job) -> object:
    """All findings of the doctor, as [name, ok, finding]."""
    config = config_for(Path(job.library))
    return [[check.name, check.ok, check.finding] for check in examine(Path(job.library), config, WordEmbedder())]


def do_backup(job: Job) -> object:
    """Copies the library."""
    backup(Path(job.library), Path(job.target))
    return None


JOBS: dict[str, Callable[[Job], object]] = {
    "ingest": do_ingest,
    "publish": do_publish,
    "hold": do_hold,
    "check": do_check,
    "doctor": do_doctor,
    "backup": do_backup,
}


def _open(job: Job) -> Library:
    config = config_for(Path(job.library), lock_wait_seconds=job.lock_wait)
    return Library.open(job.library, config, embedder=WordEmbedder())


def run(job: Job) -> int:
    """Runs one job; returns the exit code that a command would have."""
    if job.file_size_limit:
        # The accompanying signal would kill; when ignored, the write fails with EFBIG as on a full disk.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (job.file_size_limit, job.file_size_limit))
    if job.list_events or job.stop_at_event:
        watch_events(job)
    if job.swap_to:
        swap_during_copy(job)
    try:
        with termination_raised() if job.catch_sigterm else contextlib.nullcontext():
            say(f"done {json.dumps(JOBS[job.do](job))}")
    except (DatelineError, Terminated) as error:
        say(f"failed {type(error).__name__}: {error}")
        return 1
    return 0


def serve(lines: Iterator[str]) -> None:
    """Runs a job per line, each in a process of its own; `exit` reports how it ended."""
    language_of("The model that tells languages is loaded once, before any job is begun.")
    for line in lines:
        job = Job(**json.loads(line))
        process = os.fork()
        if process == 0:
            say(f"process {os.getpid()}")
            code = run(job)
            sys.stdout.flush()
            os._exit(code)
        status = os.waitpid(process, 0)[1]
        say(f"exit {os.waitstatus_to_exitcode(status)}")


@dataclass
class Outcome:
    """A job's output, and how its process ended: the exit code, or minus the signal."""

    lines: list[str] = field(default_factory=list)
    exit: int = 0

    def words_after(self, first: str) -> list[list[str]]:
        """The remaining words of each line that begins with that word."""
        return [line.split()[1:] for line in self.lines if line.split(" ", 1)[0] == first]

    @property
    def stored(self) -> set[str]:
        """Articles reported as stored."""
        return {article_id for words in self.words_after("stored") for article_id in words}

    @property
    def steps(self) -> list[str]:
        """Publishing steps that began."""
        return [words[0] for words in self.words_after("step")]

    @property
    def result(self) -> Any:
        """The result of a completed job."""
        assert self.exit == 0, self.lines
        return json.loads(self.lines[-1].removeprefix("done "))

    @property
    def failure(self) -> str:
        """`CLASS: message` of a job that reported a failure."""
        assert self.exit == 1, self.lines
        return self.lines[-1].removeprefix("failed ")


class Children:
    """The server as seen by a test: one job at a time, each in a process of its own."""

    def __init__(self) -> None:
        command = [sys.executable, str(Path(__file__)), "serve"]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def begin(self, job: Job) -> int:
        """Starts a job; returns its process id."""
        assert self._server.stdin
        self._server.stdin.write(json.dumps(asdict(job)) + "\n")
        self._server.stdin.flush()
        return int(self.line().removeprefix("process "))

    def line(self) -> str:
        """The next line of the job's output."""
        assert self._server.stdout
        line = self._server.stdout.readline()
        assert line, "the server is gone"
        return line.rstrip("\n")

    def until(self, line: str) -> list[str]:
        """The lines up to this one."""
        lines = [self.line()]
        while lines[-1] != line and not lines[-1].startswith(("done ", "failed ", "exit ")):
            lines.append(self.line())
        assert lines[-1] == line, lines
        return lines

    def finish(self) -> Outcome:
        """Waits for the job to end; returns its output from here on."""
        outcome = Outcome()
        while not (line := self.line()).startswith("exit "):
            outcome.lines.append(line)
        outcome.exit = int(line.removeprefix("exit "))
        return outcome

    def run(self, job: Job, kill_after: float | None = None, by: int = signal.SIGKILL) -> Outcome:
        """Runs a job to its end, or kills it after `kill_after` seconds."""
        process = self.begin(job)
        timer = threading.Timer(kill_after or 0, _kill, (process, by))
        if kill_after is not None:
            timer.start()
        outcome = self.finish()
        timer.cancel()
        return outcome

    def close(self) -> None:
        """Ends the server."""
        self._server.communicate()


def _kill(process: int, by: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it had already ended
        os.kill(process, by)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        import chromadb  # noqa: F401  one second that each job would pay otherwise

        serve(iter(sys.stdin.readline, ""))
    else:
        sys.exit(run(Job(**json.loads(sys.argv[1]))))
