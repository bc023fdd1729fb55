"""The model that judges whether a passage supports a sentence, in torch.

It reads `<s> passage </s></s> sentence </s>` and gives every token of the sentence the log odds that the passage does not
say this. The sentence's log odds are the log of their summed exponentials: one wrong word is enough. The encoder is
all-mpnet-base-v2; what it learned for this is stored as low-rank changes of its weights (Hu et al., "LoRA", ICLR 2022).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from rag.encoder import Encoder, Size, Texts

LONGEST_TOKENS = 288
"""Of a passage and a sentence together; a longer passage is truncated."""
PAIRS_AT_ONCE = 16
MPNET = Size(
    vocab_size=30527,
    hidden_size=768,
    num_hidden_layers=12,
    num_attention_heads=12,
    intermediate_size=3072,
    max_position_embeddings=512,
    type_vocab_size=2,
    layer_norm_eps=1e-5,
    relative_attention_num_buckets=32,
)
FIRST, BETWEEN = 0, 2
"""Ids of `<s>` and `</s>`."""
_SHIFT = 4  # MPNet's word pieces are BERT's, after four special tokens
_UNUSED_POSITIONS = 2  # MPNet counts positions from two
_NAMES = {
    "encoder.relative_attention_bias.": "distances.weights.",
    ".attention.attn.q.": ".attention.self.query.",
    ".attention.attn.k.": ".attention.self.key.",
    ".attention.attn.v.": ".attention.self.value.",
    ".attention.attn.o.": ".attention.output.dense.",
    ".attention.LayerNorm.": ".attention.output.LayerNorm.",
}
_POSITIONS = "embeddings.position_embeddings.weight"
_RENAMED = re.compile("|".join(map(re.escape, _NAMES)))


class SupportNetwork(nn.Module):
    """An encoder with one score per token of the sentence."""

    HEAD_WIDTH = 128
    EXPECTED = 2.0
    """Taken off the sum over tokens, so that training begins near even odds."""

    def __init__(self) -> None:
        super().__init__()
        self.mpnet = Encoder(MPNET)
        width = self.HEAD_WIDTH
        self.head = nn.Sequential(nn.Linear(MPNET.hidden_size, width), nn.GELU(), nn.Linear(width, 1))
        self.scale, self.bias = nn.Parameter(torch.ones(())), nn.Parameter(torch.zeros(()))

    def forward(self, pairs: Texts) -> tuple[tuple[Tensor, ...], Tensor]:
        """For each pair log odds that a token of the sentence is wrong, shape (its tokens); and that the sentence is,
        shape (pairs). The second part of each text is the sentence and a last special token."""
        states = self.mpnet(pairs)
        tokens = self.head(states.float()).squeeze(-1)
        wrong = tuple(
            own[second == 1][:-1]
            for own, second in zip(
                tokens.split_with_sizes(pairs.lengths), pairs.segments.split_with_sizes(pairs.lengths), strict=True
            )
        )
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
            read.append([FIRST, *given, BETWEEN, BETWEEN, *said, BETWEEN])
            starts.append(len(given) + 3)
        return Texts.of(read, starts)

    def marks(self, sentence: str, spans: Iterable[tuple[int, int]]) -> Tensor:
        """1 for each token of a sentence that shares characters with one of `spans`, 0 for the others."""
        offsets = self._tokenizer.encode(sentence, add_special_tokens=False).offsets[: LONGEST_TOKENS // 2]
        return torch.tensor([float(any(a < end and b > start for start, end in spans)) for a, b in offsets])

    def _ids(self, text: str) -> list[int]:
        return [number + _SHIFT for number in self._tokenizer.encode(text, add_special_tokens=False).ids]


def named_as_bert(published: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """MPNet's weights, in float32, under the names of `Encoder`; the kinds of tokens that it lacks are zeros."""
    given = {_RENAMED.sub(lambda found: _NAMES[found.group()], name): one.float() for name, one in published.items()}
    given[_POSITIONS] = given[_POSITIONS][_UNUSED_POSITIONS:]
    given["embeddings.token_type_embeddings.weight"] = torch.zeros(2, given[_POSITIONS].shape[1])
    return given


def support_network(base: Path, changes: Path | None) -> SupportNetwork:
    """The network over the weights of all-mpnet-base-v2 in the file `base`, with learned `changes`; None before training.

    `changes`: the head, and two factors `.a` and `.b` for each changed linear map. Raises `ValueError` for a file
    that is damaged or lacks weights.
    """
    with torch.device("meta" if changes else "cpu"):  # drawing weights only to replace them takes a second
        network = SupportNetwork()
    learned = load_file(changes) if changes else {}
    try:
        published = load_file(base)
    except SafetensorError as error:
        raise ValueError(f"its file is damaged ({error})") from error
    given = {f"mpnet.{name}": tensor for name, tensor in named_as_bert(published).items()}
    for name, tensor in learned.items():
        changed, _, factor = name.rpartition(".")
        if factor == "a":
            given[f"{changed}.weight"] += learned[f"{changed}.b"].float() @ tensor.float()
        elif factor != "b":
            given[name] = tensor
    missing, _ = network.load_state_dict(given, strict=False, assign=True)
    lost = [name for name in missing if changes or not name.startswith(("head.", "scale", "bias"))]
    if lost:
        raise ValueError(f"the weights lack {lost[0]}")
    return network
