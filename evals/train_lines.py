"""Trains the model that classifies each line of a pasted text.

    python -m evals.train_lines --data FOLDER --out lines.safetensors

It learns from the half of the rendered pages that may be inspected, from plain articles, and altered forms of both.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import click
import numpy as np
import torch
from safetensors.numpy import save_file
from torch import Tensor, nn

from evals.command import Command
from evals.line_draws import Examples, Plain, plain_articles
from evals.line_examples import UNSURE, Line, is_tuned
from evals.pages import CACHE, DATA, RenderedPage, rendered_pages
from ingest.line_model import DILATIONS, KINDS, SHAPE, read_lines, tokens_of

WORDS, WORD_WIDTH, WIDTH = 4000, 16, 48
BATCH, RATE = 8, 3e-3
DROP = 0.2
FORGET = 0.3  # Share of the words that are hidden, so that no page is recognised by its words.
_LEAST_ARTICLE = 300  # Characters in the article of a page used for training.
RARER = np.array((1.2, 5, 5, 7, 4, 4, 1, 0), np.float32)  # Weight of a line of each kind; 0 for UNSURE.


class Network(nn.Module):
    """The network of `ingest.line_model` in torch, over several texts at once."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.words, self.first = nn.EmbeddingBag(words + 1, WORD_WIDTH), nn.Embedding(words + 1, WORD_WIDTH)
        for table in (self.words, self.first):
            nn.init.normal_(table.weight, std=0.1)
        self.enter = nn.Linear(SHAPE + 2 * WORD_WIDTH, WIDTH)
        self.convolutions = nn.ModuleList(nn.Linear(3 * WIDTH, WIDTH) for _ in DILATIONS)
        self.mix, self.page = nn.Linear(WIDTH, WIDTH), nn.Linear(2 * WIDTH, WIDTH, bias=False)
        self.leave = nn.Linear(WIDTH, len(KINDS))
        self.drop = nn.Dropout(DROP)

    def forward(self, shape: Tensor, words: Tensor, starts: Tensor, sizes: list[int]) -> Tensor:
        """shape: n x SHAPE, words: all tokens, starts: n, sizes: lines of each text. Returns n x kinds."""
        read = torch.cat((shape, self.words(words, starts), self.first(words[starts])), 1)
        entered = torch.relu(self.enter(self.drop(read)))
        gap = entered.new_zeros(max(DILATIONS), WIDTH)  # so that no text sees the next one
        hidden = torch.cat([part for text in torch.split(entered, sizes) for part in (gap, text)] + [gap])
        mask = torch.cat([part for size in sizes for part in (gap[:, :1], gap.new_ones(size, 1))] + [gap[:, :1]])
        for dilation, layer in zip(DILATIONS, self.convolutions, strict=True):
            n = len(hidden)
            padded = nn.functional.pad(hidden, (0, 0, dilation, dilation))
            beside = torch.cat((padded[:n], hidden, padded[2 * dilation :]), 1)
            hidden = (hidden + self.drop(torch.relu(layer(beside)))) * mask
        texts = torch.split(hidden[mask[:, 0] > 0], sizes)
        pages = [self.page(torch.cat((text.mean(0), text.max(0).values))).expand(len(text), -1) for text in texts]
        scores: Tensor = self.leave(self.drop(torch.relu(self.mix(torch.cat(texts)) + torch.cat(pages))))
        return scores

    def named(self) -> dict[str, Tensor]:
        """The weights under the names in which `LineModel` stores and expects them."""
        found = {"words": self.words.weight, "first": self.first.weight, "page.w": self.page.weight.T}
        layers: dict[str, nn.Module] = {"in": self.enter, "mix": self.mix, "out": self.leave}
        layers |= {f"conv{i}": layer for i, layer in enumerate(self.convolutions)}
        for name, layer in layers.items():
            found |= {f"{name}.w": layer.get_parameter("weight").T, f"{name}.b": layer.get_parameter("bias")}
        return {name: value.detach() for name, value in found.items()}


def vocabulary(examples: Examples) -> dict[str, int]:
    """The tokens found on most pages, most frequent first."""
    times: Counter[str] = Counter()
    for one in examples.whole:
        times.update(set(tokens_of([line.text for line in one])))
    return {word: i for i, (word, n) in enumerate(times.most_common(WORDS), 1) if n >= 3}


def batch(
    texts: list[list[Line]], known: dict[str, int], chance: np.random.Generator
) -> tuple[list[Tensor], list[int]]:
    """The features of several texts in sequence, the labels and weights of their lines, and their sizes."""
    read = [read_lines([line.text for line in text], [line.blank for line in text], known) for text in texts]
    tokens = np.concatenate([lines.words for lines in read])
    tokens = np.where(chance.random(len(tokens)) < FORGET, 0, tokens)
    offsets = np.cumsum([0, *(len(lines.words) for lines in read[:-1])])
    starts = np.concatenate([lines.starts + offset for lines, offset in zip(read, offsets, strict=True)])
    weights = []
    for text in texts:
        weight = np.sqrt(np.array([len(line.text) for line in text], np.float32) / 50).clip(0.3, 3)
        weight *= RARER[[line.label for line in text]]
        weights.append(weight / max(weight.sum(), 15.0))
    labels = np.array([line.label for text in texts for line in text], np.int64)
    shape = np.concatenate([lines.shape for lines in read])
    arrays = (shape, tokens, starts, labels, np.concatenate(weights).astype(np.float32))
    return [torch.from_numpy(array) for array in arrays], [len(text) for text in texts]


def train(pages: list[RenderedPage], plain: list[Plain], steps: int, seed: int) -> tuple[Network, dict[str, int]]:
    """Trains a network, and returns it with the words that it knows."""
    torch.manual_seed(seed)
    examples = Examples(pages, plain, seed)
    known = vocabulary(examples)
    network = Network(max(known.values()))
    # The word tables get few examples per word, so they learn faster and without weight decay.
    of_words = [network.words.weight, network.first.weight]
    others = [one for name, one in network.named_parameters() if name.split(".")[0] not in ("words", "first")]
    groups: list[dict[str, object]] = [{"params": others}, {"params": of_words, "lr": 3 * RATE, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, RATE, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [RATE, 3 * RATE], steps, pct_start=0.15)
    chance = np.random.default_rng(seed)
    start, total = time.process_time(), 0.0
    for step in range(1, steps + 1):
        texts = [examples.draw() for _ in range(BATCH)]
        (shape, words, starts, labels, weights), sizes = batch(texts, known, chance)
        losses = nn.functional.cross_entropy(
            network(shape, words, starts, sizes), labels, ignore_index=UNSURE, reduction="none", label_smoothing=0.02
        )
        loss = (losses * weights).sum() / BATCH
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        total += loss.item()
        if step % 50 == 0:
            click.echo(f"{step} of {steps}: loss {total / 50:.4f}, {time.process_time() - start:.0f} s")
            total = 0.0
    return network.eval(), known


@click.command(cls=Command)
@DATA
@CACHE
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--steps", type=click.IntRange(min=1), default=1300)
@click.option("--seed", type=int, default=1)
def main(data: Path, out: Path, cache: Path, steps: int, seed: int) -> None:
    """Trains the model, and stores its weights with the words that it knows."""
    torch.set_num_threads(1)
    pages = [one for one in rendered_pages(data, cache) if is_tuned(one) and len(one.article) > _LEAST_ARTICLE]
    click.echo(f"{len(pages)} pages")
    network, known = train(pages, plain_articles(data, 1500), steps, seed)
    weights = {name: np.ascontiguousarray(one.numpy().astype(np.float16)) for name, one in network.named().items()}
    words = sorted(known, key=known.__getitem__)
    save_file(weights, out, metadata={"words": json.dumps(words, ensure_ascii=False)})


if __name__ == "__main__":
    main()
