"""JSONL files: what a line may hold, and that a bad line only affects itself."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.day_reading import given_day
from ingest.document import Document, Metadata
from ingest.jsonl import Failure, read_jsonl

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_lines(*lines: object, name: str = "news.jsonl") -> Path:
        texts = (line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        content = b"\n".join(texts)
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write_lines


def only(path: Path) -> Document:
    (found,) = read_jsonl(path)
    assert isinstance(found, Document)
    return found


def test_all_keys(write: Write) -> None:
    path = write(
        {
            "id": "a1",
            "url": "https://www.example.com/a",
            "title": " A title ",
            "outlet": "The Example",
            "published": "2023-06-06",
            "updated": "2023-06-07T23:30:00-04:00",
            "authors": ["Ann", " ", "Bob "],
            "language": "en",
            "text": "First.\n\nSecond.",
            "anything": {"else": [1]},
        }
    )
    assert only(path) == Document(
        source=f"{path}#a1",
        content=b"First.\n\nSecond.",
        media="text",
        known=Metadata(
            given_id="a1",
            title="A title",
            outlet="The Example",
            authors=("Ann", "Bob"),
            published=dt.date(2023, 6, 6),
            updated=dt.date(2023, 6, 7),
            language="en",
            url="https://www.example.com/a",
        ),
    )


def test_second_names_of_keys(write: Write) -> None:
    article = only(write({"body": "B", "source": "S", "date": "2023-06-06", "author": "Ann"}))
    assert article.content == b"B"
    assert article.known.outlet == "S"
    assert article.known.published == dt.date(2023, 6, 6)
    assert article.known.authors == ("Ann",)


def test_blank_and_null_count_as_missing(write: Write) -> None:
    fields: dict[str, object] = {
        "text": " ",
        "body": "B",
        "title": None,
        "outlet": "",
        "source": "S",
        "id": "",
        "authors": [],
    }
    path = write({**fields, "published": "", "date": "2023-06-06"})
    article = only(path)
    assert article.source == f"{path}#1"
    assert article.content == b"B"
    assert article.known.outlet == "S"
    assert article.known.title is article.known.given_id is None
    assert article.known.published == dt.date(2023, 6, 6)


def test_only_text(write: Write) -> None:
    article = only(write({"text": "T"}))
    assert article.known == Metadata()


def test_blank_text_is_an_empty_article_and_no_failure(write: Write) -> None:
    assert only(write({"text": ""})).content == b""


def test_outlet_from_the_address(write: Write) -> None:
    assert only(write({"text": "T", "url": "https://www.cnn.com/a"})).known.outlet == "cnn.com"


def test_outlet_of_no_address_is_unknown(write: Write) -> None:
    assert only(write({"text": "T", "url": "http://user@example.com/"})).known.outlet is None


def test_number_as_id(write: Write) -> None:
    path = write({"id": 7, "text": "T"})
    assert only(path).source == f"{path}#7"
    assert only(path).known.given_id == "7"


@pytest.mark.parametrize("name", ["news.jsonl", "news.ndjson", "news.jsonl.gz", "NEWS.JSONL"])
def test_kinds_of_file(write: Write, name: str) -> None:
    assert [type(found) for found in read_jsonl(write({"text": "A"}, b"", {"text": "B"}, name=name))] == [
        Document,
        Document,
    ]


BAD_LINES = {
    "not_json": (b"{nope", "it is not JSON"),
    "list": (["text"], "it is not a JSON object"),
    "null": (None, "it is not a JSON object"),
    "no_text": ({"title": "T"}, "it has no 'text' or 'body'"),
    "text_is_number": ({"text": 1}, "'text' should be text and is a number"),
    "title_is_list": ({"text": "T", "title": ["x"]}, "'title' should be text and is a list"),
    "url_is_object": ({"text": "T", "url": {}}, "'url' should be text and is an object"),
    "date_is_list": ({"text": "T", "published": []}, "'published' should be a date and is a list"),
    "author_is_number": ({"text": "T", "author": 5}, "'author' should be text or a list of texts and holds a number"),
    "authors_hold_null": ({"text": "T", "authors": ["A", None]}, "holds null"),
    "id_is_true": ({"text": "T", "id": True}, "'id' should be text or a whole number and is true or false"),
    "id_is_long": ({"text": "T", "id": "x" * 501}, "'id' is longer than 500 characters"),
    "not_utf8": (b'{"text": "caf\xe9"}', "it is not UTF-8 text"),
    "nul": (b"\0\0\0", "it is not JSON"),
    "nested": (b'{"text": ' + b"[" * 100_000, "it is nested too deeply"),
    "huge_number": (b'{"text": "T", "id": ' + b"1" * 5_000 + b"}", "it is not JSON"),
    "cut_off": (b'{"text": "T', "it is not JSON"),
}


@pytest.mark.parametrize(("line", "reason"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_bad_line_is_named_and_the_others_are_in(write: Write, line: object, reason: str) -> None:
    path = write({"text": "A"}, line, {"text": "B"})
    first, failure, last = read_jsonl(path)
    assert isinstance(first, Document)
    assert isinstance(last, Document)
    assert (first.content, last.content) == (b"A", b"B")
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("Line 2 was left out: ")
    assert reason in failure.reason
    assert failure.source == f"{path}#2"


def test_origin_is_the_article_where_it_is_known_and_otherwise_the_file(write: Write) -> None:
    path = write({"id": "a", "text": "T", "title": 1}, {"id": [], "text": "T"}, {"title": "T"}, b"{nope")
    failures = [found for found in read_jsonl(path) if isinstance(found, Failure)]
    assert [(each.source, each.origin) for each in failures] == [
        (f"{path}#a", f"{path}#a"),
        (f"{path}#2", str(path)),
        (f"{path}#3", f"{path}#3"),
        (f"{path}#4", str(path)),
    ]


def test_same_id_twice_is_named(write: Write) -> None:
    path = write({"id": "a", "text": "A"}, {"id": "a", "text": "B"}, {"id": 4, "text": "C"}, {"text": "D"})
    found = list(read_jsonl(path))
    assert [type(each) for each in found] == [Document, Failure, Document, Failure]
    assert isinstance(found[1], Failure)
    assert found[1].reason == "Line 2 was left out: the id 'a' is on line 1 already."


def test_line_that_is_too_long(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.jsonl.MAX_LINE_BYTES", 30)
    for long in (31, 60, 61, 62, 100):
        path = write({"text": "A"}, b"x" * long, {"text": "B"})
        found = list(read_jsonl(path))
        assert [type(each) for each in found] == [Document, Failure, Document], long
        assert found[1].source == f"{path}#2"
    exactly_30 = write(b'{"text": "' + b"x" * 18 + b'"}')
    assert [type(each) for each in read_jsonl(exactly_30)] == [Document]


def test_too_much_in_one_file(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.jsonl.MAX_TOTAL_BYTES", 50)
    path = write(*({"text": "A"} for _ in range(10)), name="news.jsonl.gz")  # 14 bytes per line
    *good, failure = read_jsonl(path)
    assert all(isinstance(each, Document) for each in good)
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("Reading stopped at line 4")


def test_bomb_of_one_line_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.jsonl.MAX_TOTAL_BYTES", 40_000_000)
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(b" " * 100_000_000, 1))
    (failure,) = read_jsonl(path)
    assert isinstance(failure, Failure)
    assert "split it" in failure.reason


def test_damaged_gzip_keeps_what_came_before(write: Write) -> None:
    path = write(*({"text": f"{number} {'x' * 200}"} for number in range(3_000)), name="news.jsonl.gz")
    path.write_bytes(path.read_bytes()[:-3_000])
    *good, failure = read_jsonl(path)
    assert len(good) > 100
    assert isinstance(failure, Failure)
    assert failure.source == str(path)
    assert "damaged" in failure.reason


def test_not_gzip_at_all(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl.gz"
    path.write_text('{"text": "T"}')
    (failure,) = read_jsonl(path)
    assert isinstance(failure, Failure)


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"text": "A"}\r\n\r\n{"text": "B"}\r\n')
    assert [found.source for found in read_jsonl(path)] == [f"{path}#1", f"{path}#3"]


def test_half_a_surrogate_pair_becomes_a_replacement_character(write: Write) -> None:
    article = only(write(b'{"id": "\\ud800", "title": "a\\udc00", "text": "x\\ud83dy \\ud83d\\ude42"}'))
    assert article.content.decode() == "x\ufffdy 🙂"
    assert article.known.title == "a\ufffd"
    assert article.known.given_id == "\ufffd"


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.touch()
    assert list(read_jsonl(path)) == []


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2023-06-06", dt.date(2023, 6, 6)),
        (" 2023-06-06T10:00:00Z ", dt.date(2023, 6, 6)),
        ("2023-06-06 23:59:59.123+09:00", dt.date(2023, 6, 6)),
        ("Tue, 06 Jun 2023 23:30:00 -0400", dt.date(2023, 6, 6)),
        ("06 Jun 2023 23:30:00 GMT", dt.date(2023, 6, 6)),
        ("June 6, 2023", dt.date(2023, 6, 6)),
        ("Jun 6, 2023", dt.date(2023, 6, 6)),
        ("6 June 2023", dt.date(2023, 6, 6)),
        ("20230606", dt.date(2023, 6, 6)),
        (1686052800, dt.date(2023, 6, 6)),  # 2023-06-06 12:00 UTC
        (1686052800000, dt.date(2023, 6, 6)),
        ("2023-02-30", None),
        ("2023-06-061", None),
        ("06/07/2023", None),  # two days, depending on who wrote it
        ("unknown", None),
        ("", None),
        (None, None),
        (True, None),
        (1e300, None),
        (float("nan"), None),
        (float("inf"), None),
    ],
)
def test_day(written: object, day: dt.date | None) -> None:
    assert given_day(written) == day


def test_unreadable_date_costs_the_date_and_not_the_article(write: Write) -> None:
    assert only(write({"text": "T", "published": "recently"})).known.published is None


@given(st.text())
def test_reading_a_day_never_raises(written: str) -> None:
    given_day(written)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)
)
KEYS = st.sampled_from(["text", "body", "id", "url", "title", "source", "date", "updated", "authors", "author"])


@given(st.lists(st.dictionaries(KEYS, JSON_VALUES), max_size=5))
def test_each_line_is_an_article_or_a_failure(tmp_path_factory: pytest.TempPathFactory, lines: list[object]) -> None:
    path = tmp_path_factory.mktemp("lines") / "news.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    found = list(read_jsonl(path))
    assert len(found) == len(lines)
    articles = [each.source for each in found if isinstance(each, Document)]
    assert len(set(articles)) == len(articles)
