"""The kind of answer that a question asks for, and sentences that could hold one."""

import pytest

from rag.search.question import AnswerKind, content_words, fits, kind_of, names, new_names_and_numbers


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


def test_a_number_that_the_question_has_is_no_answer() -> None:
    question = "How many of the 20 ferries sailed?"
    assert fits(AnswerKind.NUMBER, "Only 14 of the 20 ferries sailed.", question) == 1.0
    assert fits(AnswerKind.NUMBER, "The ferries did not sail.", question) == 0.0


def test_a_name_that_the_question_has_is_no_answer() -> None:
    question = "Who met Dagny Rolfe?"
    assert fits(AnswerKind.PERSON, "The minister met Dagny Rolfe.", question) == 0.0
    assert fits(AnswerKind.PERSON, "Dagny Rolfe met Orla Vane.", question) == 1.0


def test_names() -> None:
    assert names("The spokesperson Kang Yu-jung met Lee.") == ["Kang", "Yu-jung", "Lee."]
    assert names("Who am I?") == []


def test_new_names_and_numbers() -> None:
    sentence, question = "The Kestrel Bridge had 41 cracks, Orla Vane said.", "What of the Kestrel Bridge?"
    assert new_names_and_numbers(AnswerKind.OTHER, sentence, question) == {"41", "orla", "vane"}
    assert new_names_and_numbers(AnswerKind.PERSON, sentence, question) == {"orla", "vane"}
    assert new_names_and_numbers(AnswerKind.NUMBER, sentence, question) == {"41"}


def test_content_words() -> None:
    assert content_words("How many hangers were cracked?") == ["hangers", "cracked"]
