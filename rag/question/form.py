"""The form of a question, told by a small model over the packaged encoder (`rag/weights/README.md`).

Some heads of attention over the states of the question's tokens, then a linear layer: "A structured self-attentive
sentence embedding" (Lin et al., ICLR 2017).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.models import packaged_encoder, refuse_damaged
from rag.types import Kind

WEIGHTS = Path(__file__).parents[1] / "weights" / "kinds.safetensors"
SHA256 = "35716c982dd90a7c2cc444f37b8b8d935f2be158aeba555cbdb902725798b17f"
KINDS = tuple(
    Kind(name) for name in "fact yes_no why how said story summary latest timeline list compare multi topic".split()
)
"""The kinds it tells apart, in the order of its outputs."""
LAYERS = (2, 4)
"""Of the encoder's six: lower ones know more about form, higher ones more about the topic."""
TOKENS_MOST = 64
Floats = npt.NDArray[np.float32]


@functools.cache
def weights_of(file: Path = WEIGHTS) -> Mapping[str, Floats]:
    """`looks` (heads, width) and `takes` (heads, values, width) over the states, `kinds` (kinds, heads x values) and `bias`
    (kinds), which are stored in half precision. Raises `ModelError` if they are damaged."""
    from safetensors.numpy import load_file

    refuse_damaged("model of questions", file, SHA256, "install Dateline anew")
    return {name: weights.astype(np.float32) for name, weights in load_file(file).items()}


def log_odds(states: Floats, weights: Mapping[str, Floats]) -> Floats:
    """Of each of `KINDS`, up to a constant, from a question's states, shape (tokens, width)."""
    attention = states @ weights["looks"].T
    attention = np.exp(attention - attention.max(axis=0))
    attention /= attention.sum(axis=0)
    taken = np.einsum("th,tw,hvw->hv", attention, states, weights["takes"], optimize=True)
    found: Floats = weights["kinds"] @ np.maximum(taken, 0).reshape(-1) + weights["bias"]
    return found


def states_of(question: str) -> Floats:
    """The states that the model reads, shape (tokens, width); of a long question those of its last words."""
    encoder, tokenizer = packaged_encoder()
    tokens = tokenizer.encode(question.replace("’", "'")).ids
    return encoder.states([tokens[0], *tokens[1:][-TOKENS_MOST + 1 :]], LAYERS)


def likeliest_forms(question: str) -> list[Kind]:
    """The kinds by likelihood, the likeliest first. Raises `ModelError` if the model is damaged."""
    return [KINDS[place] for place in np.argsort(-log_odds(states_of(question), weights_of()), kind="stable")]
