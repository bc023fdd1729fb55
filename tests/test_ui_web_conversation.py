"""A conversation on the page: what its buttons name, what a browser keeps of it, and what narrows its questions."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_values import TEXT, answer, citation, passage

from rag.errors import ConfigError
from rag.types import Retrieved, Window
from ui.web.chat.conversation import ANSWERS_MOST, Conversation, Given
from ui.web.chat.filters import chips_of, read_filters, without
from ui.web.chat.keep import KEPT_CHARACTERS, from_browser, to_browser


def conversation(*questions: str) -> Conversation:
    made = Conversation()
    for question in questions:
        made = made.answered(answer(question=question, standalone_question=f"{question} alone"))
    return made


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
    assert found.quoted(quotes).stopped().answers[1] == quotes
    assert found.quoted(quotes).withdrawn() == conversation("a")


def test_what_a_browser_keeps_comes_back() -> None:
    made = conversation("a", "b")
    ratings = {1: Given("down", "0123"), 9: Given("up", "elsewhere")}
    back = from_browser(to_browser(made, ratings))
    assert back == (made, {1: Given("down", "0123")})
    assert from_browser(to_browser(Conversation(), {})) == (Conversation(), {})
    assert from_browser("") == (Conversation(), {})


def test_a_browser_keeps_little_of_a_passage_and_forgets_the_oldest() -> None:
    long = answer(passages=(passage(text="word " * 5000),), text="x" * 20_000)
    made = Conversation()
    for _ in range(20):
        made = made.answered(long)
    kept = to_browser(made, {0: Given("up", "old"), 19: Given("up", "new")})
    assert len(kept) <= KEPT_CHARACTERS
    restored = from_browser(kept)
    assert restored
    back, ratings = restored
    assert 5 < len(back.answers) < 20
    assert back.answers[0].passages[0].text == ("word " * 12)
    assert ratings == {back.next - 1: Given("up", "new")}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["answers", "thumbs", "place"]), inner),
    max_leaves=6,
)


@given(JSON | JSON.map(json.dumps) | st.text())
def test_what_a_browser_made_up_is_none_or_safe(kept: object) -> None:
    restored = from_browser(kept)
    assert restored is None or restored[0].html(restored[1]) == ""


@pytest.mark.parametrize(
    "change",
    [
        {"answers": [{"text": "<script>"}]},
        {"answers": [json.loads(answer().to_json())] * (ANSWERS_MOST + 1)},
        {"answers": [json.loads(answer().to_json()) | {"owner": "me"}]},
        {"thumbs": [{"place": 60, "thumbs": "up", "feedback_id": "x"}]},
        {"thumbs": [{"place": 0, "thumbs": "sideways", "feedback_id": "x"}]},
    ],
)
def test_what_was_tampered_with_is_refused(change: dict[str, object]) -> None:
    assert from_browser(json.dumps(change)) is None
    assert from_browser("x" * (KEPT_CHARACTERS + 1)) is None


def test_answers_that_were_tampered_with_stay_inert() -> None:
    evil = answer(text="<script>alert(1)</script> [1]", citations=(citation(start=-(10**30), end=10**30, quote=TEXT),))
    restored = from_browser(to_browser(Conversation().answered(evil), {}))
    assert restored
    assert "<script>" not in restored[0].html({})


def test_the_filters_are_read_and_told() -> None:
    filters = read_filters("2025-08-01", "2025-08-31", "", ["Ledger"])
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
        (("yesterday", "", ""), "“From”: 'yesterday' is not a day; write it as 2025-08-13."),
        (("", "2025-02-31", ""), "“To”: '2025-02-31' is not a day"),
        (("", "", "x" * 500), f"“As of”: '{'x' * 20}' is not a day"),
        (("2025-09-01", "2025-08-01", ""), "Nothing can be from 1 Sep 2025 or later and not later than 1 Aug 2025"),
        (("2025-09-01", "", "2025-08-01"), "Nothing can be from 1 Sep 2025 or later and not later than 1 Aug 2025"),
    ],
)
def test_what_is_wrong_with_a_day_is_one_sentence(days: tuple[str, ...], words: str) -> None:
    with pytest.raises(ConfigError) as problem:
        read_filters(*days, None)
    assert words in str(problem.value)
    html = chips_of(None, [*days, ["Ledger"]])
    assert 'role="alert"' in html
    assert "Clear all" in html


def test_a_filter_is_taken_away() -> None:
    values = ["2025-08-01", "2025-08-31", "", ["Ledger", "Post"]]
    assert without(values, "since", "") == ["", "2025-08-31", "", ["Ledger", "Post"]]
    assert without(values, "outlet", "Post") == ["2025-08-01", "2025-08-31", "", ["Ledger"]]
    assert without(values, "all", "") == ["", "", "", []]
