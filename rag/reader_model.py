"""The packaged reading model in torch."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from rag.encoder import WEIGHTS, Encoder, Size, Texts, token_number, tokenizer_of
from rag.reader import LONGEST_ANSWER_TOKENS, Page, Reading, TokenWindow, window

IMPOSSIBLE = -1e4
UNREAD = -8.0
"""Log odds of a sentence past the window's end."""
FIRST, LAST, ANSWERS, HELPS = range(4)
"""Columns of the network's output."""


class ReadingNetwork(nn.Module):
    """An encoder with four scores per token."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        size = Size.of(base)
        self.bert = Encoder(size)
        self.scores = nn.Linear(size.hidden_size, 4)

    def forward(self, windows: Texts) -> tuple[Tensor, ...]:
        """Scores of each window, shape (tokens, 4)."""
        scores: Tensor = self.scores(self.bert(windows)).float()
        return scores.split_with_sizes(windows.lengths)


def packaged_network(base: Path, trained: Path | None) -> ReadingNetwork:
    """The packaged embedding model topped with the reading model's scores.

    Args:
        base: folder of the embedding model; its word embeddings are not trained, so they are not stored again.
        trained: safetensors with the encoder and the scores; None for an untrained network.
    """
    network = ReadingNetwork(base)
    weights = {f"bert.{name}": tensor for name, tensor in load_file(base / WEIGHTS).items()}
    if trained:
        weights |= {name: tensor.float() for name, tensor in load_file(trained).items()}
    missing, _ = network.load_state_dict(weights, strict=False)
    lost = [name for name in missing if trained or not name.startswith("scores.")]
    if lost:
        raise ValueError(f"the weights lack {lost[0]}")
    return network


def load_packaged(base: Path, trained: Path, in_bf16: bool) -> PageReader:
    """The reading model that comes with Dateline, over the embedding model in `base`."""
    network = packaged_network(base, trained)
    # Stored in bf16, so computing in it costs at most a tenth of a log probability, and takes a quarter of the time.
    return PageReader(network.bfloat16() if in_bf16 else network, tokenizer_of(base))


class Windows:
    """Turns pages into token ids."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._begins, self._separates = token_number(tokenizer, "[CLS]"), token_number(tokenizer, "[SEP]")

    def of(self, question: str, pages: Sequence[Page]) -> list[TokenWindow]:
        """One window per page."""
        texts = [question]
        for page in pages:
            texts += [page.title, page.text]
        asked, *rest = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        return [
            window(asked, title, text, page.sentences, begins=self._begins, separates=self._separates)
            for title, text, page in zip(rest[0::2], rest[1::2], pages, strict=True)
        ]


def texts_of(windows: Sequence[TokenWindow]) -> Texts:
    """The windows as the network reads them, each beginning with the question."""
    return Texts.of([one.ids for one in windows], [one.question_tokens for one in windows])


class PageReader:
    """The packaged reading model: reads whole passages, judges their sentences, points at words."""

    only_english = True
    """The language it was trained on; questions in other languages are judged by their words."""

    def __init__(self, network: ReadingNetwork, tokenizer: Tokenizer) -> None:
        self._network = network.train(False)
        self._windows = Windows(tokenizer)
        self._cores = torch.get_num_threads()
        self._reading, self._counting = 0, threading.Lock()

    @torch.inference_mode()
    def read(self, question: str, pages: Sequence[Page]) -> list[tuple[Reading, ...]]:
        """One reading per sentence for each page."""
        if not pages:
            return []
        windows = self._windows.of(question, pages)
        with self._share_of_cores():
            scores = self._network(texts_of(windows))
        return readings(windows, pages, scores)

    @contextlib.contextmanager
    def _share_of_cores(self) -> Iterator[None]:
        """Alone, a question uses all cores; several at once share them, which answers more than one after the other."""
        with self._counting:
            self._reading += 1
            share = max(self._cores // self._reading, 1)
        torch.set_num_threads(share)  # of this thread
        try:
            yield
        finally:
            torch.set_num_threads(self._cores)
            with self._counting:
                self._reading -= 1


def readings(
    windows: Sequence[TokenWindow], pages: Sequence[Page], scores: Sequence[Tensor]
) -> list[tuple[Reading, ...]]:
    """What the scores say about each sentence of each page.

    Args:
        scores: of each window, shape (tokens, 4).
    """
    # The best words of different sentences are compared with one another and with "none", represented by the first
    # token of all windows (shared normalisation: Clark and Gardner, "Simple and effective multi-paragraph reading
    # comprehension", ACL 2018).
    inside = [own[one.first : one.first + len(one.offsets)] for one, own in zip(windows, scores, strict=True)]
    none = torch.stack([own[0, : LAST + 1] for own in scores]).mean(0)
    totals = torch.cat([*(tokens[:, : LAST + 1] for tokens in inside), none[None]]).logsumexp(0)
    return [
        _of_page(one, page, tokens.numpy(), totals.numpy())
        for one, page, tokens in zip(windows, pages, inside, strict=True)
    ]


def _of_page(
    one: TokenWindow, page: Page, tokens: npt.NDArray[np.float32], totals: npt.NDArray[np.float32]
) -> tuple[Reading, ...]:
    owners = np.array(one.sentence, dtype=np.int64)
    shares = tokens[:, : LAST + 1] - totals
    found: list[Reading] = []
    for place, sentence in enumerate(page.sentences):
        own = np.flatnonzero(owners == place)
        if not len(own):
            found.append(Reading(UNREAD, UNREAD, IMPOSSIBLE))
            continue
        answers, helps = tokens[own][:, [ANSWERS, HELPS]].mean(0).tolist()
        best, first, last = _best_words(shares[own])
        start, end = one.offsets[own[first]][0] - sentence.start, one.offsets[own[last]][1] - sentence.start
        found.append(Reading(answers, helps, best, start, end))
    return tuple(found)


def _best_words(shares: npt.NDArray[np.float32]) -> tuple[float, int, int]:
    """The likeliest first and last token; `shares` has shape (tokens of the sentence, 2)."""
    pairs = shares[:, FIRST, None] + shares[None, :, LAST]
    allowed = np.tril(np.triu(np.ones_like(pairs, dtype=bool)), LONGEST_ANSWER_TOKENS - 1)
    first, last = divmod(int(np.where(allowed, pairs, IMPOSSIBLE).argmax()), len(shares))
    return float(pairs[first, last]), first, last
