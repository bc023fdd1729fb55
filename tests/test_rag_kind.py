"""The kind of a question: questions as people type them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from safetensors.torch import save

from evals.train_forms import Forms, written
from rag.errors import ModelError
from rag.models import sha256_of
from rag.question import form
from rag.question.form import KINDS, TOKENS_MOST, log_odds, states_of, weights_of
from rag.question.kind import kind_of_question, parts_of
from rag.types import Kind

RIGHT = 0.9
"""Least share recognised by patterns, of each kind."""
TOLD = 0.7
"""Least share told by the model of questions that it did not learn from; a story and a summary are the same brief."""

ASKED = {
    Kind.ARTICLES: """
        Which articles do you have about the strike?
        Do you have any stories on bread prices?
        Show me articles about the Kestrel Bridge
        list all reports about Tarmeya
        How many articles mention Mara Holm?
        Which outlets reported on the flood?
        What newspapers covered the launch?
        find stories about seals
        Are there any articles on the canal?
        How many stories are there about the stadium?
        Which papers wrote about the theft?
        got any pieces on cheese?
        show me articles on the tunnel
        What coverage do you have of the trial?
        Give me all articles from the Tolva Post
        how many reports about the fire?
        Which sources mention the mediator?
        Show all stories by Mara Lind
        What documents do you have about the inquiry?
        which outlets carried the correction?
        Do you have articles covering the election?
        Find reports that mention the governor
        any coverage of the footbridge?
        List the articles about water.
    """,
    Kind.META: """
        Hi
        hello there!
        Good morning
        thanks
        Thank you very much!
        thx, that helped
        ok cool
        bye
        help
        What can you do?
        What can I ask?
        How does this work?
        What is Dateline?
        Who are you?
        How many articles do you have?
        How many sources are there in the library?
        Which outlets do you have?
        What newspapers are in the library?
        What days does the library cover?
        How far back does your archive go?
        How recent are your articles?
        What languages can you read?
        what do you know?
        What kind of questions can I ask?
        great, thank you
        good evening dateline
    """,
}
CASES = {kind: [line.strip() for line in lines.strip().splitlines()] for kind, lines in ASKED.items()}

DAYS = """
    What happened yesterday?
    what happened on 12 August 2025
    What was in the news last week?
    What's new today?
    News of yesterday
    yesterday
    today's headlines
    12 August 2025
    What were the headlines on Monday?
    What is happening today?
    last week
    the news
    August 2025
    what's in the news
    What had happened by Friday?
    anything new?
    Monday's news
    what was going on in March
    What's making headlines today?
    News from the first week of May
    headlines
    What happened on the first of May?
    what's going on
    Monday
"""


@pytest.mark.parametrize("kind", CASES)
def test_what_is_asked_of_the_library_itself(kind: Kind) -> None:
    found = {question: kind_of_question(question) for question in CASES[kind]}
    wrong = {question: str(one) for question, one in found.items() if one is not kind}
    assert len(found) >= 24
    assert len(wrong) <= (1 - RIGHT) * len(found), wrong


def test_questions_that_the_model_did_not_learn_from() -> None:
    held_out = written(True)
    assert len(held_out) > 100
    wrong = [(question, kind, one) for question, kind in held_out if (one := kind_of_question(question)) is not kind]
    assert len(wrong) <= (1 - TOLD) * len(held_out), wrong


def test_every_kind_but_pasted_words_can_be_told() -> None:
    assert {*KINDS, *CASES, Kind.DAY, Kind.QUOTATION} == set(Kind)


def test_a_missing_or_damaged_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "damaged").write_bytes(b"no weights")
    for name in ("damaged", "missing"):
        with pytest.raises(ModelError, match="install Dateline anew"):
            weights_of(tmp_path / name)


@pytest.mark.parametrize("question", [line.strip() for line in DAYS.strip().splitlines()])
def test_days_alone(question: str) -> None:
    assert kind_of_question(question, only_days=True) is Kind.DAY


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who resigned yesterday?", Kind.FACT),
        ("Did the ferries sail on Monday?", Kind.YES_NO),
        ("How many articles do you have about August 2025?", Kind.ARTICLES),
    ],
)
def test_a_question_that_asks_for_more_than_days(question: str, kind: Kind) -> None:
    assert kind_of_question(question, only_days=True) is kind


def test_what_only_leads_in_changes_nothing() -> None:
    for question in ("Who leads the union?", "Did the ferries sail?", "Why was the bridge closed?"):
        asked = question[0].lower() + question[1:]
        for lead in ("So, ", "hey, ", "Just wondering: ", "Quick question: ", "ok so "):
            assert kind_of_question(lead + asked) is kind_of_question(question), lead + asked


def test_the_sentence_that_asks_decides() -> None:
    assert kind_of_question("I live on the islands. The mail is late. Why are there no ferries?") is Kind.WHY


@given(st.text(max_size=200))
@example("")
@example("???")
@example("\n")
def test_every_text_has_a_kind_and_parts(text: str) -> None:
    assert kind_of_question(text) in Kind
    assert kind_of_question(text, only_days=True) in Kind
    assert 1 <= len(parts_of(text)) <= 2


@pytest.mark.parametrize("question", [question for question, _ in written(True)])
def test_neither_case_nor_spaces_nor_the_form_of_an_apostrophe_matter(question: str) -> None:
    kind = kind_of_question(question)
    assert kind_of_question(question.upper()) is kind
    assert kind_of_question(f"  {question.replace(' ', '  ')} ") is kind
    assert kind_of_question(question.replace("'", "’")) is kind


# --- two questions in one --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("Who won the race, and when is the next one?", "Who won the race", "when is the next one?"),
        ("When did the strike begin and why did it end?", "When did the strike begin", "why did it end?"),
        ("Who leads the union? When was she elected?", "Who leads the union", "When was she elected?"),
        ("Where was it sold, and also who bought it?", "Where was it sold", "who bought it?"),
    ],
)
def test_two_questions_come_apart_and_the_second_keeps_the_first_in_sight(
    question: str, first: str, second: str
) -> None:
    one, other = parts_of(question)
    assert one == first
    assert other.startswith(second)
    assert first in other


@pytest.mark.parametrize(
    "question",
    [
        "Who won the race and the cup?",
        "How many people were killed and hurt in the fire?",
        "What do the police and the firemen say?",
        "Why was the bridge closed?",
        "ferry strike",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    assert parts_of(question) == (question,)


# --- the model -------------------------------------------------------------------------------------------------------


def test_the_model_computes_what_was_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states = states_of("Why was the bridge closed?")
    network = Forms(states.shape[1]).train(False)
    file = tmp_path / "kinds.safetensors"
    file.write_bytes(save(network.stored()))
    monkeypatch.setattr(form, "SHA256", sha256_of(file))
    with torch.no_grad():
        trained = network(torch.from_numpy(states)[None], torch.ones(1, len(states), dtype=torch.bool))[0]
    assert log_odds(states, weights_of(file)) == pytest.approx(trained.numpy(), abs=0.01)


def test_of_a_long_question_the_end_is_read() -> None:
    states = states_of("The mail is late. " * 50 + "Why?")
    assert len(states) == TOKENS_MOST
    assert states[1:] == pytest.approx(states_of("The mail is late. " * 51 + "Why?")[1:], abs=1e-3)
