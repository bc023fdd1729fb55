"""A conversation on the page: what its buttons name, what a browser stores of it, and its filters."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import threading
from collections.abc import Generator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_values import TEXT, answer, citation, passage

from rag.errors import ConfigError
from rag.library import Library
from rag.types import Retrieved, Window
from ui.web.chat.asking import Step, at_once
from ui.web.chat.conversation import (
    ANSWERS_MOST,
    KEPT_CHARACTERS,
    Conversation,
    Given,
    Signer,
    from_browser,
    to_browser,
)
from ui.web.chat.filters import chips_of, filters_from_browser, read_day, read_filters, without


def conversation(*questions: str) -> Conversation:
    made = Conversation()
    for question in questions:
        made = made.answered(answer(question=question, standalone_question=f"{question} alone"))
    return made


def signed(made: Conversation) -> Conversation:
    numbers = itertools.count(len(made.ids))
    return made.signed(lambda one: f"{next(numbers):013d}{ord(one.question[0]):032x}")


def test_only_a_first_step_that_takes_long_is_waited_for_in_sight() -> None:
    found, closed = threading.Event(), threading.Event()

    def told() -> Generator[Step, None, None]:
        try:
            found.wait(10)
            yield Step(Conversation(), "passages")
            yield Step(Conversation(), "answer")
        finally:
            closed.set()

    slow = at_once(told(), 0.01)
    assert next(slow) is None
    found.set()
    assert [one and one.live for one in slow] == ["passages", "answer"]
    closed.clear()
    quick = at_once(told(), 10)
    first = next(quick)
    assert first is not None
    assert first.live == "passages"
    assert isinstance(quick, Generator)
    quick.close()
    assert closed.is_set()


def test_the_next_question_follows_all_answers_or_those_before_one() -> None:
    made = conversation("a", "b", "c")
    assert [turn.question for turn in made.history()] == ["a", "b", "c"]
    assert [turn.question for turn in made.history(1)] == ["a"]
    assert made.history(0) == ()


def test_a_question_is_asked_again_where_it_stood_or_alone() -> None:
    made = conversation("a", "b", "c")
    assert made.question_again({"turn": "1", "again": "asked"}) == ("b", 1)
    assert made.question_again({"turn": "1", "again": "searched"}) == ("b alone", 0)
    assert made.question_again({"turn": "1", "again": "alone"}) == ("b", 0)
    assert made.history(0) == ()
    for nonsense in ("7", "-1", "x", "1" * 50, None, {"a": 1}):
        assert made.question_again({"turn": nonsense}) == ("", None)


def test_old_answers_leave_the_page_and_keep_their_numbers() -> None:
    made = conversation(*(str(number) for number in range(ANSWERS_MOST + 3)))
    assert (len(made.answers), made.first, made.next) == (ANSWERS_MOST, 3, ANSWERS_MOST + 3)
    assert made.answer("2") is None
    assert made.answer("3") == made.answers[0]
    assert len(made.history(4)) == 1
    assert made.history(1) == ()


def test_passages_can_be_opened_before_the_answer_and_quotes_stay_when_it_is_stopped() -> None:
    made = conversation("a").asking("b")
    found = made.found(Retrieved(standalone_question="b", window=Window(), passages=(passage(),)))
    assert found.answer(1).passages == (passage(),)  # type: ignore[union-attr]
    assert found.stopped() == conversation("a")
    quotes = answer(question="b")
    assert replace(found, shown=quotes).stopped().answers[1] == quotes
    assert replace(found, shown=quotes).withdrawn() == conversation("a")


def test_what_a_browser_keeps_comes_back() -> None:
    made = signed(replace(conversation("a", "b"), id="talk1"))
    ratings = {1: Given("down", "0123"), 9: Given("up", "elsewhere")}
    back = from_browser(to_browser(made, ratings, 0))
    assert (back.conversation, back.ratings, back.unreadable) == (made, {1: Given("down", "0123")}, False)
    assert from_browser(to_browser(made, {}, 1)).conversation.answers == made.answers[1:]
    assert from_browser("") == (Conversation(), {}, False)


def test_answers_of_two_pages_come_in_the_order_in_which_they_were_given() -> None:
    first, second = (signed(conversation(question)) for question in "ab")
    kept = [json.loads(to_browser(one, {}, 0))["turns"][0] for one in (second, first)]
    back = from_browser(json.dumps({"conversation": "x", "turns": [*kept, kept[0]]}))
    assert [answer.question for answer in back.conversation.answers] == ["a", "b"]


def test_a_browser_keeps_little_of_a_passage_and_a_request_the_newest_answers() -> None:
    long = answer(passages=(passage(text="word " * 5000),), text="x" * 20_000)
    made = Conversation()
    for _ in range(20):
        made = signed(made.answered(long))
    kept = to_browser(made, {0: Given("up", "old"), 19: Given("up", "new")}, 0)
    assert len(kept) <= KEPT_CHARACTERS
    back, ratings, _ = from_browser(kept)
    assert 5 < len(back.answers) < 20
    assert back.answers[0].passages[0].text == ("word " * 12)
    assert ratings == {back.next - 1: Given("up", "new")}


def test_old_answers_take_their_ids_along() -> None:
    made = Conversation()
    for number in range(ANSWERS_MOST + 3):
        made = made.answered(answer(question=str(number))).signed(lambda one: one.question)
    assert made.ids == tuple(one.question for one in made.answers)


def test_a_seal_holds_for_the_answer_as_it_was_given(library: Library) -> None:
    signer = Signer(library)
    given = answer(passages=(passage(text="word " * 50),))
    answer_id = signer.id_of(given)
    back = from_browser(to_browser(Conversation(answers=(given,), ids=(answer_id,)), {}, 0)).conversation
    assert Signer(library).vouches(back.ids[0], back.answers[0])
    assert not signer.vouches(answer_id, answer(text="The mayor resigned. [1]", passages=given.passages))
    assert not signer.vouches(str(int(answer_id[:13]) + 1) + answer_id[13:], given)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["answers", "thumbs", "place"]), inner),
    max_leaves=6,
)


@given(JSON | JSON.map(json.dumps) | st.text())
def test_what_a_browser_made_up_is_none_or_safe(kept: object) -> None:
    restored = from_browser(kept)
    assert restored.conversation.html(restored.ratings) == ""
    days, outlets, only = filters_from_browser(kept)
    assert all(isinstance(one, str) for one in [*days, *outlets, *(only or ())])


@pytest.mark.parametrize(
    "change",
    [{"text": "<script>"}, {"owner": "me"}, {"status": "certain"}],
)
def test_what_was_tampered_with_is_left_out_and_the_rest_is_there(change: dict[str, object]) -> None:
    kept = json.loads(to_browser(signed(conversation("a", "b")), {}, 0))
    whole = kept["turns"][1]
    for wrong in (
        {**whole, "answer": {**whole["answer"], **change, "sentences": "none"}},
        {**whole, "thumbs": "sideways"},
        {**whole, "id": "../b"},
        "no object",
    ):
        back = from_browser(json.dumps({**kept, "turns": [kept["turns"][0], wrong]}))
        assert [one.question for one in back.conversation.answers] == ["a"]
        assert back.unreadable
    assert from_browser("x" * (KEPT_CHARACTERS * 2)).unreadable


def test_answers_that_were_tampered_with_stay_inert() -> None:
    evil = answer(text="<script>alert(1)</script> [1]", citations=(citation(start=-(10**30), end=10**30, quote=TEXT),))
    restored = from_browser(to_browser(signed(Conversation().answered(evil)), {}, 0))
    assert restored.conversation.answers
    assert "<script>" not in restored.conversation.html({})


def test_the_filters_are_read_and_told() -> None:
    filters, _ = read_filters("2025-08-01", "2025-08-31", "", ["Ledger"])
    assert (str(filters.since), str(filters.until), filters.as_of, filters.outlets) == (
        "2025-08-01",
        "2025-08-31",
        None,
        ("Ledger",),
    )
    assert "From 1 Aug 2025" in chips_of(None, ["2025-08-01", "", None, []])
    assert read_filters(None, None, None, None) == read_filters("", " ", "", [])


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (
            ("a while ago", "", ""),
            "“From”: 'a while ago' is not a date; write it as 2025-08-13, 13 Aug 2025 or “yesterday”.",
        ),
        (("", "2025-02-31", ""), "“To”: '2025-02-31' is not a date"),
        (("", "", "x" * 500), f"“As of”: '{'x' * 20}' is not a date"),
        (("2025-08-13 - 2025-08-20", "", ""), "“From”: '2025-08-13 - 2025-08' is not a date"),
        (("3 Sep 2025 until 9 Sep 2025", "", ""), "“From”: '3 Sep 2025 until 9 S' is not a date"),
        (("2025-09-01", "2025-08-01", ""), "The first day, 1 Sep 2025, is after the last one, 1 Aug 2025"),
        (("2025-09-01", "", "2025-08-01"), "The first day, 1 Sep 2025, is after the last one, 1 Aug 2025"),
    ],
)
def test_what_is_wrong_with_a_day_is_one_sentence(days: tuple[str, ...], words: str) -> None:
    with pytest.raises(ConfigError) as problem:
        read_filters(*days, None)
    assert words in str(problem.value)
    html = chips_of(None, [*days, ["Ledger"]])
    assert 'role="alert"' in html
    assert "Clear all" in html


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2025-08-13", "2025-08-13", None),
        ("2025-08-13T10:00:00Z", "2025-08-13", None),
        ("03.09.2025", "2025-09-03", None),
        ("3/4/2025", "2025-04-03", None),
        ("4/13/2025", "2025-04-13", None),
        ("9/3/25", "2025-03-09", None),
        ("Wednesday, 3 September 2025 at 14:05", "2025-09-03", None),
        ("2025년 9월 3일", "2025-09-03", None),
        ("3. September", "2025-09-03", None),
        ("3 Sept", "2025-09-03", None),
        ("15 Sept", "2024-09-15", None),
        ("today", "2025-09-10", None),
        ("yesterday", "2025-09-09", None),
        ("gestern", "2025-09-09", None),
        ("last Friday", "2025-09-05", None),
        ("two days ago", "2025-09-08", None),
        ("August", "2025-08-01", "2025-08-31"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("3 Sep '24", "2024-09-03", None),
        ("aug 13 24", "2024-08-13", None),
        ("2025-08", "2025-08-01", "2025-08-31"),
        ("08/2025", "2025-08-01", "2025-08-31"),
        ("agosto de 2025", "2025-08-01", "2025-08-31"),
        ("letzte Woche", "2025-09-01", "2025-09-07"),
        ("지난달", "2025-08-01", "2025-08-31"),
    ],
)
def test_a_day_is_read_as_a_person_writes_it(typed: str, first: str, last: str | None) -> None:
    wednesday = dt.date(2025, 9, 10)
    read = read_day("From", f" {typed} ", wednesday)
    assert read
    assert str(read[0]) == first
    end = read_day("To", typed, wednesday, last=True)
    assert end
    assert str(end[0]) == (last or first)
    assert (read[1] == "") == typed.startswith("2025-08-13")


def test_what_a_day_was_read_from_is_told() -> None:
    assert "From 3 Sep 2025 (read from “<bdi>03.09.2025</bdi>”)" in chips_of(None, ["03.09.2025", "", "", []])
    assert "To 3 Apr 2025 (read from “<bdi>3/4/2025, day first</bdi>”)" in chips_of(None, ["", "3/4/2025", "", []])
    told = chips_of(None, ["", "", "13 Aug 2025", []])
    assert "Nothing published after 13 Aug 2025 is used." in told
    assert "read from" not in told


@settings(deadline=None)  # month names are loaded on first use
@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_day_or_one_sentence(typed: str) -> None:
    try:
        read = read_day("From", typed, dt.date(2025, 9, 10))
    except ConfigError:
        return
    assert (read is None) == (not typed[:60].strip())


def test_a_filter_is_taken_away() -> None:
    values = ["2025-08-01", "2025-08-31", "", ["Ledger", "Post"]]
    assert without(values, "since", "") == ["", "2025-08-31", "", ["Ledger", "Post"]]
    assert without(values, "outlet", "Post") == ["2025-08-01", "2025-08-31", "", ["Ledger"]]
    assert without(values, "all", "") == ["", "", "", []]
