"""Reading models in torch: the packaged one, and any cross-encoder that somebody names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer, BertModel, PreTrainedModel

from rag.reader import LONGEST_ANSWER_TOKENS, Page, Reader, Reading, TokenWindow, window

IMPOSSIBLE = -1e4
UNREAD = -8.0
"""Log odds of a sentence that lies behind the window's end."""
FIRST, LAST, ANSWERS, HELPS = range(4)
"""Columns of the network's output."""


class ReadingNetwork(nn.Module):
    """An encoder with four scores a token."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        config = AutoConfig.from_pretrained(base)
        self.bert = BertModel(config, add_pooling_layer=False)
        self.scores = nn.Linear(config.hidden_size, 4)

    def forward(self, batch: dict[str, Tensor]) -> Tensor:
        """Scores of shape (windows, tokens, 4), from what `Windows.batch` gives."""
        scores: Tensor = self.scores(self.bert(**batch).last_hidden_state)
        return scores


def packaged_network(base: Path, trained: Path | None) -> ReadingNetwork:
    """The packaged embedding model with the reading model's scores on top.

    Args:
        base: folder of the embedding model; its word embeddings are not trained, so they are not stored again.
        trained: safetensors with the encoder and the scores; None for a network that was not trained yet.
    """
    network = ReadingNetwork(base)
    weights = {f"bert.{name}": tensor for name, tensor in load_file(base / "model.safetensors").items()}
    if trained:
        weights |= {name: tensor.float() for name, tensor in load_file(trained).items()}
    missing, _ = network.load_state_dict(weights, strict=False)
    lost = [name for name in missing if trained or not name.startswith("scores.")]
    if lost:
        raise ValueError(f"the weights lack {lost[0]}")
    return network


def load_packaged(base: Path, trained: Path, in_bf16: bool) -> PageReader:
    """The reading model that comes with Dateline, over the embedding model in `base`."""
    network, tokenizer = packaged_network(base, trained), AutoTokenizer.from_pretrained(base)
    # Stored in bf16, so computing in it costs no more than a tenth of a log probability, and takes a quarter of the time.
    return PageReader(network.bfloat16() if in_bf16 else network, tokenizer)


def load_from(name: str, local: bool) -> Reader:
    """The cross-encoder of a folder, or of the hub where it is not `local`. Raises what transformers raises."""
    given = {"local_files_only": local, "trust_remote_code": False}
    config = AutoConfig.from_pretrained(name, **given)
    kinds = config.architectures or ()
    if not any(kind.endswith("ForSequenceClassification") for kind in kinds):
        raise ValueError(f"it is {', '.join(kinds) or 'of no kind'}, not a cross-encoder")
    network = AutoModelForSequenceClassification.from_pretrained(name, use_safetensors=True, **given)
    return SentenceReader(network, AutoTokenizer.from_pretrained(name, **given))


class Windows:
    """Pages become tensors."""

    def __init__(self, tokenizer: Any) -> None:
        self._encode = tokenizer.backend_tokenizer
        self._encode.no_truncation()
        self._encode.no_padding()
        self._begins, self._separates = int(tokenizer.cls_token_id), int(tokenizer.sep_token_id)
        self._padding = int(tokenizer.pad_token_id)

    def of(self, question: str, pages: Sequence[Page]) -> list[TokenWindow]:
        """One window a page."""
        texts = [question]
        for page in pages:
            texts += [page.title, page.text]
        asked, *rest = self._encode.encode_batch(texts, add_special_tokens=False)
        return [
            window(asked, title, text, page.sentences, begins=self._begins, separates=self._separates)
            for title, text, page in zip(rest[0::2], rest[1::2], pages, strict=True)
        ]

    def batch(self, windows: Sequence[TokenWindow]) -> dict[str, Tensor]:
        """Tensors of shape (windows, tokens) for the network."""
        shape = (len(windows), max(len(one.ids) for one in windows))
        ids = torch.full(shape, self._padding)
        seen, segment = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
        for row, one in enumerate(windows):
            ids[row, : len(one.ids)] = torch.tensor(one.ids)
            seen[row, : len(one.ids)] = 1
            segment[row, one.question_tokens : len(one.ids)] = 1
        return {"input_ids": ids, "attention_mask": seen, "token_type_ids": segment}


class PageReader:
    """The packaged reading model: reads whole passages, judges their sentences, points at words."""

    only_english = True
    """What it was trained on; questions in other languages are judged by their words."""

    def __init__(self, network: ReadingNetwork, tokenizer: Any) -> None:
        self._network = network.train(False)
        self._windows = Windows(tokenizer)

    @torch.inference_mode()
    def read(self, question: str, pages: Sequence[Page]) -> list[tuple[Reading, ...]]:
        """For each page one reading a sentence."""
        if not pages:
            return []
        windows = self._windows.of(question, pages)
        return readings(windows, pages, self._network(self._windows.batch(windows)).float())


class SentenceReader:
    """Scores sentences one by one, without pointing at words: any cross-encoder with one score, or with "no" and "yes"."""

    def __init__(self, network: PreTrainedModel, tokenizer: Any) -> None:
        self._network, self._tokenizer = network.train(False), tokenizer

    @torch.inference_mode()
    def read(self, question: str, pages: Sequence[Page]) -> list[tuple[Reading, ...]]:
        """For each page one reading a sentence."""
        texts = [f"{page.title}: {page.text[one.start : one.end]}" for page in pages for one in page.sentences]
        if not texts:
            return [() for _ in pages]
        batch = self._tokenizer(
            [question] * len(texts), texts, truncation=True, max_length=256, padding=True, return_tensors="pt"
        )
        logits = self._network(**batch).logits.float()
        scores = iter((logits[:, -1] - (logits[:, 0] if logits.shape[1] > 1 else 0.0)).tolist())
        return [tuple(Reading(score, score) for _, score in zip(page.sentences, scores)) for page in pages]  # noqa: B905


def readings(windows: Sequence[TokenWindow], pages: Sequence[Page], scores: Tensor) -> list[tuple[Reading, ...]]:
    """What the scores say of each sentence of each page.

    Args:
        scores: shape (windows, tokens, 4).
    """
    # The best words of different sentences are compared with one another and with "none", for which the first token of
    # all windows stands (shared normalisation: Clark and Gardner, "Simple and effective multi-paragraph reading
    # comprehension", ACL 2018).
    inside = [scores[row, one.first : one.first + len(one.offsets)] for row, one in enumerate(windows)]
    none = scores[:, 0, : LAST + 1].mean(0)
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
    """The likeliest first and last token; `shares` has the shape (tokens of the sentence, 2)."""
    pairs = shares[:, FIRST, None] + shares[None, :, LAST]
    allowed = np.tril(np.triu(np.ones_like(pairs, dtype=bool)), LONGEST_ANSWER_TOKENS - 1)
    first, last = divmod(int(np.where(allowed, pairs, IMPOSSIBLE).argmax()), len(shares))
    return float(pairs[first, last]), first, last
