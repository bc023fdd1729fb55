"""The reading model: its input, how its scores become readings, the packaged model, and third-party models."""

from __future__ import annotations

import dataclasses
import itertools
import math
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from rag import reading_models
from rag.config import PACKAGED_READER
from rag.errors import ModelError
from rag.models import packaged_folder
from rag.reader import Page, Reader, Reading
from rag.reader_model import ANSWERS, HELPS, WINDOW_TOKENS, TokenWindow, readings, window
from rag.reading_models import load_reader
from rag.text.sentences import Span, sentence_spans


def page(title: str, text: str) -> Page:
    return Page(title, text, tuple(sentence_spans(text)))


STRIKE = page(
    "Ferry strike begins",
    "The strike began on Monday after talks had failed. The ferries carry cars, lorries and mail. "
    "The union is led by Mara Holm.",
)
FARES = page(
    "Ferry fares",
    "Children travel free of charge in the summer. Tickets that were bought before the strike are refunded until 5 May.",
)


# --- windows ---------------------------------------------------------------------------------------------------------


@dataclass
class Words:
    """One token per word, numbered by its length."""

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


def made(question: str, title: str, text: str, *sentences: Span) -> TokenWindow:
    return window(Words(question), Words(title), Words(text), sentences, begins=1, separates=2)


def test_a_window_is_question_title_and_passage() -> None:
    one = made("Who won?", "Race", "It rained. Marlo won it.", Span(0, 10), Span(11, 24))
    assert one.ids == (1, 103, 104, 2, 104, 2, 102, 107, 105, 103, 103, 2)
    assert one.question_tokens == 4
    assert one.first == 6
    assert one.offsets == ((0, 2), (3, 10), (11, 16), (17, 20), (21, 24))
    assert one.sentence == (0, 0, 1, 1, 1)


def test_what_stands_between_sentences_belongs_to_none() -> None:
    assert made("Who won?", "", "It rained. * * Marlo won.", Span(0, 10), Span(15, 25)).sentence == (0, 0, -1, -1, 1, 1)


def test_a_window_has_room_for_the_passage_however_long_the_rest_is() -> None:
    long = "word " * 1000
    one = made(long, long, long, Span(0, len(long)))
    assert len(one.ids) == WINDOW_TOKENS
    assert len(one.offsets) > WINDOW_TOKENS / 2
    assert one.ids[-1] == 2


@given(st.lists(st.text("ab", min_size=1, max_size=4), max_size=500), st.lists(st.integers(0, 3), max_size=6))
def test_a_token_belongs_to_the_sentence_that_holds_it(words: list[str], cuts: list[int]) -> None:
    text = " ".join(words)
    offsets = Words(text).offsets
    bounds = sorted({min(sum(cuts[:place]) * 40, len(offsets)) for place in range(len(cuts) + 1)} | {len(offsets)})
    spans = [
        Span(offsets[first][0], offsets[last - 1][1]) for first, last in itertools.pairwise(bounds) if first < last
    ]
    one = made("Who?", "", text, *spans)
    for (start, end), owner in zip(one.offsets, one.sentence, strict=True):
        holding = [place for place, span in enumerate(spans) if span.start <= start and end <= span.end]
        assert [owner] == (holding or [-1])


# --- scores become readings ------------------------------------------------------------------------------------------

TWO = Page("", "Ada won. Rain.", (Span(0, 8), Span(9, 14)))
SEEN = TokenWindow((1, 9, 2, 2, 7, 8, 6, 2), 3, 4, ((0, 3), (4, 8), (9, 14)), (0, 0, 1))


def test_a_sentence_is_judged_by_the_mean_over_its_words() -> None:
    scores = torch.zeros(1, 8, 4)
    scores[0, 4:7, ANSWERS] = torch.tensor([1.0, 3.0, -4.0])
    scores[0, 4:7, HELPS] = torch.tensor([2.0, 4.0, -1.0])
    ((first, second),) = readings([SEEN], [TWO], scores)
    assert (first.answers, first.helps) == (2.0, 3.0)
    assert (second.answers, second.helps) == (-4.0, -1.0)


def test_pointing_is_a_probability_among_all_words_and_none() -> None:
    # Every word, and "none", scores 0 as first and as last word, except "won.", which scores ln 6: its share is 6 of
    # 6 + 1 + 1 + 1 each time.
    scores = torch.zeros(1, 8, 4)
    scores[0, 5, :2] = math.log(6)
    ((first, second),) = readings([SEEN], [TWO], scores)
    assert first.pointing == pytest.approx(2 * math.log(6 / 9))
    assert (first.start, first.end) == (4, 8)
    assert second.pointing == pytest.approx(2 * math.log(1 / 9))


def test_words_of_another_page_are_rivals() -> None:
    scores = torch.zeros(1, 8, 4)
    ((alone, _),) = readings([SEEN], [TWO], scores)
    (beside, _), _ = readings([SEEN, SEEN], [TWO, TWO], scores.repeat(2, 1, 1))
    assert beside.pointing < alone.pointing


def test_the_words_never_end_before_they_begin_and_stay_in_their_sentence() -> None:
    scores = torch.zeros(1, 8, 4)
    scores[0, 5, 0] = scores[0, 4, 1] = 5.0  # the best first token comes after the best last one
    scores[0, 6, 1] = 9.0  # and the best last token of all in another sentence
    ((first, second),) = readings([SEEN], [TWO], scores)
    assert 0 <= first.start < first.end <= 8
    assert (second.start, second.end) == (0, 5)


def test_a_sentence_behind_the_end_of_the_window_is_unlikely() -> None:
    page_of_three = dataclasses.replace(TWO, text="Ada won. Rain. More.", sentences=(*TWO.sentences, Span(15, 20)))
    ((first, _, unread),) = readings([SEEN], [page_of_three], torch.zeros(1, 8, 4))
    assert unread.answers < first.answers
    assert unread.helps < first.helps
    assert unread.start == unread.end


# --- the packaged model ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def packaged() -> Reader:
    return load_reader(PACKAGED_READER)


def sentences_of(pages: list[Page]) -> list[str]:
    return [one.text[span.start : span.end] for one in pages for span in one.sentences]


@pytest.mark.parametrize(
    ("question", "begins", "words"),
    [
        ("Who leads the union?", "The union is led", "Mara Holm"),
        ("When did the strike begin?", "The strike began", "Monday"),
        ("Until when are tickets refunded?", "Tickets that were", "5 May"),
    ],
)
def test_the_packaged_model_finds_the_sentence_and_points_at_the_answer(
    packaged: Reader, question: str, begins: str, words: str
) -> None:
    pages = [STRIKE, FARES]
    read = [reading for each in packaged.read(question, pages) for reading in each]
    sentences = sentences_of(pages)
    best = max(range(len(read)), key=lambda place: read[place].answers)
    assert sentences[best].startswith(begins)
    assert words in sentences[best][read[best].start : read[best].end]
    foreign = packaged.read("What is the capital of Mongolia?", pages)
    assert read[best].answers > max(reading.answers for each in foreign for reading in each) + 1


def test_nothing_to_read(packaged: Reader) -> None:
    assert packaged.read("Who?", []) == []
    assert packaged.read("", [Page("", "", ())]) == [()]


def test_a_page_longer_than_the_window_has_a_reading_for_every_sentence(packaged: Reader) -> None:
    long = page("Ferries", "The ferries carry cars, lorries and mail to all the islands. " * 60)
    (read,) = packaged.read("Who leads the union?", [long])
    assert len(read) == len(long.sentences) == 60


def test_damaged_weights_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    load_reader.cache_clear()
    monkeypatch.setattr(reading_models, "READER_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="install Dateline anew"):
        load_reader(PACKAGED_READER)


# --- third-party models ----------------------------------------------------------------------------------------------


def folder_of(kind: str, folder: Path, labels: int = 1) -> Path:
    """A tiny untrained model of that kind, with the packaged model's tokenizer."""
    import transformers

    small = transformers.BertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, num_labels=labels
    )
    getattr(transformers, kind)(small).save_pretrained(folder)
    transformers.AutoTokenizer.from_pretrained(packaged_folder(), local_files_only=True).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("labels", [1, 2])
def test_a_cross_encoder_from_a_folder_scores_sentences_without_pointing(tmp_path: Path, labels: int) -> None:
    reader = load_reader(str(folder_of("BertForSequenceClassification", tmp_path, labels)))
    read = reader.read("Who leads?", [STRIKE, Page("", "", ()), FARES])
    assert [len(each) for each in read] == [3, 0, 2]
    assert all(isinstance(one, Reading) and one.start == one.end for each in read for one in each)
    # Each sentence is read alone: it scores the same next to others.
    alone = reader.read("Who leads?", [FARES])[0]
    assert [one.answers for one in read[2]] == pytest.approx([one.answers for one in alone], abs=1e-4)
    assert len({one.answers for each in read for one in each}) > 1
    assert reader.read("Who leads?", []) == []


@pytest.mark.parametrize(("kind", "labels"), [("BertModel", 1), ("BertForQuestionAnswering", 2)])
def test_another_kind_of_model_is_told(tmp_path: Path, kind: str, labels: int) -> None:
    with pytest.raises(ModelError, match="not a cross-encoder"):
        load_reader(str(folder_of(kind, tmp_path, labels)))


def test_pickled_weights_are_not_loaded(tmp_path: Path) -> None:
    folder = folder_of("BertForSequenceClassification", tmp_path)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_reader(str(folder))


def test_a_missing_folder_is_told() -> None:
    with pytest.raises(ModelError, match="hub:NAME"):
        load_reader("/nowhere/reader")
