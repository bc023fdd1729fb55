"""Measuring days of publication: which page counts as right, wrong or unknown."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from evals.publication_days import figures, is_tuned, read_pages

TEXT = (
    "The ferry of Ansel will sail again after fourteen months in the dock, the county said on Friday, and a crowd came."
)


def test_pages_are_read_and_scored(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    days = {"a": "2025-06-03", "b": "2025-06-04", "c": "2025-06-03", "d": ""}
    for name in days:
        meta = "" if name == "c" else '<meta property="article:published_time" content="2025-06-03">'
        page = f"<html><head><title>Ferry of Ansel</title>{meta}</head><body><article><p>{TEXT}</p></article></body></html>"
        (tmp_path / "pages" / name).write_text(page)
    entries = {f"https://{name}.example/ferry": {"file": name, "date": day} for name, day in days.items()}
    (tmp_path / "evaldata.json").write_text(json.dumps(entries))
    pages = list(read_pages(tmp_path))
    assert [(page.file, page.found, page.source) for page in pages] == [
        ("a", "2025-06-03", "meta"),
        ("b", "2025-06-03", "meta"),
        ("c", None, "unknown"),
    ]
    assert figures(pages, [page.found for page in pages]).startswith("right  33.3 [")
    assert np.isclose(np.mean([is_tuned(f"https://{n}.example/") for n in range(2_000)]), 0.75, atol=0.05)
    assert is_tuned("https://www.a.example/x") == is_tuned("https://a.example/y")
