"""The encoder of our models in plain torch: BERT (Devlin et al., NAACL 2019), as used by all-MiniLM-L6-v2, and MPNet.

MPNet (Song et al., NeurIPS 2020), as used by all-mpnet-base-v2, adds to attention what depends on how far apart two
tokens are (Raffel et al., JMLR 2020, section 2.1).

Importing transformers and sentence-transformers takes four seconds, longer than finding and reading an answer;
they are only for models named by the user. Texts of different lengths are processed together without padding.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention

CONFIG, TOKENIZER, WEIGHTS = "config.json", "tokenizer.json", "model.safetensors"
"""Files of a model's folder."""
AT_ONCE = 32
"""Texts embedded together."""
Rows = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Size:
    """The size of an encoder, from its `config.json`."""

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    max_position_embeddings: int
    type_vocab_size: int
    layer_norm_eps: float
    relative_attention_num_buckets: int = 0
    """Kinds of distance between two tokens; 0 where attention ignores distance."""

    @classmethod
    def of(cls, folder: Path) -> Size:
        given = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        return cls(**{name: given[name] for name in cls.__annotations__ if name in given})


@dataclass(frozen=True)
class Texts:
    """Concatenated texts, as the encoder reads them.

    Attributes:
        ids: shape (tokens of all texts), special tokens included.
        places: position of each token in its text, from 0.
        segments: 0, or 1 for the tokens of a text's second part (BERT's segments A and B).
        lengths: tokens in each text.
    """

    ids: Tensor
    places: Tensor
    segments: Tensor
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, texts: Sequence[Sequence[int]], second_from: Sequence[int] | None = None, device: str = "cpu") -> Texts:
        """From the token ids of each text, and the position at which its second part begins."""
        starts = second_from or [len(text) for text in texts]
        rows = [
            (number, place, int(place >= start))
            for text, start in zip(texts, starts, strict=True)
            for place, number in enumerate(text)
        ]
        ids, places, segments = torch.tensor(rows, dtype=torch.long, device=device).reshape(-1, 3).unbind(1)
        return cls(ids, places, segments, tuple(len(text) for text in texts))


class Encoder(nn.Module):
    """Turns token ids into one vector per token. Modules are named as in BERT's published weights."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.width = size.hidden_size
        self.embeddings = Embeddings(size)
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(Layer(size) for _ in range(size.num_hidden_layers))})
        kinds = size.relative_attention_num_buckets
        self.distances = Distances(kinds, size.num_attention_heads) if kinds else None

    def forward(self, texts: Texts) -> Tensor:
        """One row per token, shape (tokens of all texts, width)."""
        states: Tensor = self.embeddings(texts)
        distances = self.distances(max(texts.lengths)) if self.distances else None
        for layer in self.encoder["layer"].children():
            states = layer(states, texts.lengths, distances)
        return states

    @torch.inference_mode()
    def means(self, texts: Sequence[str], tokenizer: Tokenizer, longest: int, device: str) -> Rows:
        """The mean of each text's rows, float32 of shape (texts, width); tokens past `longest` are ignored."""
        read = [
            one.ids if len(one.ids) <= longest else [*one.ids[: longest - 1], one.ids[-1]]
            for one in tokenizer.encode_batch(list(texts))
        ]
        found = [torch.zeros((0, self.width))]
        for first in range(0, len(read), AT_ONCE):
            given = Texts.of(read[first : first + AT_ONCE], device=device)
            found.append(torch.stack([own.float().mean(0) for own in self(given).split(given.lengths)]).cpu())
        rows: Rows = torch.cat(found).numpy()
        return rows

    @torch.inference_mode()
    def states(self, tokens: Sequence[int], layers: Sequence[int]) -> Rows:
        """The states of one text's tokens after these layers, side by side: float32, shape (tokens, layers x width)."""
        texts = Texts.of([tokens])
        states = self.embeddings(texts)
        after = []
        for layer in islice(self.encoder["layer"].children(), max(layers)):
            states = layer(states, texts.lengths)
            after.append(states.float())
        rows: Rows = torch.cat([after[number - 1] for number in layers], 1).numpy()
        return rows


class Embeddings(nn.Module):
    """Token representations before attention."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        # Left uninitialised: drawing twelve million numbers only to replace them takes longer than reading the weights.
        self.word_embeddings = _table(torch.empty(size.vocab_size, size.hidden_size))
        self.position_embeddings = _table(torch.zeros(size.max_position_embeddings, size.hidden_size))
        self.token_type_embeddings = _table(torch.zeros(size.type_vocab_size, size.hidden_size))
        self.LayerNorm = nn.LayerNorm(size.hidden_size, size.layer_norm_eps)

    def forward(self, texts: Texts) -> Tensor:
        """Shape (tokens, width)."""
        words, places = self.word_embeddings(texts.ids), self.position_embeddings(texts.places)
        summed: Tensor = self.LayerNorm(words + places + self.token_type_embeddings(texts.segments))
        return summed


def _table(rows: Tensor) -> nn.Embedding:
    """An embedding with these rows. Drawing them on torch's "meta" device would import 800 modules, for a second."""
    table: nn.Embedding = nn.Embedding.from_pretrained(rows, freeze=False)  # type: ignore[no-untyped-call]
    return table


class Distances(nn.Module):
    """What each head adds for the distance of two tokens: one weight for each of the nearest, then for ranges that widen."""

    FARTHEST = 128
    """In tokens; all that are farther apart share the last weight."""

    def __init__(self, kinds: int, heads: int) -> None:
        super().__init__()
        self.weights = _table(torch.zeros(kinds, heads))

    def forward(self, tokens: int) -> Tensor:
        """Shape (heads, tokens, tokens)."""
        places = torch.arange(tokens, device=self.weights.weight.device)
        ahead = places[None] - places[:, None]
        each_way = self.weights.num_embeddings // 2
        single = each_way // 2
        apart = ahead.abs()
        widening = torch.log(apart.clamp(min=1) / single) / math.log(self.FARTHEST / single) * (each_way - single)
        kinds = torch.where(apart < single, apart, (single + widening.long()).clamp(max=each_way - 1))
        added: Tensor = self.weights(kinds + each_way * (ahead > 0)).permute(2, 0, 1).contiguous()
        return added  # contiguous: attention takes a third longer otherwise


class Layer(nn.Module):
    """Each token attends to those of its own text, then is transformed by itself."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        width, self._heads = size.hidden_size, size.num_attention_heads
        looks = nn.ModuleDict({name: nn.Linear(width, width) for name in ("query", "key", "value")})
        self.attention = nn.ModuleDict({"self": looks, "output": Added(width, size)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(width, size.intermediate_size)})
        self.output = Added(size.intermediate_size, size)

    def forward(self, states: Tensor, lengths: tuple[int, ...], distances: Tensor | None = None) -> Tensor:
        """States of shape (tokens, width), in and out; `distances` as from `Distances`, for the longest text."""
        states = self.attention["output"](self._seen(states, lengths, distances), states)
        changed: Tensor = self.output(gelu(self.intermediate["dense"](states)), states)
        return changed

    def _seen(self, states: Tensor, lengths: tuple[int, ...], distances: Tensor | None) -> Tensor:
        """Scaled dot-product attention of several heads, within each text; shape (tokens, width)."""
        # Shape (heads, tokens, width of a head); each text is a contiguous range of tokens.
        looks = [
            one(states).unflatten(1, (self._heads, -1)).transpose(0, 1).split_with_sizes(lengths, 1)
            for one in self.attention["self"].children()
        ]
        added = [None if distances is None else distances[None, :, :own, :own] for own in lengths]
        seen = [
            scaled_dot_product_attention(q[None], k[None], v[None], attn_mask=mask)[0]
            for q, k, v, mask in zip(*looks, added, strict=True)
        ]
        return torch.cat(seen, 1).transpose(0, 1).flatten(1)


class Added(nn.Module):
    """A linear map with a residual connection and layer normalisation."""

    def __init__(self, width: int, size: Size) -> None:
        super().__init__()
        self.dense = nn.Linear(width, size.hidden_size)
        self.LayerNorm = nn.LayerNorm(size.hidden_size, size.layer_norm_eps)

    def forward(self, given: Tensor, states: Tensor) -> Tensor:
        """Shape (tokens, width)."""
        summed: Tensor = self.LayerNorm(self.dense(given) + states)
        return summed


def tokenizer_of(folder: Path) -> Tokenizer:
    """The tokenizer of the model in a folder, without truncation or padding."""
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def token_number(tokenizer: Tokenizer, name: str) -> int:
    """The id of a special token such as "[SEP]". Raises `KeyError` if there is none."""
    number = tokenizer.token_to_id(name)
    if number is None:
        raise KeyError(name)
    return number
