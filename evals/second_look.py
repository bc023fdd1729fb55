"""How well a language model judges whether a passage says a sentence, beside the packaged support model and together.

    python -m evals.second_look --data ../shared/data --llm small

It is asked as after an answer that it wrote itself. The weights of both together (`rag/checking/support.py`) are fitted on
claims about held-out articles that the support model was not trained on; the figures of the public claims are of others.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt

from evals.support_examples import Claim, articles_of, is_held_out, public_claims, written_claims
from rag.checking.support import texts_for
from rag.language.providers import load
from rag.language.writer import Writer
from rag.models import packaged_log_odds
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
    """For each claim the log odds of the support model and of the language model, and whether it is borne out."""
    packaged, rows, took = packaged_log_odds(), [], []
    for claim in claims:
        texts = texts_for(claim.text, [claim.evidence])
        support = max(packaged([(claim.text, text) for text in texts]))
        started = time.perf_counter()
        said = log_odds_of_yes(writer, claim)
        took.append(time.perf_counter() - started)
        rows.append([support, said if said is not None else 0.0])
    click.echo(f"{statistics.median(took):.1f} s a claim, the passage read anew each time")
    return np.array(rows), np.array([claim.supported for claim in claims])


def told(name: str, scores: npt.NDArray[np.float64], truths: npt.NDArray[np.bool_]) -> str:
    """Area under the ROC curve, and true ones kept and false ones caught at log odds of 0."""
    from sklearn.metrics import roc_auc_score

    kept, caught = (scores[truths] >= 0).mean(), (scores[~truths] < 0).mean()
    return (
        f"| {name} | {len(truths)} | {roc_auc_score(truths, scores):.3f} | {100 * kept:.1f} % | {100 * caught:.1f} % "
        f"| {50 * (kept + caught):.1f} % |"
    )


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True, help="Folder of public sets.")
@click.option("--llm", default="small", show_default=True)
@click.option("--count", default=160, show_default=True, help="Claims of each set.")
def main(data: Path, llm: str, count: int) -> None:
    """Fits and prints the table."""
    from sklearn.linear_model import LogisticRegression

    loaded = load(llm)
    writer = Writer(loaded.llm, seconds=60, meter=loaded.meter, close=loaded.close, second=loaded.second)
    articles = articles_of(data / "rtqa_news" / "articles.jsonl.gz")
    pairs = [pair for pair in written_claims(articles) if is_held_out(pair[0].topic)]
    held_out = [claim for pair in pairs for claim in pair][:count]
    known, truths = scores_of(writer, held_out)
    alone = LogisticRegression(C=100).fit(known[:, :1], truths)
    both = LogisticRegression(C=100).fit(known, truths)
    click.echo(f"support alone: slope {alone.coef_[0][0]:.3f}, shift {alone.intercept_[0]:.3f}")
    click.echo(f"both: {both.coef_[0][0]:.3f}, {both.coef_[0][1]:.3f}, shift {both.intercept_[0]:.3f}")
    click.echo("| claims | how many | area under the ROC curve | true kept | false caught | balanced accuracy |")
    click.echo("| --- | --- | --- | --- | --- | --- |")
    public = public_claims(data / "claims" / "claims.jsonl")[:count]
    for name, (scores, right) in (("held-out", (known, truths)), ("public", scores_of(writer, public))):
        click.echo(told(f"{name}, support model", alone.decision_function(scores[:, :1]), right))
        click.echo(told(f"{name}, language model", scores[:, 1], right))
        click.echo(told(f"{name}, both", both.decision_function(scores), right))
    loaded.close()


if __name__ == "__main__":
    main()
