"""This repository's suite: invented articles and articles of real facts, with cases over them."""

from __future__ import annotations

from pathlib import Path

from evals.cases import Case, read_cases
from evals.suites.suite import Suite

DATA = Path(__file__).parent.parent / "data"
SAMPLE_ARTICLES = DATA / "articles"


def sample() -> Suite:
    """This repository's articles and cases: every `*.jsonl` beside the articles."""
    cases: list[Case] = []
    for path in sorted(DATA.glob("*.jsonl")):
        cases += read_cases(path)
    return Suite("sample", SAMPLE_ARTICLES, tuple(cases))
