"""The packaged support model in torch: whether a passage bears out a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import AutoConfig, AutoTokenizer, BertModel

from rag.checking.reading import Evidence

CLAIM_TOKENS, HEAD_TOKENS, WINDOW_TOKENS = 64, 32, 256


class SupportNetwork(nn.Module):
    """An encoder with one score a pair."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        config = AutoConfig.from_pretrained(base)
        self.bert = BertModel(config, add_pooling_layer=False)
        self.support = nn.Linear(config.hidden_size, 1)

    def forward(self, batch: dict[str, Tensor]) -> Tensor:
        """Log odds, one a pair, from what `Pairs.batch` gives."""
        hidden = self.bert(**batch).last_hidden_state[:, 0]
        scores: Tensor = self.support(hidden)[:, 0]
        return scores


def packaged_support_network(base: Path, trained: Path | None) -> SupportNetwork:
    """As `rag.reader_model.packaged_network`: the word embeddings are the embedding model's."""
    network = SupportNetwork(base)
    weights = {f"bert.{name}": tensor for name, tensor in load_file(base / "model.safetensors").items()}
    if trained:
        weights |= {name: tensor.float() for name, tensor in load_file(trained).items()}
    missing, _ = network.load_state_dict(weights, strict=False)
    lost = [name for name in missing if trained or not name.startswith("support.")]
    if lost:
        raise ValueError(f"the weights lack {lost[0]}")
    return network


def head_of(evidence: Evidence) -> str:
    """Day and title, as the model reads them: "Tuesday 29 November 2022. Three astronauts …"."""
    day = evidence.published
    return (f"{day:%A} {day.day} {day:%B %Y}. " if day else "") + evidence.title


class Pairs:
    """Sentences and what they are held against become tensors: `claim [SEP] day, title [SEP] text [SEP]`."""

    def __init__(self, tokenizer: Any) -> None:
        self._encode = tokenizer.backend_tokenizer
        self._encode.no_truncation()
        self._encode.no_padding()
        self._begins, self._separates = int(tokenizer.cls_token_id), int(tokenizer.sep_token_id)
        self._padding = int(tokenizer.pad_token_id)

    def batch(self, pairs: Sequence[tuple[str, Evidence]]) -> dict[str, Tensor]:
        """Tensors of shape (pairs, tokens); a long text loses its end."""
        texts = [text for claim, evidence in pairs for text in (claim, head_of(evidence), evidence.text)]
        coded = [one.ids for one in self._encode.encode_batch(texts, add_special_tokens=False)]
        rows = [self._row(*coded[place : place + 3]) for place in range(0, len(coded), 3)]
        shape = (len(rows), max(len(first) + len(second) for first, second in rows))
        ids = torch.full(shape, self._padding)
        seen, segment = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
        for number, (first, second) in enumerate(rows):
            whole = [*first, *second]
            ids[number, : len(whole)] = torch.tensor(whole)
            seen[number, : len(whole)] = 1
            segment[number, len(first) : len(whole)] = 1
        return {"input_ids": ids, "attention_mask": seen, "token_type_ids": segment}

    def _row(self, claim: list[int], head: list[int], text: list[int]) -> tuple[list[int], list[int]]:
        first = [self._begins, *claim[:CLAIM_TOKENS], self._separates]
        second = [*head[:HEAD_TOKENS], self._separates]
        return first, [*second, *text[: WINDOW_TOKENS - len(first) - len(second) - 1], self._separates]


class SupportModel:
    """Gives log odds that a text bears out a sentence."""

    def __init__(self, network: SupportNetwork, tokenizer: Any) -> None:
        self._network, self._pairs = network.train(False), Pairs(tokenizer)

    @torch.inference_mode()
    def log_odds(self, pairs: Sequence[tuple[str, Evidence]]) -> list[float]:
        """One a pair."""
        if not pairs:
            return []
        scores: list[float] = self._network(self._pairs.batch(pairs)).float().tolist()
        return scores


def load_packaged_support(base: Path, trained: Path, in_bf16: bool) -> SupportModel:
    """The support model that comes with Dateline, over the embedding model in `base`."""
    network, tokenizer = packaged_support_network(base, trained), AutoTokenizer.from_pretrained(base)
    return SupportModel(network.bfloat16() if in_bf16 else network, tokenizer)
