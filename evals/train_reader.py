"""Trains the packaged reading model: which sentences of a passage answer a question, which help, and which words answer.

    python -m evals.train_reader --data ../shared/data --out reader.safetensors

`--data` is a folder with the sets `rtqa_news`, whose articles the marks refer to, and `squad`. The word embeddings stay
those of the packaged embedding model. At the end the held-out topics are read, and the figures of the model's card
are printed.
"""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import click
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from evals import low_rank, reader_examples
from evals.command import Command
from evals.pages import DATA
from evals.reader_examples import Example, Marked, Source, told_apart
from rag.config import PACKAGED_MODEL
from rag.encoder import token_number, tokenizer_of
from rag.language.known import ENCODER, file_of
from rag.models import load_embedder, packaged_folder
from rag.mpnet import on_mpnet
from rag.reader_model import (
    ANSWERS,
    FIRST,
    HELPS,
    LAST,
    LargeReadingNetwork,
    PageReader,
    ReadingNetwork,
    TokenWindow,
    packaged_network,
    texts_of,
    windows_of,
)

A_STEP = {Source.MARKED: 5, Source.FACT: 2, Source.INVENTED: 2, Source.SQUAD: 1}
"""Questions of each source in a step."""
PAGES_MOST = 4  # Passages of a marked question in a step: those that answer, and others drawn anew each time.
RANKING_WEIGHT = 0.3  # Weight of the listwise loss relative to the sentences' own.
PEAK_RATE = 8e-5
WARM_UP = 0.06  # Share of the steps in which the rate rises.
HIDDEN_TOKENS = 0.06
"""Share of tokens that a step replaces by the unknown token, instead of dropout, which costs half the time here."""
SPECIAL_TOKENS = 998  # Token ids up to here are not words.
SAVE_EVERY = 100


class Trainer:
    """AdamW with a linear warm-up and decay of the rate; the word embeddings are not trained.

    `computing` is in bf16, twice as fast here; the network stays in float32. Call `backward` on a loss, then `step`.
    """

    def __init__(self, network: ReadingNetwork, steps: int, peak_rate: float) -> None:
        self.computing = copy.deepcopy(network).bfloat16().train()
        self.computing.get_submodule("bert.embeddings").requires_grad_(False)
        pairs = zip(network.parameters(), self.computing.parameters(), strict=True)
        self._pairs = [(kept, used) for kept, used in pairs if used.requires_grad]
        self._optimizer = torch.optim.AdamW([kept for kept, _ in self._pairs], lr=peak_rate, weight_decay=0.01)
        rise = max(int(WARM_UP * steps), 1)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda step: min((step + 1) / rise, max(0.02, 1 - step / max(steps, 1)))
        )

    def step(self) -> None:
        for kept, used in self._pairs:
            kept.grad = None if used.grad is None else used.grad.float()
            used.grad = None
        torch.nn.utils.clip_grad_norm_([kept for kept, _ in self._pairs], 1.0)
        self._optimizer.step()
        self._schedule.step()
        with torch.no_grad():
            for kept, used in self._pairs:
                used.copy_(kept)


def save(network: ReadingNetwork, out: Path) -> None:
    """Stores the encoder and the scoring layer in bf16, without the word embeddings."""
    kept = {
        name: tensor.to(torch.bfloat16).contiguous()
        for name, tensor in network.state_dict().items()
        if not name.startswith("bert.embeddings.")
    }
    save_file(kept, out, metadata={"format": "pt", "licence": "CC BY-SA 4.0 (trained on SQuAD)"})


def go_on_from(network: ReadingNetwork, start: Path) -> None:
    network.load_state_dict({name: one.float() for name, one in load_file(start).items()}, strict=False)


def drawn(example: Example, chance: random.Random) -> list[Marked]:
    """The passages of one question that a step shows, at most `PAGES_MOST`."""
    if len(example.pages) <= PAGES_MOST:
        return list(example.pages)
    right = [page for page in example.pages if any(page.helps)]
    others = [page for page in example.pages if not any(page.helps)]
    chance.shuffle(right)
    chance.shuffle(others)
    right = right[: max(PAGES_MOST - 1, PAGES_MOST - len(others))]
    return [*right, *others[: PAGES_MOST - len(right)]]


def sentence_scores(
    windows: Sequence[TokenWindow], scores: Sequence[Tensor], column: int, pages: Sequence[Marked]
) -> list[Tensor]:
    """For each window, the mean token score of each sentence; NaN for a sentence beyond the window."""
    found = []
    for one, marked, own in zip(windows, pages, scores, strict=True):
        tokens = own[one.first : one.first + len(one.offsets), column]
        owners = torch.tensor(one.sentence, dtype=torch.long)
        inside, none = owners >= 0, torch.zeros(len(marked.page.sentences))
        sums = none.index_add(0, owners[inside], tokens[inside])
        sizes = none.index_add(0, owners[inside], torch.ones(int(inside.sum())))
        found.append(torch.where(sizes > 0, sums / sizes.clamp(min=1), torch.nan))
    return found


def loss_of(windows: Sequence[TokenWindow], scores: Sequence[Tensor], pages: Sequence[Marked], points: bool) -> Tensor:
    """The loss of one question: each sentence by itself, all against each other, and the answering words."""
    losses = []
    for column, truths in ((ANSWERS, [page.answers for page in pages]), (HELPS, [page.helps for page in pages])):
        given = torch.cat(sentence_scores(windows, scores, column, pages))
        truth = torch.tensor([-1 if one is None else one for page in truths for one in page], dtype=torch.float)
        known = (truth >= 0) & ~given.isnan()
        if not known.any():
            continue
        given, truth = given[known], truth[known]
        losses.append(binary_cross_entropy_with_logits(given, truth))
        if column == ANSWERS:
            total = torch.cat([torch.zeros(1), given]).logsumexp(0)
            aim = given[truth > 0].logsumexp(0) if truth.any() else 0.0
            losses.append(RANKING_WEIGHT * (total - aim))
    if points:
        losses.append(0.3 * _pointing_loss(windows, scores, pages))
    # If no sentence in the windows has a label, there is nothing to learn.
    return torch.stack(losses).sum() if losses else 0.0 * scores[0].sum()


def _pointing_loss(windows: Sequence[TokenWindow], scores: Sequence[Tensor], pages: Sequence[Marked]) -> Tensor:
    """Negative log likelihood of the answers, normalised over all passages (Clark and Gardner, 2018)."""
    inside = [
        own[one.first : one.first + len(one.offsets), : LAST + 1] for one, own in zip(windows, scores, strict=True)
    ]
    none = torch.stack([own[0, : LAST + 1] for own in scores]).mean(0)
    total = torch.cat([*inside, none[None]]).logsumexp(0)
    firsts, lasts = [], []
    for tokens, one, marked in zip(inside, windows, pages, strict=True):
        for start, end in marked.spans:
            first = [place for place, (a, b) in enumerate(one.offsets) if a <= start < b]
            last = [place for place, (a, b) in enumerate(one.offsets) if a < end <= b]
            if first and last:
                firsts.append(tokens[first[0], FIRST])
                lasts.append(tokens[last[0], LAST])
    if not firsts:
        if any(page.spans for page in pages):  # beyond the window: teaches nothing
            return torch.zeros(())
        return (total - none).mean()
    return (total - torch.stack([torch.stack(firsts).logsumexp(0), torch.stack(lasts).logsumexp(0)])).mean()


def endless(examples: Sequence[Example], chance: random.Random) -> Iterator[Example]:
    """All of them, in a new order each time round."""
    while True:
        yield from chance.sample(list(examples), len(examples))


def train(
    trainer: Trainer | low_rank.Trainer,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    steps: int,
    seed: int,
    store: Callable[[], None],
) -> None:
    """Stores the weights periodically, so that a kill costs little."""
    unknown, chance = token_number(tokenizer, "[UNK]"), random.Random(seed)  # noqa: S311 - not for secrets
    by_source = {source: [one for one in examples if one.source is source] for source in A_STEP}
    streams = {source: endless(own, chance) for source, own in by_source.items() if own}
    running, started, tokens_read = 0.0, time.monotonic(), 0
    for step in range(1, steps + 1):
        chosen = [next(stream) for source, stream in streams.items() for _ in range(A_STEP[source])]
        shown = [(one, drawn(one, chance)) for one in chosen]
        made = [windows_of(tokenizer, one.question, [page.page for page in pages]) for one, pages in shown]
        # All in one batch: three times as fast as question by question.
        given = texts_of([one for own in made for one in own])
        hidden = (torch.rand(given.ids.shape) < HIDDEN_TOKENS) & (given.ids > SPECIAL_TOKENS)
        given = replace(given, ids=given.ids.masked_fill(hidden, unknown))
        tokens_read += len(given.ids)
        scores = iter(trainer.computing(given))
        losses = [
            loss_of(windows, list(islice(scores, len(windows))), pages, one.points)
            for (one, pages), windows in zip(shown, made, strict=True)
        ]
        loss = torch.stack(losses).mean()
        torch.autograd.backward([loss])
        trainer.step()
        running = running * 0.98 + loss.item() * 0.02 if step > 1 else loss.item()
        if step % SAVE_EVERY == 0 or step == steps:
            store()
            speed = tokens_read / (time.monotonic() - started)
            click.echo(f"step {step} of {steps}, loss {running:.3f}, {speed:,.0f} tokens/s")


def figures(reader: PageReader, held_out: Sequence[Example]) -> str:
    """How often the best sentence answers, and how well answering sentences and answerable questions are recognised."""
    questions: list[tuple[list[float], list[bool]]] = []
    for example in held_out:
        read = reader.read(example.question, [page.page for page in example.pages])
        scores = [reading.answers for readings in read for reading in readings]
        truths = [truth for page in example.pages for truth in page.answers]
        known = [place for place, truth in enumerate(truths) if truth is not None]
        questions.append(([scores[place] for place in known], [bool(truths[place]) for place in known]))
    precision, first, count, told = told_apart(questions)
    return (
        f"{len(held_out)} questions: best sentence answers {first:.1%}, mean average precision "
        f"{precision:.3f} of {count} answerable ones; area under the ROC curve of answerable or not {told:.3f}"
    )


@click.command(cls=Command)
@DATA
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Weights to write, as safetensors.")
@click.option("--start", type=click.Path(path_type=Path, exists=True), help="Weights to go on from.")
@click.option("--large", is_flag=True, help="Train the model over the larger encoder ('dateline model get encoder').")
@click.option("--steps", type=click.IntRange(min=0), default=1500, help="0 only reads.")
@click.option("--rate", type=float, default=PEAK_RATE, help="Highest learning rate.")
@click.option("--seed", type=int, default=7)
def main(data: Path, out: Path, start: Path | None, large: bool, steps: int, rate: float, seed: int) -> None:
    """Trains, saves the weights, and prints the figures for the held-out topics."""
    torch.manual_seed(seed)
    network: ReadingNetwork | LargeReadingNetwork
    trainer: Trainer | low_rank.Trainer
    if large:
        network = on_mpnet(LargeReadingNetwork, file_of(ENCODER), None)
        low_rank.make_changeable(network.mpnet)
        if start:
            low_rank.go_on_from(network, start)
        trainer, store = low_rank.Trainer(network, steps, rate), partial(low_rank.save, network, out)
    else:
        network = packaged_network(packaged_folder(), None)
        if start:
            go_on_from(network, start)
        trainer, store = Trainer(network, steps, rate), partial(save, network, out)
    tokenizer, count_tokens = tokenizer_of(packaged_folder()), load_embedder(PACKAGED_MODEL).count_tokens
    known = [
        *reader_examples.marked_examples(data / "rtqa_news" / "articles.jsonl.gz", count_tokens),
        *reader_examples.invented_examples(count_tokens),
        *reader_examples.squad_examples(data / "squad"),
    ]
    shown = [one for one in known if not one.held_out]
    click.echo(f"{len(shown)} questions to learn from, {len(known) - len(shown)} held out")
    if steps:
        train(trainer, tokenizer, shown, steps, seed, store)
    reader = PageReader(network, tokenizer)
    for source in Source:
        if held_out := [one for one in known if one.held_out and one.source is source]:
            click.echo(f"{source.value}: {figures(reader, held_out[:400])}")


if __name__ == "__main__":
    main()
