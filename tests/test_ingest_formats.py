"""Formats other than text, HTML, PDF and JSONL: how title, outlet, author, day and address of each are found."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_files import OLE, PAGE, PARAGRAPHS, TEXT, chapter, docx, epub, mail, paragraph, warc_record, zipped

from ingest.document import Document, Extracted, Failure, Found, Skipped
from ingest.extract import extract
from ingest.rows import read_table
from ingest.run import ingest
from ingest.sources import estimate, find
from ingest.warc import read_warc
from rag.errors import SourceError
from rag.library import Library

Put = Callable[[str, bytes], Path]
DAY = dt.date(2025, 3, 3)
ISSUE = "<dc:title>Orvale Weekly</dc:title><dc:publisher>Orvale Press</dc:publisher><dc:date>2025-03-03</dc:date>"


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(name: str, content: bytes) -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write


def found_in(path: Path) -> dict[str, Found]:
    """What is found, by the part of the source after the file's own."""
    return {found.source.removeprefix(str(path)): found for found in find([str(path)])}


def article(found: Found) -> Extracted:
    assert isinstance(found, Document), found
    return extract(found)


def only(path: Path) -> Extracted:
    (found,) = found_in(path).values()
    return article(found)


def reason(path: Path) -> str:
    """Why a file gives no article, whether noticed when it is found or when it is read."""
    (found,) = found_in(path).values()
    if isinstance(found, Document):
        with pytest.raises(SourceError) as error:
            extract(found)
        return str(error.value)
    return found.reason


# Word


def test_word_document(put: Put) -> None:
    rows = (("Length", "240 metres"), ("Built", "1931"))
    cells = "".join(f"<w:tr><w:tc>{paragraph(a)}</w:tc><w:tc>{paragraph(b)}</w:tc></w:tr>" for a, b in rows)
    head = paragraph("Bridge to be repaired", style="Heading1") + paragraph("By Anna Holm") + paragraph("3 March 2025")
    found = only(put("a.docx", docx(head + "".join(map(paragraph, PARAGRAPHS)) + f"<w:tbl>{cells}</w:tbl>")))
    assert found.text == f"{TEXT}\n\nLength: 240 metres\n\nBuilt: 1931"
    known = found.metadata
    assert (known.title, known.authors, known.published) == ("Bridge to be repaired", ("Anna Holm",), DAY)


@pytest.mark.parametrize(
    "hidden",
    [
        paragraph("Obey me.", "<w:vanish/>"),
        paragraph("Obey me.", '<w:sz w:val="2"/>'),
        paragraph("Obey me.", '<w:color w:val="FFFFFF"/>'),
        "<w:p><w:del><w:r><w:delText>Obey me.</w:delText></w:r></w:del></w:p>",
    ],
    ids=["hidden", "tiny", "white", "deleted"],
)
def test_words_that_a_reader_of_the_document_does_not_see_stay_out(put: Put, hidden: str) -> None:
    assert only(put("a.docx", docx("".join(map(paragraph, PARAGRAPHS)) + hidden))).text == TEXT


def test_words_hidden_by_a_style_stay_out_unless_they_are_shown_again(put: Put) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Base"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Note"><w:basedOn w:val="Base"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Loop"><w:basedOn w:val="Loop"/></w:style>'
    )
    own = '<w:p><w:pPr><w:pStyle w:val="Note"/></w:pPr><w:r>{}<w:t>{}</w:t></w:r></w:p>'
    hidden = own.format("", "Obey me.") + paragraph("Obey me, too.", '<w:rStyle w:val="Note"/>')
    shown = own.format('<w:rPr><w:vanish w:val="0"/></w:rPr>', "Shown again.")
    loop = paragraph("In a loop.", '<w:rStyle w:val="Loop"/>')
    text = only(put("a.docx", docx("".join(map(paragraph, PARAGRAPHS)) + hidden + shown + loop, styles))).text
    assert text == f"{TEXT}\n\nShown again.\n\nIn a loop."


def test_words_that_only_look_hidden_stay(put: Put) -> None:
    white = '<w:color w:val="FFFFFF"/>'
    shown = [
        paragraph("Not hidden at all.", '<w:vanish w:val="0"/>'),
        paragraph("White on blue.", f'<w:shd w:fill="0000FF"/>{white}'),
        f"<w:tbl><w:tr><w:tc>{paragraph('White in a box.', white)}</w:tc></w:tr></w:tbl>",
    ]
    text = only(put("a.docx", docx("".join(map(paragraph, PARAGRAPHS)) + "".join(shown)))).text
    assert text == f"{TEXT}\n\nNot hidden at all.\n\nWhite on blue.\n\nWhite in a box."


# EPUB


def test_pages_of_a_magazine(put: Put) -> None:
    pages = {name: chapter(title) for name, title in (("nav.xhtml", "In this issue"), ("toc.xhtml", "Contents"))}
    pages |= {"a.xhtml": chapter("Bridge"), "b%20c.xhtml": chapter("Mill")}
    book = epub(ISSUE, {**pages, "b c.xhtml": chapter("Mill")}, '<reference type="toc" href="toc.xhtml"/>')
    found = found_in(put("a.epub", book))
    assert list(found) == ["#OEBPS/a.xhtml", "#OEBPS/b c.xhtml"]
    for each, title in zip(found.values(), ("Bridge", "Mill"), strict=True):
        read = article(each)
        assert read.text == TEXT
        assert (read.metadata.title, read.metadata.outlet, read.metadata.published) == (title, "Orvale Press", DAY)


def test_a_single_article_has_the_title_and_author_of_its_book(put: Put) -> None:
    told = "<dc:title>The bridge</dc:title><dc:creator>Anna Holm</dc:creator>"
    known = only(put("a.epub", epub(told, {"a.xhtml": chapter("Chapter 1")}))).metadata
    assert (known.title, known.authors, known.published) == ("The bridge", ("Anna Holm",), None)


@pytest.mark.parametrize(
    ("kind", "outlet", "day"),
    [("periodical:unknown:Orvale Weekly", "Orvale Weekly", DAY), ("", None, None)],
    ids=["news_that_calibre_fetched", "what_it_converted"],
)
def test_calibre_is_no_outlet_and_its_day_one_of_converting(
    put: Put, kind: str, outlet: str | None, day: dt.date | None
) -> None:
    told = ISSUE.replace("Orvale Press", "calibre") + '<meta name="calibre:timestamp" content="x"/>'
    told += f'<meta name="calibre:publication_type" content="{kind}"/>' if kind else ""
    known = only(put("a.epub", epub(told, {"a.xhtml": chapter("Bridge")}))).metadata
    assert (known.outlet, known.published) == (outlet, day)


# Mail


def test_newsletter(put: Put) -> None:
    hidden = '<div style="display:none">In this letter</div>'
    found = only(
        put("a.eml", mail("Plain words.", PAGE.replace("<article>", f"<article>{hidden}"),
            From="=?utf-8?q?Orvale_Letter?= <news@orvale.example>", Subject="=?utf-8?q?Br=C3=BCcke?= to be repaired",
            Date="Mon, 03 Mar 2025 23:10:00 -0500", List_Unsubscribe="<https://orvale.example/u>",
            Archived_At="<https://orvale.example/bridge>"))
    )  # fmt: skip
    assert TEXT in found.text
    assert "In this letter" not in found.text
    known = found.metadata
    assert (known.title, known.outlet, known.authors) == ("Brücke to be repaired", "Orvale Letter", ())
    assert (known.published, known.url) == (DAY, "https://orvale.example/bridge")


def test_a_word_document_without_headings_has_its_title_and_day(put: Put) -> None:
    lines = ["The bridge is to be repaired", "By Anna Holm", "3 March 2025", *PARAGRAPHS, "Also read: Trams stop"]
    for style in ("", "Title"):
        body = paragraph(lines[0], style=style) + "".join(map(paragraph, lines[1:]))
        found = only(put("a.docx", docx(body)))
        assert (found.text, found.metadata.title, found.metadata.published) == (TEXT, lines[0], DAY)


def test_mail_of_a_person(put: Put) -> None:
    found = only(put("a.eml", mail(Date="Mon, 03 Mar 2025 09:00:00 +0100")))
    assert (found.text, found.metadata.outlet, found.metadata.authors) == (TEXT, None, ("Anna Holm",))


def test_mail_that_was_passed_on_is_not_its_senders(put: Put) -> None:
    known = only(put("a.eml", mail(Subject="Fwd: FW: The bridge", List_Id="<x.example>"))).metadata
    assert (known.title, known.outlet, known.authors, known.published) == ("The bridge", None, (), None)


@pytest.mark.parametrize("head", ["From: The Ledger\nDate: Sat, 1 Mar 2025\nSubject: The bridge",
                                  "*Von:* Ledger\n*Gesendet:* Samstag, 1. März 2025 10:15\n*An:* Anna\n*Betreff:* The bridge"])  # fmt: skip
def test_mail_that_was_passed_on_has_the_day_it_was_first_sent(put: Put, head: str) -> None:
    forwarded = mail(f"Look!\n\n{head}\n\n{TEXT}\n", Subject="Fwd: The bridge", Date="Mon, 03 Mar 2025 09:00:00 +0100")
    found = only(put("a.eml", forwarded))
    assert (found.text, str(found.metadata.published)) == (TEXT, "2025-03-01")


def test_mailbox(put: Put) -> None:
    start = b"From anna@orvale.example Mon Mar  3 10:00:00 2025\n"
    second = mail(
        f"{TEXT}\n\nFrom the mill nobody came.\n\n>From here it is quoted.\n", Message_ID="<2@orvale.example>"
    )
    path = put("a.mbox", start + mail() + b"\n" + start + second + b"\n" + start + second)
    found = found_in(path)
    assert list(found) == ["#1", "#2@orvale.example", "#2@orvale.example (3)"]
    assert article(found["#1"]).text == TEXT
    assert article(found["#2@orvale.example"]).text.endswith("From the mill nobody came.\n\nFrom here it is quoted.")


def test_page_saved_as_one_file(put: Put) -> None:
    head = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://orvale.example/a\r\nDate: Sun, 9 Mar 2025 1:00:00 Z\r\n"
    parts = (
        f"--x\r\nContent-Type: text/html\r\n\r\n{PAGE}\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>A frame</p>\r\n--x--"
    )
    content = f'{head}Content-Type: multipart/related; boundary="x"\r\n\r\n{parts}\r\n'
    found = only(put("a.mhtml", content.encode()))
    assert TEXT in found.text
    known = found.metadata
    assert (known.title, known.url, known.published) == ("Bridge to be repaired", "https://orvale.example/a", None)


# Tables and lists


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t"), ("a.csv.gz", "|")])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_table(put: Put, name: str, delimiter: str, encoding: str) -> None:
    made = io.StringIO()
    rows = [
        ("Headline", "Publication", "Date", "Link", "Content"),
        ("Brücke", "The Herald", "2025-03-03", "https://h.example/a", f'{TEXT}\n\n"Zürich", he said.'),
        ("Mill", "", "", "", "Short; but, a | text"),
    ]
    csv.writer(made, delimiter=delimiter).writerows(rows)
    content = made.getvalue().encode(encoding)
    found = list(found_in(put(name, gzip.compress(content) if name.endswith("gz") else content)).values())
    assert estimate([str(put("b.csv", b"text\na\n"))]) == 2
    first, second = map(article, found)
    assert first.text == f'{TEXT}\n\n"Zürich", he said.'
    known = first.metadata
    assert (known.title, known.outlet, known.published) == ("Brücke", "The Herald", DAY)
    assert known.url == "https://h.example/a"
    assert (second.metadata.title, second.metadata.outlet, second.metadata.published) == ("Mill", None, None)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip), min_size=1))
def test_what_a_table_was_written_with_is_read_from_it(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("table") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "text"], *([number, text] for number, text in enumerate(texts))])
    found = list(read_table(path, "a.csv"))
    assert [each.content.decode() for each in found if isinstance(each, Document)] == texts


def test_bad_rows_cost_only_themselves(put: Put) -> None:
    lines = [
        "title,text",
        f"A,{PARAGRAPHS[2].replace(',', '')}",
        "B,too,many",
        "C,",
        'D,"a"b',
        "E,Good.",
        '"F,open',
        "G,Lost.",
    ]
    found = found_in(put("a.csv", "\n".join(lines).encode()))
    assert {key: type(each).__name__ for key, each in found.items()} == {
        "#2": "Document", "#3": "Failure", "#4": "Failure", "#5": "Failure", "#6": "Document", "": "Failure"
    }  # fmt: skip
    reasons = [each.reason for each in found.values() if isinstance(each, Failure)]
    assert reasons[0] == "Line 3 was left out: it has 3 columns, and the first line names 2."
    assert reasons[-1] == "Reading stopped at line 7: a quotation mark is opened there and not closed."


@pytest.mark.parametrize("wrapped", ["{}", '{{"status": "ok", "tags": ["x"], "articles": {}}}'])
def test_list_of_objects(put: Put, wrapped: str) -> None:
    items = [
        {
            "source": {"id": None, "name": "The Herald"},
            "author": "Anna",
            "publishedAt": "2025-03-03T10:00:00Z",
            "content": "A.",
        },
        {"content": None},
        {"id": "b", "text": "B."},
    ]
    found = found_in(put("a.json", wrapped.format(json.dumps(items)).encode()))
    assert [type(each) for each in found.values()] == [Document, Failure, Document]
    assert list(found) == ["#1", "#2", "#b"]
    known = article(found["#1"]).metadata
    assert (known.outlet, known.authors, known.published) == ("The Herald", ("Anna",), DAY)


def test_one_object_is_one_article(put: Put) -> None:
    assert only(put("a.json", json.dumps({"text": TEXT, "tags": [{"text": "x"}]}).encode())).text == TEXT


@pytest.mark.parametrize("rest", ["", ',{"text": "B', "," + "[" * 100_000])
def test_a_list_that_breaks_off_is_read_as_far_as_it_goes(put: Put, rest: str) -> None:
    found = found_in(put("a.json", f'[{{"text": "A."}}{rest}'.encode()))
    assert list(found) == ["#1", ""]
    assert isinstance(found[""], Failure)
    assert found[""].reason.startswith("Reading stopped after entry 1: ")


@pytest.mark.parametrize("content", ["[1, 2]", '{"name": "x"}', '{"a": [{"text": "A"}], "b": [{"text": "B"}]}', "[]"])
def test_other_json_and_tables_are_no_articles(put: Put, content: str) -> None:
    path = put("a.json", content.encode())
    assert reason(path).startswith("It is not a list of articles")
    assert [type(each) for each in find([str(path.parent)])] == [Skipped]  # in a folder this is not an error


# Web archives


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_web_archive(put: Put, tmp_path: Path, name: str) -> None:
    page = PAGE.encode()
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(page), page)
    records = [
        warc_record("https://h.example/a"),
        warc_record("https://h.example/b", gzip.compress(page), head="Content-Encoding: gzip\r\n"),
        warc_record("https://h.example/c", chunked, head="Transfer-Encoding: chunked\r\n"),
        warc_record("https://h.example/d", page, head="Content-Encoding: br\r\n"),  # unpacked by the crawler
        warc_record("https://h.example/e.png", b"\x89PNG", "image/png"),
        warc_record("https://h.example/f", status="404 Not Found"),
        warc_record("https://h.example/a"),
    ]
    content = b"".join(map(gzip.compress, records)) if name.endswith("gz") else b"".join(records)
    found = found_in(put(name, content))
    pages = ["#https://h.example/a", "#https://h.example/b", "#https://h.example/c", "#https://h.example/d"]
    assert list(found) == [*pages, "#https://h.example/a (2)", ""]
    assert found[""] == Skipped(
        str(tmp_path / name), "2 of its answers are no pages (pictures, scripts, redirections, errors)."
    )
    for key in pages:
        read = article(found[key])
        assert TEXT in read.text
        assert (read.metadata.url, read.metadata.published) == (key[1:], None)  # the crawl's day does not count


def test_a_bad_page_of_an_archive_costs_only_itself(put: Put) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    bad = [
        warc_record(f"https://h.example/{n}", body, head="Content-Encoding: gzip\r\n")
        for n, body in enumerate((bomb, bomb[:99]))
    ]
    bad.append(warc_record("https://h.example/2", b"\x0b\x80\xff", head="Content-Encoding: br\r\n"))
    found = list(found_in(put("a.warc", b"".join([*bad, warc_record("https://h.example/good")]))).values())
    assert [type(each) for each in found] == [Failure, Failure, Failure, Document]


@pytest.mark.parametrize("kept", [40, 300, -30])
@pytest.mark.parametrize("packed", [False, True])
def test_an_archive_that_is_cut_off_says_so(put: Put, kept: int, packed: bool) -> None:
    records = [warc_record("https://h.example/a"), warc_record("https://h.example/b")]
    first, second = map(gzip.compress, records) if packed else records
    found = found_in(put("a.warc.gz" if packed else "a.warc", first + second[:kept]))
    assert isinstance(found["#https://h.example/a"], Document)
    assert "the archive is damaged or cut off there" in found[""].reason  # type: ignore[union-attr]


def test_an_archive_without_end_is_stopped(put: Put) -> None:
    path = put("a.warc", warc_record("https://h.example/a") * 50)
    with pytest.raises(SourceError, match="split it"):
        list(read_warc(path, "a.warc", total_limit=20_000))


# Saved pages


@pytest.mark.parametrize("folder", ["Bridge_files", "Bridge-Dateien", "Bridge_fichiers"])
def test_what_belongs_to_a_saved_page_is_no_article(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder / "inner").mkdir(parents=True)
    for name in ("Bridge.html", f"{folder}/frame.html", f"{folder}/inner/ad.html", f"{folder}/data.json"):
        (tmp_path / name).write_text(PAGE)
    found = list(find([str(tmp_path)]))
    assert [type(each) for each in found] == [Skipped, Document]
    assert estimate([str(tmp_path)]) == 1
    assert len(list(find([str(tmp_path / folder)]))) == 3  # asked for by name


def test_a_folder_that_only_sounds_like_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "case_files").mkdir()
    (tmp_path / "case_files" / "a.html").write_text(PAGE)
    (tmp_path / "other.html").write_text(PAGE)
    assert [type(each) for each in find([str(tmp_path)])] == [Document, Document]


# Bad files

DRM = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData xmlns='
    '"http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod Algorithm="aes128-cbc"/></EncryptedData></encryption>'
)
LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 20}">' for n in range(8))
BAD = {
    "truncated.docx": (docx("".join(map(paragraph, PARAGRAPHS)))[:700], "damaged"),
    "not_a_zip.docx": (TEXT.encode(), "damaged"),
    "bomb.docx": (docx("<w:p/>" + " " * 120_000_000), "longer than any article"),
    "old.docx": (OLE, "old kind"),
    "encrypted.docx": (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
    "truncated.epub": (epub(ISSUE, {"a.xhtml": chapter("A")})[:900], "damaged"),
    "empty.epub": (b"", "damaged"),
    "bomb.epub": (epub(ISSUE, {"a.xhtml": " " * 30_000_000}), "unpacks to more"),
    "protected.epub": (epub(ISSUE, {"a.xhtml": chapter("A")}, more={"META-INF/encryption.xml": DRM}), "protected"),
    "entities.epub": (
        zipped({"META-INF/container.xml": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><x>&l8;</x>'}),
        "damaged",
    ),
    "not_a_mail.eml": (TEXT.encode(), "not a mail"),
    "encrypted.eml": (b"From: a@b.example\nContent-Type: multipart/encrypted; boundary=x\n\n--x--\n", "encrypted"),
    "pgp.eml": (mail("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n"), "encrypted"),
    "not_a_mailbox.mbox": (TEXT.encode(), "no mail"),
    "empty.mbox": (b"", "no mail"),
    "no_text.csv": (b"name,age\nA,1\n", "not a table of articles"),
    "empty.csv": (b"", "not a table of articles"),
    "nul.csv": (b"text\n\0\0\0\n", "NUL"),
    "not_gzip.csv.gz": (b"text\nA.\n", "cannot be read"),
    "text.json": (TEXT.encode(), "not JSON"),
    "nested.json": (b'{"a":' * 100_000, "nested too deeply"),
    "not_an_archive.warc": (TEXT.encode(), "damaged"),
    "empty.warc": (b"", "damaged"),
    "no_page.warc": (warc_record("https://h.example/a.png", b"x", "image/png"), "no page"),
    "not_gzip.warc.gz": (b"WARC/1.0", "damaged"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_sentence(put: Put, name: str) -> None:
    content, words = BAD[name]
    told = reason(put(name, content))
    assert words in told
    assert "\n" not in told
    assert "Traceback" not in told


def test_bad_files_do_not_stop_the_good(put: Put, tmp_path: Path) -> None:
    for name, (content, _) in BAD.items():
        if "bomb" not in name and not name.endswith(".docx"):  # each needs a process of its own, above
            put(name, content)
    put("zz.txt", TEXT.encode())
    *bad, good = find([str(tmp_path)])
    assert good == Document(str(tmp_path / "zz.txt"), TEXT.encode(), "text")
    assert bad


def test_a_second_ingest_finds_all_kinds_unchanged(library: Library, put: Put, tmp_path: Path) -> None:
    """Each file's article has its own text, otherwise they would be one."""
    texts = [f"{PARAGRAPHS[0]} {name} said so." for name in ("Anna", "Bo", "Carl", "Dora", "Eva", "Finn", "Gro")]
    (tmp_path / "news").mkdir()
    for name, content in {
        "a.docx": docx(paragraph(texts[0])),
        "b.epub": epub(ISSUE, {"a.xhtml": chapter("Bridge").replace(PARAGRAPHS[0], texts[1])}),
        "c.eml": mail(texts[2]),
        "d.mbox": b"From a@b.example Mon Mar  3 10:00:00 2025\n" + mail(texts[3]),
        "e.csv": f'text\n"{texts[4]}"\n'.encode(),
        "f.json": json.dumps([{"text": texts[5]}]).encode(),
        "g.warc": warc_record("https://h.example/a", PAGE.replace(PARAGRAPHS[0], texts[6]).encode()),
    }.items():
        put(f"news/{name}", content)
    first = ingest(library, [str(tmp_path / "news")], sync=True)
    assert (first.stored, first.failed, first.skipped) == (7, [], [])
    again = ingest(library, [str(tmp_path / "news")], sync=True)
    assert (again.unchanged, again.stored, again.changed, again.removed) == (7, 0, 0, 0)
    (tmp_path / "news" / "d.mbox").unlink()
    assert ingest(library, [str(tmp_path / "news")], sync=True).removed == 1
