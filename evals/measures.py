"""What is measured, and how the scores of cases become a figure with its interval.

The score of a case is a number, or None where the measure does not apply: not applicable is not zero.
A case that failed scores 0 (or false) wherever the measure applies, and 1 in `failed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from scipy.stats import binomtest, bootstrap

from rag.types import Value

Scores = dict[str, float | None]  # Measure → value of one case, in the order of `MEASURES`.
RESAMPLES = 2000
BATCH = 100  # Resamples drawn at once: small enough to stay in the processor's cache.


class Better(Enum):
    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True)
class Measure:
    """One measure, and where its definition is published (`source`)."""

    name: str
    says: str
    gate: bool = False  # May not fall behind the baseline: it is decided by the case, or concerns what is asserted.
    share: bool = True  # Cases score 0 or 1, and the figure is in per cent with Wilson's interval; otherwise a mean.
    exact: bool = False  # Holds by construction, so that any fall is a defect.
    better: Better = Better.HIGHER
    source: str = ""


class Estimate(Value):
    """A figure over `cases` cases with its 95 % interval; all None when it applies to no case."""

    value: float | None
    low: float | None
    high: float | None
    cases: int
    share: bool

    @property
    def value_text(self) -> str:
        return "–" if self.value is None else self._text(self.value)

    @property
    def interval_text(self) -> str:
        return "" if self.low is None or self.high is None else f"{self._text(self.low)}–{self._text(self.high)}"

    def __str__(self) -> str:
        """`80.6 (77.1–83.6)` in per cent for a share, `0.806 (0.771–0.836)` for a mean, `–` for none."""
        return f"{self.value_text} ({self.interval_text})" if self.interval_text else "–"

    def _text(self, number: float) -> str:
        return f"{100 * number:.1f}" if self.share else f"{number:.3f}"


def estimate(values: Iterable[float | None], share: bool = True, seed: int = 0) -> Estimate:
    """The figure of a share, or of a mean, over cases; None is left out.

    Share: Wilson, "Probable inference, the law of succession, and statistical inference", 1927. Mean: percentile
    bootstrap over cases (Efron 1979), 2,000 resamples from `seed`.
    """
    counted = [float(value) for value in values if value is not None]
    if not counted:
        return Estimate(value=None, low=None, high=None, cases=0, share=share)
    if share:
        low, high = binomtest(round(sum(counted)), len(counted)).proportion_ci(method="wilson")
    else:
        low, high = mean_interval(counted, seed)
    value = sum(counted) / len(counted)
    return Estimate(value=value, low=float(low), high=float(high), cases=len(counted), share=share)


def mean_interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """95 % interval of a mean: percentile bootstrap over cases, with the same resamples for the same seed and count."""
    if len(set(values)) == 1:
        return values[0], values[0]
    drawn = bootstrap((values,), np.mean, n_resamples=RESAMPLES, batch=BATCH, method="percentile", rng=seed)
    return float(drawn.confidence_interval.low), float(drawn.confidence_interval.high)


def summary(scores: Sequence[Scores], seed: int = 0) -> dict[str, Estimate]:
    """Every measure over the cases, in the order of `MEASURES`, without those that apply to none."""
    figures = {name: estimate((case.get(name) for case in scores), one.share, seed) for name, one in MEASURES.items()}
    return {name: figure for name, figure in figures.items() if figure.cases}


_CAST = "TREC CAsT 2021 gives the rewrites"
MEASURES: Mapping[str, Measure] = {measure.name: measure for measure in (
    Measure(
        "answer accuracy", "an accepted answer is in the first 60 words of the answer", gate=True,
        source="contained rather than equal, as in Kasai et al., RealTime QA, 2023",
    ),
    Measure(
        "satisfied", "every vital nugget is in the first 60 words (facts, yes or no, two in one, follow-ups) or 150, and nothing wrong",
        gate=True, source='Voorhees, "Overview of the TREC 2003 question answering track"',
    ),
    Measure("noise", "share of the shown sentences that hold no nugget", gate=True, share=False, better=Better.LOWER),
    Measure(
        "right when asserted", "satisfied, or an accepted answer, of the answers that are given as sure",
        gate=True, source="selective accuracy: Geifman and El-Yaniv, NeurIPS 2017",
    ),
    Measure("first quote right", "an accepted answer is in the first cited quote", gate=True),
    Measure("token F1", "words shared by the answer and the closest accepted or reference answer", share=False, source="SQuAD 2016"),
    Measure("wrong answer given", "a known false answer is in the first 60 words of the answer", gate=True, better=Better.LOWER),
    Measure("Success@1", "the first article is a gold one"),
    Measure("Success@5", "a gold article is among the first five", gate=True),
    Measure("R@10", "share of the gold articles among the first ten", share=False),
    Measure("RR", "one over the place of the first gold article", share=False),
    Measure(
        "nDCG@10", "gain of the first ten articles over the best order", gate=True, share=False,
        source="Järvelin and Kekäläinen 2002",
    ),
    Measure("answered when answerable", "not refused although the library holds the answer", gate=True),
    Measure("closest shown", "the closest passages are shown without a claim", better=Better.NEITHER),
    Measure("abstention recall", "refused, of the questions without an answer in the library", gate=True),
    Measure("abstention precision", "without an answer in the library, of the questions that were refused"),
    Measure("conflict recall", "reported as a conflict, of the questions on which sources disagree", gate=True),
    Measure("conflict precision", "sources disagree, of the answers reported as a conflict"),
    Measure("status right", "answered, partial, conflict or refused, as the case says"),
    Measure(
        "citation recall", "share of the sentences that their citations (three at most) support, by our own verifier",
        gate=True, share=False,
        source='Gao et al., "Enabling large language models to generate text with citations" (ALCE), 2023',
    ),
    Measure(
        "citation precision", "share of the citations that their sentence needs or that support it alone",
        gate=True, share=False, source="ALCE 2023",
    ),
    Measure("quotes intact", "every citation is verbatim at its place in its article", gate=True, exact=True),
    Measure(
        "follow-up finds the same", "the first article is the one that the hand-written rewrite finds first",
        gate=True, source=_CAST,
    ),
    Measure(
        "follow-up Success@5", "the article that the rewrite finds first is among the first five", gate=True, source=_CAST
    ),
    Measure("left word for word", "a question that stands alone is searched as typed, invisible characters aside", gate=True),
    Measure("in a model's words", "the language model wrote the answer, of the questions on which it was asked", better=Better.NEITHER),
    Measure("failed", "asking ended in an error", gate=True, exact=True, better=Better.LOWER),
)}  # fmt: skip
