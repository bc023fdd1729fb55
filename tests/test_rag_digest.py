"""What is new: by event, each article once, every sentence cited, corrections and disputes named."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import click
import numpy as np
import pytest
from click.testing import CliRunner
from fakes import WordEmbedder, config_for
from hypothesis import given, settings
from hypothesis import strategies as st
from story_articles import POOL

from ingest.run import ingest
from rag.affairs import joined
from rag.assistant import Assistant
from rag.digest import _questions, _Telling
from rag.errors import ConfigError
from rag.library import Library
from rag.store.engine import Address
from rag.types import Conflict, Digest, Passage
from ui import digests
from ui.cli.follow import a_span
from ui.cli.main import cli

pytestmark = pytest.mark.both_engines


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, library_place: Callable[[Path], Address]) -> Iterator[Library]:
    """The pool of stories."""
    folder = tmp_path_factory.mktemp("told")
    lines = folder / "pool.jsonl"
    lines.write_text("".join(json.dumps(one.row()) + "\n" for one in POOL), encoding="utf-8")
    address = library_place(folder / "library")
    library = Library.create(address, config_for(address), WordEmbedder())
    assert ingest(library, [str(lines)]).failed == []
    yield library
    library.searcher.close()


def digest_of(library: Library, since: str, until: str, **options: object) -> Digest:
    return Assistant(library).digest(since, until, **options)  # type: ignore[arg-type]


def check_invariants(library: Library, value: Digest) -> None:
    """Invariants of every digest."""
    numbers = [one.number for one in value.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert sorted(number for story in value.stories for number in story.citations) == numbers
    for one in value.citations:
        assert library.article(one.article_id).text[one.start : one.end] == one.quote
    articles = [article for story in value.stories for article in story.articles]
    assert len(articles) == len(set(articles))
    by_number = {one.number: one for one in value.citations}
    for story in value.stories:
        assert {by_number[number].article_id for number in story.citations} <= set(story.articles)
        assert all(f"[{number}]" in story.text for number in story.citations[:1])
        assert 1 <= story.independent_sources <= max(len(story.outlets), 1)
    assert Digest.from_json(value.to_json()) == value


def test_nothing_is_new(library: Library, told: Library) -> None:
    for empty in (digest_of(library, "2024-03-05", "2024-03-06"), digest_of(told, "2024-06-01", "2024-06-02")):
        assert (empty.articles, empty.stories, empty.further) == (0, (), 0)
        assert digests.heading(empty).startswith("Nothing new")


def test_copies_are_one_story_told_by_one(told: Library) -> None:
    value = digest_of(told, "2024-03-05", "2024-03-06")
    check_invariants(told, value)
    quake = next(one for one in value.stories if "quake-herald" in one.articles)
    assert {"quake-herald", "quake-post", "quake-echo"} <= set(quake.articles)
    assert {"Herald", "Post", "Echo"} <= set(quake.outlets)
    witness = "witness-gazette" in quake.articles
    assert quake.independent_sources == (2 if witness else 1)
    assert value.stories[0] == quake  # most widely reported


def test_a_correction_is_named_and_stands_for_what_it_corrects(told: Library) -> None:
    value = digest_of(told, "2024-03-05", "2024-03-08")
    check_invariants(told, value)
    quake = next(one for one in value.stories if "quake-herald-corrected" in one.articles)
    assert "quake-herald" not in quake.articles
    assert [one.article_id for one in quake.replaces] == ["quake-herald"]
    assert "at least 14" not in quake.text or "41" in quake.text
    assert "Corrects or updates this report: Herald, 5 Mar 2024" in digests.as_text(value)


def test_what_two_outlets_say_alike_is_quoted_once(library: Library) -> None:
    said = "The ferry Osprey sank off Cape Lunder and all forty passengers were rescued"
    quotes = [
        SimpleNamespace(text=text, evidence=SimpleNamespace(source=source))
        for text, source in (
            (said, "herald"),
            (f"{said}, it said", "post"),
            (f"{said} again", "herald"),
            ("Nobody knows why the pumps failed", "post"),
        )
    ]
    told = _Telling(library, lambda _: None, frozenset())
    assert told._unlike(quotes) == [quotes[0], quotes[2], quotes[3]]  # type: ignore[arg-type]


INSURERS = "Insurers put the damage of the Torsund fire in Grenholt at 24 million crowns. They heard of 310 people without a bed."
OWNER = "The fire that burned Torsund in Grenholt did damage of 38 million crowns, and 450 people slept in a school."
OTHER = "The works of Torsund in Grenholt were opened again, and the band played. A visitor called it a good day."


@pytest.mark.parametrize(
    ("other", "cosine", "day", "stories"),
    [
        (OWNER, 0.75, 8, 1),
        (OWNER, 0.65, 8, 2),
        (OWNER, 0.75, 18, 2),
        (OTHER, 0.75, 8, 2),  # the same names, but nothing else
    ],
)
def test_events_are_joined_if_their_names_and_what_they_count_agree(
    other: str, cosine: float, day: int, stories: int
) -> None:
    events = [
        [Passage(id=text, article_id=text, title="", text=text, start=0, end=9, published=dt.date(2025, 9, on))]
        for text, on in ((INSURERS, 8), (other, day))
    ]
    leads = {INSURERS: np.array([1.0, 0.0]), other: np.array([cosine, (1 - cosine**2) ** 0.5])}
    assert len(joined(events, leads)) == stories


def test_questions_about_figures_are_in_the_words_of_the_quotes() -> None:
    quotes = [SimpleNamespace(text=text) for text in (OWNER, INSURERS, "They put it at $5.")]
    assert _questions(quotes) == [  # type: ignore[arg-type]
        "How much was the damage?",
        "How many people slept in a school?",
        "How much was the damage of the Torsund fire in Grenholt?",
        "How many people without a bed?",
    ]


def test_days_are_inclusive_and_only_those_of_the_span_count(told: Library) -> None:
    value = digest_of(told, "2024-03-20", "2024-03-20")
    assert [story.articles for story in value.stories] == [("follow-up-herald",)]
    assert digest_of(told, "2024-03-21", "2024-03-30").articles == 0


def test_the_most_that_is_told_and_the_rest_counted(told: Library) -> None:
    value = digest_of(told, "2024-03-01", "2024-03-31", most=1)
    everything = digest_of(told, "2024-03-01", "2024-03-31")
    assert len(value.stories) == 1
    assert value.further == len(everything.stories) + everything.further - 1
    assert value.stories[0].articles == everything.stories[0].articles


def test_a_topic(told: Library) -> None:
    value = digest_of(told, "2024-03-01", "2024-03-31", topic="lottery jackpot")
    check_invariants(told, value)
    assert {article for story in value.stories for article in story.articles} == {"lottery-1", "lottery-2"}


def test_a_text_that_was_changed_is_new_again(tmp_path: Path) -> None:
    library = Library.create(tmp_path / "library", config_for(tmp_path / "library"), WordEmbedder())
    line = tmp_path / "one.jsonl"
    for text in (POOL[0].text, POOL[0].text.replace("14", "16")):
        line.write_text(json.dumps({**POOL[0].row(), "text": text}), encoding="utf-8")
        ingest(library, [str(line)])
    today = dt.datetime.now(dt.UTC).date()
    value = Assistant(library).digest(today - dt.timedelta(days=1), today + dt.timedelta(days=1))
    assert [story.changed for story in value.stories] == [("quake-herald",)]
    library.searcher.close()


def test_an_undated_article_is_new_when_it_came(tmp_path: Path) -> None:
    library = Library.create(tmp_path / "library", config_for(tmp_path / "library"), WordEmbedder())
    row = {key: value for key, value in POOL[0].row().items() if key != "published"}
    (tmp_path / "one.jsonl").write_text(json.dumps(row), encoding="utf-8")
    ingest(library, [str(tmp_path / "one.jsonl")])
    today = dt.datetime.now(dt.UTC).date()
    assert Assistant(library).digest(today - dt.timedelta(days=1), today + dt.timedelta(days=1)).articles == 1
    assert Assistant(library).digest("2024-03-01", "2024-03-31").articles == 0
    library.searcher.close()


def test_an_article_that_came_late_is_new_once(tmp_path: Path) -> None:
    library = Library.create(tmp_path / "library", config_for(tmp_path / "library"), WordEmbedder())
    today = dt.datetime.now().astimezone()
    rows = (
        {**one.row(), "published": (today - dt.timedelta(days=ago)).date().isoformat()}
        for one, ago in zip(POOL[4:7], (0, 4, 40), strict=True)
    )
    (tmp_path / "three.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    ingest(library, [str(tmp_path / "three.jsonl")])
    news = Assistant(library)
    assert news.digest(today.date(), today.date()).articles == 2  # one of today, one late, and one that is history
    assert news.digest(today).articles == 2
    assert news.digest(dt.datetime.now(dt.UTC)).articles == 0
    library.searcher.close()


@settings(max_examples=15, deadline=None)
@given(first=st.integers(1, 25), days=st.integers(0, 25), most=st.integers(1, 5))
def test_every_digest_keeps_its_promises(told: Library, first: int, days: int, most: int) -> None:
    since = dt.date(2024, 3, first)
    value = Assistant(told).digest(since, since + dt.timedelta(days=days), most=most)
    check_invariants(told, value)
    told_articles = {article for story in value.stories for article in story.articles}
    assert len(told_articles) <= value.articles
    assert len(value.stories) <= most


@pytest.mark.parametrize(
    ("outlets", "told_so"),
    [
        (("Herald", "Post"), "2 independent outlets: Herald, Post"),
        (("Herald",), "2 independent outlets: Herald, 1 without a name"),
        (("Herald", "Post", "Echo"), "2 independent outlets among Herald, Post, Echo"),
    ],
)
def test_as_many_outlets_are_named_as_are_counted(told: Library, outlets: tuple[str, ...], told_so: str) -> None:
    value = digest_of(told, "2024-03-05", "2024-03-08", most=1)
    story = value.stories[0].model_copy(update={"outlets": outlets, "independent_sources": 2})
    (shown,) = digests.stories_of(value.model_copy(update={"stories": (story,)}))
    assert shown.known[0] == told_so


class Links(HTMLParser):
    """Elements and addresses on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name == "href"]


def test_what_articles_say_is_inert(told: Library) -> None:
    value = digest_of(told, "2024-03-05", "2024-03-08")
    hostile = "<script>alert(1)</script> [x](javascript:alert(1)) **b**\x1b[2J"
    citations = tuple(
        one.model_copy(update={"title": hostile, "url": "javascript:alert(1)"}) for one in value.citations
    )
    stories = tuple(
        one.model_copy(
            update={
                "title": hostile,
                "text": hostile,
                "conflicts": (Conflict(subject=hostile, values=(hostile, "2"), citations=(1, 2)),),
            }
        )
        for one in value.stories
    )
    value = value.model_copy(update={"citations": citations, "stories": stories, "topic": hostile})
    page = Links()
    page.feed(digests.as_html(value))
    assert "script" not in page.tags
    assert page.links == []
    markdown = digests.as_markdown(value)
    assert "<script>" not in markdown.replace("\\<", "")
    assert not re.search(r"(?<!\\)\]\(", markdown)
    assert "\x1b" not in markdown


def test_each_story_is_marked_with_its_language(told: Library) -> None:
    value = digest_of(told, "2024-03-05", "2024-03-08")
    text = "Der Stadtrat hat am Dienstag beschlossen, die Brücke bis zum Herbst zu sperren, sagte der Bürgermeister."
    german = value.stories[0].model_copy(update={"text": text})
    page = digests.as_html(value.model_copy(update={"stories": (german, *value.stories[1:])}))
    assert page.count('<p dir="auto" lang="de">') == 1
    assert '<p dir="auto" lang="en">' in page


def test_a_span_or_a_day() -> None:
    def first(span: str, until: dt.date | None = None) -> dt.date:
        context = click.Context(cli.commands["digest"])
        context.params["until"] = until
        return a_span(context, context.command.params[0], span)

    today = dt.date.today()
    assert first("1d") == today - dt.timedelta(days=1)
    assert first("2w") == today - dt.timedelta(days=14)
    assert first("2w", dt.date(2025, 8, 20)) == dt.date(2025, 8, 6)
    assert first("36h", dt.date(2025, 8, 20)) == dt.date(2025, 8, 18)
    assert first("2024-03-05") == dt.date(2024, 3, 5)
    moment = first("12h")
    assert isinstance(moment, dt.datetime)
    assert abs(dt.datetime.now(dt.UTC) - dt.timedelta(hours=12) - moment) < dt.timedelta(minutes=1)
    with pytest.raises(click.BadParameter, match="2025-08-13, or a span as 1d"):
        first("yesterday-ish")


def test_a_day_that_is_none(told: Library) -> None:
    with pytest.raises(ConfigError):
        Assistant(told).digest("yesterday-ish")


@pytest.mark.parametrize(("name", "begins"), [("d.md", "# New from 5 Mar 2024"), ("d.html", "<!DOCTYPE html>")])
def test_the_command_writes_a_file(
    told: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, begins: str
) -> None:
    monkeypatch.setattr("rag.library.embedder_of", lambda _: WordEmbedder())
    monkeypatch.setenv("DATELINE_EMBEDDING_MODEL", "fake:words")
    monkeypatch.setenv("DATELINE_READER_MODEL", "")
    span = ["--since", "2024-03-05", "--until", "2024-03-08"]
    run = CliRunner().invoke(cli, ["--library", str(told.address), "digest", *span, "--to", str(tmp_path / name)])
    assert run.exit_code == 0, run.output
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
    run = CliRunner().invoke(cli, ["--library", str(told.address), "digest", *span, "--json"])
    assert Digest.from_json(run.stdout).articles > 0
    run = CliRunner().invoke(cli, ["--library", str(told.address), "digest", "--to", str(tmp_path / "d.pdf")])
    assert run.exit_code == 2
    run = CliRunner().invoke(
        cli, ["--library", str(told.address), "digest", *span, "--to", str(tmp_path / "no" / "d.md")]
    )
    assert "choose another file" in run.output
