"""Choosing quotes: few, short, different, verbatim."""

from __future__ import annotations

from fakes import WordEmbedder
from hypothesis import given
from hypothesis import strategies as st

from rag.quote import Quote, best_quotes, chosen
from rag.retrieve import Retrieved
from rag.types import Passage


def stems(text: str) -> list[str]:
    return list(dict.fromkeys(word.strip(".,?!").lower() for word in text.split()))


def passage(article: str, text: str, score: float = 1.0) -> Passage:
    return Passage(id=article, article_id=article, title="", text=text, start=0, end=len(text), score=score)


def retrieved(question: str, *passages: Passage) -> Retrieved:
    terms = stems(question)
    return Retrieved(passages, tuple(terms), WordEmbedder().encode([question])[0], dict.fromkeys(terms, 1.0))


def quotes(question: str, *passages: Passage) -> list[Quote]:
    return best_quotes(question, retrieved(question, *passages), WordEmbedder(), stems)


def made(text: str, score: float = 1.0) -> Quote:
    return Quote(passage("a", text), 0, len(text), text, frozenset(stems(text)), 1.0, 0.0, score, score=score)


def test_the_sentence_with_the_questions_words_and_a_number_is_first() -> None:
    text = "The bridge was built in stone. Inspectors found 41 cracked hangers on the bridge. Rain fell all day."
    best = quotes("How many cracked hangers did inspectors find on the bridge?", passage("a", text))[0]
    assert best.text == "Inspectors found 41 cracked hangers on the bridge."
    assert text[best.start : best.end] == best.text


def test_what_several_articles_report_is_corroborated() -> None:
    lone = passage("a", "The prize for the best ferry film went to Marlo this week.", 1.0)
    first = passage("b", "The prize for the best ferry film went to Quill this week.", 0.99)
    second = passage("c", "Quill took the prize for the best ferry film, a jury said.", 0.98)
    assert "Quill" in quotes("The prize for the best ferry film went to whom?", lone, first, second)[0].text


def test_questions_and_headings_are_no_evidence() -> None:
    text = "Who cracked the hangers? Cracked hangers of the bridge\n\nThe hangers cracked in the frost of March."
    found = [quote.text for quote in quotes("Why were the hangers cracked?", passage("a", text))]
    assert found == ["The hangers cracked in the frost of March."]


def test_no_sentence_repeats_another() -> None:
    one, same = made("The bridge will open on Friday."), made("The bridge will open on Friday morning.", 0.9)
    other = made("Engineers found nine cracks under the road.", 0.8)
    assert chosen([one, same, other], 60) == [one, other]


def test_a_much_weaker_sentence_is_not_added() -> None:
    assert len(chosen([made("One two three four."), made("Five six seven eight.", 0.5)], 60)) == 1


def test_a_long_sentence_is_cut_at_a_clause_and_stays_verbatim() -> None:
    text = " ".join(f"word{number}," if number == 40 else f"word{number}" for number in range(90)) + "."
    (only,) = chosen([made(text)], 60)
    assert text.startswith(only.text)
    assert only.text.endswith("word40")
    assert not only.whole


@given(st.lists(st.tuples(st.integers(1, 80), st.floats(0.1, 2.0)), max_size=8), st.integers(10, 60))
def test_at_most_three_quotes_and_never_too_many_words(sizes: list[tuple[int, float]], most: int) -> None:
    ranked = sorted(
        (
            made(" ".join(f"w{row}x{number}" for number in range(size)) + ".", score)
            for row, (size, score) in enumerate(sizes)
        ),
        key=lambda quote: -quote.score,
    )
    picked = chosen(ranked, most)
    assert len(picked) <= 3
    assert sum(quote.words for quote in picked) <= most
    assert bool(picked) == bool(ranked)
