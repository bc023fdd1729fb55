"""The kind of answer that a question's words ask for, its names and its other words."""

import pytest

from rag.checking.values import AnswerKind, kind_of
from rag.text.clean import readable
from rag.text.names import capitalised
from rag.text.words import content_words


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who announced the visit?", AnswerKind.PERSON),
        ("Which actor was given the medal?", AnswerKind.PERSON),
        ("Where did the ferry sink?", AnswerKind.PLACE),
        ("The bridge was closed in which city?", AnswerKind.PLACE),
        ("When does the bridge open again?", AnswerKind.TIME),
        ("In which month was the law passed?", AnswerKind.TIME),
        ("How many hangers were cracked?", AnswerKind.NUMBER),
        ("How long will the repair take?", AnswerKind.NUMBER),
        ("How much did the repair cost?", AnswerKind.MONEY),
        ("How much money was pledged?", AnswerKind.MONEY),
        ("What percentage of voters took part?", AnswerKind.PERCENT),
        ("Why was the bridge closed?", AnswerKind.REASON),
        ("What did the museum lose?", AnswerKind.OTHER),
    ],
)
def test_kinds(question: str, kind: AnswerKind) -> None:
    assert kind_of(question) is kind


def test_names() -> None:
    assert capitalised("The spokesperson Kang Yu-jung met Lee.") == ["Kang", "Yu-jung", "Lee"]
    assert capitalised("Who am I?") == []


def test_content_words() -> None:
    assert content_words("How many hangers were cracked?") == ["hangers", "cracked"]


def test_what_nobody_can_see_is_left_out_of_a_question() -> None:
    assert readable("Wh\u200bo\u202e\x00 is\ud800 it?") == "Who is it?"
    assert readable("نمی\u200cخواهم\tand\nmore") == "نمی\u200cخواهم\tand\nmore"
