"""Choosing quotes: the likeliest answer first, then different ones, short and verbatim."""

from __future__ import annotations

from fakes import PointingReader
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.candidates import Likely, likely_sentences
from rag.answering.choice import FIRST_WORDS_MOST, FURTHER_WORDS_MOST, QUOTES_MOST, agreeing, chosen
from rag.answering.quote import READ_MOST, Quote, best_quotes
from rag.reader import Reader, Reading
from rag.search.retrieve import Retrieved
from rag.types import Passage


def stems(text: str) -> list[str]:
    return list(dict.fromkeys(word.strip(".,?!").lower() for word in text.split()))


def passage(article: str, text: str, score: float = 1.0, story: str = "") -> Passage:
    return Passage(
        id=article, article_id=article, title="", text=text, start=0, end=len(text), score=score, story=story
    )


def retrieved(question: str, *passages: Passage) -> Retrieved:
    terms = stems(question)
    return Retrieved(passages, tuple(terms), dict.fromkeys(terms, 1.0))


def quotes(question: str, *passages: Passage, reader: Reader | None = None) -> tuple[Quote, ...]:
    return best_quotes(question, retrieved(question, *passages), reader, stems).quotes


def made(text: str, score: float = 1.0, answer: str = "") -> Quote:
    likely = Likely(passage("a", text), 0, len(text), text, "", frozenset(stems(text)), 1.0, 0.0, score)
    reading = Reading(-1.0, text.index(answer), text.index(answer) + len(answer)) if answer else None
    return Quote(likely.passage, 0, len(text), text, likely, score, reading)


def test_the_sentence_with_the_questions_words_and_a_number_is_first() -> None:
    text = "The bridge was built in stone. Inspectors found 41 cracked hangers on the bridge. Rain fell all day."
    best = quotes("How many cracked hangers did inspectors find on the bridge?", passage("a", text))[0]
    assert best.text == "Inspectors found 41 cracked hangers on the bridge."
    assert text[best.start : best.end] == best.text
    assert best.answer is None


def test_the_reading_model_decides_between_sentences_that_are_alike() -> None:
    text = "The old bridge was closed by the mayor. The old bridge was closed by the council."
    question = "Who closed the old bridge?"
    for words in ("mayor", "council"):
        best = quotes(question, passage("a", text), reader=PointingReader(words))[0]
        assert words in best.text
        assert best.answer is not None
        assert text[best.answer.start : best.answer.end] == best.answer_text == words


def test_readings_that_agree_outvote_one_that_is_a_little_surer() -> None:
    # Votes: the weights are 1 for Marlo (-1) and e^(-1/6) = 0.85 twice for Quill (-2): 0.37 to 0.63.
    lone = passage("a", "The prize of the jury went to marlo at noon.", 1.0)
    first = passage("b", "The prize of the jury went to quill at night.", 1.0)
    second = passage("c", "The prize of the jury went to quill at once.", 1.0)
    best = quotes("The prize of the jury went to whom?", lone, first, second, reader=PointingReader("marlo", "quill"))
    assert [quote.answer_text for quote in best] == ["quill", "quill", "marlo"]
    assert 0.62 < best[0].votes < 0.64


def test_only_the_likeliest_sentences_are_read() -> None:
    texts = [f"The ferry strike began at berth number {number}." for number in range(40)]
    reader = PointingReader("berth")
    found = quotes(
        "Where did the ferry strike begin?", *(passage(f"a{n}", t) for n, t in enumerate(texts)), reader=reader
    )
    assert len(reader.read_sentences) == len(found) == READ_MOST


def test_what_several_sources_report_is_corroborated() -> None:
    lone = passage("a", "The prize for the best ferry film went to Marlo this week.", 1.0)
    first = passage("b", "The prize for the best ferry film went to Quill this week.", 0.99)
    second = passage("c", "Quill took the prize for the best ferry film, a jury said.", 0.98)
    asked = "The prize for the best ferry film went to whom?"
    assert "Quill" in quotes(asked, lone, first, second)[0].text


def test_copies_of_one_story_corroborate_nothing() -> None:
    asked = "The prize for the best ferry film went to whom?"
    lone = passage("a", "The prize for the best ferry film went to Marlo this week.", 1.0)
    copies = [
        passage("b", "The prize for the best ferry film went to Quill this week.", 0.99, story="s"),
        passage("c", "The prize for the best ferry film went to Quill today.", 0.98, story="s"),
    ]
    assert "Marlo" in quotes(asked, lone, *copies)[0].text


def test_questions_and_headings_are_no_evidence() -> None:
    text = "Who cracked the hangers? Cracked hangers of the bridge\n\nThe hangers cracked in the frost of March."
    found = [quote.text for quote in quotes("Why were the hangers cracked?", passage("a", text))]
    assert found == ["The hangers cracked in the frost of March."]


def test_what_a_correction_takes_back_is_no_evidence() -> None:
    text = (
        "Correction: an earlier version of this article said that cracks had been found in 41 hangers. "
        "The correct number is 14 hangers."
    )
    asked = "How many hangers had cracks?"
    assert [one.text for one in likely_sentences(asked, retrieved(asked, passage("a", text)), stems)] == [
        "The correct number is 14 hangers."
    ]


def test_no_sentence_repeats_another() -> None:
    one, same = made("The bridge will open on Friday."), made("The bridge will open on Friday morning.", 0.9)
    other = made("Engineers found nine cracks under the road.", 0.8)
    assert chosen([one, same, other], 60) == [one, other]


def test_a_much_weaker_sentence_is_not_added() -> None:
    assert len(chosen([made("One two three four.", 2.0), made("Five six seven eight.", 0.1)], 60)) == 1


def test_an_answer_that_is_shown_already_is_not_shown_again() -> None:
    first = made("Truss lasted 45 days in office.", 1.0, "45")
    again = made("She was gone after 45 days, the shortest term of all.", 0.9, "45 days")
    other = made("Six weeks after she came, the party looked for another.", 0.8, "Six weeks")
    assert chosen([first, again, other], 60) == [first, other]


def test_long_sentences_are_cut_around_their_answer_and_stay_verbatim() -> None:
    text = " ".join(f"word{number}," if number % 10 == 9 else f"word{number}" for number in range(90)) + "."
    first, second = chosen([made(text, 1.0, "word45"), made(f"Then {text}", 0.9, "word77")][:2], 60)
    for quote in (first, second):
        assert quote.sentence.text[quote.start : quote.end] == quote.text
        assert quote.answer_text in quote.text
    assert first.text.startswith("word20 ")
    assert first.text.endswith("word49")
    assert first.words == 30 + 2
    assert first.words <= FIRST_WORDS_MOST
    assert second.words <= FURTHER_WORDS_MOST


def test_sources_that_give_the_same_answer_agree_and_copies_count_once() -> None:
    texts = {
        "a": "Marlo won the prize.",
        "b": "The prize went to Ada Marlo.",
        "c": "Ada Marlo took it.",
        "d": "Quill won a prize.",
    }
    passages = [passage(name, text, story="s" if name in "bc" else "") for name, text in texts.items()]
    found = quotes("Who won the prize?", *passages, reader=PointingReader("Ada Marlo", "Marlo", "Quill"))
    first = next(quote for quote in found if quote.answer_text == "Ada Marlo")
    assert {quote.passage.article_id for quote in agreeing(first, found)} in ({"a", "b"}, {"a", "c"})


def test_a_pronoun_brings_the_sentence_before_it() -> None:
    text = "Rain fell. Mara Holm leads the union. She resigned on Friday."
    reader = PointingReader("Friday")
    first = chosen(quotes("When did she resign?", passage("a", text), reader=reader), 60)[0]
    assert first.text == "Mara Holm leads the union. She resigned on Friday."
    assert text[first.start : first.end] == first.text
    assert first.answer is not None
    assert text[first.answer.start : first.answer.end] == "Friday"


@given(st.lists(st.tuples(st.integers(1, 80), st.floats(0.1, 2.0)), max_size=8), st.integers(10, 60))
def test_never_too_many_quotes_or_words(sizes: list[tuple[int, float]], most: int) -> None:
    ranked = sorted(
        (
            made(" ".join(f"w{row}x{number}" for number in range(size)) + ".", score, f"w{row}x{size // 2}")
            for row, (size, score) in enumerate(sizes)
        ),
        key=lambda quote: -quote.score,
    )
    picked = chosen(ranked, most)
    assert len(picked) <= QUOTES_MOST
    assert sum(quote.words for quote in picked) <= most
    assert bool(picked) == bool(ranked)
