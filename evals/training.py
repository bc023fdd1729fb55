"""How the weights of a packaged model are moved in training, and how they are stored."""

from __future__ import annotations

import copy
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

WARM_UP = 0.06
"""Share of the steps in which the rate rises."""
HIDDEN_TOKENS = 0.06
"""Share of the tokens that a step replaces by the unknown one, in place of dropout, which costs half the time here."""
SPECIAL_TOKENS = 998
"""Token ids up to here are no words."""


class Trainer:
    """AdamW with a linear rise and fall of the rate.

    Computes in bf16, twice as fast here, and keeps the weights that are learned in float32 beside. The word embeddings
    stay as they are.

    Attributes:
        computing: the network to compute losses with; call `backward` on them, then `step`.
    """

    def __init__(self, network: nn.Module, steps: int, peak_rate: float) -> None:
        self.computing = copy.deepcopy(network).bfloat16().train()
        self.computing.get_submodule("bert.embeddings").requires_grad_(False)
        self._pairs = [
            (kept, used)
            for kept, used in zip(network.parameters(), self.computing.parameters(), strict=True)
            if used.requires_grad
        ]
        self._optimizer = torch.optim.AdamW([kept for kept, _ in self._pairs], lr=peak_rate, weight_decay=0.01)
        rise = max(int(WARM_UP * steps), 1)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda step: min((step + 1) / rise, max(0.02, 1 - step / steps))
        )

    def step(self) -> None:
        """Moves the weights by the gradients that have come together."""
        for kept, used in self._pairs:
            kept.grad = None if used.grad is None else used.grad.float()
            used.grad = None
        torch.nn.utils.clip_grad_norm_([kept for kept, _ in self._pairs], 1.0)
        self._optimizer.step()
        self._schedule.step()
        with torch.no_grad():
            for kept, used in self._pairs:
                used.copy_(kept)


def with_words_hidden(ids: Tensor, unknown: int) -> Tensor:
    """Token ids, some words replaced by the unknown one."""
    hidden = (torch.rand(ids.shape) < HIDDEN_TOKENS) & (ids > SPECIAL_TOKENS)
    return ids.masked_fill(hidden, unknown)


def save(network: nn.Module, out: Path) -> None:
    """The encoder and the scores in bf16, without the word embeddings."""
    kept = {
        name: tensor.to(torch.bfloat16).contiguous()
        for name, tensor in network.state_dict().items()
        if not name.startswith("bert.embeddings.")
    }
    save_file(kept, out, metadata={"format": "pt", "licence": "CC BY-SA 4.0 (trained on SQuAD)"})


def go_on_from(network: nn.Module, start: Path) -> None:
    """Takes over the weights of an earlier training, those of its scores only where they are as many."""
    known = network.state_dict()
    given = {name: one.float() for name, one in load_file(start).items()}
    network.load_state_dict(
        {name: one for name, one in given.items() if name in known and known[name].shape == one.shape}, strict=False
    )
