"""The cases over the sample articles: enough of each type, each tied to words that are in the articles."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from evals.answer_text import compared, contains_answer, holds
from evals.cases import Case, read_cases
from evals.scoring import covered
from evals.suites.sample import DATA, sample
from ingest.document import Document, Extracted
from ingest.extract import extract
from ingest.sources import find
from rag.text.names import capitalised
from rag.types import Status

CASES = sample().cases
READERS = list(read_cases(DATA / "readers.jsonl"))
"""Questions as readers type them, whose answers are nuggets."""
PLAIN = list(read_cases(DATA / "sample.jsonl"))
"""Questions with accepted answers."""
MANY_ARTICLES = ("multi_article", "syndicated", "conflict")
ORDER_AS_NEWS = "articles/museum-cups-recovered-brennick-evening-mail.md"
"""The only article whose text quotes an instruction to machines."""


@pytest.fixture(scope="module")
def articles() -> dict[str, Extracted]:
    """Every sample article, by the file name that a gold uses."""
    return {
        Path(found.source).relative_to(DATA).as_posix(): extract(found)
        for found in find([str(DATA / "articles")])
        if isinstance(found, Document)
    }


def of_type(*types: str) -> list[Case]:
    return [case for case in PLAIN if case.type in types]


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_no_type_is_asked_about_less_than_four_times() -> None:
    assert [kind for kind, cases in Counter(case.type for case in CASES).items() if cases < 4] == []


def test_the_suite_asks_all_of_them() -> None:
    assert {case.id for case in CASES} == {case.id for case in (*PLAIN, *READERS)}


def test_ids_and_questions_are_unique() -> None:
    assert len({case.id for case in CASES}) == len(CASES)
    asked = Counter((case.question, case.as_of, case.history) for case in CASES)
    assert [question for question, times in asked.items() if times > 1] == []


def test_gold_words_stand_in_the_extracted_article(articles: dict[str, Extracted]) -> None:
    for case in CASES:
        for gold in case.gold:
            article = articles[gold.file]
            # a list of articles consists of their titles
            text = f"{article.metadata.title} {article.text}" if case.type == "articles" else article.text
            assert one_line(gold.words) in one_line(text), (case.id, gold.file)


@pytest.mark.parametrize("case", [case for case in PLAIN if case.answerable], ids=lambda case: case.id)
def test_an_accepted_answer_stands_in_the_gold_words(case: Case) -> None:
    words = " ".join(gold.words for gold in case.gold)
    assert any(holds(compared(words), answer) for answer in case.answers)
    assert not any(contains_answer(words, [wrong]) for wrong in case.wrong_answers)


def test_every_gold_of_a_plain_question_holds_an_answer() -> None:
    for case in of_type("single_fact", "date", "number", "latest", "as_of", "syndicated", "correction"):
        for gold in case.gold:
            assert contains_answer(gold.words, case.answers), (case.id, gold.words)


def test_a_question_does_not_give_its_answer_away() -> None:
    for case in CASES:
        said = " ".join([case.question, *(f"{turn.question} {turn.answer}" for turn in case.history)])
        assert not any(holds(compared(said), answer) for answer in case.answers), case.id
        assert not any(covered(nugget, compared(said)) for nugget in case.nuggets if nugget.vital), case.id


def test_the_status_goes_with_the_answers() -> None:
    for case in PLAIN:
        assert bool(case.answers) == bool(case.gold) == case.answerable, case.id
        assert (case.status is Status.ABSTAINED) == case.type.startswith("unanswerable"), case.id
        assert (case.status is Status.CONFLICT) == (case.type == "conflict"), case.id


def test_questions_over_several_articles_name_several() -> None:
    for case in of_type(*MANY_ARTICLES):
        assert len({gold.file for gold in case.gold}) >= 2, case.id


def test_each_side_of_a_conflict_has_an_article_of_its_own() -> None:
    for case in of_type("conflict"):
        sides = [{gold.file for gold in case.gold if contains_answer(gold.words, [answer])} for answer in case.answers]
        assert len(sides) == 2, case.id
        assert all(sides), case.id
        assert sides[0].isdisjoint(sides[1]), case.id


def test_an_as_of_question_is_asked_on_days_with_different_answers() -> None:
    asked: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in of_type("as_of"):
        asked[case.id.rsplit("-", 1)[0], case.question].append(case)
    for (_, question), cases in asked.items():
        assert len(cases) >= 2, question
        assert len({case.as_of for case in cases}) == len(cases), question
        accepted = [answer for case in cases for answer in {compared(one) for one in case.answers}]
        assert len(set(accepted)) == len(accepted), question


def test_gold_was_published_by_the_day_of_the_question(articles: dict[str, Extracted]) -> None:
    for case in CASES:
        for gold in case.gold if case.as_of else ():
            published = articles[gold.file].metadata.published
            assert published is not None, case.id
            assert case.as_of is not None
            assert published <= case.as_of, (case.id, gold.file)


def test_only_follow_ups_have_turns_before_them_and_a_rewrite() -> None:
    for case in CASES:
        follows = case.type == "follow_up"
        assert (1 <= len(case.history) <= 3) == follows, case.id
    for case in PLAIN:
        assert bool(case.rewrite) == (case.type == "follow_up"), case.id
    assert any(len(case.history) >= 2 for case in CASES)


def test_near_questions_use_the_names_of_the_library(articles: dict[str, Extracted]) -> None:
    known = {word for article in articles.values() for word in re.findall(r"[A-Z][\w-]+", article.text)}
    for case in of_type("unanswerable_near"):
        asked = {name.strip("?.,").removesuffix("'s") for name in capitalised(case.question)}
        assert asked & known, case.id


def test_no_article_says_what_the_hidden_orders_want(articles: dict[str, Extracted]) -> None:
    orders = [case for case in of_type("orders") if case.wrong_answers]
    assert len(orders) >= 5
    for case in orders:
        for file, article in articles.items():
            if file != ORDER_AS_NEWS:
                assert not any(holds(compared(article.text), wrong) for wrong in case.wrong_answers), case.id


def test_the_words_of_nuggets_stand_in_the_gold_words(articles: dict[str, Extracted]) -> None:
    for case in READERS:
        words = [gold.words for gold in case.gold]
        if case.type == "quotation":  # whose answer is where the words are
            known = [articles[gold.file].metadata for gold in case.gold]
            words += [f"{one.outlet} {one.title}" for one in known]
        told = compared(" ".join(words))
        missing = [nugget.any for nugget in case.nuggets if nugget.vital and not covered(nugget, told)]
        assert missing == [], case.id
        assert not any(holds(told, wrong) for wrong in case.wrong_answers), case.id


def test_readers_questions_have_nuggets_where_the_articles_answer() -> None:
    for case in READERS:
        told = case.answerable and case.type != "meta"
        assert any(nugget.vital for nugget in case.nuggets) == bool(case.gold) == told, case.id
        assert case.answerable == (case.type != "unanswerable"), case.id
        assert not case.answers, case.id
    assert all(case.as_of for case in READERS if case.type == "day")


def test_the_folder_tells_of_every_article(articles: dict[str, Extracted]) -> None:
    told = (DATA / "articles" / "README.md").read_text()
    count = re.search(r"^(\d+) short news articles", told, re.MULTILINE)
    assert count
    assert int(count[1]) == len(articles)
    assert [file for file in articles if f"`{file.removeprefix('articles/')}`" not in told] == []
