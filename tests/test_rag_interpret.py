"""Follow-ups get the topic of the previous turn; standalone questions are left unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question.follow_up import carried, depends, standalone
from rag.types import Turn

HISTORY = (
    Turn(
        question="Who announced the visit to Tokyo?",
        standalone_question="Who announced the visit to Tokyo?",
        answer="Spokesperson Kang Yu-jung announced that Lee Jae Myung would go. [1]",
    ),
)


@pytest.mark.parametrize(
    "question",
    [
        "And when does he meet Trump?",
        "When does he leave?",
        "What about Washington?",
        "Why?",
        "How many people live there?",
        "What did they agree on?",
        "How many people would take part in it?",
        "Okay. Now, what about the costs in the south?",
        "Is the visit worth the money?",
    ],
)
def test_follow_ups_carry_the_topic(question: str) -> None:
    assert {"Tokyo", "Lee Jae Myung"} <= set(carried(question, HISTORY))


@pytest.mark.parametrize(
    "question",
    [
        "Who won the Ollenby recount?",
        "Which minister said that he would resign this week?",
        "How many hangers of the Kestrel Bridge were cracked?",
        "Which company said it will delete accounts?",
        "What is the newest estimate for the cost of repairing the bridge?",
        "What did Orla Vane do?",
        "timeline of the ferry strike",
        "summarise the Tarmeya floods",
        "latest on the tap water illness",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert carried(question, HISTORY) == ()


def test_without_history_nothing_is_carried() -> None:
    assert carried("And when does he meet Trump?", ()) == ()


def test_the_readers_own_words_are_not_carried_again() -> None:
    assert "Tokyo" in carried("And when?", HISTORY)
    assert "tokyo" not in [word.lower() for word in carried("And Tokyo?", HISTORY)]


def test_a_question_stands_alone_with_its_topic_in_brackets() -> None:
    assert standalone("And when?", ("Lee Jae Myung", "visit")) == "And when? (Lee Jae Myung, visit)"
    assert standalone("And when?", ()) == "And when?"


@given(st.text(), st.text(max_size=60), st.text(max_size=60))
def test_no_word_of_the_reader_is_ever_lost(question: str, before: str, answer: str) -> None:
    history = (Turn(question=before, standalone_question=before, answer=answer),)
    assert standalone(question, carried(question, history)).startswith(question)


def test_only_the_question_is_carried_on_where_there_was_no_answer() -> None:
    unanswered = Turn(question="Who leads Vale Water?", standalone_question="Who leads Vale Water?", answer="")
    assert carried("And why?", (unanswered,)) == ("Vale Water", "leads")


def test_own_time_is_not_a_pointer() -> None:
    assert not depends("Which film won the festival this week?")


def test_a_capital_at_the_beginning_of_a_sentence_is_no_name() -> None:
    before = Turn(
        question="How likely is rain?",
        standalone_question="How likely is rain?",
        answer="Between May and June rain is likely. Most of the rain falls in Port Ansel. Norwire said so. Norwire is sure.",
    )
    assert carried("How deadly is it?", (before,)) == ("May", "June", "Port Ansel", "Norwire", "likely", "rain")


def test_the_days_before_the_lines_of_a_brief_are_not_carried() -> None:
    text = "30 Aug 2025: The strike at Grey Skarv Ferries ended. [1]\n6 Sep 2025: The strike cost Grey Skarv Ferries money. [2]"
    asked = "What happened with the ferry strike?"
    found = carried("And who paid?", [Turn(question=asked, standalone_question=asked, answer=text)])
    assert "Grey Skarv Ferries" in found
    assert not {"Aug", "Sep", "2025", "30"} & set(found)
