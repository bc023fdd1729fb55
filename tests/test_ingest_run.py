"""What an ingest stores, skips, names and recognises as the same article."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes import WordEmbedder, write_articles

from ingest.run import ingest
from ingest.sources import estimate
from rag.library import Library
from rag.models import Vectors

pytestmark = [pytest.mark.both_engines, pytest.mark.usefixtures("unchecked_index")]

BODY = (
    "The harbour office of Tolva said on Monday that the old crane would be taken down. "
    "It had stood on the north quay since 1931. Nobody wanted to pay for its repair."
)
OTHER = (
    "The school board of Tolva voted on Friday to keep the swimming hall open. "
    "Nine members were for it and two against it. The hall needs a new roof."
)


def write_lines(path: Path, *rows: dict[str, object]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def ids(library: Library) -> list[str]:
    return sorted(article.article_id for article in library.articles())


def test_given_ids_are_kept(library: Library, tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "a.jsonl", {"id": "rt-1", "text": BODY}, {"id": "rt-2", "text": OTHER})
    assert ingest(library, [lines]).stored == 2
    assert ids(library) == ["rt-1", "rt-2"]


def test_where_a_report_was_filed_is_stored(library: Library, tmp_path: Path) -> None:
    lines = write_lines(
        tmp_path / "a.jsonl", {"id": "1", "text": f"TOLVA (Norwire) — {BODY}"}, {"id": "2", "text": OTHER}
    )
    assert ingest(library, [lines]).stored == 2
    assert [library.article(key).place for key in ids(library)] == ["TOLVA", None]
    assert library.article("1").text.startswith("The harbour office")


@pytest.mark.parametrize(
    "address",
    [
        "http://www.tolva.example/crane?utm_source=mail",
        "https://tolva.example/crane/",
        "https://tolva.example/crane#comments",
    ],
)
def test_one_page_under_two_addresses_is_stored_once(library: Library, tmp_path: Path, address: str) -> None:
    lines = write_lines(
        tmp_path / "a.jsonl",
        {"url": "https://tolva.example/crane", "title": "Crane goes", "text": BODY},
        {"url": address, "title": "Crane goes", "text": BODY},
    )
    report = ingest(library, [lines])
    assert (report.stored, report.duplicates, len(ids(library))) == (1, 1, 1)
    assert len(library.article(ids(library)[0]).sources) == 2


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//tolva.example/a", "x",
     "https://user@tolva.example/a", "https://", "https://tolva .example/a", "https://[/a", "https://tolva.example:a/"],
)  # fmt: skip
def test_an_address_that_no_reader_should_follow_is_not_stored(library: Library, tmp_path: Path, address: str) -> None:
    """However it comes in, even when it would replace a good one."""
    front = tmp_path / "front.md"
    front.write_text(f"---\ntitle: Crane goes\nurl: {address}\n---\n\n{BODY}\n", encoding="utf-8")
    lines = write_lines(tmp_path / "a.jsonl", {"url": address, "title": "Hall stays", "text": OTHER})
    report = ingest(library, [str(front), lines])
    assert (report.stored, report.failed) == (2, [])
    assert [article.url for article in library.articles()] == [None, None]
    assert sum("an address was left out" in notice for notice in report.notices) == 2


def test_a_thousand_bad_lines_are_one_sentence(library: Library, tmp_path: Path) -> None:
    bad = [{"title": f"No text {n}"} for n in range(700)] + [{"text": n} for n in range(299)] + [{"text": " "}] * 5
    lines = write_lines(tmp_path / "a.jsonl", {"text": BODY}, *bad, {"text": OTHER})
    with Path(lines).open("a", encoding="utf-8") as file:
        file.write("{broken\n")
    report = ingest(library, [lines, str(tmp_path / "missing.txt")])
    assert (report.stored, report.ok) == (2, False)
    missing, told = report.failed
    assert missing.count == 1
    assert (told.source, told.count) == (lines, 1000)
    assert told.reason == (
        "1,000 of its articles were left out. 700 like this: Line 2 was left out: it has no 'text' or 'body'. "
        "299 like this: Line 702 was left out: 'text' should be text and is a number. "
        f"1 like this: {told.reason.rpartition('like this: ')[2]}"
    )
    assert "1001 failed" in report.sentence()
    (blank,) = report.skipped
    assert blank.count == 5


def test_a_few_bad_lines_are_named_one_by_one(library: Library, tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "a.jsonl", {"title": "A"}, {"text": BODY}, {"title": "B"})
    assert [named.source for named in ingest(library, [lines]).failed] == [f"{lines}#1", f"{lines}#3"]


def test_articles_whose_file_breaks_off_stay(library: Library, tmp_path: Path) -> None:
    rows = ["text", f'"{BODY}"', f'"{OTHER}"']
    table = tmp_path / "a.csv"
    table.write_text("\n".join(rows), encoding="utf-8")
    assert ingest(library, [str(table)], sync=True).stored == 2
    table.write_text("\n".join([*rows[:2], rows[2][:-1]]), encoding="utf-8")
    report = ingest(library, [str(table)], sync=True)
    assert (report.removed, len(report.failed), len(ids(library))) == (0, 1, 2)
    table.write_text("\n".join(rows[:2]), encoding="utf-8")
    assert ingest(library, [str(table)], sync=True).removed == 1


def test_one_text_at_two_outlets_stays_two_articles(library: Library, tmp_path: Path) -> None:
    lines = write_lines(
        tmp_path / "a.jsonl",
        {"url": "https://tolva.example/crane", "outlet": "Tolva Post", "title": "Crane goes", "text": BODY},
        {"url": "https://norvik.example/crane", "outlet": "Norvik Echo", "title": "Crane goes", "text": BODY},
    )
    assert ingest(library, [lines]).stored == 2


def test_the_same_file_in_two_places_is_one_article(library: Library, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "crane.txt").write_text(f"Crane goes\n\n{BODY}\n")
    report = ingest(library, [str(tmp_path / "one"), str(tmp_path / "two")])
    assert (report.stored, report.duplicates) == (1, 1)


def test_a_copy_keeps_the_article_when_the_first_file_goes(library: Library, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(f"Crane goes\n\n{BODY}\n")
    ingest(library, [str(tmp_path)])
    (tmp_path / "one.txt").unlink()
    assert ingest(library, [str(tmp_path)], sync=True).removed == 0
    assert len(ids(library)) == 1
    (tmp_path / "two.txt").unlink()
    assert ingest(library, [str(tmp_path)], sync=True).removed == 1
    assert ids(library) == []


def test_an_excerpt_does_not_replace_the_article(library: Library, tmp_path: Path) -> None:
    url = "https://tolva.example/crane"
    ingest(library, [write_lines(tmp_path / "a.jsonl", {"url": url, "title": "Crane goes", "text": BODY})])
    excerpt = write_lines(tmp_path / "b.jsonl", {"url": url, "title": "Crane goes", "text": BODY.split(". ")[0] + "."})
    assert ingest(library, [excerpt]).duplicates == 1
    assert library.article(ids(library)[0]).text == BODY


def test_a_new_text_of_a_page_replaces_the_old_one_and_keeps_it(library: Library, tmp_path: Path) -> None:
    url = "https://tolva.example/crane"
    ingest(library, [write_lines(tmp_path / "a.jsonl", {"url": url, "title": "Crane goes", "text": BODY})])
    changed = BODY.replace("1931", "1913")
    assert (
        ingest(
            library, [write_lines(tmp_path / "b.jsonl", {"url": url, "title": "Crane goes", "text": changed})]
        ).changed
        == 1
    )
    article = library.article(ids(library)[0])
    assert article.text == changed
    assert [version.text for version in article.versions] == [BODY]


def test_two_files_that_use_the_same_id_do_not_overwrite_each_other(library: Library, tmp_path: Path) -> None:
    ingest(library, [write_lines(tmp_path / "a.jsonl", {"id": "1", "title": "Crane goes", "text": BODY})])
    second = [write_lines(tmp_path / "b.jsonl", {"id": "1", "title": "Hall stays", "text": OTHER})]
    assert ingest(library, second).stored == 1
    assert ingest(library, second).unchanged == 1
    assert len(ids(library)) == 2


def test_one_bad_file_among_twenty_is_named(library: Library, tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"good-{number:02}.txt").write_text(
            f"Crane {number} goes\n\n{BODY.replace('1931', str(1900 + number))}\n"
        )
    (tmp_path / "bad.txt").write_bytes(b"PK\x03\x04\x00\x00\x00\x00" + bytes(range(256)) * 40)
    report = ingest(library, [str(tmp_path)])
    assert report.stored == 20
    assert [Path(failure.source).name for failure in report.failed] == ["bad.txt"]
    assert report.failed[0].reason
    assert not report.ok


def test_blank_files_are_skipped_with_zero_passages(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "empty.txt").write_text("")
    (folder / "blank.txt").write_text(" \n\n\t\n")
    report = ingest(library, [str(folder)])
    assert (report.stored, report.passages, len(report.skipped), report.ok) == (0, 0, 2, True)
    assert ingest(library, [str(folder)]).skipped == report.skipped


def test_a_missing_path_is_named(library: Library, tmp_path: Path) -> None:
    report = ingest(library, [str(tmp_path / "nowhere")])
    assert len(report.failed) == 1
    assert "nowhere" in report.failed[0].source


def test_a_source_that_lost_its_article_keeps_the_stored_one(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "crane.txt"
    path.write_text(f"Crane goes\n\n{BODY}\n")
    ingest(library, [str(path)])
    path.write_text(" ")
    report = ingest(library, [str(path)])
    assert len(report.failed) == 1
    assert len(ids(library)) == 1


def test_the_report_is_json(library: Library, tmp_path: Path) -> None:
    report = ingest(library, [write_lines(tmp_path / "a.jsonl", {"text": BODY})])
    told = json.loads(json.dumps(report.to_dict()))
    assert told["stored"] == 1
    assert told["ok"] is True
    assert "1 new" in report.sentence()


def test_progress_counts_towards_the_number_of_articles(library: Library, tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    lines = write_lines(news / "a.jsonl", {"id": "1", "text": BODY}, {"id": "2", "text": OTHER})
    (news / "crane.txt").write_text(f"Crane stays\n\n{BODY.replace('would', 'would not')}\n")
    (news / "picture.png").write_bytes(b"\x89PNG")
    told: list[tuple[str, int, int]] = []
    ingest(library, [str(news)], progress=lambda *step: told.append(step))
    (step,) = [step for step in told if step[0] == "ingest"]
    assert step == ("ingest", 4, 4)  # the picture is examined too
    assert estimate([lines, "https://tolva.example/feed", "/nowhere"]) == 3


def test_slow_publishing_takes_a_fifth_of_an_ingest(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large library, whose index takes longer than the pause that is set."""
    now, published = [0.0], list[float]()

    def publish(progress: object) -> None:
        now[0] += 10.0
        published.append(now[0])

    def encode(texts: Sequence[str]) -> Vectors:
        now[0] += 1.0
        return WordEmbedder().encode(texts)

    monkeypatch.setattr("ingest.run.time.monotonic", lambda: now[0])
    monkeypatch.setattr(library, "publish", publish)
    monkeypatch.setattr(library.embedder, "encode", encode)
    library.config = library.config.model_copy(update={"publish_every_seconds": 5.0})
    ingest(library, [str(write_articles(tmp_path, 60))], batch_passages=1)
    assert published == [16.0, 67.0, 90.0]  # after 6 batches of a second, after 41 more, and at the end
