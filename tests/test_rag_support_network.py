"""The support model: the encoder like its publisher's, what was learned put on top, and what it can tell apart."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

import rag.support_network
from evals.altered import articles
from evals.verify_bench import claims_by_hand
from rag.checking import support
from rag.checking.reading import Premise
from rag.checking.verify import Judge
from rag.encoder import Encoder, Size, Texts, tokenizer_of
from rag.language.known import file_of
from rag.models import packaged_folder
from rag.mpnet import named_as_bert, on_mpnet
from rag.support_network import SupportModel, SupportNetwork

TINY = Size(
    vocab_size=60, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
    max_position_embeddings=200, type_vocab_size=2, layer_norm_eps=1e-5, relative_attention_num_buckets=32,
)  # fmt: skip


def test_the_encoder_computes_what_the_published_one_does() -> None:
    from transformers import MPNetConfig, MPNetModel

    torch.manual_seed(1)
    config = MPNetConfig(
        vocab_size=TINY.vocab_size,
        hidden_size=TINY.hidden_size,
        num_hidden_layers=TINY.num_hidden_layers,
        num_attention_heads=TINY.num_attention_heads,
        intermediate_size=TINY.intermediate_size,
        max_position_embeddings=TINY.max_position_embeddings + 2,
        relative_attention_num_buckets=TINY.relative_attention_num_buckets,
        layer_norm_eps=TINY.layer_norm_eps,
    )
    published = MPNetModel(config, add_pooling_layer=False).eval()
    published.encoder.relative_attention_bias.weight.data.normal_()
    ours = Encoder(TINY)
    ours.load_state_dict(named_as_bert(published.state_dict()))
    texts = [[5, *range(10, 50)] * 4, [7, 8, 9]]  # the first is longer than the farthest distance that counts
    with torch.inference_mode():
        wanted = torch.cat([published(torch.tensor([one])).last_hidden_state[0] for one in texts])
        assert torch.allclose(ours(Texts.of(texts)), wanted, atol=1e-5)


def test_what_was_learned_is_added_to_the_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rag.support_network, "MPNET", TINY)
    base, changes = tmp_path / "base.safetensors", tmp_path / "changes.safetensors"
    network = SupportNetwork()
    published = {name.removeprefix("mpnet."): one for name, one in network.state_dict().items() if "mpnet." in name}
    published["embeddings.position_embeddings.weight"] = torch.zeros(TINY.max_position_embeddings + 2, TINY.hidden_size)
    save_file({name: one.contiguous() for name, one in published.items()}, base)
    name = "mpnet.encoder.layer.1.output.dense"
    head = {key: one for key, one in network.state_dict().items() if key.startswith(("head.", "scale", "bias"))}
    a, b = torch.ones(1, 32), torch.full((16, 1), 0.5)
    save_file({**head, f"{name}.a": a, f"{name}.b": b}, changes)
    changed = on_mpnet(SupportNetwork, base, changes).state_dict()
    assert torch.allclose(changed[f"{name}.weight"], network.state_dict()[f"{name}.weight"] + 0.5)
    assert torch.equal(changed["head.0.weight"], head["head.0.weight"])
    del head["bias"]
    save_file(head, changes)
    with pytest.raises(ValueError, match="lack bias"):
        on_mpnet(SupportNetwork, base, changes)


def test_a_long_passage_is_cut_and_the_sentence_is_not() -> None:
    model = SupportModel.__new__(SupportModel)
    model._tokenizer = tokenizer_of(packaged_folder())
    read = model.texts([("word " * 900, "The bridge is closed."), ("Short.", "Shorter.")])
    assert read.lengths == (288, 8)
    assert int(read.segments[:288].sum()) == 6  # five tokens and the last special one
    marks = model.marks("The bridge is closed.", [(4, 10)])
    assert marks.tolist() == [0, 1, 0, 0, 0]


@pytest.fixture(scope="module")
def judge() -> Judge:
    """The checker, if it has been fetched on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(support, "file_of", file_of)
        found: Judge | None = support.load_judge.__wrapped__("")
    return found or pytest.skip("needs: dateline model get encoder")


@pytest.mark.parametrize(
    ("passage", "true", "false"),
    [
        (
            "The manager of Rovers resigned on Monday.",
            "The Rovers manager has stepped down.",
            "The president resigned.",
        ),
        (
            "The mayor opposed the bridge plan, which the council backed.",
            "The bridge plan had the council behind it.",
            "The mayor backed the bridge plan.",
        ),
        (
            "The court has not yet decided whether the tunnel may be widened.",
            "The court is yet to rule on widening the tunnel.",
            "The court ruled that the tunnel may be widened.",
        ),
    ],
)
def test_it_tells_who_did_what(judge: Judge, passage: str, true: str, false: str) -> None:
    assert judge(true, [Premise(passage)]) > 0.7
    assert judge(false, [Premise(passage)]) < 0.5


def test_right_answers_written_by_hand_score_higher_than_wrong_ones_with_the_right_values(judge: Judge) -> None:
    found = articles()
    right, wrong = (
        [judge(one.text, [one.evidence]) for one in claims_by_hand(name, found)[::4]] for name in ("right", "wrong")
    )
    higher = [(good > bad) + (good == bad) / 2 for good in right for bad in wrong]
    assert sum(higher) / len(higher) > 0.7
