"""all-mpnet-base-v2 (Song et al., "MPNet", NeurIPS 2020), the larger encoder, and what was learned on top of it.

What a model learned is stored as low-rank changes of the encoder's weights (Hu et al., "LoRA", ICLR 2022) and the
weights of its own head, which is small enough to come with Dateline; the encoder itself is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from rag.encoder import Size, Texts

Network = TypeVar("Network", bound=nn.Module)
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
BEGINS, ENDS = 0, 2
"""Ids of `<s>` and `</s>`."""
SHIFT = 4
"""MPNet's word pieces are BERT's, after four special tokens."""
_BERT_BEGINS, _BERT_SEPARATES = 101, 102
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


def from_bert(texts: Texts) -> Texts:
    """The same texts in MPNet's ids, without segments, which it does not know."""
    ids = texts.ids + SHIFT
    ids = ids.masked_fill(texts.ids == _BERT_BEGINS, BEGINS).masked_fill(texts.ids == _BERT_SEPARATES, ENDS)
    return replace(texts, ids=ids, segments=torch.zeros_like(texts.segments))


def named_as_bert(published: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """MPNet's weights, in float32, under the names of `Encoder`; the kinds of tokens that it lacks are zeros."""
    given = {_RENAMED.sub(lambda found: _NAMES[found.group()], name): one.float() for name, one in published.items()}
    given[_POSITIONS] = given[_POSITIONS][_UNUSED_POSITIONS:]
    given["embeddings.token_type_embeddings.weight"] = torch.zeros(2, given[_POSITIONS].shape[1])
    return given


def on_mpnet(network_of: Callable[[], Network], base: Path, changes: Path | None) -> Network:
    """A network, its encoder in `mpnet` from the file `base`, with learned `changes`; None before training.

    The changes are the head's weights, and two factors `.a` and `.b` for each changed linear map of the encoder. Raises
    `ValueError` if a file is damaged or lacks weights.
    """
    with torch.device("meta" if changes else "cpu"):  # drawing weights only to replace them takes a second
        network = network_of()
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
    lost = [name for name in missing if changes or name.startswith("mpnet.")]
    if lost:
        raise ValueError(f"the weights lack {lost[0]}")
    return network
