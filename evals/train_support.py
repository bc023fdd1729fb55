"""Trains the packaged support model: whether a passage bears out a sentence.

    python -m evals.train_support --data ../shared/data --out support.safetensors

`--data` is a folder with the sets `rtqa_news` and `squad`; where it has `claims`, nothing is learned from the articles of
that set, and its figure is told last. Begins from the reading model, which knows how to find in a passage what was asked.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, softplus
from transformers import AutoTokenizer

from evals.support_examples import (
    Both,
    Claim,
    articles_of,
    changed_claims,
    edited_evidence,
    hard_pairs,
    is_held_out,
    public_claims,
    squad_claims,
    written_claims,
)
from evals.training import Trainer, go_on_from, save, with_words_hidden
from rag.models import READER_WEIGHTS, packaged_folder
from rag.support_model import Pairs, SupportModel, packaged_support_network

A_STEP = {"written": 4, "evidence changed": 2, "SQuAD": 1, "changed by code": 1}
"""Passages of each source in a step, each with true and false claims."""
PAIR_WEIGHT = 0.5
"""Of telling the true claim of a passage from the false one, beside judging each by itself."""
PEAK_RATE = 8e-5
SAVE_EVERY = 100
FIGURES_MOST = 400
"""Held-out claims of each source that the figures are of."""
CHANGED, CHANGED_ARTICLES = 4000, 1200


def figures(model: SupportModel, claims: Sequence[Claim]) -> str:
    """Area under the ROC curve and the best balanced accuracy."""
    import numpy as np
    from sklearn.metrics import roc_auc_score, roc_curve

    scores = [score for claim in claims for score in model.log_odds([(claim.text, claim.evidence)])]
    truths = [claim.supported for claim in claims]
    wrong, right, limits = roc_curve(truths, scores)
    best = int(np.argmax(right - wrong))
    return (
        f"{len(claims)} claims: area under the ROC curve {roc_auc_score(truths, scores):.3f}, balanced accuracy at best "
        f"{(right[best] + 1 - wrong[best]) / 2:.1%} (from {limits[best]:.2f}), at 0 "
        f"{np.mean([(np.array(scores)[np.array(truths) == one] > 0).mean() if one else (np.array(scores)[np.array(truths) == one] <= 0).mean() for one in (True, False)]):.1%}"
    )


def endless(pairs: Sequence[Both], chance: random.Random) -> Iterator[Both]:
    """All of them in a new order each time round."""
    while True:
        yield from chance.sample(list(pairs), len(pairs))


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True, help="Folder of public sets.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Weights to write, as safetensors.")
@click.option("--start", type=click.Path(path_type=Path, exists=True), default=READER_WEIGHTS, show_default=True)
@click.option("--steps", type=click.IntRange(min=0), default=800, help="0 only reads.")
@click.option("--seed", type=int, default=7)
def main(data: Path, out: Path, start: Path, steps: int, seed: int) -> None:
    """Trains, saves the weights, and tells the figures of the held-out topics."""
    torch.manual_seed(seed)
    base = packaged_folder()
    network, tokenizer = packaged_support_network(base, None), AutoTokenizer.from_pretrained(base)
    go_on_from(network, start)
    public = data / "claims" / "claims.jsonl"
    kept = public_claims(public) if public.is_file() else []
    articles = articles_of(data / "rtqa_news" / "articles.jsonl.gz")
    for claim in kept:
        articles.pop(claim.topic, None)
    some = dict(list(articles.items())[:CHANGED_ARTICLES])
    written, squad = written_claims(articles), squad_claims(data / "squad")
    sources = {
        "written": hard_pairs(written),
        "evidence changed": edited_evidence([*written, *squad]),
        "SQuAD": squad,
        "changed by code": changed_claims(some, CHANGED),
    }
    shown = {name: [pair for pair in source if not is_held_out(pair[0].topic)] for name, source in sources.items()}
    click.echo(f"passages to learn from: { {name: len(source) for name, source in shown.items()} }")
    if steps:
        chance = random.Random(seed)  # noqa: S311 - not for secrets
        trainer, pairs = Trainer(network, steps, PEAK_RATE), Pairs(tokenizer)
        streams = {name: endless(source, chance) for name, source in shown.items()}
        running, started = 0.0, time.monotonic()
        for step in range(1, steps + 1):
            chosen = [next(streams[name]) for name, many in A_STEP.items() for _ in range(many)]
            claims = [claim for pair in chosen for claim in pair]
            batch = pairs.batch([(claim.text, claim.evidence) for claim in claims])
            batch["input_ids"] = with_words_hidden(batch["input_ids"], tokenizer.unk_token_id)
            scores = trainer.computing(batch).float()
            truth = torch.tensor([float(claim.supported) for claim in claims])
            loss = binary_cross_entropy_with_logits(scores, truth)
            place = 0
            margins = []
            for pair in chosen:
                own = scores[place : place + len(pair)]
                right = torch.tensor([claim.supported for claim in pair])
                place += len(pair)
                if right.any() and not right.all():
                    margins.append(softplus(own[~right].mean() - own[right].mean()))
            if margins:
                loss = loss + PAIR_WEIGHT * torch.stack(margins).mean()
            torch.autograd.backward([loss])
            trainer.step()
            running = running * 0.98 + loss.item() * 0.02 if step > 1 else loss.item()
            if step % SAVE_EVERY == 0 or step == steps:
                save(network, out)
                rate = step / (time.monotonic() - started)
                click.echo(f"step {step} of {steps}, loss {running:.3f}, {rate:.2f} steps/s")
    model = SupportModel(network, tokenizer)
    for name, source in sources.items():
        held_out = [claim for pair in source if is_held_out(pair[0].topic) for claim in pair][:FIGURES_MOST]
        if held_out:
            click.echo(f"{name}: {figures(model, held_out)}")
    if kept:
        click.echo(f"public: {figures(model, kept)}")


if __name__ == "__main__":
    main()
