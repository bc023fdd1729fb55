"""What checking catches and what it keeps, on altered, reworded, handwritten and judged sentences.

    python -m evals.verify_bench [--data ../shared/data] [--count 600] [--judge MODEL]

Altered and reworded sentences are made by code from the sample articles and checked against the passage around them;
`data/claims/` holds short answers written by hand in the style of a language model, right and subtly wrong. `--data`
adds the public claims, the sentences of QAGS, and pairs of a true and a false claim written by a large language model:
their held-out sixth, because the rest taught the support model.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from evals.altered import Told, alterations, articles, passage_around, reworded, told_sentences
from evals.claims import REWORDED, WRITTEN, Claim, public_claims, written_pairs
from evals.command import Command
from evals.figures import percentile, table
from evals.rows import rows_of
from evals.suites.sample import DATA
from rag.checking.reading import Premise
from rag.checking.support import load_judge
from rag.checking.verify import Finding, Judge, check
from rag.types import CheckedBy

Count = tuple[str, int, int]  # What was looked for, how many, out of how many.


def claims_by_hand(name: str, articles: Mapping[str, Premise]) -> list[Claim]:
    """The `right` or `wrong` answers, each with the passage around the words it concerns."""
    rows = [(row, articles[row["article"]]) for row in rows_of(DATA / "claims" / f"{name}.jsonl")]
    passages = [passage_around(article, article.text.index(row["words"])) for row, article in rows]
    return [Claim(row["claim"], one, name == "right", name) for (row, _), one in zip(rows, passages, strict=True)]


class Clock:
    """Checks sentences and records how long each took. `judge` is None for names and numbers only."""

    def __init__(self, judge: Judge | None) -> None:
        self._judge = judge
        self.milliseconds: list[float] = []

    def found(self, sentence: str, evidence: Premise) -> Finding:
        started = time.perf_counter()
        found = check(sentence, [evidence], self._judge)
        self.milliseconds.append(1000 * (time.perf_counter() - started))
        return found

    def supported(self, sentence: str, evidence: Premise) -> bool:
        return self.found(sentence, evidence).supported


def altered_rows(told: Sequence[Told], count: int, clock: Clock) -> Iterator[Count]:
    """Altered sentences that were caught: with values that no passage holds, and values from elsewhere in the passage."""
    for elsewhere, name in ((False, "the value stands nowhere"), (True, "the value is of something else")):
        made = alterations(told, count, elsewhere)
        caught = [(one.kind, not clock.supported(one.sentence, one.told.evidence)) for one in made]
        yield from _by_kind(f"altered, {name}: caught", caught)


def _by_kind(what: str, outcomes: Sequence[tuple[str, bool]]) -> Iterator[Count]:
    yield what, sum(right for _, right in outcomes), len(outcomes)
    for kind in dict.fromkeys(kind for kind, _ in outcomes):
        own = [right for one, right in outcomes if one == kind]
        yield f"– {kind}", sum(own), len(own)


def kept_rows(told: Sequence[Told], found: Mapping[str, Premise], clock: Clock) -> Iterator[Count]:
    """Right sentences that were kept: unchanged, reworded by code, and handwritten short answers about the sample."""
    yield "unchanged: kept", sum(clock.supported(one.sentence, one.evidence) for one in told), len(told)
    made = reworded(told)
    yield "reworded by code: kept", sum(clock.supported(text, one.evidence) for _, one, text in made), len(made)
    by_hand = [*claims_by_hand("right", found), *claims_by_hand("wrong", found)]
    yield from claim_rows("written by hand", by_hand, clock)


def claim_rows(what: str, claims: Sequence[Claim], clock: Clock) -> Iterator[Count]:
    """Claims, true and subtly false, by kind: kept or caught, and how many are shown as checked."""
    for supported, name in ((True, "true: kept"), (False, "false: caught")):
        own = sorted((one for one in claims if one.supported == supported), key=lambda one: one.kind)
        findings = [(one.kind, clock.found(one.text, one.evidence)) for one in own]
        yield from _by_kind(f"{what}, {name}", [(kind, found.supported == supported) for kind, found in findings])
        sure = sum(found.supported and found.checked_by is not CheckedBy.VALUES for _, found in findings)
        yield f"{what}, {name.partition(':')[0]}: shown as checked", sure, len(own)


def judged_row(folder: Path, clock: Clock) -> tuple[str, int, str]:
    """QAGS: sentences of machine-written summaries, right if most of three people said so (Wang et al., ACL 2020)."""
    from sklearn.metrics import roc_auc_score

    rows = (row for path in sorted(folder.glob("mturk_*.jsonl")) for row in rows_of(path))
    judged = [(one, Premise(row["article"])) for row in rows for one in row["summary_sentences"]]
    votes = [[vote["response"] == "yes" for vote in one["responses"]] for one, _ in judged]
    scores = [clock.found(one["sentence"], article).score for one, article in judged]
    area = roc_auc_score([sum(said) > len(said) / 2 for said in votes], scores)
    return "QAGS: area under the ROC curve", len(judged), f"{area:.3f}"


@click.command(cls=Command)
@click.option("--data", type=click.Path(path_type=Path, exists=True), help="The public data folder: qags/, claims/.")
@click.option("--count", default=600, show_default=True, help="Altered sentences of each sort.")
@click.option(
    "--judge", default="", help="What judges support, as in DATELINE_SUPPORT_MODEL; by default our own, if it is here."
)
def main(data: Path | None, count: int, judge: str) -> None:
    """Prints the table of figures."""
    clock = Clock(load_judge(judge))
    found = articles()
    told = told_sentences(found)
    rows = [*altered_rows(told, count, clock), *kept_rows(told, found, clock)]
    if data and (data / "claims" / "claims.jsonl").is_file():
        rows += claim_rows("public claims", public_claims(data / "claims" / "claims.jsonl"), clock)
        for what, file in (("that differ in a few words", WRITTEN), ("both in other words", REWORDED)):
            pairs = written_pairs(data / "rtqa_news" / "articles.jsonl.gz", file)
            claims = [claim for one in pairs if one.held_out for claim in one.claims]
            rows += claim_rows(f"held-out pairs {what}", claims, clock)
    lines: list[tuple[object, ...]] = []
    lines += [(what, f"{good} of {of}", f"{100 * good / max(1, of):.1f} %") for what, good, of in rows]
    if data and (data / "qags").is_dir():
        lines.append(judged_row(data / "qags", clock))
    times, what = clock.milliseconds, "milliseconds a sentence, one passage: median / 95th percentile"
    lines.append((what, len(times), f"{percentile(times, 50):.1f} / {percentile(times, 95):.1f}"))
    click.echo(table(("what", "how many", "share"), lines))


if __name__ == "__main__":
    main()
