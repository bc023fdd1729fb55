"""Days of publication of saved web pages: right, wrong, unknown, beside htmldate alone in the same run.

`python -m evals.publication_days --data FOLDER`, where FOLDER is the folder of public data: the pages are those of
trafilatura's evaluation. Pages without a known day are left out. Sites are split by a
hash of their host: the resolver was tuned on three quarters, and the last one judges, with a 95 % bootstrap interval.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from htmldate import find_date

from ingest.document import Document, Metadata
from ingest.extract import extract
from rag.errors import SourceError

SAMPLES = 2_000
"""Bootstrap samples over pages."""


@dataclass(frozen=True)
class Page:
    """One page with the day that is right, what was found and where, and what htmldate says; ISO days or None."""

    file: str
    tuned: bool
    right: str
    found: str | None
    source: str
    beside: str | None


def read_pages(folder: Path) -> Iterator[Page]:
    """Every page with a known day, read by the product and by htmldate.

    `folder` holds `evaldata.json` (address → `file`, `date`) and `pages/`. Raises OSError without the data.
    """
    for url, entry in json.loads((folder / "evaldata.json").read_text("utf-8")).items():
        path = folder / "pages" / entry["file"]
        if not entry.get("date") or not path.is_file():
            continue
        content = path.read_bytes()
        try:
            known = extract(Document(url, content, "html", Metadata(url=url))).metadata
            found, source = known.published, known.published_source.value
        except SourceError:
            found, source = None, "refused"
        beside = find_date(content.decode("utf-8", "replace"), url=url, original_date=True)
        yield Page(entry["file"], is_tuned(url), entry["date"], str(found) if found else None, source, beside)


def is_tuned(url: str) -> bool:
    """Whether a page is of the three quarters of the sites on which the resolver was tuned."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return int(hashlib.sha256(host.encode()).hexdigest(), 16) % 4 != 3


def figures(pages: list[Page], answers: list[str | None]) -> str:
    """Shares in percent that are right and wrong, each with its 95 % interval."""
    scores = np.array(
        [[a == page.right, a is not None and a != page.right] for page, a in zip(pages, answers, strict=True)]
    )
    drawn = np.random.default_rng(0).integers(0, len(scores), (SAMPLES, len(scores)))
    low, high = np.percentile(scores[drawn].mean(axis=1), [2.5, 97.5], axis=0) * 100
    right, wrong = scores.mean(axis=0) * 100
    return f"right {right:5.1f} [{low[0]:.1f}-{high[0]:.1f}]  wrong {wrong:5.1f} [{low[1]:.1f}-{high[1]:.1f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--list", action="store_true", help="name the pages of the tuned part that are not right")
    arguments = parser.parse_args()
    packed = arguments.data / "article_extraction" / "trafilatura_third.tar.xz"
    with tempfile.TemporaryDirectory() as folder, tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
        pages = list(read_pages(Path(folder)))
    for name, tuned in (("tuned on", True), ("untouched", False)):
        some = [page for page in pages if page.tuned is tuned]
        print(f"{name}, {len(some)} pages\n  dateline  {figures(some, [page.found for page in some])}")
        sure = [page.found if page.source != "guess" else None for page in some]
        print(f"  no guess  {figures(some, sure)}\n  htmldate  {figures(some, [page.beside for page in some])}")
        for (source, right), count in sorted(Counter((page.source, page.found == page.right) for page in some).items()):
            print(f"    {source:10} {'right' if right else 'not right'} {count}")
    for page in pages if arguments.list else ():
        if page.tuned and page.found != page.right:
            print(page)


if __name__ == "__main__":
    main()
