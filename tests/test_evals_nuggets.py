"""Nuggets: what counts as telling one, within how many words, and how sentences that tell none are scored."""

from __future__ import annotations

import pytest
from eval_records import answer, case, failed, nugget, record, result
from hypothesis import given
from hypothesis import strategies as st

from evals.answer_text import compared, holds
from evals.cases import Case
from evals.scoring import covered, noise, satisfied, score
from rag.types import Kind, Status

DEAD, HURT, CAUSE = nugget("14 dead", ("14", "killed")), nugget("61"), nugget("rain", vital=False)


@pytest.mark.parametrize(
    ("text", "words", "held"),
    [
        ("It cost 1,250,000 crowns.", "1250000", True),
        ("It cost 400,000 crowns.", "400", False),  # whole numbers only
        ("It cost $1.1 billion.", "1 billion", False),
        ("It cost $1.1 billion.", "1.1 billion", True),
        ("It rose by 8%.", "8 percent", True),
        ("The U.S. Army said so.", "US", True),
        ("He was in the “Café Zoë”.", "cafe zoe", True),
        ("There was no ﬁre.", "no fire", True),
        ("A 20‑mile radius → closed.", "20 mile radius", True),  # a non-breaking hyphen, an arrow
        ("Kate’s surgery", "kate", True),
        ("He resigned.", "resign", False),
        ("而座位只有850个", "850", True),
        ("夜间不能借书,只能阅读", "不能借书", True),
        ("इस पर 27 लाख रुपये खर्च होंगे।", "27 लाख", True),
        ("26 Aug: 图书馆夜间开放\n27 Aug: A slope buried Vistra.", "Vistra", True),  # both scripts in one answer
        ("Anything.", "…", False),
    ],
)
def test_words_are_found_however_they_are_written(text: str, words: str, held: bool) -> None:
    assert holds(compared(text), words) is held


@given(st.text())
def test_a_compared_text_stays_as_it_is(text: str) -> None:
    assert compared(compared(text)) == compared(text)


@given(st.text(alphabet="abc é1,.%-’ 中"), st.text(alphabet="xyz 2,.“”"), st.text(alphabet="xyz 2,.“”"))
def test_words_stand_in_every_text_around_them(words: str, before: str, behind: str) -> None:
    text = compared(f"{before} {words} {behind}")
    assert holds(text, words) is bool(compared(words).strip())


def test_a_nugget_is_told_by_all_the_words_of_one_wording() -> None:
    assert covered(DEAD, compared("There are 14 dead."))
    assert covered(DEAD, compared("Killed were 14."))
    assert not covered(DEAD, compared("14 were hurt."))


def asked(type: str = "story", wrong: tuple[str, ...] = (), status: Status = Status.ANSWERED) -> Case:
    return case(type=type, answers=(), nuggets=(DEAD, HURT, CAUSE), wrong_answers=wrong, status=status)


def test_an_answer_satisfies_when_it_tells_every_vital_nugget() -> None:
    assert satisfied(asked(), answer("14 dead.", "61 hurt."))
    assert not satisfied(asked(), answer("14 dead, after the rain."))
    assert not satisfied(asked(), None)


def test_what_is_known_to_be_wrong_spoils_it() -> None:
    assert satisfied(asked(wrong=("9 dead",)), answer("14 dead.", "61 hurt."))
    assert not satisfied(asked(wrong=("9 dead",)), answer("14 dead.", "61 hurt.", "Not 9 dead."))


@pytest.mark.parametrize("status", [Status.ABSTAINED, Status.CLOSEST])
def test_what_is_not_asserted_satisfies_nobody(status: Status) -> None:
    assert not satisfied(asked(), answer("14 dead.", "61 hurt.", status=status))
    assert noise(asked().nuggets, answer("14 dead.", "It snowed.", status=status)) is None


@pytest.mark.parametrize(
    ("type", "most"), [("fact", 60), ("yes_no", 60), ("multi", 60), ("follow_up", 60), ("story", 150)]
)
def test_the_nuggets_must_stand_within_the_words_that_count(type: str, most: int) -> None:
    # "14 dead" are the last two words that count; citation numbers are not words
    assert satisfied(asked(type), answer("61 hurt.", "word " * (most - 4) + "14 dead"))
    assert not satisfied(asked(type), answer("61 hurt.", "word " * (most - 3) + "14 dead"))


def test_a_greeting_is_answered_by_the_library_about_itself() -> None:
    hello = case(type="meta", answers=(), question="hello")
    told = answer("This library holds 66 articles.")
    assert not satisfied(hello, told)  # a quote is not a greeting
    assert satisfied(hello, told.model_copy(update={"kind": Kind.META}))


def test_noise_is_the_share_of_sentences_without_a_nugget() -> None:
    nuggets = asked().nuggets
    # the second is noise; the third tells one that is not vital
    assert noise(nuggets, answer("14 dead.", "It snowed.", "It was the rain.")) == pytest.approx(1 / 3)
    # each sentence by itself: "14" and "killed" in two of them tell nothing
    assert noise(nuggets, answer("It was 14.", "They were killed.")) == 1.0


def test_what_is_scored_of_nuggets() -> None:
    records = [
        record("told", of_case=asked(), answered=answer("14 dead.", "61 hurt.")),
        record("half", of_case=asked(), answered=answer("14 dead.", "It snowed.")),
        record("closest", of_case=asked(), answered=answer("14 dead.", "61 hurt.", status=Status.CLOSEST)),
        record("without nuggets"),
        record("hello", of_case=case(type="meta", answers=()), answered=answer("Hello.")),
        failed("failed"),
    ]
    scores = [score(one) for one in records]
    assert [one["satisfied"] for one in scores] == [1.0, 0.0, 0.0, None, 0.0, None]
    assert [one["noise"] for one in scores] == [0.0, 0.5, None, None, None, None]
    assert [one["right when asserted"] for one in scores] == [1.0, 0.0, None, 1.0, 0.0, None]
    # without accepted answers, the nuggets decide what was right
    assert [one.right for one in result(records[:3]).outcomes] == [True, False, False]
