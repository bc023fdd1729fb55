"""Drafting cases: how a model's reply is handled, how drafts are spread, and what a reviewer keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fakes import WordEmbedder, config_for
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evals.cases import Case
from evals.draft import draft
from ingest.run import ingest
from rag.library import Library

TOWNS = ["Ashmere", "Birchow", "Caldrin", "Dunfoss", "Elmstad", "Fernick", "Gorley", "Harnow"]
GOOD = "Question: How big was the fleet that reached Ashmere?\nAnswer: 41 boats"


class Llm:
    """A model that always gives this reply; `{town}` is the town of the article it is shown."""

    def __init__(self, reply: str = "Question: Which building of {town} is new?\nAnswer: lighthouse") -> None:
        self.reply = reply
        self.prompts: list[str] = []

    def __call__(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return self.reply.replace("{town}", next((town for town in TOWNS if town in prompt), ""))


def library_of(folder: Path, articles: Sequence[dict[str, str]]) -> Library:
    (folder / "wire.jsonl").write_text("\n".join(json.dumps(article) for article in articles))
    made = Library.create(folder / "library", config_for(folder / "library"), WordEmbedder())
    assert ingest(made, [str(folder / "wire.jsonl")]).stored == len(articles)
    return made


def article_of(number: int) -> dict[str, str]:
    """An article about its own town."""
    town = TOWNS[number % 8]
    return {
        "id": f"town-{number}",
        "title": f"News of {town}",
        "published": "2025-08-05",
        "text": f"Some {number + 41} boats were sent to the harbour of {town} after a storm. "
        f"Governor Ioan Velcrest opened the new {town} lighthouse in front of a small crowd.",
    }


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    made = library_of(tmp_path_factory.mktemp("towns"), [article_of(number) for number in range(8)])
    yield made
    made.searcher.close()


@pytest.fixture(scope="module")
def one_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    made = library_of(tmp_path_factory.mktemp("town"), [article_of(0)])
    yield made
    made.searcher.close()


def test_a_draft_is_a_case_on_a_sentence_of_its_article(towns: Library) -> None:
    cases = list(draft(towns, 8, Llm()))
    assert len({case.gold_articles for case in cases}) == 8
    for case in cases:
        article = towns.article(case.gold_articles[0])
        (gold,) = case.gold
        assert gold.words in article.text
        assert case.answers[0] in gold.words
        assert gold.file in article.sources
        assert case.as_of == article.published
        assert case.answerable
        assert Case.from_json(case.to_json()) == case


def test_the_model_words_question_and_answer(one_town: Library) -> None:
    model = Llm(f"Sure! Here it is.\n\n{GOOD}.\n\nI hope that helps.")
    (case,) = draft(one_town, 5, model)
    assert (case.question, case.answers) == ("How big was the fleet that reached Ashmere?", ("41 boats",))
    assert "News of Ashmere" in model.prompts[0]


@pytest.mark.parametrize(
    "reply",
    [
        "Question: Did 41 boats reach Ashmere?\nAnswer: 41 boats",  # gives the answer away
        "Question: Boats reached Ashmere.\nAnswer: 41 boats",  # not a question
        "Question: How many boats does the article about Ashmere name?\nAnswer: 41 boats",  # mentions the text
        "Question: how big was the fleet?\nAnswer: 41 boats",  # names nothing
        "Question: How big was the fleet that Tolvik sent to Ashmere?\nAnswer: 41 boats",  # a name it does not have
        "Question: How big was the fleet that reached Ashmere?\nAnswer: forty-one",  # not the article's wording
        "Question: How big was the fleet that reached Ashmere?\nAnswer: ",
        "Question: How big was the fleet that reached Ashmere?",
        f"Question: How big was {'really ' * 40}the fleet that reached Ashmere?\nAnswer: 41 boats",
        "I cannot help with that.",
        "",
    ],
)
def test_a_reply_that_makes_no_case_is_passed_over(one_town: Library, reply: str) -> None:
    assert list(draft(one_town, 5, Llm(reply))) == []
    assert list(draft(one_town, 5, Llm(GOOD))) != []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=80), st.text(alphabet="41 boatsAhmere.“", max_size=30))
def test_whatever_the_model_says_an_answer_is_words_of_the_article(
    one_town: Library, question: str, answer: str
) -> None:
    for reply in (
        f"Question: {question}\nAnswer: {answer}",
        f"Question: What reached Ashmere?\nAnswer: {answer}",
        question,
    ):
        for case in draft(one_town, 1, Llm(reply)):
            assert case.answers[0] in one_town.article("town-0").text
            assert case.answers[0].strip()


def test_the_same_seed_shows_the_model_the_same(towns: Library) -> None:
    def asked(seed: int) -> list[str]:
        model = Llm()
        assert len(list(draft(towns, 5, model, seed))) == 5
        return model.prompts

    assert asked(3) == asked(3)
    assert asked(3) != asked(4)


def test_no_more_is_asked_than_wanted(towns: Library, library: Library) -> None:
    model = Llm()
    assert len(list(draft(towns, 3, model))) == len(model.prompts) == 3
    assert list(draft(towns, 0, model)) == []
    assert list(draft(library, 10, model)) == []  # an empty library
    assert len(model.prompts) == 3


def test_a_model_that_words_nothing_is_given_up(towns: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.draft.TRIES", 3)
    model = Llm("I cannot help with that.")
    assert list(draft(towns, 2, model)) == []
    assert len(model.prompts) == 6  # of eight articles
