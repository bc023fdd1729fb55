"""Trains the packaged reading model: which words of which sentence answer.

    python -m evals.train_reader --data ../shared/data/squad --out reader.safetensors

`--data` is a folder with SQuAD. About 1.2 seconds a step on two cores. The word embeddings stay those of the packaged
embedding model, so that only the encoder and the head have to be stored. After the last step the held-out titles are
read, and the figures that the model's card gives are printed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers import AutoTokenizer, BertForQuestionAnswering

from evals.reader_examples import HELD_OUT, Example, examples
from rag.models import packaged_folder
from rag.reader import Window
from rag.reader_model import SpanReader, Windows, packaged_network, tokens_of_sentences

QUESTIONS_A_STEP = 8
ALIKE_A_QUESTION = 3
PEAK_RATE = 1.5e-4
WARM_UP = 0.06
SAVE_EVERY = 100


@dataclass(frozen=True)
class Batch:
    """Windows of several questions.

    Attributes:
        question: for each window the place of its question in the batch.
        right: for each question the window and tokens (first, last) of its answers; empty for none.
    """

    windows: tuple[Window, ...]
    question: Tensor
    right: tuple[tuple[tuple[int, int, int], ...], ...]


def batch_of(chosen: Sequence[Example], windows: Windows, chance: random.Random) -> Batch:
    """The right sentence of each question and a few that are like it."""
    made: list[Window] = []
    question: list[int] = []
    right: list[tuple[tuple[int, int, int], ...]] = []
    for place, example in enumerate(chosen):
        shown = [example.right] if example.right else []
        alike = list(example.alike[:1]) + chance.sample(example.alike[1:], min(2, len(example.alike[1:])))
        mine = windows.of(example.question, [*shown, *alike[:ALIKE_A_QUESTION]])
        spans = (_tokens(mine[0], answer) for answer in example.answers) if shown else ()
        right.append(tuple((len(made), *span) for span in spans if span))
        made += mine
        question += [place] * len(mine)
        if shown and not right[-1]:
            # The answer stands behind the window's end: this question teaches nothing.
            del made[-len(mine) :], question[-len(mine) :]
    return Batch(tuple(made), torch.tensor(question), tuple(right))


def _tokens(one: Window, answer: tuple[int, int]) -> tuple[int, int] | None:
    start, end = answer
    firsts = [place for place, (a, b) in enumerate(one.offsets) if a <= start < b]
    lasts = [place for place, (a, b) in enumerate(one.offsets) if a < end <= b]
    return (one.first + firsts[0], one.first + lasts[0]) if firsts and lasts else None


def loss_of(logits: Tensor, batch: Batch) -> Tensor:
    """Negative log likelihood of the answers, normalised over all sentences of a question (Clark and Gardner, 2018)."""
    inside = tokens_of_sentences(batch.windows, logits)
    losses = []
    for place, right in enumerate(batch.right):
        rows = (batch.question == place).nonzero().ravel()
        if not len(rows):
            continue
        nowhere = logits[rows, 0].mean(0)
        total = torch.cat([logits[rows][inside[rows]], nowhere[None]]).logsumexp(0)
        if right:
            firsts = torch.stack([logits[row, first, 0] for row, first in sorted({(r, a) for r, a, _ in right})])
            lasts = torch.stack([logits[row, last, 1] for row, last in sorted({(r, b) for r, _, b in right})])
            aim = torch.stack([firsts.logsumexp(0), lasts.logsumexp(0)])
        else:
            aim = nowhere
        losses.append((total - aim).mean())
    return torch.stack(losses).mean()


def train(
    network: BertForQuestionAnswering, tokenizer: object, shown: Sequence[Example], steps: int, seed: int, out: Path
) -> None:
    """AdamW with a linear rise and fall of the rate; saves on the way, so that a kill costs little."""
    network.train()
    network.bert.embeddings.requires_grad_(False)
    learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=PEAK_RATE, weight_decay=0.01)
    rise = max(int(WARM_UP * steps), 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / rise, max(0.0, 1 - step / steps))
    )
    windows, chance, running = Windows(tokenizer), random.Random(seed), 0.0  # noqa: S311 - not for secrets
    order: list[Example] = []
    for step in range(1, steps + 1):
        if len(order) < QUESTIONS_A_STEP:
            order = chance.sample(list(shown), len(shown))
        chosen, order = order[:QUESTIONS_A_STEP], order[QUESTIONS_A_STEP:]
        batch = batch_of(chosen, windows, chance)
        output = network(**windows.batch(batch.windows))
        loss = loss_of(torch.stack([output.start_logits, output.end_logits], dim=2), batch)
        torch.autograd.backward([loss])
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        running = running * 0.98 + loss.item() * 0.02 if step > 1 else loss.item()
        if step % SAVE_EVERY == 0 or step == steps:
            save(network, out)
            click.echo(f"step {step} of {steps}, loss {running:.3f}")


def save(network: BertForQuestionAnswering, out: Path) -> None:
    """The encoder and the head in bf16."""
    kept = {
        name: tensor.to(torch.bfloat16).contiguous()
        for name, tensor in network.state_dict().items()
        if name.startswith(("bert.encoder.", "qa_outputs."))
    }
    save_file(kept, out, metadata={"format": "pt", "licence": "CC BY-SA 4.0 (trained on SQuAD)"})


def figures(reader: SpanReader, held_out: Sequence[Example]) -> str:
    """How often the right sentence comes first, how often its words are right, and how well "nowhere" is told."""
    from sklearn.metrics import roc_auc_score

    first, exact, answerable, sure = 0, 0, [], []
    for example in held_out:
        shown = [*([example.right] if example.right else []), *example.alike]
        readings = reader.read(example.question, shown)
        best = max(range(len(shown)), key=lambda place: readings.each[place].score)
        answerable.append(example.right is not None)
        sure.append(readings.each[best].score - readings.nowhere)
        if example.right and best == 0:
            first += 1
            exact += (readings.each[0].start, readings.each[0].end) in example.answers
    right = sum(answerable)
    return (
        f"{len(held_out)} held-out questions: right sentence first {first / right:.1%}, its words exact "
        f"{exact / right:.1%} of {right} answerable ones; area under the ROC curve of answerable or not "
        f"{roc_auc_score(answerable, sure):.3f}"
    )


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True, help="Folder with SQuAD.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Weights to write, as safetensors.")
@click.option("--start", type=click.Path(path_type=Path, exists=True), help="Weights to go on from.")
@click.option("--steps", type=click.IntRange(min=0), default=1650, help="Steps of 8 questions; 0 only reads.")
@click.option("--seed", type=int, default=7)
def main(data: Path, out: Path, start: Path | None, steps: int, seed: int) -> None:
    """Trains, saves the weights, and tells the figures of the held-out titles."""
    torch.manual_seed(seed)
    base = packaged_folder()
    network, tokenizer = packaged_network(base, start), AutoTokenizer.from_pretrained(base)
    known = examples(data)
    shown = [example for example in known if example.title not in HELD_OUT]
    click.echo(f"{len(shown)} questions to learn from, {len(known) - len(shown)} held out")
    if steps:
        train(network, tokenizer, shown, steps, seed, out)
    held_out = [example for example in known if example.title in HELD_OUT]
    click.echo(figures(SpanReader(network, tokenizer), held_out[:600]))


if __name__ == "__main__":
    main()
