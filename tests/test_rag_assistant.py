"""The invariants of every answer, whatever is asked."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from fakes import (
    PointingReader,
    WordEmbedder,
    config_for,
    contents_of,
    day_of,
    first_sentence,
    names_of,
    title_of,
    write_articles,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.run import ingest
from rag.answering.choose import SHAPES
from rag.assistant import Assistant
from rag.errors import ConfigError, ModelError
from rag.library import Library
from rag.text.days import day_text
from rag.types import AbstentionReason, Answer, Kind, Passage, Retrieved, Status, Text, Verdict

ARTICLES = 12


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("assistant")
    config = config_for(folder / "library", answer_threshold=0.0)
    library = Library.create(folder / "library", config, embedder=WordEmbedder())
    ingest(library, [str(write_articles(folder / "articles", ARTICLES))])
    yield Assistant(library)
    library.searcher.close()


def check(library: Library, answer: Answer) -> None:
    """Every invariant of an answer."""
    for citation in answer.citations:
        article = library.article(citation.article_id)
        assert article.text[citation.start : citation.end] == citation.quote
        assert (citation.title, citation.outlet, citation.published) == (
            article.title,
            article.outlet,
            article.published,
        )
        assert all(date.words in citation.quote for date in citation.dates)
        assert citation.answer is None or citation.start <= citation.answer.start < citation.answer.end <= citation.end
        for other in citation.agreed_by:
            assert library.article(other.article_id).text[other.start : other.end] == other.quote
        assert article.published or not citation.dates
    markers = [int(number) for number in re.findall(r"\[(\d+)\]", answer.text)]
    assert list(dict.fromkeys(markers)) == [citation.number for citation in answer.citations]
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    if answer.status is Status.ABSTAINED:
        assert not answer.citations
        assert answer.reason is not None
        assert answer.reason.message in answer.text
    else:
        assert answer.citations or answer.kind is Kind.META
        assert answer.reason is None
    if answer.status is Status.CLOSEST:
        assert not any(sentence.answer for sentence in answer.sentences)
    elif answer.kind in SHAPES and answer.kind not in (Kind.MULTI, Kind.DAY) and not answer.conflicts:
        assert len(answer.citations) <= SHAPES[answer.kind].sentences
        assert sum(len(citation.quote.split()) for citation in answer.citations) <= SHAPES[answer.kind].words
    assert not answer.short or (answer.kind is Kind.FACT and answer.short in answer.text)
    no_answer = answer.status in (Status.ABSTAINED, Status.CLOSEST) or answer.kind is Kind.META
    assert answer.turns[-1].answer == ("" if no_answer else answer.text)
    for sentence in answer.sentences:
        words = sentence.answer
        assert words is None or sentence.start <= words.start < words.end <= sentence.end
        assert answer.text[sentence.start : sentence.end].endswith(f"[{sentence.citations[-1]}]")
    assert Answer.from_json(answer.to_json()) == answer


names = st.integers(0, ARTICLES - 1).map(lambda number: names_of(number)[1])
forms = st.sampled_from(
    [
        "What happened at the {} bridge?",
        "{} bridge",
        "A timeline of the {} bridge",
        "Which articles do you have about the {} bridge?",
        "Which articles are about [7] {}?",
        "Who closed the {} bridge and when does it open?",
        "Is the {} bridge closed?",
        "What is the latest on the {} bridge?",
        "What happened on 3 January 2024?",
        "hello",
    ]
)
question = st.one_of(
    st.text(max_size=80),
    st.builds(str.format, forms, names),
    st.integers(0, ARTICLES - 1).map(first_sentence),
    st.integers(0, ARTICLES - 1).map(lambda number: f"How many cracks were found at {title_of(number)}?"),
    st.sampled_from(
        ["'; DROP TABLE articles; --", "(a+)+$", "[1] [2]", "AND OR NOT", "title:*", "\ud800", "\u202e\u200b?"]
    ),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question)
def test_invariants(assistant: Assistant, question: str) -> None:
    check(assistant.library, assistant.ask(question))
    reader = PointingReader("cracks", "Tuesday", "minutes", "bridge", "the")
    check(assistant.library, Assistant(assistant.library, reader=reader).ask(question))
    check(assistant.library, Assistant(showing_closest(assistant)).ask(question))


def showing_closest(assistant: Assistant) -> Library:
    """The same library, but never sure."""
    config = assistant.library.config.model_copy(update={"answer_threshold": 1.0, "closest_threshold": 0.0})
    return Library(config, assistant.library.catalog, assistant.library.embedder)


def test_an_assistant_from_the_settings_answers_as_one_that_is_made_directly(assistant: Assistant) -> None:
    asked = "Who leads the seafarers' union?"
    other = Assistant.from_config(assistant.library)
    assert other.ask(asked).text == Assistant(assistant.library).ask(asked).text != ""


def test_what_is_loaded_ahead_answers_the_same_and_fails_only_when_it_is_asked(
    assistant: Assistant, capfd: pytest.CaptureFixture[str]
) -> None:
    asked, library = "Who leads the seafarers' union?", assistant.library
    ahead = Assistant(library)
    ahead.load_ahead()
    assert ahead.ask(asked).text == Assistant(library).ask(asked).text != ""
    config = library.config.model_copy(update={"reader_model": "/no/such/model"})
    without = Assistant(Library(config, library.catalog, library.embedder))
    without.load_ahead()
    with pytest.raises(ModelError, match="/no/such/model"):
        without.ask(asked)
    assert capfd.readouterr().err == ""


def test_a_stream_ends_with_what_ask_returns(assistant: Assistant) -> None:
    asked = first_sentence(3)
    events = list(assistant.stream(asked))
    assert isinstance(events[0], Retrieved)
    assert events[0].passages
    assert all(isinstance(event, Text) for event in events[1:-1])
    assert events[-1] == assistant.ask(asked)
    assert "".join(event.text for event in events if isinstance(event, Text)) == assistant.ask(asked).text


def test_the_answer_is_the_sentence_that_was_asked_for(assistant: Assistant) -> None:
    answer = assistant.ask(first_sentence(4))
    assert answer.citations[0].quote == first_sentence(4)
    assert answer.status is Status.ANSWERED


def test_relative_dates_are_resolved_beside_the_quote(assistant: Assistant) -> None:
    cited = assistant.ask(first_sentence(4)).citations[0]  # of Friday, 5 January 2024: "said on Tuesday that …"
    assert cited.published == day_of(4) == dt.date(2024, 1, 5)
    tuesday = dt.date(2024, 1, 2)
    assert [(date.words, date.first, date.last) for date in cited.dates] == [("Tuesday", tuesday, tuesday)]
    assert cited.quote == first_sentence(4)


def _notices(assistant: Assistant, asked: str, today: dt.date, as_of: dt.date | None = None) -> tuple[str, ...]:
    answer = Assistant(assistant.library, today=lambda: today).ask(asked, as_of=as_of)
    assert answer.status is Status.ANSWERED
    return answer.notices


def test_an_old_answer_about_the_present_tells_its_day(assistant: Assistant) -> None:
    bridge = f"the {names_of(0)[1]} bridge"
    newest = assistant.ask(f"Who asked for repairs of {bridge} now?").freshness.newest
    assert newest
    notice = f"Nothing newer than {newest.day} Jan 2024 was found."
    old, fresh = newest + dt.timedelta(days=31), newest + dt.timedelta(days=30)
    assert _notices(assistant, f"Who asked for repairs of {bridge} now?", old) == (notice,)
    assert _notices(assistant, f"Who asked for repairs of {bridge} today?", old) == (notice,)
    assert _notices(assistant, f"Who is for repairs of {bridge}?", old) == (notice,)
    assert _notices(assistant, f"Who asked for repairs of {bridge} now?", fresh) == ()
    assert _notices(assistant, f"Who asked for repairs of {bridge}?", old) == ()
    # The library as it was on a day: that day is the present.
    assert _notices(assistant, f"Who asked for repairs of {bridge} now?", old, as_of=fresh) == ()
    assert _notices(assistant, f"Who asked for repairs of {bridge} now?", newest, as_of=old) == (notice,)


def test_sync_and_async_agree(assistant: Assistant) -> None:
    async def both() -> tuple[Answer, list[object]]:
        return await assistant.aask(first_sentence(2)), [event async for event in assistant.astream(first_sentence(2))]

    answer, events = asyncio.run(both())
    assert answer == assistant.ask(first_sentence(2)) == events[-1]


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("", AbstentionReason.EMPTY_QUESTION),
        (" \n ", AbstentionReason.EMPTY_QUESTION),
        ("???", AbstentionReason.EMPTY_QUESTION),
        ("why " * 25_000, AbstentionReason.QUESTION_TOO_LONG),
    ],
)
def test_what_is_no_question_abstains(assistant: Assistant, asked: str, kind: AbstentionReason) -> None:
    answer = assistant.ask(asked)
    check(assistant.library, answer)
    assert answer.reason is not None
    assert answer.reason.kind is kind


def test_an_empty_library_says_how_to_fill_it(library: Library) -> None:
    answer = Assistant(library).ask("Who announced the visit?")
    check(library, answer)
    assert answer.reason is not None
    assert answer.reason.kind is AbstentionReason.EMPTY_LIBRARY
    assert "dateline ingest" in answer.text


def test_filters_abstain_with_their_own_reason(assistant: Assistant) -> None:
    early = assistant.ask(first_sentence(1), as_of="1999-01-01")
    elsewhere = assistant.ask(first_sentence(1), outlets=["No Such Paper"])
    assert early.reason is not None
    assert early.reason.kind is AbstentionReason.OUTSIDE_DATES
    assert elsewhere.reason is not None
    assert elsewhere.reason.kind is AbstentionReason.FILTERED_OUT


def test_an_answer_behind_the_readers_own_filter_is_told_but_never_one_of_the_future(assistant: Assistant) -> None:
    strict = config_for(assistant.library.path, answer_threshold=0.95, closest_threshold=0.95)
    library = Library.open(assistant.library.path, strict, WordEmbedder())
    asked = first_sentence(1)  # of 2 January 2024; other articles are similar
    kinds = []
    for filters in (
        {"since": "2024-01-04"},
        {"outlets": [f"{names_of(2)[0].title()} Courier"]},
        {"as_of": "2024-01-01"},
    ):
        reason = Assistant(library).ask(asked, **filters).reason  # type: ignore[arg-type]
        kinds.append(reason and reason.kind)
    library.searcher.close()
    assert Assistant(assistant.library).ask(asked).status is Status.ANSWERED
    assert kinds[:2] == [AbstentionReason.OUTSIDE_DATES, AbstentionReason.FILTERED_OUT]
    assert kinds[2] in {AbstentionReason.NO_ANSWER_IN_PASSAGES, AbstentionReason.NOTHING_CLOSE}


def test_nothing_later_than_as_of_is_seen(assistant: Assistant) -> None:
    for passage in assistant.library.search(first_sentence(9), 50, as_of="2024-01-05"):
        assert passage.published is not None
        assert passage.published.isoformat() <= "2024-01-05"


def test_a_wrong_date_is_told(assistant: Assistant) -> None:
    with pytest.raises(ConfigError, match="is not a date"):
        assistant.ask("Who?", as_of="next week")
    with pytest.raises(ConfigError, match="'2025-08-133' is not a date for as_of"):
        assistant.ask("Who?", as_of="2025-08-133")
    with pytest.raises(ConfigError, match="'5' is not a date for until"):
        assistant.ask("Who?", until=5)  # type: ignore[arg-type]
    for read in (partial(assistant.ask, "Who?"), partial(assistant.library.search, "Who?"), assistant.digest):
        with pytest.raises(ConfigError, match="wrong way round: since 2024-02-01 is later than until 2024-01-01"):
            read(since="2024-02-01", until="2024-01-01")
    with pytest.raises(TypeError, match="no filter 'outlet'; the filters are: as_of"):
        assistant.ask("Who?", outlet="Post")  # type: ignore[call-arg]
    with pytest.raises(ConfigError, match="top_k cannot be -1"):
        assistant.library.search("Who?", -1)


def test_history_grows_by_one_turn(assistant: Assistant) -> None:
    first = assistant.ask(first_sentence(5))
    second = assistant.ask("And when does it open?", history=first.turns)
    assert first.carried == ()
    assert names_of(5)[0].title() in second.carried
    assert [turn.question for turn in second.turns] == [first_sentence(5), "And when does it open?"]
    assert second.standalone_question.startswith("And when does it open? (")


def test_what_is_never_sure_is_the_closest_passages_whole_and_claims_nothing(assistant: Assistant) -> None:
    answer = Assistant(showing_closest(assistant)).ask(f"Who closed the {names_of(3)[1]} bridge?")
    assert answer.status is Status.CLOSEST
    assert answer.citations[0].title == title_of(3)
    stored = contents_of(assistant.library.path)
    for cited in answer.citations:
        assert (cited.passage_id, cited.start, cited.end) in stored[cited.article_id][2]
    assert (answer.short, answer.independent_sources, answer.conflicts) == ("", 0, ())
    assert all((one.verdict, one.answer) == (Verdict.VERBATIM, None) for one in answer.sentences)


def test_a_follow_up_of_a_refusal_carries_the_question_and_none_of_the_words_that_refused(assistant: Assistant) -> None:
    empty = Assistant(assistant.library).ask("Who painted the Gronholm mural?", outlets=["No Such Paper"])
    assert empty.turns[-1].answer == ""
    second = assistant.ask("And when?", history=empty.turns)
    assert second.carried == ("Gronholm", "painted", "mural")


def test_a_story_is_told_in_dated_lines_one_a_day(assistant: Assistant) -> None:
    answer = assistant.ask(f"What happened at the {names_of(6)[1]} bridge?")
    assert answer.kind is Kind.STORY
    days = list(dict.fromkeys(cited.published for cited in answer.citations))
    assert len(answer.citations) > 1
    assert [line.partition(": ")[0] for line in answer.text.split("\n")] == [
        f"{day.day} Jan 2024" for day in days if day
    ]
    for sentence, cited in zip(answer.sentences, answer.citations, strict=True):
        assert answer.text[sentence.start : sentence.end] == f"{cited.quote} [{cited.number}]"
    timeline = assistant.ask(f"Timeline of the {names_of(6)[1]} bridge")
    published = [cited.published for cited in timeline.citations if cited.published]
    assert len(published) > 1
    assert published == sorted(published)


def test_a_fact_has_its_words_alone_where_a_reading_model_points_at_them(assistant: Assistant) -> None:
    asked = f"How many cracks were in the {names_of(4)[4]} pillar?"
    answer = Assistant(assistant.library, reader=PointingReader("7 cracks")).ask(asked)
    assert (answer.kind, answer.short) == (Kind.FACT, "7 cracks")
    assert assistant.ask(asked).short == ""


def test_days_alone_are_answered_with_what_there_is_of_them(assistant: Assistant) -> None:
    answer = assistant.ask("What happened on 3 January 2024?")
    assert answer.kind is Kind.DAY
    assert [(cited.quote, cited.published) for cited in answer.citations] == [(first_sentence(2), day_of(2))]


def test_days_of_which_the_library_has_nothing_are_outside_its_dates(assistant: Assistant) -> None:
    answer = Assistant(assistant.library, today=lambda: dt.date(2025, 6, 4)).ask("What happened last week?")
    assert (answer.status, answer.kind) == (Status.ABSTAINED, Kind.DAY)
    assert answer.reason is not None
    assert answer.reason.kind is AbstentionReason.OUTSIDE_DATES
    assert f"articles from {day_text(day_of(0))} to " in answer.text


def test_words_of_an_article_are_found_in_it_whatever_day_is_asked_about(assistant: Assistant) -> None:
    assistant = Assistant(assistant.library, today=lambda: dt.date(2031, 5, 1))
    answer = assistant.ask(f"Who said that {first_sentence(8).removesuffix('.')}?")
    assert answer.kind is Kind.QUOTATION
    assert answer.citations[0].quote.startswith(first_sentence(8))
    assert title_of(8) in answer.text


def test_articles_about_something_are_listed_from_the_catalog(assistant: Assistant) -> None:
    answer = assistant.ask(f"Which articles do you have about {names_of(9)[1]}?")
    assert answer.kind is Kind.ARTICLES
    assert answer.text.startswith("1 article about ")
    assert [cited.title for cited in answer.citations] == [title_of(9)]


def test_a_list_is_of_what_articles_are_about_and_headlines_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not those that only have the word somewhere in their text."""
    about = [
        f"The harbour office said on Monday that pier {n} of the port would stay open to boats." for n in range(30)
    ]
    in_passing = "\n\n".join([*about, "A marmot was seen on the quay."])
    rows = [
        {"id": "old", "title": "Marmot closes the tunnel", "published": "2025-08-01", "text": about[0]},
        {
            "id": "led",
            "title": "Tunnel closed",
            "published": "2025-08-03",
            "text": "A marmot closed the tunnel on Sunday.",
        },
        {"id": "new", "title": "Marmot is back", "published": "2025-08-02", "text": about[1]},
        {"id": "word", "title": "Piers stay open", "published": "2025-08-04", "text": in_passing},
    ]
    articles = tmp_path / "articles.jsonl"
    articles.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    library = Library.create(tmp_path / "library", config_for(tmp_path / "library"), embedder=WordEmbedder())
    ingest(library, [str(articles)])
    answer = Assistant(library).ask("Which articles do you have about the marmot?")
    assert [cited.article_id for cited in answer.citations] == ["led", "new", "old"]
    check(library, answer)
    mentions = Assistant(library).ask("Which articles mention the marmot?")
    assert [cited.article_id for cited in mentions.citations] == ["word", "led", "new", "old"]
    assert mentions.text.startswith("4 articles that mention the marmot:")
    check(library, mentions)
    monkeypatch.setattr("rag.answering.catalogued.ARTICLES_MOST", 2)
    few = Assistant(library).ask("Which articles do you have about the marmot?")
    assert [cited.article_id for cited in few.citations] == ["new", "old"]  # the headlines
    assert few.text.startswith("3 articles about")


def test_a_greeting_is_answered_and_searches_nothing(assistant: Assistant) -> None:
    answer = assistant.ask("Hello!")
    assert (answer.kind, answer.passages, answer.citations) == (Kind.META, (), ())
    assert f"{ARTICLES} articles" in answer.text


def test_a_llama_index_retriever(assistant: Assistant) -> None:
    nodes = assistant.library.as_retriever(top_k=3).retrieve(first_sentence(6))
    found = assistant.library.search(first_sentence(6), 3)
    assert [node.node.node_id for node in nodes] == [passage.id for passage in found]
    assert nodes[0].node.metadata["title"] == title_of(6)
    assert assistant.library.as_retriever(outlets=["Nobody's Post"]).retrieve(first_sentence(6)) == []
    with pytest.raises(ConfigError, match="is not a date for since"):
        assistant.library.as_retriever(since="soon")


@pytest.mark.parametrize("setting", ["llm", "reranker_model", "support_model"])
def test_models_come_from_the_settings_when_none_are_given(assistant: Assistant, setting: str) -> None:
    config = assistant.library.config.model_copy(update={"llm": "ollama:tiny", setting: "/no/such/model"})
    with pytest.raises(ModelError):
        Assistant(Library(config, assistant.library.catalog, assistant.library.embedder))


def test_a_llama_index_reranker_orders_the_passages(assistant: Assistant) -> None:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

    given: list[str] = []

    class Backwards(BaseNodePostprocessor):
        def _postprocess_nodes(self, nodes, query_bundle=None):  # type: ignore[no-untyped-def]
            given.extend(node.node.node_id for node in nodes)
            return nodes[::-1]

    asked = f"Who closed the {names_of(7)[1]} bridge?"
    turned = Assistant(assistant.library, reranker=Backwards()).ask(asked).passages
    assert len(turned) > 2
    assert turned[0].id == given[-1]
    # One passage of each story is shown.
    assert [given.index(passage.id) for passage in turned] == sorted(
        (given.index(one.id) for one in turned), reverse=True
    )


def test_passages_are_where_they_say(assistant: Assistant) -> None:
    passages: tuple[Passage, ...] = assistant.library.search("bridge council repairs", 20)
    assert passages
    for passage in passages:
        text = assistant.library.article(passage.article_id).text
        assert text[passage.start : passage.end] == passage.text
