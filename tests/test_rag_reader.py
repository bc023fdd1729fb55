"""The reading model: what it is given, how its scores become spans, the packaged one, and other people's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from rag import models
from rag.config import PACKAGED_READER
from rag.errors import ModelError
from rag.models import load_reader, packaged_folder
from rag.reader import WINDOW_TOKENS, Candidate, Reader, Readings, Window, window
from rag.reader_model import spans

STRIKE = Candidate(
    "Ferry strike begins", "", "The strike began on Monday after talks failed, union leader Mara Holm said."
)
FARES = Candidate("Ferry fares", "", "Tickets that were bought before the strike are refunded until 5 May.")


@dataclass
class Words:
    """One token a word, numbered by its length."""

    text: str

    @property
    def ids(self) -> list[int]:
        return [100 + len(word) for word in self.text.split()]

    @property
    def offsets(self) -> list[tuple[int, int]]:
        places, place = [], 0
        for word in self.text.split():
            start = self.text.index(word, place)
            place = start + len(word)
            places.append((start, place))
        return places


def made(question: str, title: str, before: str, sentence: str) -> Window:
    return window(Words(question), Words(title), Words(before), Words(sentence), begins=1, separates=2)


def test_a_window_is_question_context_and_sentence() -> None:
    one = made("Who won?", "Race", "It rained.", "Marlo won it.")
    assert one.ids == (1, 103, 104, 2, 104, 102, 107, 2, 105, 103, 103, 2)
    assert one.question_tokens == 4
    assert one.first == 8
    assert one.offsets == ((0, 5), (6, 9), (10, 13))


def test_a_window_has_room_for_the_sentence_however_long_the_rest_is() -> None:
    long = "word " * 200
    one = made(long, long, long, long)
    assert len(one.ids) == WINDOW_TOKENS
    assert len(one.offsets) == WINDOW_TOKENS - 28 - 10 - 18 - 4


def test_spans_are_normalised_over_all_windows_and_nowhere() -> None:
    # One window of a question token, special tokens and two words. Everything scores 0 but the second word as first and
    # last token, which score ln 6. Shares: 6 of 1 + 6 + 1 (first word, second word, nowhere) each time.
    one = Window((1, 9, 2, 2, 7, 8, 2), 3, 4, ((0, 4), (5, 9)))
    logits = torch.zeros(1, 7, 2)
    logits[0, 5] = math.log(6)
    read = spans([one], logits)
    assert read.each[0].score == pytest.approx(2 * math.log(6 / 8))
    assert (read.each[0].start, read.each[0].end) == (5, 9)
    assert read.nowhere == pytest.approx(2 * math.log(1 / 8))


def test_a_span_never_ends_before_it_begins() -> None:
    one = Window((1, 9, 2, 2, 7, 8, 2), 3, 4, ((0, 4), (5, 9)))
    logits = torch.zeros(1, 7, 2)
    logits[0, 5, 0] = logits[0, 4, 1] = 5.0  # the best first token stands behind the best last one
    reading = spans([one], logits).each[0]
    assert reading.start < reading.end


@pytest.fixture(scope="module")
def packaged() -> Reader:
    return load_reader(PACKAGED_READER)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who leads the union?", "Mara Holm"),
        ("When did the strike begin?", "Monday"),
        ("Until what day are tickets refunded?", "5 May"),
    ],
)
def test_the_packaged_model_points_at_the_answer(packaged: Reader, question: str, words: str) -> None:
    candidates = [STRIKE, FARES]
    read = packaged.read(question, candidates)
    best = max(range(2), key=lambda place: read.each[place].score)
    assert candidates[best].sentence[read.each[best].start : read.each[best].end] == words
    assert odds(read) > odds(packaged.read("What is the capital of Mongolia?", candidates)) + 3


def odds(read: Readings) -> float:
    """How much likelier the best reading is than none, as a logarithm."""
    return max(reading.score for reading in read.each) - read.nowhere


def test_nothing_to_read(packaged: Reader) -> None:
    assert packaged.read("Who?", []) == Readings()
    assert len(packaged.read("", [Candidate("", "", "")]).each) == 1


def test_damaged_weights_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    load_reader.cache_clear()
    monkeypatch.setattr(models, "READER_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="install Dateline anew"):
        load_reader(PACKAGED_READER)


def folder_of(kind: str, folder: Path) -> Path:
    """A tiny untrained model of that kind, with the packaged model's tokenizer."""
    import transformers

    small = transformers.BertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, num_labels=1
    )
    if kind == "BertForQuestionAnswering":
        small.num_labels = 2
    getattr(transformers, kind)(small).save_pretrained(folder)
    transformers.AutoTokenizer.from_pretrained(packaged_folder(), local_files_only=True).save_pretrained(folder)
    return folder


def test_a_cross_encoder_from_a_folder_scores_sentences_without_pointing(tmp_path: Path) -> None:
    read = load_reader(str(folder_of("BertForSequenceClassification", tmp_path))).read("Who leads?", [STRIKE, FARES])
    assert [(reading.start, reading.end) for reading in read.each] == [(0, 0), (0, 0)]
    shares = [math.exp(score) for score in (*(reading.score for reading in read.each), read.nowhere)]
    assert sum(shares) == pytest.approx(1.0, abs=1e-5)


def test_a_question_answering_model_from_a_folder_points(tmp_path: Path) -> None:
    read = load_reader(str(folder_of("BertForQuestionAnswering", tmp_path))).read("Who leads?", [STRIKE, FARES])
    assert all(0 <= reading.start < reading.end for reading in read.each)


def test_another_kind_of_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="neither for question answering nor a cross-encoder"):
        load_reader(str(folder_of("BertModel", tmp_path)))


def test_a_missing_folder_is_told() -> None:
    with pytest.raises(ModelError, match="hub:NAME"):
        load_reader("/nowhere/reader")
