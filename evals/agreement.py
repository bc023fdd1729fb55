"""How often is Dateline right that two sources agree, that one has overtaken the other, or that they disagree?

    python -m evals.agreement --data ../shared/data

`data/training/agreement_pairs.jsonl` names, by digests, pairs of sentences from different articles of `rtqa_news` under
a question, each judged by a large language model that read both. The packaged reading model reads the passages of both,
and Dateline's claim about the pair is compared with the judgement. Nothing here is a test.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import click

from evals.claims import TRAINING
from evals.command import Command
from evals.pages import DATA
from evals.reader_examples import cut_articles, digest
from evals.rows import CaseError, rows_of
from evals.suites.news import KINDS
from ingest.chunk import CountTokens
from rag.answering.agreement import compared
from rag.answering.evidence import evidence_of
from rag.config import PACKAGED_MODEL, PACKAGED_READER
from rag.models import load_embedder
from rag.reader import Reader
from rag.reading_models import load_reader
from rag.search.retrieve import Ranking
from rag.text.sentences import sentence_spans
from rag.types import Kind, Passage

PAIRS = TRAINING / "agreement_pairs.jsonl"
Claim = Literal["agree", "outdated", "conflict", "none"]
CLAIMS: tuple[Claim, ...] = get_args(Claim)


class Pair(NamedTuple):
    """Two sentences under a question, each as `article/digest`, and the judgement about them."""

    question: str
    kind: Kind
    sentences: tuple[str, str]
    truth: Claim


Place = tuple[Passage, int]  # The passage of a sentence, and where the sentence ends in the article's text.


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """The judged pairs. Raises `CaseError`, naming the question, where a row is invalid."""
    pairs = []
    for row in rows_of(path):
        kind, truth = KINDS.get(row["kind"], row["kind"]), row["truth"]
        for given, known in ((truth, CLAIMS), (kind, tuple(Kind))):
            if given not in known:
                raise CaseError(f"A pair of “{row['question']}” has '{given}', which is none of {', '.join(known)}.")
        pairs.append(Pair(row["question"], Kind(kind), (row["first"], row["second"]), truth))
    return pairs


def places_of(articles: Path, pairs: Sequence[Pair], count_tokens: CountTokens) -> dict[str, Place]:
    """The sentences of the pairs that occur in the articles, by their names."""
    named = {name for pair in pairs for name in pair.sentences}
    found: dict[str, Place] = {}
    for article, read, cuts in cut_articles(articles, {name.partition("/")[0] for name in named}, count_tokens):
        known = read.metadata
        for one in cuts:
            text = read.text[one.start : one.end]
            passage = Passage(
                id=f"{article}:{one.start}", article_id=article, start=one.start, end=one.end, text=text,
                title=known.title or "", outlet=known.outlet, published=known.published,
            )  # fmt: skip
            for span in sentence_spans(text):
                name = f"{article}/{digest(text[span.start : span.end])}"
                if name in named:
                    found.setdefault(name, (passage, passage.start + span.end))
    return found


def claimed(pair: Pair, places: Mapping[str, Place], reader: Reader) -> Claim:
    """Dateline's claim about a pair, the better-answering sentence first."""
    both = [places[name] for name in pair.sentences]
    passages = [passage for passage, _ in both]
    read = {(one.passage.id, one.end): one for one in evidence_of(pair.question, passages, Ranking(), reader)}
    sentences = [read[passage.id, end] for passage, end in both if (passage.id, end) in read]
    sentences.sort(key=lambda one: one.reading.answers, reverse=True)
    found = compared(pair.question, pair.kind, sentences)
    if found.conflict:
        return "outdated" if found.conflict.outdated else "conflict"
    return "agree" if found.agreeing else "none"


def table(outcomes: Iterable[tuple[Claim, Claim]]) -> str:
    """For each truth, how many pairs were claimed to be what; then the share of false claims among all pairs.

    An outcome is a truth with its claim. Claiming nothing is never a false claim.
    """
    counts = Counter(outcomes)
    lines = ["truth \\ claimed" + "".join(f"{claim:>10}" for claim in CLAIMS)]
    lines += [f"{truth:<15}" + "".join(f"{counts[truth, claim]:>10}" for claim in CLAIMS) for truth in CLAIMS]
    false = sum(number for (truth, claim), number in counts.items() if claim not in ("none", truth))
    lines.append(f"false claims: {false} of {counts.total()} pairs ({false / max(counts.total(), 1):.1%})")
    return "\n".join(lines)


@click.command(cls=Command)
@DATA
def main(data: Path) -> None:
    """Prints the claims about the judged pairs."""
    pairs = read_pairs()
    count_tokens = load_embedder(PACKAGED_MODEL).count_tokens
    places = places_of(data / "rtqa_news" / "articles.jsonl.gz", pairs, count_tokens)
    there = [pair for pair in pairs if places.keys() >= set(pair.sentences)]
    if not there:
        raise CaseError(f"No pair is in 'rtqa_news/articles.jsonl.gz' of '{data}'; name the folder of the public data.")
    if len(there) < len(pairs):
        click.echo(f"{len(pairs) - len(there)} pairs are left out, because the articles do not have both sentences.")
    reader = load_reader(PACKAGED_READER)
    click.echo(table((pair.truth, claimed(pair, places, reader)) for pair in there))


if __name__ == "__main__":
    main()
