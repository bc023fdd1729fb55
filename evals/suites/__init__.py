"""Suites by name: `sample` is in the repository, the others are read from a folder given by the user."""

from __future__ import annotations

from pathlib import Path

from evals.cases import read_cases
from evals.rows import CaseError
from evals.suites.conversations import CAST, MTRAG
from evals.suites.news import READER, RTQA_NEWS
from evals.suites.ramdocs import RAMDOCS
from evals.suites.sample import sample
from evals.suites.squad import SQUAD
from evals.suites.suite import Adapter, Suite
from evals.suites.wildgraphbench import WILDGRAPHBENCH

__all__ = ["ADAPTERS", "Adapter", "Suite", "load_suite", "sample"]

ADAPTERS: dict[str, Adapter] = {
    "reader": READER,
    "rtqa_news": RTQA_NEWS,
    "wildgraphbench": WILDGRAPHBENCH,
    "squad": SQUAD,
    "ramdocs": RAMDOCS,
    "mtrag": MTRAG,
    "cast": CAST,
}


def load_suite(name: str, folder: Path | None) -> Suite:
    """The suite with that name, or the cases of a `.jsonl` file. Raises `CaseError` for a missing or bad one."""
    if name == "sample":
        return sample()
    if name.endswith(".jsonl"):
        return Suite(Path(name).stem, (), tuple(read_cases(Path(name))))
    if name not in ADAPTERS:
        raise CaseError(
            f"There is no suite '{name}'; the suites are sample, {', '.join(ADAPTERS)}, or a .jsonl file of cases."
        )
    if folder is None or not folder.is_dir():
        raise CaseError(
            f"The suite {name} is read from a folder ({ADAPTERS[name].expects}); name it with --data FOLDER."
        )
    try:
        return ADAPTERS[name].read(folder)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CaseError(f"The files in '{folder}' do not have the shape of {name}: {error!r}.") from error
