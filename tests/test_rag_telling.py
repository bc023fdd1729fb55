"""The story of an article: copies separated from independent reports, corrections named, figures by day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import WordEmbedder, config_for
from story_articles import POOL, Told

from ingest.run import ingest
from rag.checking.quantities import quantities
from rag.errors import ArticleNotFound
from rag.library import Library
from rag.telling import story_of


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("telling")
    lines = folder / "pool.jsonl"
    lines.write_text("".join(json.dumps(one.row()) + "\n" for one in POOL), encoding="utf-8")
    library = Library.create(folder / "library", config_for(folder / "library"), WordEmbedder())
    ingest(library, [str(lines)])
    yield library
    library.searcher.close()


def test_copies_are_told_once(told: Library) -> None:
    story = story_of(told, "quake-post")
    first = story.tellings[0]
    assert first.report.article_id == "quake-herald-corrected"  # and not the withdrawn text, which came first
    assert first.copies[-1].article_id == "quake-herald"
    assert {first.report.article_id, *(one.article_id for one in first.copies)} >= {
        "quake-herald",
        "quake-post",
        "quake-echo",
    }
    assert story.independent_sources <= len(story.tellings)


def test_every_article_of_an_event_leads_to_the_same_story(told: Library) -> None:
    story = story_of(told, "quake-post")
    ids = [one.article_id for telling in story.tellings for one in (telling.report, *telling.copies)]
    assert len(ids) == len(set(ids))
    assert all(story_of(told, one) == story for one in ids)


def test_a_correction_is_named_and_so_is_what_it_replaces(told: Library) -> None:
    story = story_of(told, "quake-herald")
    by_id = {one.article_id: one for telling in story.tellings for one in (telling.report, *telling.copies)}
    assert by_id["quake-herald-corrected"].replaces
    assert by_id["quake-herald"].replaced
    assert not by_id["quake-post"].replaced


def test_a_figure_that_moved_is_cited_word_for_word(told: Library) -> None:
    (figure,) = story_of(told, "quake-herald").figures
    assert figure.counted == "people dead"
    assert [one.words for one in figure.said] == ["at least 14", "at least 41"]
    assert [one.published for one in figure.said] == sorted(one.published for one in figure.said if one.published)
    for one in figure.said:
        assert told.article(one.article_id).text[one.start : one.end] == one.quote


@pytest.mark.parametrize(
    ("sentence", "counts", "happened"),
    [
        (
            "The number of people killed by floods in the north rose to 34 on Sunday, and 11 are missing.",
            "peopl",
            "dead",
        ),
        ("The number of villagers evacuated has grown from 400 to 1,250, she said.", "villag", "moved"),
        ("With the death toll at 41 and three people missing, the search ended.", "peopl", "dead"),
        ("They agree on the number of people who fell ill: 264.", "peopl", "ill"),
        ("The number of the hurt stands at 74.", "peopl", "hurt"),
        ("The number of schools in towns of more than 500 residents fell.", "resid", ""),
        ("At least nine people were killed and 23 were missing.", "peopl", "dead"),
    ],
)
def test_a_figure_counts_what_its_sentence_says(sentence: str, counts: str, happened: str) -> None:
    values = [value for _, _, value in quantities(sentence)]
    assert (counts, {happened} - {""}) in [(one.counts, set(one.happened)) for one in values]


def test_a_story_goes_on_for_weeks(tmp_path: Path) -> None:
    text = "The earthquake near Port Maliva killed {} people, the governor of Orvena, Elia Strand, said in Tarrow{}."
    more = " after the last ship of the Orvena Coast Guard had come back and the search for survivors had ended"
    rows = [
        Told("first", "Herald", "2024-03-05", text.format("at least 14", "")).row(),
        Told("later", "Gazette", "2024-03-17", text.format("41", more)).row(),
    ]
    (tmp_path / "two.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    library = Library.create(tmp_path / "library", config_for(tmp_path / "library"), WordEmbedder())
    ingest(library, [str(tmp_path / "two.jsonl")])
    for asked in ("first", "later"):
        (figure,) = story_of(library, asked).figures
        assert [one.words for one in figure.said] == ["at least 14", "41"]
    library.searcher.close()


def test_figures_that_all_agree_did_not_move(told: Library) -> None:
    assert story_of(told, "lottery-1").figures == ()


def test_an_article_that_nobody_else_tells_is_a_story_of_one(told: Library) -> None:
    (telling,) = story_of(told, "lottery-1").tellings
    assert (telling.report.article_id, telling.copies) == ("lottery-1", ())


def test_no_such_article(told: Library) -> None:
    with pytest.raises(ArticleNotFound):
        story_of(told, "nowhere")
