"""Drafting cases: which sentence becomes which question, what is left alone, and what a reviewer keeps."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import WordEmbedder, config_for
from hypothesis import given
from hypothesis import strategies as st

from evals.answer_text import contains_answer
from evals.cases import Case
from evals.draft import Choice, Verdict, draft, review
from evals.draft_grammar import is_person, spelled_out
from evals.draft_rules import Source, gap, questions
from ingest.run import ingest
from rag.library import Library

ARTICLE = """\
Fire destroyed a warehouse of the Ostmark Mill in Grenholt on Sunday. The fire was put out after nine hours.

Governor Ioan Velcrest closed the road to Prest and asked people to stay at home. "Stay in," Velcrest said.

Some 6,200 people were taken to the town of Prest by boat, the emergency ministry said on Friday evening.

The Ostmark Mill will spend 480 million crowns on a new warehouse, the owners decided. It will be bigger.

Linus Agerholt, chief economist at Fjordgate Savings, said that he expected no change.

Carla Benhurst, 44, was found in Tolvik. Benhurst will be sworn in on 1 October.
"""
SOURCE = Source(ARTICLE, dt.date(2025, 9, 2))  # a Tuesday


class Scripted:
    """Gives its replies in order, then an empty one; `asked` holds what it was asked."""

    def __init__(self, *replies: str) -> None:
        self.replies, self.asked = list(replies), list[str]()

    def __call__(self, prompt: str) -> str:
        self.asked.append(prompt)
        return self.replies.pop(0) if self.replies else ""


def asked(sentence: str, source: Source = SOURCE) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {question.type: (question.text, question.answers) for question in questions(sentence, source)}


@pytest.mark.parametrize(
    ("sentence", "kind", "question", "answers"),
    [
        (
            "Governor Ioan Velcrest closed the road to Prest and asked people to stay at home.",
            "who",
            "Who closed the road to Prest and asked people to stay at home?",
            ("Ioan Velcrest", "Velcrest", "Governor Ioan Velcrest"),
        ),
        (
            "Linus Agerholt, chief economist at Fjordgate Savings, said that he expected no change.",
            "who",
            "Who is the chief economist at Fjordgate Savings?",
            ("Linus Agerholt", "Agerholt"),
        ),
        (
            "Fire destroyed a warehouse of the Ostmark Mill in Grenholt on Sunday, and nobody was hurt.",
            "when",
            "When did fire destroy a warehouse of the Ostmark Mill in Grenholt?",
            ("Sunday", "31 August", "August 31"),
        ),
        (
            "Benhurst will be sworn in at the town hall of Grenholt on 1 October.",
            "when",
            "When will Carla Benhurst be sworn in at the town hall of Grenholt?",
            ("1 October", "October 1"),
        ),
        (
            "Some 6,200 people were taken to the town of Prest by boat, the emergency ministry said on Friday evening.",
            "how_many",
            "How many people were taken to the town of Prest by boat?",
            ("6,200",),
        ),
        (
            "The Ostmark Mill has sent 1,800 helmets to the town of Prest.",
            "how_many",
            "How many helmets has the Ostmark Mill sent to the town of Prest?",
            ("1,800",),
        ),
        (
            "The Ostmark Mill will spend 480 million crowns on a new warehouse, the owners decided.",
            "how_much",
            "How much will the Ostmark Mill spend on a new warehouse?",
            ("480 million crowns",),
        ),
        (
            "Oda Castellane sold the Ostmark Mill to a rival for $3.2 million.",
            "how_much",
            "For how much did Oda Castellane sell the Ostmark Mill to a rival?",
            ("$3.2 million",),
        ),
        (
            "Carla Benhurst was born and raised in Tolvik.",
            "where",
            "Where was Carla Benhurst born and raised?",
            ("Tolvik",),
        ),
    ],
)
def test_a_sentence_becomes_a_question(sentence: str, kind: str, question: str, answers: tuple[str, ...]) -> None:
    assert asked(sentence)[kind] == (question, answers)


@pytest.mark.parametrize(
    "sentence",
    [
        "It was closed by Governor Ioan Velcrest on 1 October for good.",  # points back
        '"The road to Prest was closed on 1 October," said Ioan Velcrest.',  # a quotation
        "We closed the road from Grenholt to Prest on 1 October.",  # somebody speaks
        "The fire was put out in Grenholt.",  # too short
        "The company will spend 480 million crowns on a new warehouse.",  # which company?
        "Two men arrested in Tolvik on Monday and another in Prest yesterday.",  # no verb
        "Governor Ioan Velcrest closed the road to Prest after yesterday's fire.",  # which day?
        "Officials believe the Ostmark Mill burned down in Grenholt on 1 October.",  # two clauses
        "The number of people killed by floods in Tarmeya rose on 1 October.",  # "killed" is no verb here
        "Grenholt Savings closed the road to Prest and the market hall.",  # no person
        "John Normile/Getty Images The Ostmark Mill is seen in Grenholt on 1 October.",  # a caption
        "",
    ],
)
def test_what_is_not_certain_is_left_alone(sentence: str) -> None:
    assert asked(sentence) == {}


def test_a_weekday_means_nothing_without_the_day_of_the_article() -> None:
    sentence = "Fire destroyed a warehouse of the Ostmark Mill in Grenholt on Sunday."
    assert "when" in asked(sentence)
    assert "when" not in asked(sentence, Source(ARTICLE))


def test_names_are_spelled_out_when_one_person_has_them() -> None:
    text = "Mayor Ken Calvert met Nina Orsted. Calvert said so. Orsted said no. Judge Rolf Orsted, who came late, left."
    assert is_person("Ken Calvert", text)
    assert spelled_out("Whom did Calvert meet?", text) == "Whom did Ken Calvert meet?"
    assert spelled_out("Whom did Orsted meet?", text) is None  # two of them
    assert spelled_out("When was Grenholt founded?", text) == "When was Grenholt founded?"


def test_a_gap_is_asked_where_the_only_number_stood() -> None:
    made = gap("The railway between Dolvena and Prest is cut in 5 places.", "Vellan Herald, 24 August 2025")
    assert made is not None
    expected = "“The railway between Dolvena and Prest is cut in ___ places”? (Vellan Herald, 24 August 2025)"
    assert made.text == f"Which number belongs here: {expected}"
    assert made.answers == ("5",)


@pytest.mark.parametrize(
    "sentence",
    [
        "The railway between Dolvena and Prest is cut in 5 of 12 places.",  # which of the two?
        "A day of mourning will be held in Dolvena on 28 August.",  # part of a date
        "The firm has repaired the railway in 5 places so far.",  # which firm?
        "They repaired the railway between Dolvena and Prest in 5 places.",
        "Leaders of the Group of Seven met in the town of Dolvena.",  # part of a name
    ],
)
def test_no_gap_where_nobody_could_fill_it(sentence: str) -> None:
    assert gap(sentence, "") is None


@given(st.text(alphabet="The Ab,.'12% $on—was", max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """No text raises, and an answer always stands in the sentence and never in the question."""
    for question in questions(text, SOURCE):
        assert question.answers[0] in text
        assert not contains_answer(question.text, question.answers[:1])


def write(folder: Path, articles: dict[str, tuple[str, str, str]]) -> Path:
    """A file of JSONL articles: id → outlet, day, text."""
    folder.mkdir(exist_ok=True)
    lines = [
        json.dumps({"id": name, "title": f"News of {name}", "outlet": outlet, "published": day, "text": text})
        for name, (outlet, day, text) in articles.items()
    ]
    (folder / "wire.jsonl").write_text("\n".join(lines))
    return folder / "wire.jsonl"


def article_of(number: int) -> str:
    """An article of its own town, with three sentences that can be asked about."""
    town = ["Ashmere", "Birchow", "Caldrin", "Dunfoss", "Elmstad", "Fernick", "Gorley", "Harnow"][number % 8]
    return (
        f"Some {number + 41} boats were sent to the harbour of {town} after a storm. "
        f"Governor Ioan Velcrest opened the new {town} lighthouse in front of a small crowd. "
        f"The {town} Dockyard will spend {number + 3} million crowns on a second crane."
    )


def library_of(folder: Path, articles: dict[str, tuple[str, str, str]]) -> Iterator[Library]:
    made = Library.create(folder / "library", config_for(folder / "library"), WordEmbedder())
    assert ingest(made, [str(write(folder / "in", articles))]).stored == len(articles)
    yield made
    made.searcher.close()


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Eight articles: two outlets, two months."""
    articles = {
        f"town-{number}": ("Harbour Ledger" if number % 2 else "Vellan Herald", f"2025-0{8 + number // 4}-05", text)
        for number, text in ((number, article_of(number)) for number in range(8))
    }
    yield from library_of(tmp_path_factory.mktemp("towns"), articles)


def test_a_draft_is_a_case_on_a_sentence_of_its_article(towns: Library) -> None:
    for case in draft(towns, most=8):
        article = towns.article(case.gold_articles[0])
        (gold,) = case.gold
        assert gold.words in article.text
        assert gold.file in article.sources
        assert case.as_of == article.published
        assert case.answers[0] in gold.words
        assert case.answerable
        assert Case.from_json(case.to_json()) == case


def test_drafts_are_spread_over_months_outlets_and_types(towns: Library) -> None:
    cases = list(draft(towns, most=4))
    articles = [towns.article(case.gold_articles[0]) for case in cases]
    # two months and two outlets in each: the first four articles are one of every kind
    assert Counter((article.outlet, article.published) for article in articles).most_common(1)[0][1] == 1
    assert len({case.type for case in cases}) == 3


def test_at_most_two_an_article_and_none_twice(towns: Library) -> None:
    cases = list(draft(towns, most=100))
    assert Counter(case.gold_articles for case in cases).most_common(1)[0][1] == 2
    assert len({case.question for case in cases}) == len({case.id for case in cases}) == len(cases) == 16


def test_the_same_seed_drafts_the_same(towns: Library) -> None:
    assert list(draft(towns, most=5, seed=3)) == list(draft(towns, most=5, seed=3))
    assert list(draft(towns, most=5, seed=3)) != list(draft(towns, most=5, seed=4))


@pytest.mark.parametrize("most", [0, -1])
def test_no_drafts_when_none_are_wanted(towns: Library, most: int) -> None:
    assert list(draft(towns, most)) == []


def test_an_empty_library_gives_no_drafts(library: Library) -> None:
    assert list(draft(library, 10)) == []


def test_no_usable_sentence_gives_no_drafts(library: Library, tmp_path: Path) -> None:
    text = (
        "It was late. They did not say why, and nobody asked them about it. “We are tired,” she said again and again."
    )
    ingest(library, [str(write(tmp_path / "in", {"a": ("Herald", "2025-08-05", text)}))])
    assert list(draft(library, 10)) == []


def test_an_article_without_a_rule_is_asked_with_a_gap(library: Library, tmp_path: Path) -> None:
    text = "The railway between Dolvena and Prest, which nobody has repaired, is cut in 5 places at least."
    ingest(library, [str(write(tmp_path / "in", {"a": ("Vellan Herald", "2025-08-24", text)}))])
    (case,) = draft(library, 10)
    assert case.type == "gap"
    assert case.question.endswith("(Vellan Herald, 24 August 2025)")
    assert case.answers == ("5",)


# --- with a language model -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def one_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One article: 41 boats to Ashmere, a lighthouse, a crane."""
    yield from library_of(tmp_path_factory.mktemp("town"), {"a": ("Herald", "2025-08-05", article_of(0))})


def test_a_language_model_words_the_question(one_town: Library) -> None:
    llm = Scripted('"What number of boats reached Ashmere after a storm?"\nHope that helps!')
    case = next(draft(one_town, 1, asked=llm))
    assert case.question == "What number of boats reached Ashmere after a storm?"
    assert case.answers == ("41",)
    assert case.type == "how_many"
    assert "<answer>41</answer>" in llm.asked[0]


@pytest.mark.parametrize(
    "reply",
    [
        "Did 41 boats reach Ashmere after a storm?",  # gives the answer away
        "Boats were sent to Ashmere.",  # no question
        "How many boats does the sentence about Ashmere name?",  # speaks of the sentence
        "How many boats were there?",  # names nothing
        "How many boats did Gorley send to Ashmere?",  # a name that the article does not have
        "I cannot help with Ashmere, sorry" + " really" * 40 + "?",
        "",
    ],
)
def test_a_bad_wording_falls_back_on_the_rules(one_town: Library, reply: str) -> None:
    llm = Scripted(reply)
    case = next(draft(one_town, 1, asked=llm))
    assert case == next(draft(one_town, 1))
    assert len(llm.asked) == 2


# --- the reviewer --------------------------------------------------------------------------------------------------


def test_a_reviewer_keeps_throws_changes_and_quits() -> None:
    cases = [Case(id=name, type="who", question=f"Who is {name}?") for name in "abcde"]
    changed = cases[2].model_copy(update={"question": "Who was c?"})
    choices: Iterator[Choice] = iter([Verdict.KEEP, Verdict.THROW, changed, Verdict.QUIT])
    assert list(review(cases, lambda _: next(choices))) == [cases[0], changed]


def test_nothing_to_review() -> None:
    assert list(review([], lambda _: Verdict.KEEP)) == []
