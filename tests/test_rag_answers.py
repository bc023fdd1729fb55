"""An answer's text: quotes in order, answering words marked, and what surrounds them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

import pytest
from fakes import evidence_of_one, passage_of
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.agreement import Comparison
from rag.answering.answers import Around, Page, closest_answer, quoted_answer
from rag.answering.evidence import Evidence
from rag.answering.quote import Quote, whole_quote
from rag.types import Answer, Conflict, Freshness, Kind, Passage, Question, Status, Verdict

MONDAY = dt.date(2025, 9, 1)


def quote_of(one: Evidence) -> Quote:
    quote = whole_quote(one)
    assert quote is not None
    return quote


def made(text: str, words: str = "", **told: object) -> Quote:
    return quote_of(evidence_of_one(text, words, **told))  # type: ignore[arg-type]


def around(kind: Kind = Kind.FACT, *, notices: tuple[str, ...] = (), nearby: tuple[Passage, ...] = ()) -> Around:
    question = Question(text="Who?", searched="Who? (Tolva)", carried=("Tolva",), kind=kind, day=MONDAY)
    return Around(question, nearby, nearby, 0.123456, notices, "v1")


def answer(
    *quotes: Quote,
    kind: Kind = Kind.FACT,
    compared: Comparison | None = None,
    present: dt.date | None = None,
    missing: str = "",
    notices: tuple[str, ...] = (),
) -> Answer:
    return quoted_answer(around(kind, notices=notices), quotes, compared or Comparison(), present, missing)


# --- the text --------------------------------------------------------------------------------------------------------


def test_the_words_that_answer_are_marked_in_the_text_and_in_the_source() -> None:
    quote = made("Kang Yu-jung  announced\nthe trip [1] on Monday.", "Monday")
    told = answer(quote)
    assert told.text == "Kang Yu-jung announced the trip (1) on Monday. [1]"
    (sentence,), (citation,) = told.sentences, told.citations
    assert sentence.verdict is Verdict.VERBATIM
    assert sentence.answer is not None
    assert told.text[sentence.answer.start : sentence.answer.end] == "Monday"
    assert citation.answer is not None
    assert quote.evidence.passage.text[citation.answer.start : citation.answer.end] == "Monday"
    assert citation.quote == quote.text


def test_where_nothing_is_pointed_at_nothing_is_marked() -> None:
    told = answer(made("Kang Yu-jung announced the trip."))
    assert told.sentences[0].answer is None
    assert told.citations[0].answer is None
    assert told.short == ""


def test_the_answering_words_alone_are_given_where_a_fact_is_asked_for() -> None:
    quote = made("The union is led by Mara\n Holm.", "Mara\n Holm")
    assert answer(quote).short == "Mara Holm"
    assert answer(quote, kind=Kind.WHY).short == ""


def test_what_a_sentence_brings_with_it_is_part_of_its_quote() -> None:
    told = answer(made("She resigned on Friday.", "Friday", before="Mara Holm leads the union."))
    assert told.text == "Mara Holm leads the union. She resigned on Friday. [1]"
    assert told.short == "Friday"


def test_several_quotes_are_numbered_in_their_order() -> None:
    told = answer(made("Rain fell.", article_id="b"), made("The dam broke.", article_id="a"), kind=Kind.WHY)
    assert told.text == "Rain fell. [1] The dam broke. [2]"
    assert [(one.number, one.article_id) for one in told.citations] == [(1, "b"), (2, "a")]
    assert [one.citations for one in told.sentences] == [(1,), (2,)]


def test_a_brief_has_a_line_for_each_quote_behind_its_day_and_marks_no_words() -> None:
    told = answer(
        made("Rain fell.", "Rain", published=MONDAY), made("The dam broke.", "dam", published=None), kind=Kind.TIMELINE
    )
    assert told.text == "1 Sep 2025: Rain fell. [1]\nThe dam broke. [2]"
    assert told.text[told.sentences[0].start : told.sentences[0].end] == "Rain fell. [1]"
    assert [one.answer for one in (*told.sentences, *told.citations)] == [None] * 4
    assert told.short == ""


def test_where_words_stand_is_told_before_them() -> None:
    passage = passage_of(
        "Rain fell. The [2] dam\nbroke.", title="Dam  breaks", outlet="Echo", published=MONDAY, start=50, end=79
    )
    page = Page([passage], dated=False)
    page.add_place(passage, 61, 79)
    page.add_place(passage_of("Rain fell.", title="Rain"), 0, 10)
    assert page.text == "Echo, 1 Sep 2025, “Dam breaks”: The (2) dam broke. [1]\n“Rain”: Rain fell. [2]"
    assert page.citations[0].quote == "The [2] dam\nbroke."
    assert (page.citations[0].start, page.citations[0].end) == (61, 79)
    assert [page.text[one.start : one.end] for one in page.sentences] == ["The (2) dam broke. [1]", "Rain fell. [2]"]


# --- around it -------------------------------------------------------------------------------------------------------


def test_every_answer_tells_what_was_asked_and_what_it_stands_on() -> None:
    told = answer(made("Rain fell."), notices=("One index is down.",))
    assert (told.question, told.standalone_question, told.carried) == ("Who?", "Who? (Tolva)", ("Tolva",))
    assert told.status is Status.ANSWERED
    assert told.kind is Kind.FACT
    assert told.confidence == 0.1235
    assert told.library_version == "v1"
    assert told.notices == ("One index is down.",)


def test_how_fresh_an_answer_is() -> None:
    quotes = [
        made("Rain fell.", published=MONDAY),
        made("The dam broke.", published=None),
        made("Boats sank.", published=MONDAY - dt.timedelta(days=9)),
    ]
    assert answer(*quotes).freshness == Freshness(oldest=MONDAY - dt.timedelta(days=9), newest=MONDAY)
    assert answer(quotes[1]).freshness == Freshness()


def test_an_old_answer_about_the_present_tells_its_day() -> None:
    quote = made("The governor is Elspeth Varrow.", published=MONDAY)
    (notice,) = answer(quote, present=MONDAY + dt.timedelta(days=365)).notices
    assert "1 Sep 2025" in notice
    assert answer(quote, present=MONDAY + dt.timedelta(days=3)).notices == ()
    assert answer(quote).notices == ()


def test_an_answer_to_one_part_is_partial_and_names_the_other() -> None:
    told = answer(made("Ada Byron won the race."), kind=Kind.MULTI, missing="when will the next one be held")
    assert told.status is Status.PARTIAL
    assert any("“when will the next one be held”" in notice for notice in told.notices)


def test_other_outlets_that_carry_the_same_words_are_named() -> None:
    quote = made("The dam broke.", article_id="a", outlet="Echo", also_in=("Gazette",))
    nearby = (
        passage_of("Rain fell. The Dam\nbroke. Boats sank.", "b", outlet="Post"),
        passage_of("The dam held.", "c", outlet="Mail"),
        passage_of("The dam broke.", "d", outlet="Echo"),
    )
    told = quoted_answer(around(nearby=nearby), [quote], Comparison(), None)
    assert told.citations[0].also_in == ("Gazette", "Post")


# --- other sources ---------------------------------------------------------------------------------------------------


def _of(article: str, outlet: str, text: str, story: str = "") -> Quote:
    return made(text, "Marlo", article_id=article, outlet=outlet, story=story)


def test_sources_that_agree_are_named_beside_the_first_quote_and_counted() -> None:
    first, other = _of("a", "Tolva Post", "Marlo won the race.", "s"), _of("b", "Echo", "The race went to Marlo.")
    same_outlet = _of("d", "Echo", "Marlo has won.")
    told = answer(first, compared=Comparison((other, same_outlet)))
    assert [(one.article_id, one.quote) for one in told.citations[0].agreed_by] == [
        ("b", other.text),
        ("d", same_outlet.text),
    ]
    assert told.independent_sources == 2
    assert len(told.citations) == 1
    assert answer(first).independent_sources == 1


@pytest.mark.parametrize(("outdated", "status"), [((), Status.CONFLICT), ((2,), Status.ANSWERED)])
def test_a_disagreement_is_a_conflict_and_an_overtaken_report_stays_an_answer(
    outdated: tuple[int, ...], status: Status
) -> None:
    sides = made("2,400 people marched.", "2,400"), made("Police counted 1,500.", "1,500")
    conflict = Conflict(subject="how many", values=("2,400", "1,500"), citations=(1, 2), outdated=outdated)
    told = answer(*sides, compared=Comparison((), conflict, tuple(side.evidence for side in sides)))
    assert told.status is status
    assert told.conflicts == (conflict,)
    for number, value in zip(conflict.citations, conflict.values, strict=True):
        assert value in told.citations[number - 1].quote


# --- without a claim -------------------------------------------------------------------------------------------------


def test_the_closest_passages_are_shown_whole_and_nothing_is_claimed() -> None:
    passages = [passage_of("Rain fell.\n\nThe dam [3] broke.", "a", start=7, end=36), passage_of("Boats sank.", "b")]
    told = closest_answer(around(), passages)
    assert told.status is Status.CLOSEST
    assert told.short == ""
    lines = told.text.split("\n")
    assert lines[1:] == ["“Rain fell. The dam (3) broke.” [1]", "“Boats sank.” [2]"]
    assert [one.quote for one in told.citations] == [passage.text for passage in passages]
    assert told.citations[0].start == 7
    assert [told.text[one.start : one.end] for one in told.sentences] == lines[1:]
    assert all(one.answer is None for one in (*told.sentences, *told.citations))


@pytest.mark.parametrize(
    ("status", "kind", "kept"),
    [
        (Status.ANSWERED, Kind.FACT, True),
        (Status.PARTIAL, Kind.MULTI, True),
        (Status.CONFLICT, Kind.FACT, True),
        (Status.CLOSEST, Kind.FACT, False),
        (Status.ABSTAINED, Kind.FACT, False),
        (Status.ANSWERED, Kind.META, False),
    ],
)
def test_only_an_answer_is_passed_on_as_one(status: Status, kind: Kind, kept: bool) -> None:
    before = answer(made("Boats sank.")).turns
    told = answer(made("Rain fell.")).model_copy(update={"status": status, "kind": kind, "history": before})
    assert [turn.answer for turn in told.turns] == ["Boats sank. [1]", "Rain fell. [1]" if kept else ""]
    assert told.turns[-1].question == "Who?"
    assert told.turns[-1].standalone_question == "Who? (Tolva)"


# --- for all of them -------------------------------------------------------------------------------------------------

TEXTS = st.lists(
    st.sampled_from(["Tolva", "rain", "[1]", "“no”", "4,000", "\n", "  ", "said.", "…", "[23]"]), min_size=1
)


@given(st.lists(TEXTS, min_size=1, max_size=5), st.sampled_from([Kind.FACT, Kind.WHY, Kind.STORY]), st.booleans())
def test_the_text_is_made_of_its_sentences_and_each_ends_in_its_number(
    texts: Sequence[list[str]], kind: Kind, dated: bool
) -> None:
    quotes = [
        made(f"Tolva {' '.join(words)} x.", "x", article_id=str(place), published=MONDAY if dated else None)
        for place, words in enumerate(texts)
    ]
    told = answer(*quotes, kind=kind)
    end = 0
    for number, (sentence, citation, quote) in enumerate(zip(told.sentences, told.citations, quotes, strict=True), 1):
        own = told.text[sentence.start : sentence.end]
        assert sentence.start >= end
        assert own.endswith(f" [{number}]")
        assert own.count("[") == 1
        assert "\n" not in own
        assert citation.quote == quote.text
        end = sentence.end
    assert end == len(told.text)
    assert Answer.from_json(told.to_json()) == told


def test_an_answer_that_an_earlier_version_stored_is_read() -> None:
    told = answer(made("Kang Yu-jung announced the trip on Monday.", "Monday"))
    stored = json.loads(told.to_json())
    stored["kind"], stored["window"]["event_day"], stored["citations"][0]["says"] = "answer", None, None
    assert Answer.from_json(json.dumps(stored)) == told
