"""Follow-ups get the topic of the turn before; stand-alone questions are left word for word."""

import pytest

from rag.search.interpret import depends, standalone
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
        "Which way do drivers have to go instead?",
        "How many people would take part in it?",
        "Okay. Now, what about the costs in the south?",
        "Is the visit worth the money?",
    ],
)
def test_follow_ups_carry_the_topic(question: str) -> None:
    searched = standalone(question, HISTORY)
    assert searched.startswith(question + " (")
    assert "Tokyo" in searched
    assert "Lee Jae Myung" in searched


@pytest.mark.parametrize(
    "question",
    [
        "Who won the Ollenby recount?",
        "Which minister said that he would resign this week?",
        "How many hangers of the Kestrel Bridge were cracked?",
        "Which company said it will delete accounts?",
        "What is the newest estimate for the cost of repairing the bridge?",
        "What did Orla Vane do?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert standalone(question, HISTORY) == question


def test_without_history_nothing_is_added() -> None:
    assert standalone("And when does he meet Trump?", ()) == "And when does he meet Trump?"


def test_the_readers_own_words_are_never_repeated() -> None:
    assert standalone("And Tokyo?", HISTORY).lower().count("tokyo") == 1


def test_own_time_is_not_a_pointer() -> None:
    assert not depends("Which film won the festival this week?")


def test_a_capital_at_the_beginning_of_a_sentence_is_no_name() -> None:
    before = Turn(
        question="How likely is rain?",
        standalone_question="How likely is rain?",
        answer="Between May and June rain is likely. Most of the rain falls in Port Ansel. Norwire said so. Norwire is sure.",
    )
    searched = standalone("How deadly is it?", (before,))
    assert searched == "How deadly is it? (May, June, Port Ansel, likely, rain, norwire)"
