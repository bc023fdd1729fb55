"""Questions in other languages with the packaged models, which read only English: matching words is what works."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from articles_abroad import ARTICLES, Abroad, write_abroad

from ingest.run import ingest
from rag.assistant import Assistant
from rag.config import Config
from rag.library import Library
from rag.store import generations
from rag.text.sentences import sentence_spans
from rag.text.stems import WORDS_VERSION
from rag.types import Answer, Status

ASKED = [(one, question, words) for one in ARTICLES for question, words in one.asked]
NEAR_AT_MOST = 6
"""Of 72 questions, how many may get the closest passages instead of an answer."""


@pytest.fixture(scope="module")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("abroad")
    library = Library.create(folder / "library", Config())
    assert ingest(library, [str(write_abroad(folder))]).stored == len(ARTICLES)
    yield library
    library.searcher.close()


@pytest.fixture
def own(abroad: Library, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(abroad.path, tmp_path / "library", ignore=shutil.ignore_patterns(".copies")))


@pytest.fixture(scope="module")
def answers(abroad: Library) -> dict[str, Answer]:
    assistant = Assistant(abroad)
    return {question: assistant.ask(question) for _, question, _ in ASKED}


def test_each_article_is_stored_with_its_language(abroad: Library) -> None:
    assert {one.article_id: one.language for one in abroad.articles()} == {one.id: one.language for one in ARTICLES}
    assert {abroad.article(one.id).language for one in ARTICLES} == abroad.catalog.languages()
    assert {one.language for one in abroad.listing(most=100).articles} == abroad.catalog.languages()


@pytest.mark.parametrize(("article", "question", "words"), ASKED, ids=[question for _, question, _ in ASKED])
def test_a_whole_sentence_of_the_right_article_answers_or_none_does(
    answers: dict[str, Answer], article: Abroad, question: str, words: str
) -> None:
    answer = answers[question]
    assert answer.status in (Status.ANSWERED, Status.CLOSEST)
    assert answer.passages[0].article_id == article.id
    if answer.status is Status.ANSWERED:
        (citation,) = answer.citations
        assert citation.article_id == article.id
        assert words in citation.quote
        spans = {(span.start, span.end) for span in sentence_spans(article.text, article.language)}
        assert (citation.start, citation.end) in spans
        assert not answer.conflicts


def test_nearly_all_of_them_are_answered(answers: dict[str, Answer]) -> None:
    assert sum(answer.status is Status.CLOSEST for answer in answers.values()) <= NEAR_AT_MOST


@pytest.mark.parametrize("question", [one.unanswered for one in ARTICLES if one.unanswered])
def test_what_no_article_says_is_not_claimed(abroad: Library, question: str) -> None:
    assert Assistant(abroad).ask(question).status in (Status.ABSTAINED, Status.CLOSEST)


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("До какого времени грузовикам нельзя на мост?", "ru-bridge"),
        ("Сколько потрачено на дорожки и скамейки?", "ru-park"),
        ("متى ستعود السفن إلى الميناء؟", "ar-port"),
    ],
)
def test_a_question_with_other_endings_gets_at_least_the_closest_passages(
    abroad: Library, question: str, article: str
) -> None:
    answer = Assistant(abroad).ask(question)
    assert answer.status in (Status.ANSWERED, Status.CLOSEST)
    assert article in {one.article_id for one in answer.citations}


def test_a_question_does_not_carry_on_from_one_that_was_answered(abroad: Library) -> None:
    assistant = Assistant(abroad)
    before = assistant.ask("大桥是谁设计的？")
    question = "云坪图书馆的馆长是谁？"
    assert assistant.ask(question, before.turns).standalone_question == question


def test_a_pasted_sentence_is_found_where_it_stands(abroad: Library) -> None:
    pasted = "Ein Werkzeug darf zwei Wochen lang behalten werden, das Ausleihen ist kostenlos."
    answer = Assistant(abroad).ask(pasted)
    assert (answer.kind, answer.citations[0].article_id) == ("quotation", "de-library")


def test_what_is_not_published_yet_is_found_by_the_same_words(own: Path) -> None:
    shutil.rmtree(own / "index")
    with Library.open(own, Config()) as fresh:
        answer = Assistant(fresh).ask("Кто подарил школе телескоп?")
    assert answer.citations[0].article_id == "ru-school"


def test_a_library_made_before_opens_and_a_rebuild_tells_its_languages(own: Path) -> None:
    with sqlite3.connect(own / "catalog.sqlite") as connection:
        connection.execute("DROP INDEX articles_language")
        connection.execute("UPDATE articles SET language = NULL")
    connection.close()
    manifest = own / "index" / (generations.current(own) or "") / "manifest.json"
    held = json.loads(manifest.read_text())
    del held["words"]
    manifest.write_text(json.dumps(held))

    opened = Library.open(own, Config())
    assert opened.catalog.languages() == frozenset()
    assert opened.search("Petra Ostermann", 1)[0].article_id == "de-library"
    opened.rebuild()
    opened.searcher.close()
    assert {one.article_id: one.language for one in opened.articles()} == {one.id: one.language for one in ARTICLES}
    live = generations.read_manifest(own / "index" / (generations.current(own) or ""))
    assert live.words == WORDS_VERSION
    assert Assistant(opened).ask("Wer betreut die Gruppe?").citations[0].article_id == "de-zoo"
    opened.searcher.close()


def test_an_unchanged_article_stays_unchanged_where_its_language_was_told(abroad: Library) -> None:
    path = write_abroad(abroad.path.parent)
    report = ingest(abroad, [str(path)])
    assert (report.unchanged, report.changed, report.stored) == (len(ARTICLES), 0, 0)
