"""Windows that hang on an event whose day the library gives."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import WordEmbedder, config_for
from hypothesis import given
from hypothesis import strategies as st

from ingest.run import ingest
from rag.library import Library
from rag.question.anchors import anchor_of, anchored
from rag.question.event_days import NamedEvent, Report, day_of_event
from rag.types import Filters, Window

ASKED = dt.date(2025, 8, 20)
TUESDAY = dt.date(2025, 6, 3)
VOTE = NamedEvent(frozenset({"election", "vote"}), frozenset(), frozenset({"dunmoor"}))

# The day of publication, the title and the text of each; 3 June 2025 is a Tuesday.
ARTICLES = [
    (
        "2025-05-20",
        "Dunmoor prepares for the poll",
        "The election in Dunmoor will be held on 3 June, the clerk of Dunmoor said.",
    ),
    ("2025-06-04", "Dunmoor has a new mayor", "Dunmoor chose a new mayor in Tuesday's election, by a few votes."),
    ("2025-06-05", "Recount in Dunmoor", "The Dunmoor election on Tuesday was close, and a recount has begun."),
    ("2025-07-01", "A quiet month in Ollenby", "Ollenby has no news of its own, and the council of Ollenby went home."),
]
LATER = [
    (
        "2025-09-10",
        "Dunmoor votes again",
        "The second election in Dunmoor was held on Tuesday after a court had ordered it.",
    ),
    (
        "2025-09-11",
        "Dunmoor has another mayor",
        "Dunmoor has another mayor since Tuesday's election, the second of the year.",
    ),
    (
        "2025-09-12",
        "Quiet in Dunmoor",
        "Nobody in Dunmoor complained about the election of 9 September, a judge wrote.",
    ),
]


def told(articles: list[tuple[str, str, str]]) -> list[Report]:
    return [
        Report(f"a{number}", dt.date.fromisoformat(day), title, text)
        for number, (day, title, text) in enumerate(articles)
    ]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What has the mayor of Dunmoor promised since the election?", "since the election"),
        ("Since the election, what has the mayor promised?", "since the election"),
        ("Who met before the Sarnik summit?", "before the Sarnik summit"),
        ("How many are homeless after the earthquake in Tarmeya?", "after the earthquake in Tarmeya"),
        ("Which ferry sailed during the walkout?", "during the walkout"),
        ("What was rebuilt since Hurricane Odile?", "since Hurricane Odile"),
        ("Who spoke after the first mayoral debate?", "after the first mayoral debate"),
        ("Which ferry has not sailed since the strike began?", "since the strike"),
    ],
)
def test_a_question_hangs_on_an_event(question: str, words: str) -> None:
    anchor = anchor_of(question)
    assert anchor is not None
    assert anchor.words == words


@pytest.mark.parametrize(
    "question",
    [
        "Who won the election?",
        "Who appeared before the committee?",
        "What was found after the man died?",
        "How did fares change after the strike?",  # its last day, which articles seldom name
        "What is known since Monday?",
        "Who looked after the children?",
        "What came after the election's recount rules?",
        "Who left since the fire chief resigned?",
    ],
)
def test_a_question_that_hangs_on_none(question: str) -> None:
    assert anchor_of(question) is None


def test_articles_agree_on_the_day_of_an_event() -> None:
    assert day_of_event(VOTE, told(ARTICLES), ASKED) == TUESDAY


def test_one_article_is_not_enough() -> None:
    assert day_of_event(VOTE, told(ARTICLES[1:2]), ASKED) is None


def test_an_event_of_somebody_else_is_not_meant() -> None:
    other = NamedEvent(VOTE.heads, frozenset(), frozenset({"ollenby"}))
    assert day_of_event(other, told(ARTICLES), ASKED) is None


def test_the_day_of_what_was_said_is_not_that_of_the_event() -> None:
    said = "The election was fair, the clerk of Dunmoor said on Tuesday."
    assert day_of_event(VOTE, told([("2025-06-04", "Dunmoor", said), ("2025-06-05", "Dunmoor", said)]), ASKED) is None


def test_the_last_of_several_events_is_meant() -> None:
    assert day_of_event(VOTE, told([*ARTICLES, *LATER]), dt.date(2025, 9, 20)) == dt.date(2025, 9, 9)


def test_what_happened_years_ago_is_not_meant() -> None:
    old = [
        ("2023-06-04", "Dunmoor", "Dunmoor chose a mayor in Tuesday's election."),
        ("2023-06-05", "Dunmoor", "The election on Tuesday"),
    ]
    assert day_of_event(VOTE, told(old), dt.date(2023, 6, 10)) == dt.date(2023, 6, 6) - dt.timedelta(days=7)
    recent = ("2025-07-01", "Dunmoor", "Nothing is known of another election in Dunmoor.")
    assert day_of_event(VOTE, told([*old, recent]), ASKED) is None


@given(
    st.lists(
        st.tuples(
            st.dates(dt.date(2025, 5, 1), dt.date(2025, 9, 30)).map(dt.date.isoformat),
            st.just("Dunmoor"),
            st.sampled_from(
                ["The election on Friday was close.", "The election will be held on 3 June.", "No vote on 31 June."]
            ),
        ),
        max_size=8,
    ),
    st.dates(dt.date(2025, 5, 1), dt.date(2025, 9, 30)),
)
def test_no_event_lies_after_the_question(articles: list[tuple[str, str, str]], asked: dt.date) -> None:
    day = day_of_event(VOTE, told(articles), asked)
    assert day is None or day <= asked


def add(library: Library, folder: Path, name: str, articles: list[tuple[str, str, str]]) -> None:
    folder.mkdir(exist_ok=True)
    lines = [
        json.dumps(
            {"id": f"{name}-{number}", "title": title, "text": text, "published": day, "outlet": "Vellan Herald"}
        )
        for number, (day, title, text) in enumerate(articles)
    ]
    path = folder / f"{name}.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert not ingest(library, [str(path)]).failed


def window(library: Library, question: str, filters: Filters | None = None, given: Window | None = None) -> Window:
    filters, given = filters or Filters(), given or Window()
    return anchored(given, question, question, filters, ASKED, library.catalog, library.searcher)


@pytest.fixture(scope="module")
def dunmoor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The news until summer."""
    folder = tmp_path_factory.mktemp("dunmoor")
    made = Library.create(folder / "library", config_for(folder / "library"), WordEmbedder())
    add(made, folder / "news", "june", ARTICLES)
    yield made
    made.searcher.close()


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("since the election", TUESDAY, ASKED),
        ("after the election", TUESDAY + dt.timedelta(days=1), ASKED),
        ("before the election", None, TUESDAY - dt.timedelta(days=1)),
        ("until the election", None, TUESDAY),
        ("during the election", TUESDAY, TUESDAY + dt.timedelta(days=1)),
    ],
)
def test_the_window_of_an_event(dunmoor: Library, words: str, since: dt.date | None, until: dt.date) -> None:
    found = window(dunmoor, f"What did the mayor of Dunmoor say {words}?")
    assert found == Window(since=since, until=until, words=words, event_day=TUESDAY)


def test_nothing_later_than_as_of_has_a_part_in_it(library: Library, tmp_path: Path) -> None:
    question, seen = "What did the mayor of Dunmoor say since the election?", Filters(as_of=ASKED)
    add(library, tmp_path / "news", "june", ARTICLES)
    before = window(library, question, seen)
    add(library, tmp_path / "news", "september", LATER)
    assert window(library, question, seen) == before
    assert before.event_day == TUESDAY
    assert window(library, question, Filters(as_of=dt.date(2025, 9, 20))).event_day == dt.date(2025, 9, 9)
    assert window(library, question, Filters(as_of=dt.date(2025, 6, 1))).event_day is None


def test_days_that_are_named_go_first(dunmoor: Library) -> None:
    named = Window(since=TUESDAY, until=ASKED, words="since june")
    assert window(dunmoor, "What did Dunmoor say since the election?", given=named) == named
    assert window(dunmoor, "What did the mayor of Dunmoor say?") == Window()


def test_an_event_that_the_library_does_not_know_makes_no_window(library: Library, dunmoor: Library) -> None:
    assert window(library, "What did the mayor of Dunmoor say since the election?") == Window()
    assert window(dunmoor, "What has Port Ansel built since the earthquake?") == Window()
