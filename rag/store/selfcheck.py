"""Does a generation answer? Run in a separate process, because a damaged one may crash it.

    DATELINE_LIBRARY=LIBRARY python -m rag.store.selfcheck FOLDER_OF_THE_GENERATION

Counts must agree with the manifest, a sample of passages must be found by their own vectors, and each by its own words.
Prints one line and exits with 1 if not.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rag.errors import DatelineError
from rag.store.catalog import Catalog, Numbers
from rag.store.engine import Address, address_of
from rag.store.generations import Generation
from rag.store.index import Dense, LexicalIndex
from rag.text.languages import ENGLISH
from rag.text.stems import stems
from rag.types import Filters, Passage

SAMPLE = 20
NEAREST = 10
"""HNSW is approximate: the passage itself must be among this many, with a cosine of one."""


def problem_of(library: Address, folder: Path) -> str | None:
    """What is wrong with a generation; None if it answers."""
    catalog = Catalog(library)
    with contextlib.closing(Generation(folder)) as generation:
        if generation.problems:
            return " ".join(generation.problems)
        for side, engine in (("dense", generation.dense), ("lexical", generation.lexical)):
            if engine is not None and len(engine) != generation.passages:
                return f"{generation.passages} passages expected, {len(engine)} in the {side} index"
        sample = sample_of(np.load(folder / "passages.npy", allow_pickle=False))
        if lost := generation.dense and lost_by_vector(generation.dense, catalog, sample):
            return f"passage {lost} is not found by its own vector"
        for number, passage in catalog.passages(sample, Filters()).items():
            if generation.lexical and not _found_by_words(generation.lexical, number, passage):
                return f"passage {number} is not found by its own words"
    return None


def lost_by_vector(dense: Dense, catalog: Catalog, numbers: Sequence[int]) -> int | None:
    """The first of the passages that its own vector does not find; None if all are found."""
    for number, vector in zip(*catalog.vectors(numbers), strict=True):
        hits = {hit.number: hit.score for hit in dense.search(vector, NEAREST)}
        # An identical text elsewhere may push it out of the nearest, but then the nearest are just as near.
        if hits.get(int(number), max(hits.values(), default=0.0)) < 0.999:
            return int(number)
    return None


def _found_by_words(lexical: LexicalIndex, number: int, passage: Passage) -> bool:
    terms = sorted(set(stems(passage.text, passage.language or ENGLISH)))
    rarest = sorted(terms, key=lexical.document_frequency)[:30]
    return not terms or any(hit.number == number for hit in lexical.search(rarest, 50, Filters()))


def sample_of(numbers: Numbers) -> list[int]:
    """At most `SAMPLE` numbers, evenly spread."""
    return [int(number) for number in numbers[:: max(len(numbers) // SAMPLE, 1)][:SAMPLE]]


if __name__ == "__main__":
    try:
        problem = problem_of(address_of(os.environ["DATELINE_LIBRARY"]), Path(sys.argv[1]))
    except DatelineError as error:
        problem = str(error)
    print(problem or "", end="")
    sys.exit(1 if problem else 0)
