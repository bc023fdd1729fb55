"""Sources as people name them: files, folders, JSONL, feeds, addresses; and that nothing outside them is read."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Document, Failure, Found, Metadata, Skipped
from ingest.fetch import Fetched
from ingest.sources import MAX_FILE_BYTES, covers, find
from ingest.web import MAX_FEED_PAGES
from rag.errors import FetchRefused, SourceError

FEED = b"<rss version='2.0'><channel><title>F</title><item><guid>g</guid><title>T</title></item></channel></rss>"


def kinds(found: Iterable[Found], folder: Path) -> dict[str, str]:
    """What became of each source, by its path in the folder."""
    return {each.source.removeprefix(f"{folder}/"): type(each).__name__ for each in found}


def only(argument: str | Path) -> Found:
    (found,) = find([str(argument)])
    return found


def failure(argument: str | Path) -> Failure:
    found = only(argument)
    assert isinstance(found, Failure)
    return found


@pytest.mark.parametrize(
    ("name", "media"),
    [("a.txt", "text"), ("a.text", "text"), ("a.md", "markdown"), ("a.markdown", "markdown"), ("a.html", "html"),
     ("a.htm", "html"), ("A.HTML", "html"), ("a.pdf", "pdf"), ("README.md", "markdown"), (".hidden.txt", "text")],
)  # fmt: skip
def test_file(tmp_path: Path, name: str, media: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"content\xff")
    found = only(path)
    assert isinstance(found, Document)
    assert (found.source, found.content, found.media, found.known) == (str(path), b"content\xff", media, Metadata())


def test_relative_path_gets_its_absolute_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "a.txt").write_text("A")
    monkeypatch.chdir(tmp_path / "inside")
    assert only("../a.txt").source == str(tmp_path / "a.txt")


def test_folder_is_read_in_order_with_all_that_is_in_it(tmp_path: Path) -> None:
    for name in ("b.txt", "a/c.md", "a/b/d.html", "e.jsonl", "f.rss", "g.jsonl.gz", "empty.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    (tmp_path / "e.jsonl").write_text('{"id": "1", "text": "A"}\n{"text": "B"}\nbad\n')
    (tmp_path / "f.rss").write_bytes(FEED)
    (tmp_path / "g.jsonl.gz").write_bytes(gzip.compress(b'{"text": "C"}'))
    found = list(find([str(tmp_path)]))
    assert found == list(find([f"{tmp_path}/"]))
    assert list(kinds(found, tmp_path).items()) == [
        ("b.txt", "Document"),
        ("e.jsonl#1", "Document"),
        ("e.jsonl#2", "Document"),
        ("e.jsonl#3", "Failure"),
        ("empty.txt", "Document"),
        ("f.rss#g", "Document"),
        ("g.jsonl.gz#1", "Document"),
        ("a/c.md", "Document"),
        ("a/b/d.html", "Document"),
    ]
    assert all(covers(str(tmp_path), each.source) for each in found)


def test_what_is_no_article_is_skipped(tmp_path: Path) -> None:
    for name in ("README.md", "readme.txt", "LICENSE", "LICENSE.txt", "photo.jpg", "data.csv", "a.gz", "readers.txt"):
        (tmp_path / name).write_text("x")
    for name in (".git/a.txt", ".hidden.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = kinds(find([str(tmp_path)]), tmp_path)
    assert found.pop("readers.txt") == "Document"
    assert set(found) == {"README.md", "readme.txt", "LICENSE", "LICENSE.txt", "photo.jpg", "data.csv", "a.gz"}
    assert set(found.values()) == {"Skipped"}


def test_empty_folder(tmp_path: Path) -> None:
    assert list(find([str(tmp_path)])) == []


def test_a_library_is_no_folder_of_articles(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "catalog.sqlite").touch()
    assert failure(tmp_path / "inner").reason.startswith("A library of Dateline; keep articles in another folder")
    assert kinds(find([str(tmp_path)]), tmp_path) == {"inner": "Skipped"}


def test_one_bad_thing_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A")
    (tmp_path / "b.xml").write_text("<not-a-feed/>")
    (tmp_path / "c.rss").write_text("<!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>")
    (tmp_path / "d.jsonl.gz").write_text("not gzip")
    (tmp_path / "z.txt").write_text("Z")
    found = list(find([str(tmp_path / "missing"), str(tmp_path)]))
    assert [type(each) for each in found] == [Failure, Document, Failure, Failure, Failure, Document]
    reasons = [each.reason for each in found if isinstance(each, Failure)]
    assert reasons[0] == "There is no such file or folder; check the name."
    assert reasons[1] == "This XML file is not an RSS or Atom feed."
    assert "DOCTYPE" in reasons[2]
    assert "damaged" in reasons[3]
    assert all(reason.endswith(".") and str(tmp_path) not in reason for reason in reasons)


@pytest.mark.parametrize(
    ("argument", "reason"),
    [("", "An empty name"), ("a\0b", "cannot be a file"), ("x" * 300, "file name too long"), ("/no/such", "no such file"),
     ("../" * 60 + "no-such.txt", "no such file"), ("\ud800.txt", "cannot be a file"), ("no-such/a.txt", "no such file"),
     ("http:/example.com", "no such file"), ("-", "no such file")],
    ids=["empty", "nul", "long", "missing", "dots", "surrogate", "missing_folder", "one_slash", "hyphen"],
)  # fmt: skip
def test_names_that_lead_nowhere(argument: str, reason: str) -> None:
    found = failure(argument)
    assert reason in found.reason
    found.source.encode("utf-8")  # it can be stored and printed


def test_unknown_kind_that_was_named_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "a.pages").write_text("x")
    assert ".txt .md .html" in failure(tmp_path / "a.pages").reason


def test_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)  # takes no disk space
    assert "larger than 50 MB" in failure(path).reason
    assert kinds(find([str(tmp_path)]), tmp_path) == {"large.txt": "Failure"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file_and_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A")
    (tmp_path / "a.txt").chmod(0)
    (tmp_path / "folder").mkdir(mode=0)
    found = list(find([str(tmp_path)]))
    assert [type(each) for each in found] == [Failure, Failure]
    assert all("permission" in each.reason for each in found if isinstance(each, Failure))


@pytest.mark.parametrize("name", ["pipe.txt", "pipe.jsonl", "pipe.rss"])
def test_pipes_are_never_opened(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    assert "not a regular file" in failure(tmp_path / name).reason
    assert kinds(find([str(tmp_path)]), tmp_path) == {name: "Skipped"}


def test_device_is_never_read(tmp_path: Path) -> None:
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    assert "not a regular file" in failure(tmp_path / "zero.txt").reason


def test_links_that_lead_out_of_the_folder_are_named_and_not_read(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    for folder in (outside, inside, tmp_path / "inside-not"):
        folder.mkdir()
        (folder / "secret.txt").write_text("secret")
    (inside / "file.txt").symlink_to(outside / "secret.txt")
    (inside / "folder").symlink_to(outside)
    (inside / "parent").symlink_to("..")
    (inside / "similar").symlink_to(tmp_path / "inside-not")
    (inside / "dots.txt").symlink_to("../outside/secret.txt")
    (inside / "chain.txt").symlink_to("file.txt")
    (inside / "system.txt").symlink_to("/etc/passwd")
    (inside / "nothing.txt").symlink_to("/no/such/file")
    found = kinds(find([str(inside)]), inside)
    assert found.pop("secret.txt") == "Document"
    assert len(found) == 8
    assert set(found.values()) == {"Failure"}


def test_links_inside_the_folder_and_loops(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.txt").write_text("A")
    (tmp_path / "again").symlink_to("folder")
    (tmp_path / "folder" / "loop").symlink_to("..")
    (tmp_path / "self.txt").symlink_to("self.txt")
    found = kinds(find([str(tmp_path)]), tmp_path)
    assert found == {"again": "Skipped", "self.txt": "Skipped", "folder/loop": "Skipped", "folder/a.txt": "Document"}
    assert isinstance(only(tmp_path / "self.txt"), Failure)


def test_link_that_was_named_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.txt").write_text("A")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "a.txt").symlink_to("real/a.txt")
    assert kinds(find([str(tmp_path / "link"), str(tmp_path / "a.txt")]), tmp_path) == {
        "link/a.txt": "Document",
        "a.txt": "Document",
    }


@pytest.mark.parametrize("name", ["\u202efdp.txt", "a\nb.txt", "a b;$(x).txt", "x" * 251 + ".txt", "..a.txt.", "ü.txt"])
def test_odd_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("A")
    found = kinds(find([str(tmp_path)]), tmp_path)
    assert found == ({name: "Document"} if name[0] != "." else {})


def test_name_that_is_not_utf8_has_a_source_that_can_be_stored(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    Path(path).write_text("A")
    for found in (only(tmp_path), only(path)):
        assert isinstance(found, Document)
        assert found.source == f"{tmp_path}/caf\\udce9.txt"
        assert covers(path, found.source)


def test_deep_folders(tmp_path: Path) -> None:
    path = tmp_path
    for _ in range(150):
        path = path / "d"
    path.mkdir(parents=True)
    (path / "a.txt").write_text("A")
    assert isinstance(only(tmp_path), Document)


@pytest.mark.parametrize(
    ("argument", "source", "covered"),
    [
        ("/news", "/news/a.txt", True),
        ("/news/", "/news/a/b.txt", True),
        ("/news", "/news/a.jsonl#1", True),
        ("/", "/news/a.txt", True),
        ("/news/../news", "/news/a.txt", True),
        ("/news", "/news", True),
        ("/news", "/news-2/a.txt", False),
        ("/news", "/news#1.txt", False),
        ("/news/a.txt", "/news/a.txt", True),
        ("/news/a.txt", "/news/a.txt#1", False),
        ("/news/a.jsonl", "/news/a.jsonl#1", True),
        ("/news/a.jsonl.gz", "/news/a.jsonl.gz#1", True),
        ("/news/a.jsonl", "/news/a.jsonl.gz#1", False),
        ("/news/A.RSS", "/news/A.RSS#g", True),
        ("https://example.com/a", "https://example.com/a", True),
        ("https://example.com/a", "https://example.com/a#g", False),
        ("https://example.com/a", "https://example.com/ab", False),
        ("https://example.com/a", "https://example.com/a/b", False),
        ("https://example.com", "/news/a.txt", False),
    ],
)
def test_covers(argument: str, source: str, covered: bool) -> None:
    assert covers(argument, source) is covered


# From the web, with a table of pages in place of the network.


class Web:
    """Answers from a table; an error in it is raised."""

    def __init__(self, **pages: Fetched | SourceError) -> None:
        self.pages = {f"https://example.com/{name}": page for name, page in pages.items()}
        self.asked: list[str] = []

    def __call__(self, url: str) -> Fetched:
        self.asked.append(url)
        page = self.pages[url]
        if isinstance(page, SourceError):
            raise page
        return page


def page(content: bytes, media_type: str = "text/html", charset: str | None = None, name: str = "final") -> Fetched:
    return Fetched(f"https://example.com/{name}", content, media_type, charset)


@pytest.mark.parametrize(
    ("media_type", "content", "media"),
    [
        ("text/html", b"<p>", "html"),
        ("application/xhtml+xml", b"<p>", "html"),
        ("text/plain", b"<p>", "text"),
        ("text/markdown", b"# T", "markdown"),
        ("application/pdf", b"%PDF-1.7", "pdf"),
        ("application/octet-stream", b"%PDF-1.7", "pdf"),
        ("", b"\n<!doctype html><p>", "html"),
        ("", b"Words.", "text"),
        ("application/xml", b"<html/>", "html"),
    ],
)
def test_page(media_type: str, content: bytes, media: str) -> None:
    (found,) = find(["https://example.com/a"], fetch=Web(a=page(content, media_type)))
    assert found == Document("https://example.com/a", content, media, Metadata(url="https://example.com/final"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        ("café".encode("latin-1"), "iso-8859-1", "café"),
        ("café".encode(), "iso-8859-1", "café"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("a<b>".encode("utf-16"), "utf-16", "a<b>"),
        ("ab".encode("utf-16-le"), "utf-16-le", "ab"),
        ("café".encode("latin-1"), "punycode", "café"),
    ],
)
def test_charset_of_the_server_becomes_utf8(content: bytes, charset: str, text: str) -> None:
    (found,) = find(["https://example.com/a"], fetch=Web(a=page(content, charset=charset)))
    assert isinstance(found, Document)
    assert found.content.decode() == text


def test_feed_from_the_web_brings_its_pages() -> None:
    long = "word " * 500
    feed = f"""<rss version='2.0'><channel><title>F</title>
        <item><guid>whole</guid><link>/whole</link><description>{long}</description></item>
        <item><guid>teaser</guid><link>/teaser</link><title>T</title><description>Short.</description></item>
        <item><guid>gone</guid><link>/gone</link></item>
        <item><guid>inside</guid><link>http://127.0.0.1/</link></item>
        <item><guid>alone</guid><description>No page.</description></item></channel></rss>"""
    web = Web(
        feed=page(feed.encode(), "application/rss+xml"),
        teaser=page(b"<p>All of it.</p>", name="teaser-final"),
        gone=SourceError("It is gone."),
    )
    web.pages["http://127.0.0.1/"] = FetchRefused("It is private.")
    address = "https://example.com/feed"
    whole, teaser, gone, inside, alone = find([address], fetch=web)
    assert isinstance(whole, Document)
    assert isinstance(teaser, Document)
    assert isinstance(alone, Document)
    assert web.asked == [address, "https://example.com/teaser", "https://example.com/gone", "http://127.0.0.1/"]
    assert whole.content.decode() == long.strip()
    assert (teaser.source, teaser.content) == (f"{address}#teaser", b"<p>All of it.</p>")
    assert teaser.known == Metadata(title="T", outlet="F", url="https://example.com/teaser-final")
    assert gone == Failure(f"{address}#gone", "It is gone.", f"{address}#gone")
    assert inside == Failure(f"{address}#inside", "It is private.", f"{address}#inside")
    assert alone.content == b"No page."


def test_pages_of_one_feed_are_limited() -> None:
    items = "".join(f"<item><guid>{number}</guid><link>/p</link></item>" for number in range(MAX_FEED_PAGES + 3))
    feed = f"<rss version='2.0'><channel>{items}</channel></rss>"
    web = Web(feed=page(feed.encode(), "text/xml"), p=page(b"<p>P</p>"))
    found = list(find(["https://example.com/feed"], fetch=web))
    assert [type(each) for each in found] == [Document] * MAX_FEED_PAGES + [Skipped] * 3


def test_bad_feed_from_the_web_is_named() -> None:
    web = Web(feed=page(b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", "text/xml"))
    (found,) = find([" https://example.com/feed "], fetch=web)
    assert isinstance(found, Failure)
    assert found.source == found.origin == "https://example.com/feed"


@pytest.mark.parametrize("address", ["ftp://example.com/", "file:///etc/passwd", "http://127.0.0.1:1/", "https://"])
def test_address_that_may_not_be_read(address: str) -> None:
    found = failure(address)
    assert found.source == address
    assert found.reason.endswith(".")


def test_local_feed_fetches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text("<rss version='2.0'><channel><item><link>https://example.com/a</link></item></channel></rss>")
    web = Web()
    (found,) = find([str(path)], fetch=web)
    assert isinstance(found, Document)
    assert found.source == f"{path}#https://example.com/a"
    assert web.asked == []


def test_files_do_not_load_what_only_the_web_needs(tmp_path: Path) -> None:
    heavy = ["httpcore", "httpx", "feedparser", "idna"]
    code = f"import sys, ingest.sources as s; list(s.find(['.'])); print([m for m in {heavy} if m in sys.modules])"
    (tmp_path / "story.txt").write_text("The crane goes.")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]", ran.stderr


@given(st.lists(st.text(max_size=20), max_size=3))
def test_any_argument_gives_values_and_never_raises(arguments: list[str]) -> None:
    names = [f"/no-such-folder/{argument}" for argument in arguments]
    for found in find(names, fetch=Web()):
        assert isinstance(found, Failure)
        json.dumps(found.source, ensure_ascii=False).encode("utf-8")
