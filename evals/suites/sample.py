"""This repository's suite: invented articles and articles of real facts, with cases over them."""

from __future__ import annotations

from pathlib import Path

from evals.cases import read_cases
from evals.suites.suite import Suite

DATA = Path(__file__).parent.parent / "data"
SAMPLE_ARTICLES = DATA / "articles"


def sample() -> Suite:
    cases = (case for path in sorted(DATA.glob("*.jsonl")) for case in read_cases(path))
    return Suite("sample", SAMPLE_ARTICLES, tuple(cases))
