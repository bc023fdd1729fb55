"""The model that judges whether a passage supports a sentence, in torch.

It reads `<s> passage </s></s> sentence </s>` and gives every token of the sentence the log odds that the passage does not
say this. The sentence's log odds are the log of their summed exponentials: one wrong word is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from rag.encoder import Encoder, Texts
from rag.mpnet import BEGINS, ENDS, MPNET, SHIFT

LONGEST_TOKENS = 288
"""Of a passage and a sentence together; a longer passage is truncated."""
PAIRS_AT_ONCE = 16


class SupportNetwork(nn.Module):
    """An encoder with one score per token of the sentence."""

    HEAD_WIDTH = 128
    EXPECTED = 2.0
    """Taken off the sum over tokens, so that training begins near even odds."""

    def __init__(self) -> None:
        super().__init__()
        self.mpnet = Encoder(MPNET)
        width = self.HEAD_WIDTH
        self.head = nn.Sequential(nn.Linear(self.mpnet.width, width), nn.GELU(), nn.Linear(width, 1))
        self.scale, self.bias = nn.Parameter(torch.ones(())), nn.Parameter(torch.zeros(()))

    def forward(self, pairs: Texts) -> tuple[tuple[Tensor, ...], Tensor]:
        """For each pair log odds that a token of the sentence is wrong, shape (its tokens); and that the sentence is,
        shape (pairs). The second part of each text is the sentence and a last special token."""
        tokens = self.head(self.mpnet(pairs).float()).squeeze(-1)
        each = zip(*(one.split_with_sizes(pairs.lengths) for one in (tokens, pairs.segments)), strict=True)
        wrong = tuple(own[second == 1][:-1] for own, second in each)
        whole = self.scale * (torch.stack([own.logsumexp(0) for own in wrong]) - self.EXPECTED) + self.bias
        return wrong, whole


class SupportModel:
    """Gives log odds of support to pairs of texts."""

    labels: Mapping[int, str] = {0: "supported"}

    def __init__(self, network: SupportNetwork, tokenizer: Tokenizer) -> None:
        self._network, self._tokenizer = network.eval(), tokenizer

    @torch.inference_mode()
    def outputs(self, pairs: Sequence[tuple[str, str]]) -> list[list[float]]:
        """For each passage and sentence the log odds that the first supports the second."""
        found = list[list[float]]()
        for first in range(0, len(pairs), PAIRS_AT_ONCE):
            _, wrong = self._network(self.texts(pairs[first : first + PAIRS_AT_ONCE]))
            found += [[-one] for one in wrong.tolist()]
        return found

    def texts(self, pairs: Sequence[tuple[str, str]]) -> Texts:
        """Pairs as the network reads them."""
        read, starts = [], []
        for passage, sentence in pairs:
            said = self._ids(sentence)[: LONGEST_TOKENS // 2]
            given = self._ids(passage)[: LONGEST_TOKENS - len(said) - 4]
            read.append([BEGINS, *given, ENDS, ENDS, *said, ENDS])
            starts.append(len(given) + 3)
        return Texts.of(read, starts)

    def marks(self, sentence: str, spans: Iterable[tuple[int, int]]) -> Tensor:
        """1 for each token of a sentence that shares characters with one of `spans`, 0 for the others."""
        offsets = self._tokenizer.encode(sentence, add_special_tokens=False).offsets[: LONGEST_TOKENS // 2]
        return torch.tensor([float(any(a < end and b > start for start, end in spans)) for a, b in offsets])

    def _ids(self, text: str) -> list[int]:
        return [number + SHIFT for number in self._tokenizer.encode(text, add_special_tokens=False).ids]
