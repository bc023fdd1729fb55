"""Trains the support model: does a passage bear out a sentence, and which of its words are wrong.

    python -m evals.train_support --data ../shared/data --base all-mpnet-base-v2.safetensors --out support.safetensors

`--data` is a folder with the set `rtqa_news`, whose articles the pairs in `evals/data/training/claims*.jsonl` are about.
Sentences in which one name, number or day was exchanged come first: without them, nothing was learned from the pairs in
100 steps. At the end the held-out pairs are judged.
"""

from __future__ import annotations

import difflib
import math
import random
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

from evals.altered import alterations, told_sentences
from evals.articles import articles_in, premise_of
from evals.claims import REWORDED, WRITTEN, Pair, is_held_out, written_pairs
from evals.command import Command
from evals.low_rank import Trainer, go_on_from, make_changeable, save
from evals.pages import DATA
from rag.checking.support import texts_for
from rag.encoder import tokenizer_of
from rag.language.known import ENCODER, file_of
from rag.models import packaged_folder
from rag.mpnet import on_mpnet
from rag.support_network import SupportModel, SupportNetwork

PAIRS_A_STEP = 8
SORTED_STEPS = 4  # Pairs of this many steps are sorted by length: little is computed for nothing.
ALTERED_STEPS, ALTERED_LATER = 90, 1
"""Steps on altered sentences alone, and how many of them are in each later step."""
ALTERED_ARTICLES, ALTERED_SENTENCES = 900, 4000
PEAK_RATE = 5e-4
TRUE_SHARE = 0.7
"""Of a small model's sentences with the right values: most are borne out, and taking out a right one is worse than a doubtful mark."""
_WORD = re.compile(r"\w+(?:[-'’.,]\w+)*|[^\w\s]")


def changeable(network: SupportNetwork) -> SupportNetwork:
    make_changeable(network.mpnet)
    network.scale.requires_grad_(False)
    return network


def changed_words(true: str, false: str) -> list[tuple[int, int]]:
    """The characters of the words in `false` that `true` has differently; the next word where something is missing.

    >>> [("The mayor opposed it."[start:end]) for start, end in changed_words("The mayor backed it.", "The mayor opposed it.")]
    ['opposed']
    """
    kept, new = [[match.span() for match in _WORD.finditer(text)] for text in (true, false)]
    words = [[text[start:end].lower() for start, end in own] for text, own in ((true, kept), (false, new))]
    found = []
    for what, _, _, first, last in difflib.SequenceMatcher(a=words[0], b=words[1], autojunk=False).get_opcodes():
        if what != "equal":
            found += new[first:last] or new[first : first + 1] or new[-1:]
    return found


def loss_of(network: SupportNetwork, model: SupportModel, pairs: Sequence[Pair]) -> Tensor:
    """Each sentence by itself, true against false, and each token: is it one of the changed words."""
    read = [(texts_for(one.true, [one.evidence])[0], one) for one in pairs]
    given = model.texts([(text, claim) for text, one in read for claim in (one.true, one.false)])
    tokens, wrong = network(given)
    right, false = wrong[0::2], wrong[1::2]
    whole = (softplus(right).mean() + softplus(-false).mean()) / 2 + 0.5 * softplus(right - false).mean()
    aims = [[model.marks(one.true, ()), model.marks(one.false, changed_words(one.true, one.false))] for one in pairs]
    aim = torch.cat([mark for both in aims for mark in both])
    each = binary_cross_entropy_with_logits(torch.cat(tokens), aim, reduction="none")
    return whole + 0.25 * (each[aim > 0].mean() + 2 * each[aim == 0].mean())


def altered_pairs(articles: Path) -> list[Pair]:
    """Sentences of articles that are not held out, each with one value exchanged for another of its passage."""
    chance = random.Random(5)  # noqa: S311 - not for secrets
    read = [(one.metadata.given_id or "", premise_of(one)) for _, one in articles_in(articles) if one.text]
    known = {name: premise for name, premise in read if not is_held_out(name)}
    chosen = {name: known[name] for name in chance.sample(sorted(known), min(ALTERED_ARTICLES, len(known)))}
    return [
        Pair(one.told.evidence, one.told.sentence, one.sentence, one.kind, held_out=False)
        for one in alterations(told_sentences(chosen), ALTERED_SENTENCES, elsewhere=True)
    ]


def steps_of(
    pairs: Sequence[Pair], altered: Sequence[Pair], chance: random.Random, altered_steps: int = ALTERED_STEPS
) -> Iterator[Sequence[Pair]]:
    """The pairs of each step, without end."""
    for _ in range(altered_steps):
        yield chance.sample(altered, PAIRS_A_STEP)
    own = PAIRS_A_STEP - ALTERED_LATER
    while True:
        order = chance.sample(pairs, len(pairs))
        for first in range(0, len(order), own * SORTED_STEPS):
            taken = order[first : first + own * SORTED_STEPS] + chance.sample(altered, ALTERED_LATER * SORTED_STEPS)
            taken.sort(key=lambda one: len(one.evidence.text))
            steps = [taken[at : at + PAIRS_A_STEP] for at in range(0, len(taken), PAIRS_A_STEP)]
            yield from chance.sample(steps, len(steps))


def train(
    network: SupportNetwork, model: SupportModel, shown: Iterator[Sequence[Pair]], steps: int, rate: float, out: Path
) -> None:
    """Saves every hundred steps, so that a kill costs little."""
    trainer = Trainer(network, steps, rate)
    started, running = time.monotonic(), 0.0
    for step in range(1, steps + 1):
        with sdpa_kernel(SDPBackend.MATH):  # learns from short texts four times as fast as the default
            loss = loss_of(network, model, next(shown))
            torch.autograd.backward([loss])
        trainer.step()
        running = running * 0.98 + loss.item() * 0.02 if step > 1 else loss.item()
        if step % 100 == 0 or step == steps:
            save(network, out)
            click.echo(f"step {step} of {steps}, loss {running:.3f}, {time.monotonic() - started:.0f} s")


def judged(model: SupportModel, pairs: Sequence[Pair]) -> list[float]:
    """The log odds of support of each pair's true sentence and false one, in turns."""
    asked = [(texts_for(claim.text, [one.evidence])[0], claim.text) for one in pairs for claim in one.claims]
    return [odds for (odds,) in model.outputs(asked)]


def calibrate(network: SupportNetwork, scores: Sequence[float]) -> None:
    """Makes the log odds those of sentences of which `TRUE_SHARE` are borne out (Platt, 1999), by the scores of pairs."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression().fit([[one] for one in scores], [True, False] * (len(scores) // 2))
    slope, offset = float(fitted.coef_[0, 0]), float(fitted.intercept_[0]) + math.log(TRUE_SHARE / (1 - TRUE_SHARE))
    with torch.no_grad():
        network.scale.mul_(slope)
        network.bias.mul_(slope).sub_(offset)


def figures(scores: Sequence[float]) -> str:
    """How well true and false sentences are told apart, and how often the true one of a pair scores higher."""
    from sklearn.metrics import roc_auc_score

    count = len(scores) // 2
    area = roc_auc_score([True, False] * count, scores)
    higher = sum(true > false for true, false in zip(scores[::2], scores[1::2], strict=True)) / count
    return f"{count} held-out pairs: area under the ROC curve {area:.3f}, the true one scores higher in {higher:.1%}"


@click.command(cls=Command)
@DATA
@click.option("--base", type=click.Path(path_type=Path), help="The encoder's weights; by default those fetched.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Weights to write, as safetensors.")
@click.option("--start", type=click.Path(path_type=Path, exists=True), help="Weights to go on from.")
@click.option("--rate", type=float, default=PEAK_RATE, help="Highest learning rate.")
@click.option("--steps", type=click.IntRange(min=1), default=1400)
@click.option("--seed", type=int, default=7)
def main(data: Path, base: Path | None, out: Path, start: Path | None, rate: float, steps: int, seed: int) -> None:
    """Trains, saves what was learned, and prints the figures for the held-out pairs."""
    torch.manual_seed(seed)
    articles = data / "rtqa_news" / "articles.jsonl.gz"
    pairs = list(written_pairs(articles, WRITTEN, REWORDED))
    network = changeable(on_mpnet(SupportNetwork, base or file_of(ENCODER), None))
    model = SupportModel(network, tokenizer_of(packaged_folder()))
    if start:
        go_on_from(network, start)
    learned = [one for one in pairs if not one.held_out]
    shown = steps_of(learned, altered_pairs(articles), random.Random(seed), 0 if start else ALTERED_STEPS)  # noqa: S311
    train(network, model, shown, steps, rate, out)
    scores = judged(model, [one for one in pairs if one.held_out])
    calibrate(network, scores)
    save(network, out)
    click.echo(figures(scores))


if __name__ == "__main__":
    main()
