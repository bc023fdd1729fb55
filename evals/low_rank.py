"""Learns low-rank changes of the larger encoder (Hu et al., "LoRA", ICLR 2022), small enough to come with Dateline."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from rag.encoder import Encoder

RANK, SCALE = 16, 2.0
UNCHANGED_LAYERS = 2  # The lowest: what words are is not in question.
WARM_UP_STEPS = 20
LAST_RATE = 0.05  # Share of the highest rate.


class Changed(nn.Module):
    """A linear map whose weights stay, with a learned change of low rank."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.a = nn.Parameter(torch.randn(RANK, base.in_features) / math.sqrt(base.in_features))
        self.b = nn.Parameter(torch.zeros(base.out_features, RANK))

    def forward(self, given: Tensor) -> Tensor:
        low = given @ self.a.to(given.dtype).T
        summed: Tensor = self.base(given) + low @ self.b.to(given.dtype).T * SCALE
        return summed


def make_changeable(encoder: Encoder) -> None:
    """Lets only changes of the encoder's upper layers be learned; it computes in bf16."""
    encoder.requires_grad_(False)
    encoder.bfloat16()
    for layer in list(encoder.encoder["layer"].children())[UNCHANGED_LAYERS:]:
        for name, module in list(layer.named_modules()):
            if isinstance(module, nn.Linear):
                above, _, last = name.rpartition(".")
                setattr(layer.get_submodule(above), last, Changed(module))


class Trainer:
    """AdamW with a linear warm-up and decay of the rate. Call `backward` on a loss, then `step`."""

    def __init__(self, network: nn.Module, steps: int, peak_rate: float) -> None:
        self.computing = network.train()
        self._learned = [one for one in network.parameters() if one.requires_grad]
        self._optimizer = torch.optim.AdamW(self._learned, lr=peak_rate, weight_decay=0.01, betas=(0.9, 0.98))
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda step: min((step + 1) / WARM_UP_STEPS, max(LAST_RATE, 1 - step / max(steps, 1)))
        )

    def step(self) -> None:
        torch.nn.utils.clip_grad_norm_(self._learned, 1.0)
        self._optimizer.step()
        self._schedule.step()
        self._optimizer.zero_grad()


def save(network: nn.Module, out: Path) -> None:
    """Stores the changes of the encoder `mpnet` and all other weights; `SCALE` becomes part of the second factor."""
    kept = {}
    for name, one in network.named_parameters():
        if name.endswith((".a", ".b")):
            kept[name] = (one.detach() * (SCALE if name.endswith(".b") else 1)).bfloat16().contiguous()
        elif not name.startswith("mpnet."):
            kept[name] = one.detach().contiguous()
    save_file(kept, out, metadata={"format": "pt"})


def go_on_from(network: nn.Module, start: Path) -> None:
    """Takes over what `save` stored."""
    learned = {name: one.float() / (SCALE if name.endswith(".b") else 1) for name, one in load_file(start).items()}
    network.load_state_dict(learned, strict=False)
