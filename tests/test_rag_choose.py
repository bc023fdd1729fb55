"""Choosing sentences: the best first, others only if they help and say something new, in the order of the kind."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pytest
from fakes import evidence_of_one as made
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.choose import SHAPES, Order, chosen, ordered, scored
from rag.answering.evidence import Evidence
from rag.answering.quote import Quote, whole_quote
from rag.text.stems import stems
from rag.types import Kind

MONDAY = dt.date(2025, 9, 1)
NOT_CHOSEN = {Kind.ARTICLES, Kind.META, Kind.QUOTATION}
"""Kinds not answered by chosen sentences."""


def later(days: int) -> dt.date:
    return MONDAY + dt.timedelta(days=days)


def shown(kind: Kind, *evidence: Evidence, asked: str = "", newest: bool = False) -> list[str]:
    return [
        quote.text for quote in chosen(kind, scored(kind, evidence, newest), frozenset(stems(asked)), newest=newest)
    ]


def best(kind: Kind, *evidence: Evidence, newest: bool = False, until: dt.date | None = None) -> Evidence:
    return scored(kind, evidence, newest, until)[0]


# --- which is best ---------------------------------------------------------------------------------------------------


def test_the_likeliest_sentence_is_best() -> None:
    poor, good = made("Rain fell all day.", answers=-2.0), made("The bridge opens on Friday.", answers=2.0, rank=1)
    for kind in set(Kind) - NOT_CHOSEN:
        assert best(kind, poor, good) == good


def test_between_sentences_that_are_alike_the_passage_found_first_is_better() -> None:
    first, second = made("Marlo won the prize.", rank=0), made("Quill won the prize.", rank=1)
    assert best(Kind.WHY, second, first) == first


def test_what_several_say_outvotes_one_that_is_a_little_surer() -> None:
    lone = made("The prize went to Marlo at noon.", "Marlo", 2.2, rank=3)
    several = [made(f"The prize went to {name}.", name, 2.0, rank=3) for name in ("Ada Quill", "Quill", "ADA QUILL")]
    assert best(Kind.FACT, lone, *several) in several
    assert best(Kind.WHY, lone, *several) == lone  # a reason is not a single value


def test_unlikely_sentences_have_no_vote_to_speak_of() -> None:
    lone = made("The prize went to Marlo at noon.", "Marlo", 2.2, rank=3)
    likely = made("The prize went to Quill.", "Quill", 2.0, rank=3)
    unlikely = [made(f"Quill came at {hour} o'clock.", "Quill", -6.0, rank=3) for hour in range(4)]
    assert best(Kind.FACT, lone, likely, *unlikely) == lone


def test_who_asks_for_the_newest_state_gets_it() -> None:
    old = made("The toll stands at 34.", answers=0.5, published=MONDAY)
    new = made("The toll stands at 41.", published=later(30), rank=1)
    assert best(Kind.LATEST, old, new) == old
    assert best(Kind.LATEST, old, new, newest=True) == new
    assert best(Kind.LATEST, old, new, newest=True, until=later(10)) == old
    undated = made("The toll stands at 50.", answers=0.5)
    assert best(Kind.LATEST, undated, new, newest=True) == new


# --- what is added ---------------------------------------------------------------------------------------------------

FIRST = made("The ferries stay in port because the seafarers strike.", answers=3.0)
HELPS = made("Talks about wages failed on Sunday night.", answers=1.0, helps=2.0, rank=1)


def test_a_fact_has_a_second_sentence_only_where_that_answers_by_itself_and_a_reason_may_have_more() -> None:
    around = replace(HELPS, reading=replace(HELPS.reading, answers=-1.0))
    assert shown(Kind.FACT, FIRST, around) == [FIRST.text]
    assert shown(Kind.FACT, FIRST, HELPS) == [FIRST.text, HELPS.text]
    assert shown(Kind.WHY, FIRST, around) == [FIRST.text, around.text]


def test_no_older_value_stands_behind_the_newest() -> None:
    new = made("The toll stands at 41.", answers=4.0, published=later(3))
    old = made("On Monday 34 people were dead in Tarmeya.", answers=2.0, helps=2.0, published=MONDAY)
    assert shown(Kind.FACT, new, old, newest=True) == [new.text]
    assert shown(Kind.FACT, new, old) == shown(Kind.LATEST, new, old, newest=True) == [new.text, old.text]


def test_nothing_to_choose_from() -> None:
    assert shown(Kind.STORY) == []


@pytest.mark.parametrize(
    "further",
    [
        replace(HELPS, reading=replace(HELPS.reading, helps=-4.0)),
        replace(HELPS, reading=replace(HELPS.reading, answers=-6.0)),
        made("Because the seafarers strike, the ferries stay in port.", answers=2.0, rank=1),
        made("The port of the ferries: seafarers strike.", answers=2.0, rank=1),
    ],
    ids=["does not help", "does not answer", "says the same", "says less"],
)
def test_what_is_not_added(further: Evidence) -> None:
    for kind in set(Kind) - NOT_CHOSEN:
        assert shown(kind, FIRST, further) == [FIRST.text]


def test_a_heading_is_added_to_a_list_alone() -> None:
    heading = made("Talks about wages", answers=1.0, helps=2.0, rank=1)
    assert shown(Kind.LIST, FIRST, heading) == [FIRST.text, heading.text]
    assert shown(Kind.STORY, FIRST, heading) == [FIRST.text]


def test_what_only_repeats_the_question_is_not_added() -> None:
    echo = made("Ferries of the northern line were in trouble.", answers=2.0, rank=1)
    assert echo.text in shown(Kind.STORY, FIRST, echo)
    asked = "What was the trouble with the ferries of the northern line?"
    assert shown(Kind.STORY, FIRST, echo, asked=asked) == [FIRST.text]


def test_the_first_sentence_is_shown_however_unlikely() -> None:
    """Whether to answer at all is decided elsewhere."""
    assert shown(Kind.STORY, made("Rain fell all day.", answers=-9.0)) == ["Rain fell all day."]


def test_a_sentence_that_cannot_stand_alone_gives_way_to_the_next() -> None:
    lost = made("She resigned on Friday.", answers=5.0)
    assert shown(Kind.FACT, lost, FIRST) == [FIRST.text]
    assert shown(Kind.FACT, lost) == []


def test_nothing_is_shown_twice_within_two_quotes() -> None:
    holm, she = "Mara Holm leads the union of the northern line.", "She threatened longer strikes for autumn."
    one = made(holm, answers=3.0, article_id="a", start=0, end=90)
    two = made(she, answers=2.0, before=holm, article_id="a")
    assert shown(Kind.SAID, two, one) == [holm]
    assert shown(Kind.SAID, two) == [f"{holm} {she}"]


# --- order -----------------------------------------------------------------------------------------------------------

DATED = [
    made("The ferries stopped.", answers=1.0, published=MONDAY),
    made("Talks began in Tolva.", answers=3.0, published=later(2), rank=1),
    made("A mediator was named.", answers=2.0, published=later(1), rank=2),
    made("Fishermen carried mail.", answers=0.9, rank=3),
]


@pytest.mark.parametrize(
    ("kind", "order"),
    [
        (Kind.WHY, [1, 2, 0]),
        (Kind.LATEST, [1, 2, 0, 3]),
        (Kind.STORY, [1, 2, 0, 3]),
        (Kind.TIMELINE, [0, 2, 1, 3]),
        (Kind.SUMMARY, [1, 0, 2, 3]),
    ],
)
def test_each_kind_has_its_order(kind: Kind, order: list[int]) -> None:
    assert shown(kind, *DATED) == [DATED[place].text for place in order]


def quote_of(one: Evidence) -> Quote:
    quote = whole_quote(one)
    assert quote is not None
    return quote


@given(st.lists(st.tuples(st.integers(0, 9), st.one_of(st.none(), st.integers(0, 5))), max_size=6))
def test_ordering_loses_nothing_and_dated_lines_stand_by_their_days(rows: list[tuple[int, int | None]]) -> None:
    quotes = [
        quote_of(made(f"Boat {n} sank.", published=None if day is None else later(day), article_id=f"{place}"))
        for place, (n, day) in enumerate(rows)
    ]
    for order in Order:
        assert sorted(map(id, ordered(quotes, order))) == sorted(map(id, quotes))
    days = [quote.evidence.passage.published for quote in ordered(quotes, Order.OLDEST)]
    known = [day for day in days if day]
    assert days == [*sorted(known), *[None] * (len(days) - len(known))]
    days = [quote.evidence.passage.published for quote in ordered(quotes, Order.NEWEST)]
    known = [day for day in days[1:] if day]  # after the best one
    assert days[1:] == [*sorted(known, reverse=True), *[None] * (len(days[1:]) - len(known))]


# --- for all of them -------------------------------------------------------------------------------------------------

ROWS = st.lists(
    st.tuples(
        st.integers(1, 70), st.floats(-8, 8), st.floats(-8, 8), st.sampled_from("abc"), st.booleans(), st.booleans()
    ),
    max_size=12,
)


@given(st.sampled_from(sorted(set(Kind) - NOT_CHOSEN)), ROWS)
def test_never_too_many_quotes_or_words_and_each_stands_in_its_article(
    kind: Kind, rows: list[tuple[int, float, float, str, bool, bool]]
) -> None:
    evidence = []
    for place, (size, answers, helps, article, back, dated) in enumerate(rows):
        words = " ".join(f"w{place}x{number}" for number in range(size))
        text = f"{'She' if back else 'Tolva'} has {words}."
        evidence.append(
            made(
                text, f"w{place}x0", answers, before="Mara Holm sails.", helps=helps, rank=place, start=1000 * place,
                article_id=article, published=later(place) if dated else None,
            )
        )  # fmt: skip
    ranked = scored(kind, evidence, newest=kind is Kind.LATEST)
    assert sorted(one.start for one in ranked) == sorted(one.start for one in evidence)
    quotes, shape = chosen(kind, ranked, frozenset()), SHAPES[kind]
    assert len(quotes) <= shape.sentences
    assert sum(quote.words for quote in quotes[1:]) <= shape.words
    for quote in quotes:
        passage = quote.evidence.passage
        assert passage.text[quote.start - passage.start : quote.end - passage.start] == quote.text
        assert not quote.text.startswith("She")
    for one, other in itertools.combinations(quotes, 2):
        same = one.evidence.passage.article_id == other.evidence.passage.article_id
        assert not same or one.end <= other.start or other.end <= one.start
    assert bool(quotes) == any(whole_quote(one) for one in evidence)
    if ranked and whole_quote(ranked[0]):
        assert ranked[0] in [quote.evidence for quote in quotes]
