"""Two reading models: which pages the larger one reads again, what comes of both readings, and where it is missing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from rag import reading_models
from rag.config import PACKAGED_READER
from rag.encoder import Texts
from rag.errors import ModelError
from rag.language.known import ENCODER, file_of
from rag.mpnet import from_bert
from rag.reader import Blend, Cascade, Page, Reader, Reading
from rag.reading_models import load_reader
from rag.text.sentences import sentence_spans


def page(text: str, title: str = "") -> Page:
    return Page(title, text, tuple(sentence_spans(text)))


class Digits:
    """Gives each sentence the number that it begins with as log odds, and points at its first character."""

    only_english = True

    def __init__(self, plus: float = 0.0) -> None:
        self.plus, self.asked = plus, list[list[str]]()

    def read(self, question: str, pages: Sequence[Page]) -> list[tuple[Reading, ...]]:
        self.asked.append([one.text for one in pages])
        return [
            tuple(Reading(float(one.text[span.start]) + self.plus, -1.0, 0.0, 0, 1) for span in one.sentences)
            for one in pages
        ]


class Sums(Cascade):
    TWICE = Blend(1.0, 10.0, 100.0), Blend(0.0, 1.0, 0.5)
    ONCE = Blend(1.0, 0.0, -7.0), Blend(1.0, 0.0, 0.0)
    AGAIN = 2


def test_the_likeliest_pages_are_read_again_in_their_order() -> None:
    larger = Digits()
    pages = [page("3 boats sank. 1 boat came."), page("2 boats."), page(""), page("9 boats. 8 more."), page("5 boats.")]
    found = Sums(Digits(), larger).read("How many?", pages)
    assert larger.asked == [["9 boats. 8 more.", "5 boats."]]
    assert [[one.answers for one in readings] for readings in found] == [[-4, -6], [-5], [], [199, 188], [155]]
    assert [one.helps for one in found[3]] == [-0.5, -0.5]
    assert [one.helps for one in found[0]] == [-1.0, -1.0]


def test_words_are_those_of_the_larger_model() -> None:
    class Other(Digits):
        def read(self, question: str, pages: Sequence[Page]) -> list[tuple[Reading, ...]]:
            return [tuple(Reading(0.0, 0.0, -0.1, 2, 7) for _ in one.sentences) for one in pages]

    ((reading,),) = Sums(Digits(), Other()).read("What?", [page("3 boats sank.")])
    assert (reading.start, reading.end, reading.pointing) == (2, 7, -0.1)


def test_it_reads_the_languages_of_its_first_model() -> None:
    assert Cascade(Digits(), Digits()).only_english
    assert Cascade(Digits(), Digits()).read("What?", []) == []


def test_while_many_ask_pages_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cascade, "CALM_SECONDS", 1.0)
    together = threading.Barrier(Cascade.BUSY)

    class Waiting(Digits):
        def read(self, question: str, pages: Sequence[Page]) -> list[tuple[Reading, ...]]:
            together.wait(20)
            return super().read(question, pages)

    larger = Digits()
    cascade = Cascade(Waiting(), larger)
    threads = [threading.Thread(target=cascade.read, args=("?", [page("3 boats.")])) for _ in range(Cascade.BUSY)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    together = threading.Barrier(1)
    cascade.read("?", [page("3 boats.")])  # many may still be asking
    assert not larger.asked
    time.sleep(Cascade.CALM_SECONDS)
    cascade.read("?", [page("3 boats.")])
    assert len(larger.asked) == 1


def test_the_ids_of_the_larger_encoder() -> None:
    texts = from_bert(Texts.of([[101, 2040, 102, 1037, 102], [101, 100, 102]], [3, 2]))
    assert texts.ids.tolist() == [0, 2044, 2, 1041, 2, 0, 104, 2]
    assert not texts.segments.any()
    assert texts.lengths == (5, 3)


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the encoder is once it has been fetched: nothing yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(reading_models, "file_of", file_of)
    load_reader.cache_clear()
    file_of(ENCODER).parent.mkdir(parents=True)
    yield file_of(ENCODER)
    load_reader.cache_clear()


def test_without_the_encoder_pages_are_read_once(fetched: Path) -> None:
    assert not isinstance(load_reader(PACKAGED_READER), Cascade)


def test_a_damaged_encoder_is_told_unless_pages_are_read_once(fetched: Path) -> None:
    fetched.write_bytes(b"no weights")
    with pytest.raises(ModelError, match=r"larger reading model cannot be loaded: .*dateline model get encoder"):
        load_reader(PACKAGED_READER)
    assert not isinstance(load_reader(PACKAGED_READER, again=False), Cascade)


def test_weights_that_are_not_ours_are_told(fetched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched.write_bytes(b"no weights")
    monkeypatch.setattr(reading_models, "LARGE_READER_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="install Dateline anew"):
        load_reader(PACKAGED_READER)


# --- the models themselves -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both() -> Reader:
    """Both models, if the encoder has been fetched on this machine."""
    if not file_of(ENCODER).is_file():
        pytest.skip("needs: dateline model get encoder")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading_models, "file_of", file_of)
        load_reader.cache_clear()
        found = load_reader(PACKAGED_READER)
    load_reader.cache_clear()
    return found


LANDSLIDE = page(
    "The number of people killed by the landslide in the Korrin valley has risen to 27, with eight others still missing. "
    "More than 500 soldiers are digging. Prime minister Lena Orvald, 58, visited the valley and promised 90 million crowns.",
    "Korrin toll rises to 27",
)
OTHERS = [
    page("Drivers will get 4.1 percent more pay. Trams run again from Friday.", "Tram drivers in Korrin end walkout"),
    page(
        "The old bridge opened in 1934, when bread cost ten cents. It was 212 metres long.",
        "Old bridge of Olm remembered",
    ),
    page("The council voted on Monday to buy 14 new buses. It turned down a roof over the market.", "Council briefs"),
]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How old is Lena Orvald?", "58"),
        ("How many died in the landslide?", "27"),
        ("How long was the old bridge of Olm?", "212 metres"),
        ("How many buses does the council buy?", "14"),
    ],
)
def test_both_models_find_the_sentence_and_point_at_the_answer(both: Reader, question: str, words: str) -> None:
    pages = [*OTHERS, LANDSLIDE]
    read = both.read(question, pages)
    sentences = [(one, page.text[span.start : span.end]) for page, readings in zip(pages, read, strict=True)
                 for one, span in zip(readings, page.sentences, strict=True)]  # fmt: skip
    best, text = max(sentences, key=lambda pair: pair[0].answers)
    assert words in text[best.start : best.end]
    assert best.answers > 0
    foreign = both.read("Who won the chess final?", pages)
    assert max(one.answers for readings in foreign for one in readings) < best.answers - 2
