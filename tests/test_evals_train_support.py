"""Training of the support model, with a network of three narrow layers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

import rag.support_network
from evals.claims import Pair
from evals.low_rank import Trainer, go_on_from, save
from evals.train_support import calibrate, changeable, changed_words, loss_of
from rag.checking.reading import Premise
from rag.encoder import tokenizer_of
from rag.models import packaged_folder
from rag.mpnet import MPNET, on_mpnet
from rag.support_network import SupportModel, SupportNetwork

NARROW = replace(MPNET, hidden_size=16, num_hidden_layers=3, num_attention_heads=2, intermediate_size=32)
PASSAGE = Premise("The mayor opposed the bridge plan, which the council backed.", "The bridge")
PAIR = Pair(PASSAGE, "The council backed the plan.", "The mayor backed the plan.", "role", held_out=False)


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Drawn weights in place of the published ones."""
    monkeypatch.setattr(rag.support_network, "MPNET", NARROW)
    torch.manual_seed(3)
    drawn = SupportNetwork().mpnet
    assert drawn.distances
    for one in (drawn.embeddings.word_embeddings, drawn.embeddings.token_type_embeddings, drawn.distances.weights):
        torch.nn.init.normal_(one.weight)
    weights = drawn.state_dict()
    weights["embeddings.position_embeddings.weight"] = torch.zeros(NARROW.max_position_embeddings + 2, 16)
    save_file({name: one.contiguous() for name, one in weights.items()}, tmp_path / "base.safetensors")
    return tmp_path / "base.safetensors"


def model_of(network: SupportNetwork) -> SupportModel:
    return SupportModel(network, tokenizer_of(packaged_folder()))


def test_a_step_learns_and_what_is_stored_computes_the_same(base: Path, tmp_path: Path) -> None:
    network = changeable(on_mpnet(SupportNetwork, base, None))
    model = model_of(network)
    trainer, losses = Trainer(network, steps=80, peak_rate=0.02), []
    for _ in range(40):
        loss = loss_of(network, model, [PAIR])
        torch.autograd.backward([loss])
        trainer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2
    calibrate(network, [2.0, -1.0, 1.0, -2.0, 0.5, 0.0])
    save(network, tmp_path / "support.safetensors")
    stored = on_mpnet(SupportNetwork, base, tmp_path / "support.safetensors")
    stored.mpnet.bfloat16()
    asked = [(PASSAGE.text, PAIR.true), (PASSAGE.text, PAIR.false)]
    (true,), (false,) = model.outputs(asked)
    assert true > false
    again = changeable(on_mpnet(SupportNetwork, base, None))
    go_on_from(again, tmp_path / "support.safetensors")
    for other in (stored, again):
        assert [one for (one,) in model_of(other).outputs(asked)] == pytest.approx([true, false], abs=0.3)


@pytest.mark.parametrize(
    ("true", "false", "words"),
    [
        ("The mayor backed it.", "The mayor opposed it.", ["opposed"]),
        ("It was not sold.", "It was sold.", ["sold"]),
        ("It rose in May.", "It rose in May again.", ["again"]),
    ],
)
def test_the_words_that_differ_are_marked(true: str, false: str, words: list[str]) -> None:
    assert [false[start:end] for start, end in changed_words(true, false)] == words
