"""Processes are killed at random moments and at each step; nothing reported as stored is ever lost.

KILLS=200 pytest tests/test_durability_kills.py -s       more of them, with a line that sums each loop up
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest
from fakes import contents_of, number_of, write_articles
from ingest_child import Children, Job, Outcome

from rag.store import generations

KILLS = int(os.environ.get("KILLS", "0"))
INGEST_KILLS = max(KILLS, 12)
PUBLISH_KILLS = max(KILLS, 3)
"""At random moments; in addition, one at each step."""
ARTICLES = 30
NO_INDEX = "There is no index. Run 'dateline rebuild'."

pytestmark = pytest.mark.timeout(300 + 10 * KILLS)


@dataclass(frozen=True)
class Clean:
    """The result of an undisturbed ingest of the sources."""

    sources: Path
    contents: dict[str, object]
    numbers: dict[str, int]
    """The article's number, by its id."""


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, children: Children) -> Clean:
    folder = tmp_path_factory.mktemp("clean")
    sources = write_articles(folder / "articles", ARTICLES)
    report = children.run(Job("ingest", str(folder / "library"), [str(sources)])).result
    assert (report["stored"], report["notices"]) == (ARTICLES, [])
    contents = contents_of(folder / "library")
    return Clean(sources, dict(contents), {key: number_of(text) for key, (_, text, _) in contents.items()})


def assert_nothing_is_lost(children: Children, library: Path, acknowledged: set[str], clean: Clean) -> None:
    """A fresh process finds every acknowledged article, and the doctor reports only "not published yet"."""
    if not (library / "catalog.sqlite").exists():  # killed before anything existed
        assert not acknowledged
        return
    numbers = [clean.numbers[article_id] for article_id in sorted(acknowledged)]
    found = children.run(Job("check", str(library), numbers=numbers)).result
    assert found["lost"] == []
    assert all(finding == NO_INDEX or "wait to be published" in finding for finding in found["wrong"]), found


def stored_in(library: Path) -> int:
    """How many articles a library holds; more than were acknowledged if a kill came in between."""
    return len(contents_of(library)) if (library / "catalog.sqlite").exists() else 0


def moment_of(outcome: Outcome) -> str:
    """The last thing a killed process said it was about to do."""
    began = [line.split()[0] for line in outcome.lines if line.startswith(("stored", "step"))]
    return outcome.steps[-1] if outcome.steps else "storing" if began else "opening"


@pytest.mark.parametrize(
    ("by", "catch_sigterm", "kills"),
    [(signal.SIGKILL, False, INGEST_KILLS), (signal.SIGTERM, False, 3), (signal.SIGTERM, True, 3)],
    ids=["kill", "sigterm", "sigterm_caught"],
)
def test_ingest_killed_at_random_moments(
    tmp_path: Path, children: Children, clean: Clean, by: int, catch_sigterm: bool, kills: int
) -> None:
    chance = random.Random(by)
    moments: Counter[str] = Counter()
    told = rounds = 0
    while moments.total() < kills:
        rounds += 1
        library = tmp_path / f"library-{rounds}"
        job = Job(
            "ingest",
            str(library),
            [str(clean.sources)],
            batch_passages=6,
            pause=0.01,
            publish_every=1,
            catch_sigterm=catch_sigterm,
        )
        acknowledged: set[str] = set()
        while stored_in(library) < ARTICLES and moments.total() < kills:
            outcome = children.run(job, chance.uniform(0.05, 0.5), by)
            acknowledged |= outcome.stored
            if outcome.exit == 0:
                break
            assert outcome.exit == (1 if catch_sigterm and outcome.lines else -by), outcome
            moments[moment_of(outcome)] += 1
            assert_nothing_is_lost(children, library, acknowledged, clean)
        told += len(acknowledged)
        # To its end, which is a publish; its check and swap have tests of their own.
        children.run(replace(job, stop_at_step="check", publish_every=300))
        assert contents_of(library) == clean.contents
    print(
        f"\ningest, signal {by}: {moments.total()} kills {dict(moments)}, {rounds} libraries, {told} acknowledged, 0 lost"
    )


@pytest.fixture(scope="module")
def unpublished(tmp_path_factory: pytest.TempPathFactory, children: Children, clean: Clean) -> tuple[Path, set[str]]:
    """A library with a published index and three more stored articles, and the ids of all."""
    library = tmp_path_factory.mktemp("unpublished") / "library"
    files = [str(path) for path in sorted(clean.sources.glob("*.txt"))]
    first = children.run(Job("ingest", str(library), files[:9]))
    second = children.run(Job("ingest", str(library), files[9:12], stop_at_step="publish"))
    assert (first.exit, second.exit, len(second.stored)) == (0, -signal.SIGKILL, 3)
    return library, first.stored | second.stored


@pytest.mark.parametrize(("anew", "most"), [(False, 6), (True, 3)], ids=["copied", "built_anew"])
def test_publish_killed_at_each_of_its_steps(
    tmp_path: Path, children: Children, clean: Clean, unpublished: tuple[Path, set[str]], anew: bool, most: int
) -> None:
    source, acknowledged = unpublished
    library = tmp_path / "library"
    job = Job("publish", str(library), anew=anew)
    shutil.copytree(source, library)
    listed = children.run(replace(job, list_events=True))
    assert (listed.result["replayed"] == 0) is anew
    events = [words[1] for words in listed.words_after("event")]
    killed_at = spread(len(events), max(KILLS, most))
    for number in killed_at:
        shutil.rmtree(library)
        shutil.copytree(source, library)
        outcome = children.run(replace(job, stop_at_event=number))
        assert outcome.exit == -signal.SIGKILL
        assert_nothing_is_lost(children, library, acknowledged, clean)
    assert_published(children, library)
    print(f"\npublish: killed at {len(killed_at)} of {len(events)} steps {dict(Counter(events))}, 0 lost")


def test_publish_killed_at_random_moments(
    tmp_path: Path, children: Children, clean: Clean, unpublished: tuple[Path, set[str]]
) -> None:
    source, acknowledged = unpublished
    library = tmp_path / "library"
    shutil.copytree(source, library)  # only once: what the killed processes leave behind accumulates
    chance = random.Random(1)
    moments: Counter[str] = Counter()
    for _ in range(PUBLISH_KILLS):
        outcome = children.run(Job("publish", str(library), anew=True), chance.uniform(0, chance.choice([0.3, 1.5])))
        moments[moment_of(outcome) if outcome.exit else "done"] += 1
        assert_nothing_is_lost(children, library, acknowledged, clean)
    assert_published(children, library)
    print(f"\npublish: {PUBLISH_KILLS} kills {dict(moments)}, {len(acknowledged)} acknowledged, 0 lost")


def test_check_of_a_new_index_killed(
    tmp_path: Path, children: Children, clean: Clean, unpublished: tuple[Path, set[str]]
) -> None:
    source, acknowledged = unpublished
    library = tmp_path / "library"
    shutil.copytree(source, library)
    before = generations.current(library)
    process = psutil.Process(children.begin(Job("publish", str(library))))
    children.until("step check")
    while not (checks := process.children()):
        time.sleep(0.01)
    checks[0].kill()
    assert "IndexUnavailable" in children.finish().failure
    assert generations.current(library) == before
    assert_nothing_is_lost(children, library, acknowledged, clean)
    assert_published(children, library)


def spread(count: int, most: int) -> list[int]:
    """At most `most` numbers from 1 to `count`, evenly spread, including the first and the last."""
    return sorted({1 + round(place * (count - 1) / (most - 1)) for place in range(most)})


def assert_published(children: Children, library: Path) -> None:
    """The next publish succeeds, the doctor is satisfied, and nothing is left lying around."""
    assert children.run(Job("publish", str(library))).exit == 0
    assert [check for check in children.run(Job("doctor", str(library))).result if not check[1]] == []
    names = sorted(path.name for path in (library / "index").iterdir())  # hidden ones too
    assert names == sorted(["CURRENT", str(generations.current(library))])
