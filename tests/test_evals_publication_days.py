"""Measuring publication days: which page counts as right, wrong or unknown."""

from __future__ import annotations

import numpy as np

from evals.pages import SavedPage
from evals.publication_days import figures, is_tuned, read_days

TEXT = (
    "The ferry of Ansel will sail again after fourteen months in the dock, the county said on Friday, and a crowd came."
)


def test_pages_are_read_and_scored() -> None:
    saved = []
    for name, day in {"a": "2025-06-03", "b": "2025-06-04", "c": "2025-06-03", "d": ""}.items():
        meta = "" if name == "c" else '<meta property="article:published_time" content="2025-06-03">'
        page = f"<html><head><title>Ferry of Ansel</title>{meta}</head><body><article><p>{TEXT}</p></article></body></html>"
        saved.append(SavedPage(name, f"https://{name}.example/ferry", page.encode(), {"date": day}))
    days = list(read_days(saved))
    assert [(day.file, day.found, day.source) for day in days] == [
        ("a", "2025-06-03", "meta"),
        ("b", "2025-06-03", "meta"),
        ("c", None, "unknown"),
    ]
    assert figures(days, [day.found for day in days]).startswith("right 33.3 (")
    assert np.isclose(np.mean([is_tuned(f"https://{n}.example/") for n in range(2_000)]), 0.75, atol=0.05)
    assert is_tuned("https://www.a.example/x") == is_tuned("https://a.example/y")
