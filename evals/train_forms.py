"""Trains the model that tells the form of a question (`rag/question/form.py`).

    python -m evals.train_forms --out kinds.safetensors

It learns from the marked questions, whose kind their author named, from those over invented libraries, and from
questions written for their form alone. Prints how often the kind of held-out questions is right.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor, nn

from evals.claims import TRAINING
from evals.command import Command
from evals.reader_examples import INVENTED_MARKS, MARKS, is_held_out
from evals.rows import rows_of
from rag.question.form import KINDS, states_of
from rag.question.kind import asking
from rag.text.words import content_words
from rag.types import Kind

HEADS, VALUES = 8, 16
ROUNDS, BATCH, RATE, DECAY, DROP, SMOOTHING = 12, 64, 2e-3, 0.05, 0.2, 0.05
NAMES = {"yesno": Kind.YES_NO}  # In the marks.
FORMS = TRAINING / "forms.jsonl"  # Written for their form alone, about an invented country.
FORMS_TIMES = 3  # How often each of them is learned in a round.
BARE_OF = frozenset({"fact", "yesno", "why", "how", "said"})
BARE_WORDS = 8
BARE_EVERY = 5  # Of these, every fifth question is learned a second time as its content words alone: a topic.


class Forms(nn.Module):
    """The network of `rag.question.form`, over several questions at once."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.looks, self.takes = nn.Linear(width, HEADS, bias=False), nn.Linear(width, HEADS * VALUES, bias=False)
        self.kinds = nn.Linear(HEADS * VALUES, len(KINDS))
        self.drop = nn.Dropout(DROP)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Log odds, shape (questions, kinds), from states of shape (questions, tokens, width)."""
        attention = self.looks(states).masked_fill(~mask[..., None], -torch.inf).softmax(1)
        taken = (attention[..., None] * self.takes(states).unflatten(2, (HEADS, VALUES))).sum(1)
        found: Tensor = self.kinds(self.drop(torch.relu(taken.flatten(1))))
        return found

    def stored(self) -> dict[str, Tensor]:
        """The weights as `rag.question.form` reads them."""
        takes = self.takes.weight.reshape(HEADS, VALUES, -1)
        weights = {"looks": self.looks.weight, "takes": takes, "kinds": self.kinds.weight, "bias": self.kinds.bias}
        return {name: tensor.detach().half().contiguous() for name, tensor in weights.items()}


def marked(held_out: bool) -> list[tuple[str, Kind]]:
    """The marked questions with their kinds; the invented ones only for training."""
    rows = [row for row in rows_of(MARKS) if is_held_out(row["topic"]) == held_out]
    rows += [] if held_out else rows_of(INVENTED_MARKS)
    kinds = [(row["question"], NAMES.get(row["kind"], row["kind"])) for row in rows]
    if not held_out:
        bare = [row["question"] for row in rows if row["kind"] in BARE_OF][::BARE_EVERY]
        kinds += [(" ".join(content_words(one)[:BARE_WORDS]), Kind.TOPIC) for one in bare]
    return [(question, Kind(kind)) for question, kind in kinds if kind in KINDS]


def written(held_out: bool) -> list[tuple[str, Kind]]:
    """The questions written for their form, of which every third is held out."""
    rows = [(row["question"], Kind(row["kind"])) for row in rows_of(FORMS)]
    return [row for number, row in enumerate(rows) if (number % 3 == 0) == held_out]


def padded(texts: list[str]) -> tuple[Tensor, Tensor]:
    """States of shape (questions, tokens, width) in bf16, and which of them are tokens."""
    read = [torch.from_numpy(states_of(asking(text))).bfloat16() for text in texts]
    lengths = torch.tensor([len(one) for one in read])
    return nn.utils.rnn.pad_sequence(read, batch_first=True), torch.arange(int(lengths.max())) < lengths[:, None]


@click.command(cls=Command)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--seed", default=0, show_default=True)
def main(out: Path, seed: int) -> None:
    """Trains for about three minutes on two cores; prints how often the kind of held-out questions is right."""
    learned = [*marked(False), *FORMS_TIMES * written(False)]
    states, mask = padded([text for text, _ in learned])
    right = torch.tensor([KINDS.index(kind) for _, kind in learned])
    torch.manual_seed(seed)
    network = Forms(states.shape[2])
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = ROUNDS * (len(learned) // BATCH)
    falling = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: max(0.0, 1 - step / steps))
    for number in range(1, ROUNDS + 1):
        losses = []
        for batch in torch.split(torch.randperm(len(learned)), BATCH)[: len(learned) // BATCH]:
            found = network(states[batch].float(), mask[batch])
            loss = nn.functional.cross_entropy(found, right[batch], label_smoothing=SMOOTHING)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            falling.step()
            losses.append(loss.item())
        click.echo(f"round {number}: loss {np.mean(losses):.3f}")
    out.write_bytes(save(network.stored()))
    network.train(False)
    for name, held_out in (("marked", marked(True)), ("written", written(True))):
        with torch.no_grad():
            states, mask = padded([text for text, _ in held_out])
            found = network(states.float(), mask).argmax(1).tolist()
        pairs = [(kind, KINDS[one]) for (_, kind), one in zip(held_out, found, strict=True)]
        told = Counter(kind for kind, one in pairs if kind is one)
        for kind, count in sorted(Counter(kind for kind, _ in pairs).items()):
            click.echo(f"{kind:<9} {told[kind]:4} of {count:4} told: {told[kind] / count:.0%}")
        click.echo(f"all {told.total() / len(pairs):.1%} of {len(pairs)} held-out questions, {name}")


if __name__ == "__main__":
    main()
