"""Grouping, with texts and figures that can be checked by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from story_articles import CORRECTED, FOLLOW_UP, LOCAL_HEADLINE, QUAKE, SHORTENED, WITNESS, lottery

from rag.stories.copies import corrected_first, independent, one_per_story, other_outlets, without_copies
from rag.stories.near_duplicates import (
    Group,
    Sketch,
    Tie,
    Tied,
    containment,
    grouped,
    shingles_of,
    tie_between,
    traits_of,
    worth_reading,
)
from rag.types import Passage

DAY = dt.date(2024, 3, 5)
LEAD = np.array([1.0, 0.0], dtype=np.float32)


def sketch(article_id: str, outlet: str = "Herald", later: int = 0, **known: object) -> Sketch:
    """An article `later` days after 5 March."""
    day = DAY + dt.timedelta(days=later)
    given: dict[str, object] = {"agency": "", "published": day, "updated": None, "lead": LEAD} | known
    return Sketch(article_id=article_id, content_hash="", outlet=outlet.lower(), **given)  # type: ignore[arg-type]


def tie(one: Sketch, text: str, other: Sketch, others: str) -> Tied | None:
    """How they are related; the same whichever comes first."""
    found = tie_between(one, traits_of(text), other, traits_of(others))
    assert tie_between(other, traits_of(others), one, traits_of(text)) == found
    return found


def test_containment() -> None:
    # "a b c d" has the 3-grams abc, bcd; "b c d e f" has bcd, cde, def: one of two
    assert containment(shingles_of("a b c d"), shingles_of("B, c d. E f")) == 0.5
    assert containment(shingles_of(""), shingles_of("a b c")) == 0.0
    assert containment(shingles_of("a b"), shingles_of("A b")) == 1.0


@pytest.mark.parametrize("copy", [QUAKE, LOCAL_HEADLINE, SHORTENED])
def test_an_edited_or_shortened_text_in_another_outlet_is_a_copy(copy: str) -> None:
    assert tie(sketch("a"), QUAKE, sketch("b", "Post", 1), copy) == Tied("a", "b", Tie.COPY)


def test_a_correction_replaces_the_text_of_its_outlet_only() -> None:
    assert tie(sketch("z"), QUAKE, sketch("b", later=3), CORRECTED) == Tied("z", "b", Tie.UPDATE)
    assert tie(sketch("z"), QUAKE, sketch("b", "Post", 3), CORRECTED) == Tied("b", "z", Tie.COPY)


def test_an_update_of_the_same_day_replaces_the_older_text() -> None:
    updated = sketch("a", updated=DAY + dt.timedelta(days=1))
    assert tie(updated, QUAKE, sketch("b"), LOCAL_HEADLINE) == Tied("b", "a", Tie.UPDATE)


def test_of_two_texts_of_one_day_neither_replaces_the_other() -> None:
    assert tie(sketch("a"), QUAKE, sketch("b"), CORRECTED) == Tied("a", "b", Tie.COPY)


def test_without_an_outlet_nothing_is_replaced() -> None:
    assert tie(sketch("a", ""), QUAKE, sketch("b", "", 3), CORRECTED) == Tied("a", "b", Tie.COPY)


def test_a_pattern_with_other_names_is_no_copy() -> None:
    one, other = lottery(310, "Tolvik"), lottery(55, "Marrow")
    assert containment(shingles_of(one), shingles_of(other)) > 0.6
    assert tie(sketch("a"), one, sketch("b", later=2), other) is None


def test_a_follow_up_that_repeats_the_background_is_no_copy() -> None:
    assert tie(sketch("a"), QUAKE, sketch("b", later=4), FOLLOW_UP) is None


def test_a_digest_is_no_copy_of_what_it_holds() -> None:
    digest = QUAKE + "\n\n" + "\n\n".join(" ".join(f"word{n}x{k}" for k in range(90)) for n in range(12))
    assert tie(sketch("a"), SHORTENED, sketch("b"), digest) is not None
    assert tie(sketch("a"), SHORTENED, sketch("b"), digest) != Tied("a", "b", Tie.COPY)


def test_two_tellings_of_one_event() -> None:
    assert tie(sketch("a"), QUAKE, sketch("b", "Gazette"), WITNESS) == Tied("a", "b", Tie.EVENT)
    assert tie(sketch("a"), QUAKE, sketch("b", "Gazette", 4), WITNESS) is None
    elsewhere = np.array([0.0, 1.0], dtype=np.float32)
    assert tie(sketch("a"), QUAKE, sketch("b", "Gazette", lead=elsewhere), WITNESS) is None


def test_a_copy_without_a_date_is_one_and_replaces_nothing() -> None:
    assert tie(sketch("a"), QUAKE, sketch("b", published=None), CORRECTED) == Tied("a", "b", Tie.COPY)


def test_a_chain_of_events_does_not_run_on() -> None:
    days = {name: DAY + dt.timedelta(days=3 * place) for place, name in enumerate("abcd")}
    chain = [Tied(*pair, Tie.EVENT) for pair in ("ab", "bc", "cd")]
    # a founds an event that b is tied to; c is tied only to b, and founds the next one, with d
    assert {name: place.event for name, place in grouped(days, chain).items()} == {
        "a": "a",
        "b": "a",
        "c": "c",
        "d": "c",
    }


def test_a_story_is_named_after_its_earliest_article() -> None:
    days = {"a": DAY, "b": DAY - dt.timedelta(days=1), "c": None}
    ties = [Tied("a", "c", Tie.COPY), Tied("b", "a", Tie.UPDATE)]
    assert grouped(days, ties) == dict.fromkeys("abc", Group("b", "b"))


articles = st.dictionaries(
    st.sampled_from("abcdefghijkl"), st.none() | st.dates(dt.date(2024, 1, 1), dt.date(2024, 1, 9)), min_size=1
)


@given(articles, st.data())
def test_every_article_has_one_place_whatever_the_order(days: dict[str, dt.date | None], data: st.DataObject) -> None:
    names = sorted(days)
    pairs = [(one, other) for one in names for other in names if one < other]
    tied = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    ties = [Tied(*pair, data.draw(st.sampled_from(Tie))) for pair in tied]
    places = grouped(days, ties)
    shuffled = {name: days[name] for name in data.draw(st.permutations(names))}
    assert grouped(shuffled, data.draw(st.permutations(ties))) == places
    assert places.keys() == days.keys()
    for tied_pair in ties:
        if tied_pair.tie is not Tie.EVENT:
            assert places[tied_pair.first] == places[tied_pair.second]
    for name, place in places.items():
        assert places[place.story].story == place.story
        assert places[place.event] == Group(place.event, place.event)
        assert (days[place.story] or dt.date.max, place.story) <= (days[name] or dt.date.max, name)


def passage(article_id: str, story: str = "", text: str = "", outlet: str | None = None, score: float = 0.0) -> Passage:
    """A passage of an article, with an id made from the article and the text."""
    return Passage(
        id=f"{article_id}-{text[:8]}", article_id=article_id, title="", outlet=outlet, text=text, start=0, end=1,
        score=score, story=story,
    )  # fmt: skip


def articles_of(passages: tuple[Passage, ...]) -> str:
    return " ".join(one.article_id for one in passages)


def test_one_passage_per_story_while_there_are_others() -> None:
    found = [passage("a", "s"), passage("a", "s"), passage("b", "s"), passage("c"), passage("d", "t")]
    assert articles_of(one_per_story(found, 3)) == "a c d"
    assert articles_of(one_per_story(found, 2)) == "a c"


def test_places_that_are_left_go_to_the_same_articles_and_never_to_copies() -> None:
    found = [passage("a", "s"), passage("a", "s"), passage("b", "s"), passage("c"), passage("c")]
    assert articles_of(one_per_story(found, 8)) == "a a c c"
    assert articles_of(one_per_story(found, 3)) == "a a c"
    assert one_per_story([], 3) == ()


def test_what_a_copy_says_again_is_not_read_again() -> None:
    first, again = passage("a", "s", SHORTENED), passage("b", "s", LOCAL_HEADLINE)
    more, other = passage("b", "s", FOLLOW_UP), passage("c", "t", QUAKE)
    assert without_copies([first, again, more, other]) == (first, more, other)
    assert without_copies([passage("a", "", QUAKE), passage("b", "", QUAKE)]) != ()


def test_a_correction_takes_the_best_place_of_its_story() -> None:
    found = [passage("a", "s", score=3.0), passage("x", "t", score=2.0), passage("b", "s", score=1.0)]
    ordered = corrected_first(found, {"b"})
    assert [(one.article_id, one.score) for one in ordered] == [("b", 3.0), ("x", 2.0), ("a", 1.0)]
    assert corrected_first(found, set()) == tuple(found)


def test_other_outlets_are_named_once() -> None:
    told = [("a", "Herald"), ("b", "Post"), ("c", "Post"), ("d", None), ("e", "Herald")]
    assert other_outlets(passage("a", "s", outlet="Herald"), told) == ("Post",)


@pytest.mark.parametrize(
    ("cited", "count"),
    [
        ([], 0),
        ([("s", "Herald"), ("s", "Post")], 1),  # one text in two outlets
        ([("s", "Herald"), ("t", "Herald")], 1),  # one outlet twice
        ([("s", "Herald"), ("t", "Post")], 2),
        ([("s", "Herald"), ("s", "Post"), ("t", "Post")], 2),  # the Herald's copy and the Post's own
        ([("s", "Post"), ("t", "Post"), ("t", "Herald"), ("s", "post")], 2),
        ([("s", None), ("t", None)], 1),  # they cannot be told apart
    ],
)
def test_independent_outlets(cited: list[tuple[str, str | None]], count: int) -> None:
    passages = [passage(f"{place}", story, outlet=outlet) for place, (story, outlet) in enumerate(cited)]
    assert independent(passages) == count


def test_articles_of_unknown_stories_are_stories_of_their_own() -> None:
    assert independent([passage("a", outlet="Herald"), passage("b", outlet="Post"), passage("b", outlet="Post")]) == 2


def test_a_page_without_a_date_must_be_closer() -> None:
    near = np.array([0.8, 0.6], dtype=np.float32)  # a cosine of 0.8
    assert worth_reading(sketch("a"), sketch("b", lead=near))
    assert not worth_reading(sketch("a"), sketch("b", lead=near, published=None))
    assert worth_reading(sketch("a"), sketch("b", published=None))
