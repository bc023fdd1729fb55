"""Kept questions: asked again, and marked only when the answer changes."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakes import PointingReader, WordEmbedder

from ingest.follow import Fetching
from ingest.report import Report
from ingest.run import ingest
from rag.assistant import Assistant
from rag.errors import ConfigError, LibraryLocked
from rag.keeping import ask_again, change_of, keep
from rag.library import Library
from rag.store.followed import Source
from rag.store.readers import Changed
from rag.types import Answer, Citation, Filters, Freshness, Kind, Span, Status, Turn
from ui.cli.main import cli
from ui.web.background_fetch import fetch_once

pytestmark = pytest.mark.both_engines

NOW = dt.datetime(2025, 9, 1, 8, tzinfo=dt.UTC)
QUESTION = "How many people were killed in the Tolvik flood?"


def answered(
    quote: str,
    words: str = "",
    article: str = "a",
    day: str = "2025-08-10",
    status: Status = Status.ANSWERED,
    kind: Kind = Kind.FACT,
) -> Answer:
    """An answer with one quote, which points at `words`."""
    start = quote.find(words) if words else -1
    span = Span(start=start, end=start + len(words)) if words else None
    published = dt.date.fromisoformat(day)
    cited = Citation(
        number=1, article_id=article, passage_id=article, title="", published=published, quote=quote, start=0, end=len(quote), answer=span
    )  # fmt: skip
    return Answer(
        question=QUESTION,
        standalone_question=QUESTION,
        kind=kind,
        text=f"{quote} [1]",
        short=words,
        status=status,
        citations=(cited,),
        freshness=Freshness(oldest=published, newest=published),
    )


NOTHING = Answer(question=QUESTION, standalone_question=QUESTION, text="Nothing.", status=Status.ABSTAINED)
FOURTEEN = answered("At least 14 people were killed, the governor said.", "14 people")


@pytest.mark.parametrize(
    ("now", "what"),
    [
        (FOURTEEN, None),
        (answered("The number of dead is 14, police said.", "14", "b", "2025-08-12"), None),  # the same in other words
        (answered("The flood killed 41 people, the governor said.", "41 people", "b", "2025-08-12"), Changed.FIGURE),
        (NOTHING, Changed.STATE),
        (answered("At least 14 people were killed.", "14 people", status=Status.CONFLICT), Changed.STATE),
        (answered("Nobody knows the number.", "", "b", "2025-08-12"), Changed.NEWS),
        (answered("Nobody knows the number.", "", "b", "2025-08-02"), None),  # an older report that is found only now
    ],
)
def test_what_is_a_change(now: Answer, what: Changed | None) -> None:
    change = change_of(FOURTEEN, now, NOW)
    assert (change and change.what) == what
    if change:
        assert change.before == "14 people"
        assert change.now


def test_a_first_answer_is_a_change_and_its_absence_again_is_none() -> None:
    first = change_of(NOTHING, FOURTEEN, NOW)
    assert first
    assert (first.what, first.before, first.now) == (Changed.STATE, "no answer", "14 people")
    assert change_of(NOTHING, NOTHING, NOW) is None


def test_a_brief_changes_with_a_later_report() -> None:
    before = answered("The river rose.", kind=Kind.LATEST)
    now = answered("The river fell.", article="b", day="2025-08-12", kind=Kind.LATEST)
    change = change_of(before, now, NOW)
    assert change
    assert (change.what, change.now) == (Changed.NEWS, "The river fell.")


def row(key: str, day: str, count: int) -> str:
    text = f"The flood in Tolvik killed {count} people, the governor of Orvena said in the evening. The river Lusk has fallen since, and the bridge is open again."
    return json.dumps(
        {"id": key, "title": f"Tolvik flood {key}", "text": text, "outlet": f"Outlet {key}", "published": day}
    )


def test_a_kept_question_is_asked_again(library: Library, tmp_path: Path) -> None:
    asks = Assistant(library, reader=PointingReader("41 people", "14 people"), today=lambda: dt.date(2025, 9, 1))
    (tmp_path / "a.jsonl").write_text(row("a", "2025-08-10", 14), encoding="utf-8")
    ingest(library, [str(tmp_path)])
    kept = keep(asks, QUESTION, NOW)
    assert kept.answer.status is Status.ANSWERED
    assert keep(asks, QUESTION, NOW) == kept
    assert ask_again(asks, NOW) == []
    (tmp_path / "b.jsonl").write_text(row("b", "2025-08-20", 41), encoding="utf-8")
    ingest(library, [str(tmp_path)])
    (changed,) = ask_again(asks, NOW + dt.timedelta(days=1))
    assert [(one.what, one.now) for one in changed.changes] == [(Changed.FIGURE, "41 people")]
    assert library.kept.all() == (changed,)
    assert ask_again(asks, NOW + dt.timedelta(days=2)) == []  # reported once
    library.kept.drop(changed.number)
    library.kept.save(changed)  # saved while asking was under way
    assert library.kept.all() == ()


def test_what_is_no_question_is_not_kept(library: Library) -> None:
    for words in ("Hello!", "  ", "What is in this library?"):
        with pytest.raises(ConfigError, match="no question about the news"):
            keep(Assistant(library), words, NOW)
    assert library.kept.all() == ()
    with pytest.raises(ConfigError, match="dateline keep"):
        library.kept.drop(7)


def test_a_follow_up_is_kept_in_its_readers_words_and_a_greeting_is_none(library: Library) -> None:
    asks = Assistant(library)
    before = Turn(question=QUESTION, standalone_question=QUESTION, answer="41 people were killed in Tolvik.")
    more, hello = (asks.interpreted(text, Filters(), (before,)).searched for text in ("And how many hurt?", "Hello!"))
    assert "Tolvik" in more
    kept = keep(asks, more, NOW, "And how many hurt?")
    assert (kept.question, kept.asked) == (more, "And how many hurt?")
    with pytest.raises(ConfigError, match="no question about the news"):
        keep(asks, hello, NOW, "Hello!")


def test_the_command(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.library.embedder_of", lambda _: WordEmbedder())
    monkeypatch.setenv("DATELINE_EMBEDDING_MODEL", "fake:words")
    monkeypatch.setenv("DATELINE_READER_MODEL", "")

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(cli, ["--library", str(filled.address), "keep", *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    assert "No question is kept" in run()
    assert "1. Who voted on the bridge?" in run("Who voted on the bridge?")
    assert [one["number"] for one in json.loads(run("--json"))] == [1]
    assert "kept no more" in run("--drop", "1")
    assert json.loads(run("--json")) == []


class Fetcher:
    """Counts how often it is called, and brings an article each time."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, library: Library, **_: object) -> Fetching:
        self.times += 1
        return Fetching([], Report(stored=1))


@pytest.mark.one_machine
def test_the_page_fetches_only_what_is_followed_and_waits_for_other_writers(library: Library) -> None:
    fetch, assistant = Fetcher(), Assistant(library)
    assert fetch_once(library, assistant, fetch) == ""
    assert fetch.times == 0
    library.sources.follow(
        (Source(source="http://a.example/", address="http://a.example/", added_at=NOW, next_at=NOW),)
    )
    with library.writing():
        assert fetch_once(library, assistant, fetch) == ""
    assert fetch.times == 0
    assert fetch_once(library, assistant, fetch) == ""
    assert fetch.times == 1


def test_the_page_goes_on_where_another_writer_came_first(library: Library) -> None:
    library.sources.follow(
        (Source(source="http://a.example/", address="http://a.example/", added_at=NOW, next_at=NOW),)
    )

    def locked(*_: object, **__: object) -> Fetching:
        raise LibraryLocked("by somebody")

    assert fetch_once(library, Assistant(library), locked) == ""
