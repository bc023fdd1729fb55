"""Sources that agree or contradict each other, outdated reports, and everything that only looks like it."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from fakes import evidence_of_one
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.agreement import Comparison, asks_whether_they_agree, compared
from rag.answering.evidence import Evidence
from rag.types import Conflict, Kind

MONDAY = dt.date(2025, 9, 1)


def told(
    text: str,
    answer: str,
    outlet: str | None = "Echo",
    day: dt.date | None = MONDAY,
    *,
    story: str = "",
    answers: float = 3.0,
    pointing: float = -1.0,
) -> Evidence:
    """A sentence of an article of its own, in which a reading model points at `answer`."""
    return evidence_of_one(
        text, answer, answers, pointing=pointing, article_id=f"{outlet} {day} {text}", outlet=outlet, published=day,
        story=story,
    )  # fmt: skip


def later(days: int) -> dt.date:
    return MONDAY + dt.timedelta(days=days)


def comparison(question: str, *evidence: Evidence, kind: Kind = Kind.FACT) -> Comparison:
    """The evidence is given best first."""
    return compared(question, kind, evidence)


def outcome(question: str, *evidence: Evidence, kind: Kind = Kind.FACT) -> str:
    """ "conflict", "outdated" or "same"."""
    found = comparison(question, *evidence, kind=kind).conflict
    return "same" if found is None else "outdated" if found.outdated else "conflict"


# --- contradictions --------------------------------------------------------------------------------------------------

CONFLICTS = [
    (
        "How many people joined the march in Ollenby?",
        told("A crowd of 2,400 marched through Ollenby on Sunday, the organisers said.", "2,400"),
        told("About 1,500 people marched through Ollenby on Sunday, police said.", "1,500", "Post"),
    ),
    (
        "How much damage did the fire at the Torsund yard do?",
        told("The fire at the Torsund yard did damage of 38 million crowns, the owner said.", "38 million crowns"),
        told(
            "Insurers put the damage of the fire at the Torsund yard at 24 million crowns.", "24 million crowns", "Post"
        ),
    ),
    (
        "How many people were killed when the ferry sank off Lyngsey?",
        told("The sinking of the ferry off Lyngsey killed 38 people, the coastguard said.", "38"),
        told("Hospitals counted 52 people killed when the ferry off Lyngsey sank.", "52", "Post"),
    ),
    (
        "What share of the votes did the Harbour List get in Dunmoor?",
        told("The Harbour List got 31 percent of the votes in Dunmoor.", "31 percent"),
        told("The Harbour List got 37% of the votes in Dunmoor.", "37%", "Post"),
    ),
    (
        "When did the Arvel break its banks at Dolvena?",
        told("The Arvel broke its banks at Dolvena on 14 August 2025.", "14 August 2025"),
        told("The Arvel broke its banks at Dolvena on 17 August 2025.", "17 August 2025", "Post"),
    ),
    (  # Both count up to the same evening, though one is printed a day later.
        "How many people fell ill from the water in Marrow Vale?",
        told("By Monday evening 198 people had fallen ill from the water in Marrow Vale.", "198", day=later(1)),
        told("By Monday evening 231 people had fallen ill from the water in Marrow Vale.", "231", "Post", later(2)),
    ),
]

OUTDATED = [
    (
        "How many people were killed by the flood in Tarmeya?",
        told("The flood in Tarmeya has killed 34 people, the minister said.", "34"),
        told("The flood in Tarmeya has now killed 41 people, the minister said.", "41", "Post", later(5)),
    ),
    (
        "How many people were killed by the flood in Tarmeya?",
        told("The flood in Tarmeya has killed 34 people.", "34"),
        told("At least 41 people were killed by the flood in Tarmeya, the minister said.", "41", "Post", later(2)),
    ),
    (  # One outlet on two days.
        "How many people were killed by the flood in Tarmeya?",
        told("34 people were killed by the flood in Tarmeya.", "34"),
        told("So far 41 people were killed by the flood in Tarmeya.", "41", "Echo", later(1)),
    ),
    (  # A correction says what was wrong, even on the same day.
        "How many hangers of the bridge were cracked?",
        told("Cracks were found in 41 hangers of the bridge.", "41"),
        told("Correction: cracks were found in 14 hangers of the bridge, not 41.", "14", "Post"),
    ),
]

HARMLESS = [
    (
        "nearly and exactly",
        "How many people fell ill in Marrow Vale?",
        told("Nearly 200 people fell ill in Marrow Vale.", "Nearly 200"),
        told("In Marrow Vale 198 people fell ill.", "198", "Post"),
    ),
    (
        "more than",
        "How many people fell ill in Marrow Vale?",
        told("More than 200 people fell ill in Marrow Vale.", "200"),
        told("In Marrow Vale 231 people fell ill.", "231", "Post"),
    ),
    (
        "a part",
        "How many people are ill in Marrow Vale?",
        told(
            "The health office and the company now agree on the number of people who fell ill: 264.",
            "264",
            day=later(9),
        ),
        told("Five of those who fell ill were in hospital on Monday night.", "Five", "Post"),
    ),
    (
        "a range",
        "How many people fell ill in Marrow Vale?",
        told("Between 180 and 240 people fell ill in Marrow Vale.", "180 and 240"),
        told("In Marrow Vale 231 people fell ill.", "231", "Post"),
    ),
    (
        "words and digits",
        "How many hangers of the bridge cracked?",
        told("On the bridge fourteen hangers cracked.", "fourteen"),
        told("On the bridge 14 hangers cracked.", "14", "Post"),
    ),
    (
        "miles and kilometres",
        "How long is the tunnel under Mount Skald?",
        told("The tunnel under Mount Skald is 12 miles long.", "12 miles"),
        told("The tunnel under Mount Skald is 19 kilometres long.", "19 kilometres", "Post"),
    ),
    (
        "dollars and crowns",
        "How much does the new ferry cost?",
        told("The new ferry costs $40 million.", "$40 million"),
        told("The new ferry costs 420 million crowns.", "420 million crowns", "Post"),
    ),
    (
        "million written in two ways",
        "How much does the new ferry cost?",
        told("The new ferry costs $40m.", "$40m"),
        told("The new ferry costs 40 million dollars.", "40 million dollars", "Post"),
    ),
    (
        "killed and injured",
        "How many victims did the crash near Velmark have?",
        told("The crash near Velmark killed 12 people.", "12"),
        told("The crash near Velmark injured 40 people.", "40", "Post"),
    ),
    (
        "other things are counted",
        "How many did the storm destroy in Lyngsey?",
        told("The storm in Lyngsey destroyed 31 houses.", "31"),
        told("The storm in Lyngsey destroyed 64 boats.", "64", "Post"),
    ),
    (
        "a forecast and the result",
        "How much did the economy of Vellany grow?",
        told("The bank expected the economy of Vellany to grow by 2.9 percent.", "2.9 percent"),
        told("The economy of Vellany grew by 1.4 percent.", "1.4 percent", "Post"),
    ),
    (
        "an old record",
        "How high was the Arvel at Dolvena?",
        told("The Arvel at Dolvena was 7.2 metres high.", "7.2 metres"),
        told("In 1954 the Arvel at Dolvena was 8.9 metres high.", "8.9 metres", "Post"),
    ),
    (
        "the value before",
        "What is the main lending rate of the bank?",
        told("The main lending rate of the bank is 4.25 percent.", "4.25 percent"),
        told("The bank lowered its main lending rate from 4.75 percent.", "4.75 percent", "Post"),
    ),
    (
        "told wrongly before",
        "How many hangers of the bridge cracked?",
        told("Cracks were found in 14 hangers of the bridge.", "14"),
        told("An earlier version wrongly said that 41 hangers of the bridge had cracks.", "41", "Post"),
    ),
    (
        "last year's deadline",
        "When is the deadline for the tax return?",
        told("The deadline for the tax return is 18 April 2025.", "18 April 2025", day=dt.date(2025, 4, 1)),
        told("The deadline for the tax return is 17 April 2024.", "17 April 2024", "Post", dt.date(2024, 4, 1)),
    ),
    (
        "a day and its month",
        "When did the Arvel flood Dolvena?",
        told("The Arvel flooded Dolvena on 14 August 2025.", "14 August 2025"),
        told("The Arvel flooded Dolvena in August 2025.", "August 2025", "Post"),
    ),
    (
        "a weekday and its date",
        "When did the Arvel flood Dolvena?",
        told("The Arvel flooded Dolvena on Thursday.", "Thursday", day=dt.date(2025, 8, 15)),
        told("The Arvel flooded Dolvena on 14 August 2025.", "14 August 2025", "Post", dt.date(2025, 8, 16)),
    ),
    (
        "a night is of two days",
        "When did the Arvel flood Dolvena?",
        told("The Arvel flooded Dolvena on Thursday.", "Thursday", day=dt.date(2025, 8, 16)),
        told("The Arvel flooded Dolvena on 15 August 2025.", "15 August 2025", "Post", dt.date(2025, 8, 16)),
    ),
    (
        "surname alone",
        "Who announced the trip to Tokyo?",
        told("The trip to Tokyo was announced by Kang Yu-jung.", "Kang Yu-jung"),
        told("The trip to Tokyo was announced by Kang.", "Kang", "Post"),
    ),
    (
        "with and without a title",
        "Who leads the study of lowland fever?",
        told("The study of lowland fever is led by Dr. Amira Solvig.", "Dr. Amira Solvig"),
        told("The study of lowland fever is led by Professor Solvig.", "Professor Solvig", "Post"),
    ),
    (
        "initials",
        "Who owns the archive in Velmark?",
        told("The archive in Velmark is owned by the BBC.", "BBC"),
        told(
            "The archive in Velmark is owned by the British Broadcasting Corporation.",
            "British Broadcasting Corporation",
            "Post",
        ),
    ),
    (
        "a part and its whole",
        "Where was the winning ticket sold?",
        told("The winning ticket was sold in Altadena, California.", "Altadena, California"),
        told("The winning ticket was sold in California.", "California", "Post"),
    ),
    (
        "which is higher",
        "Which count of the sick is higher, the company's or the office's?",
        told("The office counts 231 sick people in Marrow Vale.", "231"),
        told("The company counts 198 sick people in Marrow Vale.", "198", "Post"),
    ),
    (
        "why has many answers",
        "Why was the bridge closed?",
        told("The bridge was closed because of 14 cracks.", "14 cracks"),
        told("The bridge was closed because of 41 cracks.", "41 cracks", "Post"),
    ),
    (
        "one of them hardly answers",
        "How many people joined the march in Ollenby?",
        told("A crowd of 2,400 marched through Ollenby on Sunday.", "2,400"),
        told("About 1,500 people marched through Ollenby on Sunday.", "1,500", "Post", answers=-2.0),
    ),
    (
        "the model hardly points at one of them",
        "How many people joined the march in Ollenby?",
        told("A crowd of 2,400 marched through Ollenby on Sunday.", "2,400"),
        told("About 1,500 people marched through Ollenby on Sunday.", "1,500", "Post", pointing=-15.0),
    ),
    (
        "reports of two weeks",
        "How long is the tunnel under Mount Skald?",
        told("The tunnel under Mount Skald is 12 kilometres long.", "12 kilometres"),
        told("The tunnel under Mount Skald is 19 kilometres long.", "19 kilometres", "Post", later(14)),
    ),
    (
        "no days",
        "What is the population of Pilz?",
        told("The population of Pilz is 4,411.", "4,411", day=None),
        told("The population of Pilz is 9,020.", "9,020", "Post", None),
    ),
    (
        "names may be two of several",
        "Who designed the Kestrel Bridge in Port Ansel?",
        told("The Kestrel Bridge in Port Ansel was designed by Aurelia Stenmark.", "Aurelia Stenmark"),
        told("The Kestrel Bridge in Port Ansel was designed by Jonas Treadgold.", "Jonas Treadgold", "Post"),
    ),
    (
        "a new price",
        "What does a ticket for the island ferry cost?",
        told("A ticket for the island ferry costs 38 crowns.", "38 crowns"),
        told("A ticket for the island ferry costs 41 crowns.", "41 crowns", "Post", later(20)),
    ),
    (
        "two articles of one story",
        "How many people joined the march in Ollenby?",
        told("A crowd of 2,400 marched through Ollenby on Sunday.", "2,400", story="s1"),
        told("A crowd of 2,500 marched through Ollenby on Sunday.", "2,500", "Post", story="s1"),
    ),
    (
        "one outlet on one day",
        "How many people joined the march in Ollenby?",
        told("A crowd of 2,400 marched through Ollenby on Sunday.", "2,400"),
        told("About 1,500 people marched through Ollenby on Sunday.", "1,500"),
    ),
    (
        "a score is two numbers",
        "What was the score of Rovers against Tolvik?",
        told("Rovers won 3-1 against Tolvik.", "3-1"),
        told("Rovers led 2-0 against Tolvik.", "2-0", "Post"),
    ),
]


@pytest.mark.parametrize(("question", "one", "other"), CONFLICTS)
def test_a_conflict(question: str, one: Evidence, other: Evidence) -> None:
    assert outcome(question, one, other) == outcome(question, other, one) == "conflict"


@pytest.mark.parametrize(("question", "older", "newer"), OUTDATED)
def test_a_later_report_overtakes_an_earlier_one(question: str, older: Evidence, newer: Evidence) -> None:
    found = comparison(question, newer, older)
    assert found.conflict is not None
    assert found.conflict.outdated == (2,)
    assert found.sides == (newer, older)


@pytest.mark.parametrize(("question", "older", "newer"), OUTDATED)
def test_where_the_older_report_answers_better_nothing_is_claimed(
    question: str, older: Evidence, newer: Evidence
) -> None:
    assert comparison(question, older, newer).conflict is None


def test_a_running_number_never_falls() -> None:
    question, older, _ = OUTDATED[0]
    fallen = told("The flood in Tarmeya has now killed 30 people.", "30", "Post", later(5))
    assert outcome(question, fallen, older) == outcome(question, older, fallen) == "same"


@pytest.mark.parametrize(("why", "question", "one", "other"), HARMLESS, ids=[case[0] for case in HARMLESS])
def test_what_only_looks_like_a_conflict(why: str, question: str, one: Evidence, other: Evidence) -> None:
    assert outcome(question, one, other) == outcome(question, other, one) == "same"


def test_only_what_is_one_value_is_compared() -> None:
    question, one, other = CONFLICTS[0]
    assert outcome(question, one, other, kind=Kind.YES_NO) == "conflict"
    for kind in (Kind.WHY, Kind.HOW, Kind.SAID, Kind.LIST, Kind.COMPARE, Kind.STORY, Kind.SUMMARY, Kind.TIMELINE):
        assert comparison(question, one, other, kind=kind) == Comparison()


def test_only_the_best_sentence_is_compared_with_others() -> None:
    question, one, other = CONFLICTS[0]
    pointless = told("Pia Strandmoor led the march in Ollenby with a drum.", "", "Herald")
    assert comparison(question, pointless, one, other) == Comparison()
    assert comparison(question) == Comparison()
    assert outcome(question, one, pointless, other) == "conflict"


def test_a_later_report_stands_above_a_disagreement() -> None:
    question, one, other = CONFLICTS[0]
    settles = told("A count of photographs found 2,400 people at the march in Ollenby.", "2,400", "Herald", later(9))
    assert outcome(question, one, other, settles) == "same"


def test_a_sentence_that_gives_both_says_how_they_belong_together() -> None:
    question, one, other = CONFLICTS[0]
    both = told(
        "Police counted 1,500 people at the march in Ollenby and the organisers 2,400 people.", "1,500", "Herald"
    )
    assert outcome(question, one, other, both) == "same"


def test_a_conflict_says_what_was_asked_and_what_each_side_says() -> None:
    question, one, other = CONFLICTS[0]
    found = comparison(question, one, other)
    assert found.sides == (one, other)
    assert found.agreeing == ()
    assert found.conflict == Conflict(
        subject="how many people joined the march in Ollenby", values=("2,400", "1,500"), citations=(1, 2)
    )


# --- whether they agree ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        (
            "Do the police and the organisers agree on the size of the march in Ollenby?",
            "the size of the march in Ollenby",
        ),
        ("How do the police and the organisers differ about the march in Ollenby?", "the march in Ollenby"),
        ("Are the police and the organisers at odds over the march in Ollenby?", "the march in Ollenby"),
    ],
)
def test_whoever_asks_whether_they_agree_is_told_both_figures(question: str, subject: str) -> None:
    one = told("A crowd of 2,400 marched through Ollenby on Sunday, the organisers said.", "organisers")
    other = told("About 1,500 people marched through Ollenby on Sunday, police said.", "police", "Post")
    assert asks_whether_they_agree(question)
    found = comparison(question, one, other, kind=Kind.COMPARE)
    assert found.conflict is not None
    assert found.conflict.values == ("2,400", "1,500")
    assert found.conflict.subject == subject
    assert found.sides == (one, other)


def test_whoever_asks_whether_they_agree_is_told_nothing_by_one_outlet() -> None:
    question = "Do the police and the organisers agree on the size of the march in Ollenby?"
    one = told("A crowd of 2,400 marched through Ollenby on Sunday, the organisers said.", "")
    same = told("About 1,500 people marched through Ollenby on Sunday, police said.", "", day=later(1))
    assert outcome(question, one, same) == "same"
    assert outcome(question, one, told("About 2,400 people marched through Ollenby.", "", "Post")) == "same"


@pytest.mark.parametrize("question", ["Who drafted the agreement of Velmark?", "When did the talks end?", ""])
def test_another_question_asks_nothing_of_the_kind(question: str) -> None:
    assert not asks_whether_they_agree(question)


# --- agreement -------------------------------------------------------------------------------------------------------

WON = "Who won the race in Tolvik?"


def agreeing(question: str, *evidence: Evidence) -> list[str]:
    return [quote.text for quote in comparison(question, *evidence).agreeing]


def test_independent_sources_that_say_the_same_are_told_once_each() -> None:
    first = told("Marlo won the race.", "Marlo", story="s")
    other = told("The race went to Ada Marlo.", "Ada Marlo", "Post")
    copy = told("Marlo won the race in Tolvik.", "Marlo", "Herald", story="s")
    third = told("On Sunday the race was won by Marlo.", "Marlo", "Mail", later(1), story="t")
    again = told("Marlo has won.", "Marlo", "Mail", later(2), story="t")
    differs = told("Quill won the race.", "Quill", "Gazette")
    assert agreeing(WON, first, other, copy, differs, third, again) == [other.text, third.text]
    assert comparison(WON, first, other).conflict is None


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (
            "How many hangers cracked?",
            told("On the bridge fourteen hangers cracked.", "fourteen"),
            told("On the bridge 14 hangers cracked.", "14", "Post"),
        ),
        (
            "How much does the ferry cost?",
            told("It costs $40m.", "$40m"),
            told("The ferry costs 40 million dollars.", "40 million dollars", "Post"),
        ),
        (
            "When did the Arvel flood Dolvena?",
            told("The Arvel flooded Dolvena on Thursday.", "Thursday", day=dt.date(2025, 8, 15)),
            told("The Arvel flooded Dolvena on 14 August 2025.", "14 August 2025", "Post", dt.date(2025, 8, 16)),
        ),
        (
            "Who leads the study?",
            told("The study is led by Dr. Amira Solvig.", "Dr. Amira Solvig"),
            told("The study is led by Professor Solvig.", "Professor Solvig", "Post"),
        ),
    ],
)
def test_one_value_in_two_forms(question: str, one: Evidence, other: Evidence) -> None:
    assert agreeing(question, one, other) == [other.text]


@pytest.mark.parametrize(
    "other",
    [
        told("The prize went to Marlo.", "Marlo", "Post", answers=-2.0),
        told("Marlo trains in Tolvik.", "Tolvik", "Post"),
        told("Marlo won the race.", "Marlo", "Post", later(300)),
        told("Marlo will probably win the race.", "Marlo", "Post"),
        told("Marlo had won the race in 2019.", "Marlo", "Post"),
        told("Marlo won the race.", "Marlo", "Echo"),
    ],
    ids=["hardly answers", "points elsewhere", "a year later", "a forecast", "another year", "the same outlet"],
)
def test_what_is_no_agreement(other: Evidence) -> None:
    assert agreeing(WON, told("Ada Marlo won the race today.", "Ada Marlo"), other) == []


def test_words_of_the_question_are_no_answer() -> None:
    one = told("Tolvik has a race every year.", "Tolvik")
    assert agreeing(WON, one, told("The race of Tolvik is long.", "Tolvik", "Post")) == []


# --- for all of them -------------------------------------------------------------------------------------------------

NUMBERS = st.integers(min_value=11, max_value=999_999)
DAYS = st.one_of(st.none(), st.dates(dt.date(2025, 8, 1), dt.date(2025, 9, 30)))
QUESTION = "How many people joined the march through Ollenby?"


def _counted(number: str, outlet: str, day: dt.date | None, story: str = "") -> Evidence:
    return told(f"The march through Ollenby was joined by {number} people.", number, outlet, day, story=story)


@given(NUMBERS, NUMBERS, DAYS, DAYS)
def test_the_order_of_the_sentences_decides_nothing_about_a_disagreement(
    one: int, other: int, day: dt.date | None, next_day: dt.date | None
) -> None:
    first, second = _counted(f"{one:,}", "Echo", day), _counted(f"{other:,}", "Post", next_day)
    assert outcome(QUESTION, first, second) == outcome(QUESTION, second, first)


@given(
    NUMBERS, DAYS, DAYS, st.sampled_from(["{:,}", "{}", "about {:,}", "nearly {:,}", "more than {:,}", "at least {}"])
)
def test_a_number_never_contradicts_itself(
    number: int, day: dt.date | None, next_day: dt.date | None, form: str
) -> None:
    first, second = _counted(f"{number:,}", "Echo", day), _counted(form.format(number), "Post", next_day)
    assert outcome(QUESTION, first, second) == "same"


@given(NUMBERS, NUMBERS, DAYS, DAYS)
def test_one_story_never_contradicts_itself(
    one: int, other: int, day: dt.date | None, next_day: dt.date | None
) -> None:
    sides = _counted(f"{one:,}", "Echo", day, "s1"), _counted(f"{other:,}", "Post", next_day, "s1")
    assert comparison(QUESTION, *sides) == Comparison()


@given(st.lists(st.tuples(NUMBERS, st.sampled_from("ABCD"), DAYS), max_size=5), st.booleans())
def test_claims_are_about_the_best_sentence_and_others_of_other_sources(
    rows: list[tuple[int, str, dt.date | None]], running: bool
) -> None:
    evidence = [_counted(f"{'now ' * running}{number:,}", outlet, day) for number, outlet, day in rows]
    found = comparison(QUESTION, *evidence)
    assert (found.conflict is None) == (found.sides == ())
    assert not (found.conflict and found.agreeing)
    if found.conflict:
        first, second = found.sides
        assert first == evidence[0]
        assert second in evidence[1:]
        assert found.conflict.values == (first.answer_text, second.answer_text)
        days = first.passage.published, second.passage.published
        assert not found.conflict.outdated or (days[0] and days[1] and days[0] > days[1])
    for quote in found.agreeing:
        assert quote.evidence in evidence[1:]
    for one, other in itertools.combinations(
        [evidence[0], *(quote.evidence for quote in found.agreeing)] if evidence else [], 2
    ):
        assert one.source != other.source
