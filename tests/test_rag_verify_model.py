"""Models that judge support: their input, which output counts, and the messages about unusable ones."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pytest

from rag.checking import support
from rag.checking.reading import Premise
from rag.checking.support import load_judge, probability, supporting_label, texts_for
from rag.errors import ModelError
from rag.language.known import ENCODER, file_of
from rag.models import packaged_folder


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["LABEL_0"], 0),  # one number: the consistency
        (["contradiction", "entailment", "neutral"], 1),
        (["ENTAILMENT", "NEUTRAL", "CONTRADICTION"], 0),
        (["not_entailment", "entailment"], 1),
        (["hallucinated", "consistent"], 1),
        (["inconsistent", "consistent"], 1),
        (["supported", "unsupported"], 0),
        (["LABEL_0", "LABEL_1"], None),
    ],
)
def test_the_label_that_means_support(labels: list[str], expected: int | None) -> None:
    assert supporting_label(dict(enumerate(labels))) == expected


def test_probabilities() -> None:
    assert probability([0.0], 0) == 0.5
    assert probability([0.0, 0.0], 1) == 0.5
    assert probability([math.log(3), 0.0], 0) == pytest.approx(0.75)  # 3 : 1
    assert probability([-1e9], 0) == pytest.approx(0.0)


def cross_encoder(folder: Path, labels: list[str]) -> Path:
    """A tiny untrained network with the packaged model's tokenizer."""
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    tokenizer = AutoTokenizer.from_pretrained(packaged_folder())
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        num_labels=len(labels),
        id2label=dict(enumerate(labels)),
        label2id={label: place for place, label in enumerate(labels)},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_a_model_of_a_folder_judges(tmp_path: Path) -> None:
    judge = load_judge(str(cross_encoder(tmp_path, ["contradiction", "entailment", "neutral"])))
    evidence = [Premise("The bridge was closed on Monday.")]
    found = judge("The bridge is closed.", evidence)
    assert 0 < found < 1
    assert judge("The bridge is closed.", evidence) == found


def test_a_model_without_a_name_for_support_is_refused(tmp_path: Path) -> None:
    folder = cross_encoder(tmp_path, ["LABEL_0", "LABEL_1"])
    with pytest.raises(ModelError, match=r"None of the labels .* means support.*leave DATELINE_SUPPORT_MODEL empty"):
        load_judge(str(folder))


def test_without_a_name_our_own_judges_once_it_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(support, "file_of", file_of)
    assert load_judge("none") is None
    assert load_judge.__wrapped__("") is None
    file_of(ENCODER).parent.mkdir(parents=True)
    file_of(ENCODER).write_bytes(b"no weights")
    with pytest.raises(
        ModelError, match=r"support model cannot be loaded: its file is damaged .* run: dateline model get encoder"
    ):
        load_judge.__wrapped__("")


def test_a_missing_or_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model folder"):
        load_judge(str(tmp_path / "nothing"))
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_judge(str(tmp_path))


FILLER = " ".join(f"Filler sentence number {number} says nothing of it." for number in range(60))


def test_a_judge_reads_the_place_that_is_likeliest_with_what_is_around_it() -> None:
    long = Premise(f"{FILLER} The mayor opened the bridge. He smiled. {FILLER}", "A title")
    (text,) = texts_for("The mayor opened the bridge in rain.", [long])
    assert text.startswith("A title. ")
    assert "The mayor opened the bridge. He smiled." in text
    assert 500 < len(text) <= 710


def test_several_passages_are_read_alone_and_put_together() -> None:
    parts = [
        Premise("It rains. Lee will visit Tokyo.", published=dt.date(2025, 8, 1)),
        Premise("Washington waits for Lee. It is hot.", "The visit"),
    ]
    assert texts_for("Lee will visit Tokyo and Washington.", parts) == [
        "Friday 1 August 2025. It rains. Lee will visit Tokyo.",
        "The visit. Washington waits for Lee. It is hot.",
        "Friday 1 August 2025. Lee will visit Tokyo. The visit. Washington waits for Lee.",
    ]


def test_the_best_of_what_was_read_counts(tmp_path: Path) -> None:
    judge = load_judge(str(cross_encoder(tmp_path, ["contradiction", "entailment"])))
    apart = [Premise("Lee sat."), Premise("Lee flies to Tokyo.")]
    alone = [judge("Lee will visit Tokyo.", [one]) for one in apart]
    assert judge("Lee will visit Tokyo.", apart) >= max(alone) - 1e-4
