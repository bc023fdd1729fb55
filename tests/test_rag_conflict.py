"""Sources that contradict each other, reports that were overtaken, and all that only looks like it."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.answers import quoted_answer
from rag.answering.candidates import Likely
from rag.answering.conflict import asks_whether_they_agree, conflict_of, difference_in, with_both_sides
from rag.answering.parts import missing_part
from rag.answering.quote import Quote
from rag.reader import Reading
from rag.store.index import stems
from rag.types import Passage, Status, Window

MONDAY = dt.date(2025, 9, 1)


def told(
    text: str,
    answer: str,
    outlet: str | None = "Echo",
    day: dt.date | None = MONDAY,
    *,
    story: str = "",
    score: float = 0.0,
    overlap: float = 0.6,
    article: str = "",
    around: str = "",
) -> Quote:
    """A sentence of which a reading model points at `answer`; `around` is the rest of its passage."""
    article = article or f"{outlet} {day} {text}"
    whole = f"{text} {around}".strip()
    passage = Passage(
        id=article,
        article_id=article,
        title="",
        outlet=outlet,
        published=day,
        text=whole,
        start=0,
        end=len(whole),
        story=story,
    )
    start = text.index(answer)
    likely = Likely(passage, 0, len(text), text, "", frozenset(stems(text)), overlap, 0.0, 1.0)
    return Quote(
        passage, 0, len(text), text, likely, 1.0 + score / 20, Reading(score - 1.0, start, start + len(answer))
    )


def outcome(question: str, *quotes: Quote) -> str:
    """ "conflict", "outdated" or "same"."""
    found = difference_in(question, quotes)
    return "same" if found is None else "outdated" if found.outdated else "conflict"


def later(days: int) -> dt.date:
    return MONDAY + dt.timedelta(days=days)


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
        "How long is the tunnel under Mount Skald?",
        told("The tunnel under Mount Skald is 12 kilometres long.", "12 kilometres"),
        told("The tunnel under Mount Skald is 19 kilometres long.", "19 kilometres", "Post", later(30)),
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
    (
        "Who designed the Kestrel Bridge in Port Ansel?",
        told("The Kestrel Bridge in Port Ansel was designed by Aurelia Stenmark.", "Aurelia Stenmark"),
        told("The Kestrel Bridge in Port Ansel was designed by Jonas Treadgold.", "Jonas Treadgold", "Post"),
    ),
    (
        "Where were the thieves of the Halvard Museum arrested?",
        told("The thieves of the Halvard Museum were arrested in Tolvik.", "Tolvik"),
        told("The thieves of the Halvard Museum were arrested in Brennick.", "Brennick", "Post"),
    ),
    (  # Both count up to the same evening, though one is printed a day later.
        "How many people fell ill from the water in Marrow Vale?",
        told("By Monday evening 198 people had fallen ill from the water in Marrow Vale.", "198", day=later(1)),
        told("By Monday evening 231 people had fallen ill from the water in Marrow Vale.", "231", "Post", later(2)),
    ),
    (  # Without days there is no telling which is later.
        "What is the population of Pilz?",
        told("The population of Pilz is 4,411.", "4,411", day=None),
        told("The population of Pilz is 9,020.", "9,020", "Post", None),
    ),
]

OUTDATED = [
    (
        "How many people were killed by the flood in Tarmeya?",
        told("The flood in Tarmeya has killed 34 people, the minister said.", "34"),
        told("The flood in Tarmeya has killed 41 people, the minister said.", "41", "Post", later(3)),
    ),
    (
        "How many people were killed by the flood in Tarmeya?",
        told("The flood in Tarmeya killed 34 people.", "34"),
        told("The number of people killed by the flood in Tarmeya rose to 41.", "41", "Post", later(1)),
    ),
    (
        "What does a ticket for the island ferry cost?",
        told("A ticket for the island ferry costs 38 crowns.", "38 crowns"),
        told("A ticket for the island ferry costs 41 crowns.", "41 crowns", "Post", later(20)),
    ),
    (
        "Who is the governor of the National Bank of Vellany?",
        told("Elspeth Varrow is the governor of the National Bank of Vellany.", "Elspeth Varrow"),
        told("Tobin Haske is the governor of the National Bank of Vellany.", "Tobin Haske", "Post", later(10)),
    ),
    (
        "When will the Petrel satellite be launched?",
        told("The Petrel satellite will be launched on 9 September 2025.", "9 September 2025"),
        told("The Petrel satellite will be launched on 16 September 2025.", "16 September 2025", "Post", later(5)),
    ),
    (  # One outlet on two days.
        "How many engines fought the fire in Grenholt?",
        told("Crews with 26 engines fought the fire in Grenholt.", "26"),
        told("Crews with 16 engines fought the fire in Grenholt.", "16", "Echo", later(2)),
    ),
    (  # A correction tells what was wrong even on the same day.
        "How many hangers of the bridge were cracked?",
        told("Cracks were found in 41 hangers of the bridge.", "41"),
        told(
            "Cracks were found in 14 hangers of the bridge.",
            "14",
            "Post",
            around="Correction: an earlier version of this article said 41 hangers.",
        ),
    ),
    (  # "As of" an earlier day.
        "How many people fell ill from the water in Marrow Vale?",
        told("As of 30 August 198 people had fallen ill from the water in Marrow Vale.", "198", day=later(1)),
        told("As of 1 September 231 people had fallen ill from the water in Marrow Vale.", "231", "Post", later(1)),
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
        "one of them is hardly about the question",
        "How many people joined the march in Ollenby?",
        told("A crowd of 2,400 marched through Ollenby on Sunday.", "2,400"),
        told("The stadium has room for 31,500 people.", "31,500", "Post", overlap=0.1),
    ),
    (
        "the reading of one is unlikely",
        "How many people joined the march in Ollenby?",
        told("A crowd of 2,400 marched through Ollenby on Sunday.", "2,400"),
        told("About 1,500 people marched through Ollenby on Sunday.", "1,500", "Post", score=-15.0),
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
def test_a_conflict(question: str, one: Quote, other: Quote) -> None:
    assert outcome(question, one, other) == outcome(question, other, one) == "conflict"


@pytest.mark.parametrize(("question", "older", "newer"), OUTDATED)
def test_a_later_report_overtakes_an_earlier_one(question: str, older: Quote, newer: Quote) -> None:
    for quotes in ((older, newer), (newer, older)):
        found = difference_in(question, quotes)
        assert found is not None
        assert found.outdated
        assert (found.first.quote, found.second.quote) == (newer, older)


@pytest.mark.parametrize(("why", "question", "one", "other"), HARMLESS, ids=[case[0] for case in HARMLESS])
def test_what_only_looks_like_a_conflict(why: str, question: str, one: Quote, other: Quote) -> None:
    assert outcome(question, one, other) == outcome(question, other, one) == "same"


def test_a_sentence_that_names_both_places_says_how_they_belong_together() -> None:
    question = "Where was the winning ticket sold?"
    one = told("The winning ticket was sold in Altadena.", "Altadena")
    other = told("The winning ticket was sold in California.", "California", "Post")
    assert outcome(question, one, other) == "conflict"
    assert outcome(question, one, other, told("Altadena is a town in California.", "town", "Herald")) == "same"


def test_people_of_one_surname_are_two_people() -> None:
    question = "Who won the mayoral election in Dunmoor?"
    one = told("The mayoral election in Dunmoor was won by Jonas Treadgold.", "Jonas Treadgold")
    other = told("The mayoral election in Dunmoor was won by Marit Treadgold.", "Marit Treadgold", "Post")
    assert outcome(question, one, other) == "conflict"
    nick = told("The mayoral election in Dunmoor was won by J. Treadgold.", "J. Treadgold", "Post")
    assert outcome(question, one, nick) == "same"


def test_without_a_reading_model_there_are_no_conflicts() -> None:
    question, one, other = CONFLICTS[0]
    assert outcome(question, *(dataclasses.replace(quote, reading=None) for quote in (one, other))) == "same"
    assert difference_in(question, ()) is None


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        (
            "Do the police and the organisers agree on the size of the march in Ollenby?",
            "the size of the march in Ollenby",
        ),
        ("How do the police and the organisers differ about the march in Ollenby?", "the march in Ollenby"),
    ],
)
def test_whoever_asks_whether_they_agree_is_told_both_figures(question: str, subject: str) -> None:
    one = told("A crowd of 2,400 marched through Ollenby on Sunday, the organisers said.", "organisers")
    other = told("About 1,500 people marched through Ollenby on Sunday, police said.", "police", "Post")
    assert asks_whether_they_agree(question)
    found = difference_in(question, (one, other))
    assert found is not None
    conflict = conflict_of(question, found)
    assert conflict.values == ("2,400", "1,500")
    assert conflict.subject == subject
    assert not asks_whether_they_agree("Who drafted the agreement of Velmark?")


def test_an_answer_shows_both_sides_first_each_with_who_says_it() -> None:
    question, one, other = CONFLICTS[0]
    more = told("Pia Strandmoor led the march with a drum.", "Pia Strandmoor", "Herald", score=0.5)
    found = difference_in(question, (more, one, other))
    assert found is not None
    shown = with_both_sides(found, (more, one, other), 60)
    assert [quote.passage.outlet for quote in shown] == ["Echo", "Post", "Herald"]
    assert sum(quote.words for quote in shown) <= 60
    answer = quoted_answer(
        question=question, searched=question, quotes=shown, passages=(), nearby=(), window=Window(), confidence=1.0,
        notices=(), version="", history=(), conflict=conflict_of(question, found),
    )  # fmt: skip
    assert answer.status is Status.CONFLICT
    (conflict,) = answer.conflicts
    assert conflict.subject == "how many people joined the march in Ollenby"
    assert (conflict.values, conflict.citations, conflict.outdated) == (("2,400", "1,500"), (1, 2), ())
    for number, value in zip(conflict.citations, conflict.values, strict=True):
        assert value in answer.citations[number - 1].quote
    assert "the organisers said" in answer.text
    assert "police said" in answer.text


def test_an_outdated_report_stays_an_answer() -> None:
    question, older, newer = OUTDATED[0]
    found = difference_in(question, (older, newer))
    assert found is not None
    answer = quoted_answer(
        question=question, searched=question, quotes=with_both_sides(found, (older, newer), 60), passages=(), nearby=(),
        window=Window(), confidence=1.0, notices=(), version="", history=(), conflict=conflict_of(question, found),
    )  # fmt: skip
    assert answer.status is Status.ANSWERED
    assert "41" in answer.citations[0].quote
    assert answer.conflicts[0].outdated == (2,)


def test_what_others_say_the_same_is_not_told_again_beside_the_sides() -> None:
    question, one, other = CONFLICTS[0]
    same = told("The march in Ollenby had 1,500 people in it.", "1,500", "Herald", score=-2.0)
    found = difference_in(question, (one, other, same))
    assert found is not None
    assert [quote.passage.outlet for quote in with_both_sides(found, (one, other, same), 60)] == ["Echo", "Post"]


NUMBERS = st.integers(min_value=11, max_value=999_999)
DAYS = st.one_of(st.none(), st.dates(dt.date(2025, 8, 1), dt.date(2025, 9, 30)))


def _counted(number: str, outlet: str, day: dt.date | None, story: str = "") -> Quote:
    text = f"The march through Ollenby was joined by {number} people."
    return told(text, number, outlet, day, story=story, article=f"{outlet} {number} {day}")


QUESTION = "How many people joined the march through Ollenby?"


@given(NUMBERS, NUMBERS, DAYS, DAYS)
def test_the_order_of_the_quotes_decides_nothing(
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
    quotes = _counted(f"{one:,}", "Echo", day, "s1"), _counted(f"{other:,}", "Post", next_day, "s1")
    assert outcome(QUESTION, *quotes) == "same"


@given(st.lists(st.tuples(NUMBERS, st.sampled_from("ABCD"), DAYS), max_size=5))
def test_both_sides_are_among_what_was_found_and_the_first_is_no_older(
    found: list[tuple[int, str, dt.date | None]],
) -> None:
    quotes = [_counted(f"{number:,}", outlet, day) for number, outlet, day in found]
    difference = difference_in(QUESTION, quotes)
    if difference:
        assert {difference.first.quote.start, difference.second.quote.start} <= {quote.start for quote in quotes}
        assert difference.first.quote in quotes
        assert difference.second.quote in quotes
        days = difference.first.told, difference.second.told
        assert not difference.outdated or (days[0] and days[1] and days[0] > days[1])


def test_a_part_of_a_question_of_which_nothing_was_found_is_named() -> None:
    asked = "Who won the race in Tolvik and when will the next one be held?"
    assert missing_part(asked, ["Ada Byron won the race in Tolvik."]) == "when will the next one be held"
    assert missing_part(asked, ["Ada Byron won the race in Tolvik.", "The next one is on 4 May."]) == ""
    asked = "How many people came to the fair, and where was it?"
    assert missing_part(asked, ["The fair was in Velmark."]) == "How many people came to the fair"
    assert missing_part(asked, ["The fair in Velmark had 400 visitors."]) == ""
    # One thing, two of one kind, or nothing that can be seen to be missing.
    assert missing_part("Who won the race and the cup?", ["Rain fell."]) == ""
    assert missing_part("How many were killed and how many were hurt?", ["It killed 4 people."]) == ""
    assert missing_part("Who won the race and why was it short?", ["Rain fell."]) == ""


def test_an_answer_to_one_part_is_partial() -> None:
    answer = quoted_answer(
        question="?", searched="?", quotes=[told("Ada Byron won the race.", "Ada Byron")], passages=(), nearby=(), window=Window(),
        confidence=1.0, notices=(), version="", history=(), missing="when will the next one be held",
    )  # fmt: skip
    assert answer.status is Status.PARTIAL
    assert answer.notices == ("Nothing was found about one part of the question: “when will the next one be held”.",)
