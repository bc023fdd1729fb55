"""What checking catches and what it keeps, on altered, reworded, written and judged sentences.

    python -m evals.verify_bench [--data ../shared/data] [--count 600] [--judge MODEL]

Altered and reworded sentences are made by code from the sample articles and held against a passage of about 250 tokens
around them; `data/claims/` holds short answers that were written by hand, as a language model writes them, right and
subtly wrong. With `--data` there are the public claims and the sentences of QAGS too. Nothing of all this was trained on.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from evals.altered import Told, alterations, articles, passage_around, reworded, told_sentences
from evals.claims import Claim, articles_of, public_claims, written_claims
from evals.suites import load_suite
from rag.checking.reading import Premise
from rag.checking.support import load_judge
from rag.checking.verify import Finding, Judge, check
from rag.types import Status

CLAIMS = Path(__file__).parent / "data" / "claims"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    found: int
    of: int

    @property
    def line(self) -> str:
        """As Markdown."""
        return f"| {self.what} | {self.found} of {self.of} | {100 * self.found / max(1, self.of):.1f} % |"


class Clock:
    """Checks sentences, and remembers how long each took. `judge` is None for names and numbers alone."""

    def __init__(self, judge: Judge | None) -> None:
        self._judge = judge
        self.milliseconds: list[float] = []

    def supported(self, sentence: str, evidence: Premise) -> bool:
        """Whether the evidence bears the sentence out."""
        return self.found(sentence, evidence).supported

    def found(self, sentence: str, evidence: Premise) -> Finding:
        """What checking finds."""
        started = time.perf_counter()
        found = check(sentence, [evidence], self._judge)
        self.milliseconds.append((time.perf_counter() - started) * 1000)
        return found


def altered_rows(told: Sequence[Told], count: int, clock: Clock) -> Iterator[Row]:
    """Altered sentences that were caught: of values that no passage holds, and of values from elsewhere in the passage."""
    for elsewhere, name in (
        (False, "altered, the value stands nowhere"),
        (True, "altered, the value is of something else"),
    ):
        made = alterations(told, count, elsewhere)
        caught = [one for one in made if not clock.supported(one.sentence, one.told.evidence)]
        yield Row(f"{name}: caught", len(caught), len(made))
        for kind in dict.fromkeys(one.kind for one in made):
            yield Row(f"– {kind}", sum(one.kind == kind for one in caught), sum(one.kind == kind for one in made))


def kept_rows(told: Sequence[Told], clock: Clock) -> Iterator[Row]:
    """Right sentences that were kept, unchanged and reworded by code."""
    yield Row("unchanged: kept", sum(clock.supported(one.sentence, one.evidence) for one in told), len(told))
    made = reworded(told)
    kept = [name for name, one, text in made if clock.supported(text, one.evidence)]
    yield Row("reworded by code: kept", len(kept), len(made))


def written_rows(found: dict[str, Premise], clock: Clock) -> Iterator[Row]:
    """Short answers about the sample, written by hand: right ones, and wrong ones whose every value stands in the passage."""
    for name, wanted in (("right", True), ("wrong", False)):
        rows = claims(name)
        good = 0
        for row in rows:
            article = found[row["article"]]
            passage = passage_around(article, article.text.index(row["words"]))
            good += clock.supported(row["claim"], passage) == wanted
        yield Row(f"written by hand, {name}: {'kept' if wanted else 'caught'}", good, len(rows))


def claim_rows(what: str, given: Sequence[Claim], clock: Clock) -> Iterator[Row]:
    """Claims about public news, true and subtly false, by kind."""
    right = {id(one): clock.supported(one.text, one.evidence) == one.supported for one in given}
    for supported, name in ((True, "true: kept"), (False, "false: caught")):
        own = [one for one in given if one.supported == supported]
        yield Row(f"{what}, {name}", sum(right[id(one)] for one in own), len(own))
        for kind in sorted({one.kind for one in own}):
            of_kind = [one for one in own if one.kind == kind]
            yield Row(f"– {kind}", sum(right[id(one)] for one in of_kind), len(of_kind))


def claims(name: str) -> list[dict[str, Any]]:
    """The hand-written answers that are `right` or `wrong`: article, words of the passage, claim, what was changed, lot."""
    lines = (CLAIMS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def judged_line(folder: Path, clock: Clock) -> str:
    """QAGS: sentences of machine-written summaries that three people judged (Wang et al., ACL 2020)."""
    from sklearn.metrics import roc_auc_score

    cases = load_suite("qags", folder).cases
    truths = [case.status == Status.ANSWERED for case in cases]
    scores = [clock.found(case.question, Premise(case.evidence)).score for case in cases]
    return f"| QAGS: area under the ROC curve | {len(cases)} | {roc_auc_score(truths, scores):.3f} |"


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), help="The public data folder: qags/, claims/.")
@click.option("--count", default=600, show_default=True, help="Altered sentences of each sort.")
@click.option("--judge", default="", help="A model that judges support, as DATELINE_SUPPORT_MODEL.")
def main(data: Path | None, count: int, judge: str) -> None:
    """Prints the table of figures."""
    clock = Clock(load_judge(judge) if judge else None)
    found = articles()
    told = told_sentences(found)
    rows = [*altered_rows(told, count, clock), *kept_rows(told, clock), *written_rows(found, clock)]
    if data and (data / "claims" / "claims.jsonl").is_file():
        rows += claim_rows("public claims", public_claims(data / "claims" / "claims.jsonl"), clock)
        written = written_claims(articles_of(data / "rtqa_news" / "articles.jsonl.gz"))
        rows += claim_rows("pairs that differ in a word or two", written, clock)
    lines = ["| what | how many | share |", "| --- | --- | --- |", *(row.line for row in rows)]
    if data and (data / "qags").is_dir():
        lines.append(judged_line(data / "qags", clock))
    times = sorted(clock.milliseconds)
    lines.append(
        f"| milliseconds a sentence, one passage: median / 95th percentile | {len(times)} "
        f"| {statistics.median(times):.1f} / {times[int(0.95 * len(times))]:.1f} |"
    )
    click.echo("\n".join(lines))


if __name__ == "__main__":
    main()
