"""The parts of the library tab, without a browser: uploads, the one job, removing with undo, and its HTML."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from fakes import WordEmbedder, article_text, config_for, first_sentence, title_of
from ingest_child import lost_of
from page_server import wait_until

from ingest.report import Named, Report
from rag.library import Library
from rag.store.catalog import SetAside
from rag.store.listing import Choices, Listing, Order, Sought
from rag.types import Article, ArticleSummary, ArticleVersion
from ui.web.guard import UPLOAD_FILE_BYTES
from ui.web.library.changes import Adding, Job, Progress, Removing
from ui.web.library.shown import (
    ROWS,
    View,
    render_failures,
    render_find,
    render_opened,
    render_progress,
    render_report,
    render_table,
    render_waiting,
    sought_of,
)
from ui.web.library.tab import LibraryTab

NOW = dt.datetime(2025, 8, 13, 12, tzinfo=dt.UTC)
HOSTILE = '<img src=x onerror="alert(1)">'


def arrives(folder: Path, name: str, content: str | bytes) -> dict[str, str]:
    """A file as Gradio passes it on: in a folder of its own, under a sanitised name."""
    place = folder / f"upload-{len(list(folder.iterdir()))}"
    place.mkdir()
    path = place / "tidied.bin"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return {"path": str(path), "orig_name": name}


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    folder = tmp_path / "gradio"
    folder.mkdir()
    return folder


@pytest.fixture
def adding(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Adding]:
    """Over an empty library; its temporary files are under `tmp_path`."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    one = Adding(library)
    yield one
    if one.current:
        assert one.current.wait(60)


def added(adding: Adding, files: list[dict[str, str]], addresses: list[str] | None = None) -> Job:
    job = adding.start(files, addresses or [])
    assert job
    assert job.wait(60)
    assert job.problem == ""
    return job


def named(reports: list[Named]) -> dict[str, str]:
    return {one.source: one.reason for one in reports}


# --- uploads -------------------------------------------------------------------------------------------------------


def test_files_are_stored_under_their_own_names_and_deleted(
    adding: Adding, library: Library, uploads: Path, tmp_path: Path
) -> None:
    files = [
        arrives(uploads, "mill story.txt", f"{title_of(0)}\n\n{article_text(0)}"),
        arrives(uploads, "bad.xyz", "nothing"),
        arrives(uploads, "broken.pdf", b"%PDF-1.4 broken"),
        arrives(uploads, "some.jsonl", json.dumps({"id": "x", "text": article_text(1)}) + "\n{broken\n"),
        arrives(uploads, "..\\..\\etc/pass\x00wd\u202e.md", article_text(2)),
    ]
    report = added(adding, files).report
    assert report
    assert report.stored == 3
    sources = set(library.catalog.sources())
    assert sources == {"mill story.txt", "some.jsonl#x", "passwd.md"}
    failed = named(report.failed)
    assert set(failed) == {"bad.xyz", "broken.pdf", "some.jsonl#2"}
    assert "kind of file" in failed["bad.xyz"]
    assert str(tmp_path) not in json.dumps(report.to_dict())
    assert list(uploads.iterdir()) == []
    assert list(tmp_path.glob("dateline-*")) == []
    assert lost_of(library, range(3)) == []


def test_another_file_of_the_same_name_replaces_nothing(adding: Adding, library: Library, uploads: Path) -> None:
    for n in (0, 1):
        report = added(adding, [arrives(uploads, "article.txt", f"{title_of(n)}\n\n{article_text(n)}")]).report
        assert report
        assert (report.stored, report.changed) == (1, 0)
    assert lost_of(library, range(2)) == []
    assert all(source.startswith("article.txt") for source in library.catalog.sources())
    again = added(adding, [arrives(uploads, "article.txt", f"{title_of(0)}\n\n{article_text(0)}")]).report
    assert again
    assert (again.stored, again.duplicates) == (0, 1)


def test_a_file_that_is_gone_or_too_large(adding: Adding, uploads: Path) -> None:
    gone = arrives(uploads, "gone.txt", "x")
    Path(gone["path"]).unlink()
    large = arrives(uploads, "large.txt", b"x" * (UPLOAD_FILE_BYTES + 1))
    report = added(adding, [gone, large]).report
    assert report
    failed = named(report.failed)
    assert "did not arrive" in failed["gone.txt"]
    assert "larger than 10 MB" in failed["large.txt"]


def test_only_web_addresses_are_addresses(adding: Adding, library: Library, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(article_text(0))
    report = added(adding, [], [str(secret), f"file://{secret}", "ftp://host/x", "http://127.0.0.1:9/x"]).report
    assert report
    assert len(report.failed) == 4
    assert "DATELINE_ALLOW_PRIVATE" in named(report.failed)["http://127.0.0.1:9/x"]
    assert library.articles() == []


# --- one job -------------------------------------------------------------------------------------------------------


class SlowEmbedder(WordEmbedder):
    """Takes half a second per batch."""

    def encode(self, texts):  # type: ignore[no-untyped-def]
        time.sleep(0.5)
        return super().encode(texts)


def test_one_at_a_time_and_stop(tmp_path: Path, uploads: Path) -> None:
    path = tmp_path / "library"
    adding = Adding(Library.create(path, config_for(path), SlowEmbedder()))
    lines = "".join(json.dumps({"text": article_text(n), "title": title_of(n)}) + "\n" for n in range(150))
    job = adding.start([arrives(uploads, "many.jsonl", lines)], [])
    assert job
    second = arrives(uploads, "second.txt", article_text(999))
    assert adding.start([second], []) is None
    assert Path(second["path"]).exists()
    wait_until("something is read", lambda: job.progress.done)
    assert job.progress.total == 150
    job.stopped.set()
    assert job.wait(60)
    assert job.report
    assert 0 < job.report.stored < 150
    assert adding.current is None


def test_another_program_that_writes_is_told(tmp_path: Path, uploads: Path) -> None:
    path = tmp_path / "library"
    library = Library.create(path, config_for(path, lock_wait_seconds=0), WordEmbedder())
    with library.writing():
        job = Adding(library).start([arrives(uploads, "a.txt", article_text(0))], [])
        assert job
        assert job.wait(30)
    assert "Somebody else" in job.problem
    assert job.report is None
    assert list(uploads.iterdir()) == []


def test_a_fault_is_told_by_its_number_alone(library: Library, uploads: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken(texts):  # type: ignore[no-untyped-def]
        raise RuntimeError("/secret")

    library.embedder.encode = broken  # type: ignore[method-assign]
    job = Adding(library).start([arrives(uploads, "a.txt", article_text(0))], [])
    assert job
    assert job.wait(30)
    assert "request" in job.problem
    assert "secret" not in job.problem
    assert "/secret" in caplog.text


# --- removing ------------------------------------------------------------------------------------------------------


def test_a_removal_is_published_after_a_while(filled: Library) -> None:
    removing = Removing(filled, undo_seconds=0.2)
    assert removing.remove(["item-0001"]) == ""
    assert [one.article_id for one in removing.waiting()] == ["item-0001"]
    generation = filled.stats().generation
    wait_until("it is published", lambda: not removing.waiting(), 20)
    assert filled.stats().generation != generation
    assert "too late" in removing.undo(["item-0001"])


def test_undo_and_again(filled: Library) -> None:
    removing = Removing(filled)
    removing.remove(["item-0001"])
    assert removing.undo(["item-0001"]) == ""
    assert removing.waiting() == ()
    assert filled.search(first_sentence(1), 1)[0].article_id == "item-0001"
    assert removing.remove(["item-0001"]) == ""
    assert "no longer in the library" in removing.remove(["item-0001"])


def test_a_new_server_publishes_what_the_last_one_left(filled: Library) -> None:
    filled.set_aside(["item-0001"])
    removing = Removing(filled, undo_seconds=0.1)
    wait_until("it is published", lambda: not removing.waiting(), 20)


# --- what is shown -------------------------------------------------------------------------------------------------


def summary(**more: object) -> ArticleSummary:
    known = {"article_id": "a", "title": "Bridge shut", "passages": 1, "added_at": NOW}
    return ArticleSummary.model_validate({**known, **more})


def test_the_table() -> None:
    html = render_table(
        Listing((summary(outlet="Gazette", published=NOW.date()), summary()), 2, 5), View(Sought("bridge")), True
    )
    assert "2 of 5 articles" in html
    assert html.count('aria-sort="descending"') == 1
    for part in (
        "Gazette",
        "13 Aug 2025",
        "no date",
        'value="a"',
        'data-article="a"',
        'data-sort="outlet"',
        "words=bridge",
    ):
        assert part in html
    assert "data-row" not in html
    assert "data-remove" not in render_table(Listing((summary(),), 1, 1), View(), False)


def test_the_table_of_a_large_library_has_pages() -> None:
    html = render_table(Listing((summary(),) * ROWS, 250, 250), View(first=ROWS), True)
    assert "101–200 shown" in html
    assert 'data-row="0"' in html
    assert 'data-row="200"' in html


def test_nothing_to_show() -> None:
    assert "Drop files above" in render_table(Listing((), 0, 0), View(), True)
    assert "dateline ingest PATH" in render_table(Listing((), 0, 0), View(), False)
    assert "No article fits" in render_table(Listing((), 0, 3), View(Sought(HOSTILE)), True)


def test_everything_is_inert() -> None:
    article = Article(
        article_id=HOSTILE, title=HOSTILE, text=HOSTILE, outlet=HOSTILE, added_at=NOW, url="javascript:alert(2)",
        versions=(ArticleVersion(content_hash="", title=HOSTILE, text=HOSTILE, stored_at=NOW),),
    )  # fmt: skip
    bad = Report(failed=[Named(HOSTILE, HOSTILE)], skipped=[Named(HOSTILE, HOSTILE)], notices=[HOSTILE])
    for html in (
        render_table(Listing((summary(title=HOSTILE, outlet=HOSTILE, article_id=HOSTILE),), 1, 1), View(), True),
        render_table(Listing((), 0, 1), View(Sought(HOSTILE)), True),
        render_opened(article, True),
        render_report(bad),
        render_failures(bad),
        render_find(View(Sought(HOSTILE, HOSTILE, HOSTILE, HOSTILE)), Choices((HOSTILE,), (HOSTILE,)), [HOSTILE]),
        render_waiting([SetAside(article_id=HOSTILE, title=HOSTILE, at=NOW)], HOSTILE),
        render_progress(Progress("ingest", 1, 2, 1.0), HOSTILE),
    ):
        assert "<img" not in html
        assert 'onerror="' not in html
        assert 'href="javascript' not in html


def test_progress_and_report() -> None:
    assert "3 of 20 articles, 11 s left" in render_progress(Progress("ingest", 3, 20, 2.0))
    assert "Making it searchable" in render_progress(Progress("publish", 20, 20, 2.0))
    told = render_report(Report(stored=1, changed=2, unchanged=1, duplicates=1), stopped=True)
    for part in ("3 articles added (1 new, 2 changed)", "Already in the library: 2 articles.", "Stopped"):
        assert part in told
    assert "Nothing new was added" in render_report(Report())
    assert "and 10 more" in render_failures(Report(failed=[Named(str(n), "no") for n in range(60)]))
    assert render_failures(None) == render_failures(Report()) == ""


def test_several_removals_are_undone_together() -> None:
    waiting = [SetAside(article_id=str(n), title=str(n), at=NOW) for n in range(7)]
    assert "and 2 more" in render_waiting(waiting)
    assert 'data-undo="*"' in render_waiting(waiting)


def test_sorting_and_pages() -> None:
    view = View(Sought("x"), first=200)
    assert view.sorted_by("title") == View(Sought("x"), Order.TITLE, descending=False)
    assert view.sorted_by("title").sorted_by("title").descending
    assert view.sorted_by("published").descending
    assert view.sorted_by("nonsense") == view
    assert view.from_row("150").first == 100
    for bad in ("-1", "²", "x", "9" * 30):
        assert view.from_row(bad) == view
    assert sought_of({"words": "y" * 999}) == Sought("y" * 200)
    given = {"words": 7, "outlet": ["x"], "since": "2025-08-13", "until": "tomorrow", "more": "x"}
    assert sought_of(given) == Sought(since=NOW.date())


# --- the tab -------------------------------------------------------------------------------------------------------


def built(library: Library) -> tuple[LibraryTab, set[str]]:
    """The tab, and the names of the events that its page can send."""

    # Gradio makes its own event loops where none is running, and never closes them.
    async def build() -> tuple[LibraryTab, set[str]]:
        with gr.Blocks() as app:
            with gr.Tab("Library") as place:
                tab = LibraryTab(library)
            tab.connect(place)
        return tab, {str(function.name) for function in app.fns.values()}

    return asyncio.run(build())


def test_changes_can_be_switched_off(filled: Library) -> None:
    library = Library.open(filled.path, config_for(filled.path, page_changes=False), filled.embedder)
    tab, names = built(library)
    assert names == {"refresh", "find", "choose", "look"}
    for button in ({"remove": "item-0001"}, {"undo": "*"}):
        tab.choose(View(), gr.EventData(None, button))
    assert len(library.articles()) == 6
    assert {"add_files", "add_addresses", "stop"} <= built(filled)[1]


def test_what_a_browser_makes_up(filled: Library) -> None:
    tab, _ = built(filled)
    for made_up in (
        None,
        7,
        {"remove": {"a": 1}},
        {"undo": []},
        {"sort": None},
        {"row": "-1"},
        {"article": 3},
        {"x": 1},
    ):
        assert tab.choose(View(), gr.EventData(None, made_up))
    assert len(filled.articles()) == 6


def test_too_much_at_once_is_refused(filled: Library, uploads: Path) -> None:
    tab, _ = built(filled)
    files = [arrives(uploads, f"{n}.txt", "x") for n in range(21)]
    (told,) = tab.add_files(files, View())
    assert "At most 20 files" in str(told)
    assert list(uploads.iterdir()) == []
    (told,) = tab.add_addresses("\n".join(f"https://example.org/{n}" for n in range(21)), View())
    assert "At most 20 addresses" in str(told)
    (told,) = tab.add_addresses(" \n ", View())
    assert "Give the web address" in str(told)


def test_a_second_reader_is_told(filled: Library, uploads: Path) -> None:
    tab, _ = built(filled)
    first = tab.add_files([arrives(uploads, "a.txt", f"{title_of(90)}\n\n{article_text(90)}")], View())
    next(first)
    (told,) = tab.add_files([arrives(uploads, "b.txt", article_text(91))], View())
    assert "Somebody is adding" in str(told)
    assert "Somebody is adding" in str(tab.choose(View(), gr.EventData(None, {"remove": "item-0001"})))
    assert "Somebody is adding" in str(tab.refresh(View()))
    *_, done = first
    assert "1 article added" in str(done)
    assert "1 article added" not in str(tab.refresh(View()))
