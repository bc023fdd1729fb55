"""An answer's text: quotes in order, cuts marked, the words that answer and who says them in their places."""

from __future__ import annotations

from dataclasses import replace

from rag.answering.choice import agreeing, chosen
from rag.answering.quote import Quote
from test_rag_quote import made

from rag.answering.answers import quoted_answer
from rag.types import Answer, Window

FERRIES = (
    "The ferries, which carry 4,000 people a day between the islands and the mainland, will stay in port until Monday, "
    "the union of seafarers said in a long letter that it sent to the ministry of transport, and then sail again."
)
POLICE = (
    "Police said that 14 people were hurt when a tram left its rails near the old market on Sunday afternoon while it "
    "rained, and that three of them were still in hospital on Tuesday with wounds that nobody thought were grave."
)


def answer(*quotes: Quote) -> Answer:
    return quoted_answer(
        question="?",
        searched="?",
        quotes=chosen(quotes, 60),
        agreeing=agreeing(quotes[0], quotes),
        passages=(),
        nearby=(),
        window=Window(),
        confidence=1.0,
        notices=(),
        version="",
        history=(),
    )


def test_the_words_that_answer_are_marked_in_the_text_and_in_the_source() -> None:
    made_answer = answer(made("Kang Yu-jung  announced\nthe trip [1] on Monday.", 1.0, "Monday"))
    assert made_answer.text == "Kang Yu-jung announced the trip (1) on Monday. [1]"
    (sentence,), (citation,) = made_answer.sentences, made_answer.citations
    assert sentence.answer is not None
    assert made_answer.text[sentence.answer.start : sentence.answer.end] == "Monday"
    assert citation.answer is not None
    assert citation.quote[citation.answer.start : citation.answer.end] == "Monday"


def test_a_cut_is_marked_and_the_source_of_the_words_is_named_behind_it() -> None:
    assert answer(made(FERRIES, 1.0, "Monday")).text == (
        "The ferries, which carry 4,000 people a day between the islands and the mainland, will stay in port until "
        "Monday … the union of seafarers said [1]"
    )
    further = answer(made("Rain is expected.", 1.0, "Rain"), made(FERRIES, 0.9, "Monday")).text
    assert further == "Rain is expected. [1] … will stay in port until Monday … the union of seafarers said [2]"


def test_the_source_of_the_words_is_named_before_them_where_it_stands_there() -> None:
    told = answer(made("Rain is expected.", 1.0, "Rain"), made(POLICE, 0.9, "three"))
    assert told.text == "Rain is expected. [1] Police said … and that three of them were still in hospital on … [2]"
    says = told.citations[1].says
    assert says is not None
    assert says.words == POLICE[says.start : says.end] == "Police said"


def test_sources_that_agree_are_named_once_each() -> None:
    def of(article: str, outlet: str, text: str, story: str = "") -> Quote:
        quote = made(text, 1.0, "Marlo")
        passage = quote.passage.model_copy(update={"article_id": article, "outlet": outlet, "story": story})
        return replace(quote, passage=passage, sentence=replace(quote.sentence, passage=passage))

    quotes = [
        of("a", "Tolva Post", "Marlo won the race.", "s"),
        of("b", "Norvik Echo", "The race went to Marlo."),
        of("c", "Harbour Ledger", "Marlo won the race.", "s"),  # a copy
        of("d", "Norvik Echo", "It was Marlo who won."),  # the same outlet again
    ]
    told = answer(*quotes)
    assert told.independent_sources == 2
    assert [one.article_id for one in told.citations[0].agreed_by] == ["b", "d"]


def test_nothing_that_answers() -> None:
    told = answer(made("Kang Yu-jung announced the trip."))
    assert told.sentences[0].answer is None
    assert told.citations[0].answer is None
