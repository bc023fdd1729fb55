"""The packaged reading model in torch.

It reads `question [SEP] title [SEP] passage [SEP]` and gives every token of the passage four scores: that its sentence
answers, that its sentence helps, and that it is the first or the last token of the answering words. A sentence's score
is the mean over its tokens, so each sentence is judged in context (the idea of "Provence: efficient and robust
context pruning for retrieval-augmented generation", Chirkova et al., ICLR 2025).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from tokenizers import Encoding, Tokenizer
from torch import Tensor, nn

from rag.encoder import WEIGHTS, Encoder, Size, Texts, token_number
from rag.mpnet import MPNET, from_bert
from rag.reader import AtOnce, Page, Reading
from rag.text.sentences import Span

QUESTION_TOKENS, TITLE_TOKENS, WINDOW_TOKENS = 40, 24, 320
LONGEST_ANSWER_TOKENS = 13
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


class LargeReadingNetwork(nn.Module):
    """The same over the larger encoder, MPNet."""

    HEAD_WIDTH = 128

    def __init__(self) -> None:
        super().__init__()
        self.mpnet = Encoder(MPNET)
        width = self.HEAD_WIDTH
        self.scores = nn.Sequential(nn.Linear(self.mpnet.width, width), nn.GELU(), nn.Linear(width, 4))

    def forward(self, windows: Texts) -> tuple[Tensor, ...]:
        """Scores of each window, shape (tokens, 4)."""
        scores: Tensor = self.scores(self.mpnet(from_bert(windows)).float())
        return scores.split_with_sizes(windows.lengths)


def packaged_network(base: Path, trained: Path | None) -> ReadingNetwork:
    """The embedding model in the folder `base`, topped with the reading model's scores.

    `trained`: safetensors with encoder and scores; the word embeddings stay those of `base`. None if untrained.
    """
    with torch.device("meta" if trained else "cpu"):  # drawing weights only to replace them takes a tenth of a second
        network = ReadingNetwork(base)
    weights = {f"bert.{name}": tensor for name, tensor in load_file(base / WEIGHTS).items()}
    if trained:
        weights |= {name: tensor.float() for name, tensor in load_file(trained).items()}
    missing, _ = network.load_state_dict(weights, strict=False, assign=trained is not None)
    lost = [name for name in missing if trained or not name.startswith("scores.")]
    if lost:
        raise ValueError(f"the weights lack {lost[0]}")
    return network


@dataclass(frozen=True)
class TokenWindow:
    """One page as the model sees it.

    Attributes:
        ids: token ids, including special ones, at most `WINDOW_TOKENS`.
        question_tokens: how many belong to the question, including the special ones around it.
        first: position of the first token of the passage.
        offsets: characters of the passage that its tokens cover; a long passage is truncated.
        sentence: for each of these tokens the index of its sentence on the page, -1 between sentences.
    """

    ids: tuple[int, ...]
    question_tokens: int
    first: int
    offsets: tuple[tuple[int, int], ...]
    sentence: tuple[int, ...]


def window(
    question: Encoding, title: Encoding, text: Encoding, sentences: Sequence[Span], *, begins: int, separates: int
) -> TokenWindow:
    """The window of one page; `begins` and `separates` are the ids of the model's special tokens."""
    asked, headed = question.ids[:QUESTION_TOKENS], title.ids[:TITLE_TOKENS]
    room = WINDOW_TOKENS - len(asked) - len(headed) - 4
    ids = [begins, *asked, separates, *headed, separates, *text.ids[:room], separates]
    offsets = tuple(text.offsets[:room])
    return TokenWindow(tuple(ids), len(asked) + 2, len(asked) + len(headed) + 3, offsets, _owners(offsets, sentences))


def _owners(offsets: Sequence[tuple[int, int]], sentences: Sequence[Span]) -> tuple[int, ...]:
    owners, place = [], 0
    for start, end in offsets:
        while place < len(sentences) and sentences[place].end <= start:
            place += 1
        inside = place < len(sentences) and sentences[place].start <= start and end <= sentences[place].end
        owners.append(place if inside else -1)
    return tuple(owners)


def windows_of(tokenizer: Tokenizer, question: str, pages: Sequence[Page]) -> list[TokenWindow]:
    texts = [question, *(text for page in pages for text in (page.title, page.text))]
    asked, *rest = tokenizer.encode_batch(texts, add_special_tokens=False)
    begins, separates = token_number(tokenizer, "[CLS]"), token_number(tokenizer, "[SEP]")
    return [
        window(asked, title, text, page.sentences, begins=begins, separates=separates)
        for title, text, page in zip(rest[0::2], rest[1::2], pages, strict=True)
    ]


def texts_of(windows: Sequence[TokenWindow]) -> Texts:
    """The windows as the network reads them, each beginning with the question."""
    return Texts.of([one.ids for one in windows], [one.question_tokens for one in windows])


class PageReader:
    """The packaged reading model: reads whole passages, judges their sentences, points at words."""

    only_english = True
    """The language it was trained on; questions in other languages are judged by their words."""

    def __init__(self, network: ReadingNetwork | LargeReadingNetwork, tokenizer: Tokenizer) -> None:
        self._network, self._tokenizer = network.train(False), tokenizer
        self._cores, self._questions = torch.get_num_threads(), AtOnce()

    @torch.inference_mode()
    def read(self, question: str, pages: Sequence[Page]) -> list[tuple[Reading, ...]]:
        if not pages:
            return []
        windows = windows_of(self._tokenizer, question, pages)
        with self._questions.entered() as questions:
            # Several questions share the cores, which answers more than one after the other. This sets this thread's.
            torch.set_num_threads(max(self._cores // questions, 1))
            try:
                scores = self._network(texts_of(windows))
            finally:
                torch.set_num_threads(self._cores)
        return readings(windows, pages, scores)


def readings(
    windows: Sequence[TokenWindow], pages: Sequence[Page], scores: Sequence[Tensor]
) -> list[tuple[Reading, ...]]:
    """What the scores of each window, shape (tokens, 4), say about each sentence of each page."""
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
