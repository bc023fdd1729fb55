"""How well a language model that is asked again judges whether a passage says a sentence.

    python -m evals.second_look --data ../shared/data --llm small

It is asked as after an answer that it wrote itself. The curve from its log odds to a probability (`rag/checking/support.py`) is
fitted on the claims that were written here, by article on one half; the figures are of the other half, of the public claims,
and of sentences of the sample with a value put in that the passage gives of something else.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from evals.altered import alterations, articles, told_sentences
from evals.claims import Claim, articles_of, public_claims, written_claims
from rag.language.providers import load
from rag.language.writer import Writer
from rag.types import Kind, Passage
from rag.writing.compose import CANARY, chat
from rag.writing.excerpts import Excerpt
from rag.writing.prompts import answering, asking, second_look

QUESTION = "What does the article say about it?"


def log_odds_of_yes(writer: Writer, claim: Claim) -> float | None:
    """What the model says of a claim, as if it had just written it."""
    from llama_index.core.llms import ChatMessage, MessageRole

    evidence = claim.evidence
    passage = Passage(
        id="1", article_id="1", title=evidence.title, text=evidence.text, start=0, end=len(evidence.text),
        published=evidence.published,
    )  # fmt: skip
    task = asking(QUESTION, [Excerpt(1, passage, passage.text)], evidence.published or dt.date(2025, 1, 1))
    said = ChatMessage(role=MessageRole.ASSISTANT, content=f"{claim.text} [1]")
    messages = [*chat(answering(Kind.HOW, 40, CANARY), task), said, chat("", second_look(claim.text, [1]))[1]]
    return writer.log_odds_of_yes(messages)


def scores_of(writer: Writer, claims: Sequence[Claim]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """For each claim the log odds of Yes (0 where it says neither), and whether it is borne out."""
    found = []
    for claim in claims:
        said = log_odds_of_yes(writer, claim)
        found.append(0.0 if said is None else said)
    return np.array(found), np.array([claim.supported for claim in claims])


def planted(count: int) -> list[Claim]:
    """Sentences of the sample with a value that the passage gives of something else, and as many as they are."""
    made = alterations(told_sentences(articles()), count, elsewhere=True)
    return [
        claim
        for one in made
        for claim in (
            Claim(one.sentence, one.told.evidence, False, one.kind),
            Claim(one.told.sentence, one.told.evidence, True, one.kind),
        )
    ]


def told(name: str, scores: npt.NDArray[np.float64], truths: npt.NDArray[np.bool_]) -> str:
    """Area under the ROC curve, and true ones kept and false ones caught where the probability is one half."""
    from sklearn.metrics import roc_auc_score

    kept, caught = (scores[truths] >= 0).mean(), (scores[~truths] < 0).mean()
    return (
        f"| {name} | {len(truths)} | {roc_auc_score(truths, scores):.3f} | {100 * kept:.0f} % | {100 * caught:.0f} % "
        f"| {50 * (kept + caught):.0f} % |"
    )


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True, help="Folder of public sets.")
@click.option("--llm", default="small", show_default=True)
@click.option("--count", default=120, show_default=True, help="Claims of each set.")
def main(data: Path, llm: str, count: int) -> None:
    """Fits and prints the table."""
    from sklearn.linear_model import LogisticRegression

    loaded = load(llm)
    writer = Writer(loaded.llm, seconds=60, meter=loaded.meter, close=loaded.close, second=loaded.second)
    started = time.perf_counter()
    every = written_claims(articles_of(data / "rtqa_news" / "articles.jsonl.gz"))
    pairs = [
        claim
        for first in range(0, len(every), max(2, len(every) // count // 2 * 2))
        for claim in every[first : first + 2]
    ]
    half = len(pairs) // 2
    known, truths = scores_of(writer, pairs[:half])
    curve = LogisticRegression(C=100).fit(known[:, None], truths)
    click.echo(f"slope {curve.coef_[0][0]:.3f}, shift {curve.intercept_[0]:.3f}")
    click.echo("| claims | how many | area under the ROC curve | true kept | false caught | balanced accuracy |")
    click.echo("| --- | --- | --- | --- | --- | --- |")
    asked = half
    for name, claims in (
        ("written here, the other half", pairs[half:]),
        ("public claims", public_claims(data / "claims" / "claims.jsonl")[:count]),
        ("a value of something else, and as it was", planted(count // 2)),
    ):
        scores, right = scores_of(writer, claims)
        asked += len(claims)
        click.echo(told(name, curve.decision_function(scores[:, None]), right))
    click.echo(f"{(time.perf_counter() - started) / asked:.1f} s a claim, the passage read anew each time")
    loaded.close()


if __name__ == "__main__":
    main()
