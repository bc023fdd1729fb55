"""Pages and articles pasted from the clipboard: what stays, what is removed, and what becomes a field."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from articles_abroad import ARTICLES
from hypothesis import given, settings
from hypothesis import strategies as st
from story_articles import CORRECTED, FOLLOW_UP, WITNESS

from ingest.document import Document, Extracted, Media, Metadata
from ingest.extract import extract
from ingest.line_model import KINDS, LineModel, line_model
from ingest.normalise import normalise
from rag.errors import ModelError, SourceError

PARAGRAPHS = (
    "The harbour council of Orrin Bay voted on Thursday to close the old fish market, which has stood on the quay since "
    "1911, and to build a covered hall for 140 traders beside the ferry landing.",
    "Mayor Ilse Brandvold told the council that the roof would not last another winter. Two beams were found to be rotten "
    "in March, and the fire service has allowed no more than 60 visitors at a time since then.",
    "“We were told in spring that it could be repaired,” said Tomas Reke, who has sold herring there for 31 years. “Now "
    "they tell us that it cannot.”",
    "The new hall is to cost 18.4 million crowns. Half of it comes from the region, the rest from a loan that the town "
    "will pay back over 25 years, according to the papers that were put before the council.",
    "Traders can move into tents on the square until the hall opens, which is planned for May of next year.",
)
BODY = "\n\n".join(PARAGRAPHS)
TITLE = "Orrin Bay council closes fish market that stood since 1911"
PAGE = f"""Skip to main content
Menu
News
Sport
Weather
Opinion
Jobs
Subscribe
Sign in
Orrin Bay Times
Home
News
Local
Ferry fares to rise by a tenth in spring
School choir wins first prize in Vellan
{TITLE}

By Hedda Lunde
Published 14 August 2025, 10:15

Facebook
Twitter
WhatsApp
48 shares

A trader carries crates past the old hall. Photo: Hedda Lunde

ORRIN BAY, Aug 14 (AP) — {PARAGRAPHS[0]}

{PARAGRAPHS[1]}

Advertisement

Also read: Ferry fares to rise by a tenth in spring

{PARAGRAPHS[2]}

{PARAGRAPHS[3]}

Sign up for our newsletter
Get the news from the harbour every morning.
Subscribe

{PARAGRAPHS[4]}

NPK NPK

Related stories
Ferry fares to rise by a tenth in spring
School choir wins first prize in Vellan
Who pays for the new breakwater?
Most read
Herring prices fall for the third week
Storm leaves two boats on the rocks
We use cookies to make this site work. Accept all
About us
Contact
Privacy policy
© 2025 Orrin Bay Times. All rights reserved.
"""


@pytest.fixture(autouse=True, scope="module")
def _model() -> LineModel:
    """Loaded once, so that no single example is slow."""
    return line_model()


def pasted(text: str, title: str | None = None) -> Extracted:
    return extract(Document("pasted", text.encode(), "text", Metadata(title=title)))


def test_a_whole_page_leaves_its_article() -> None:
    found = pasted(PAGE)
    assert found.text == BODY
    known = found.metadata
    assert (known.title, known.authors, str(known.published)) == (TITLE, ("Hedda Lunde",), "2025-08-14")
    assert (known.place, known.agency) == ("ORRIN BAY", "AP")
    assert "lines that stood around the text were left out" in (known.left_out or "")


@pytest.mark.parametrize("button", ["Sport", "World News", "Latest News", "Share", "Business", "Top Stories", "Daily"])
def test_a_section_or_a_button_is_no_outlet(button: str) -> None:
    assert pasted(f"{button}\n{TITLE}\n{button}\n\n{BODY}").metadata.outlet is None


def test_related_stories_between_paragraphs_go() -> None:
    listed = "Related stories\nFerry fares to rise by a tenth in spring\nHerring prices fall for the third week"
    assert pasted("\n\n".join((TITLE, *PARAGRAPHS[:3], listed, *PARAGRAPHS[3:]))).text == BODY


def test_other_spacing_of_the_same_page() -> None:
    tight = "\n".join(line for line in PAGE.split("\n") if line)
    wide = tight.replace("\n", "\n\n")
    assert {pasted(one).text for one in (tight, wide)} == {BODY}


ARTICLES_OF_OUR_OWN = (
    *(one.text for one in ARTICLES),
    *(CORRECTED, FOLLOW_UP, WITNESS, BODY),
)


@settings(deadline=None)
@given(
    article=st.sampled_from(ARTICLES_OF_OUR_OWN),
    first=st.integers(0, 3),
    count=st.integers(1, 8),
    gap=st.sampled_from(["\n", "\n\n", "\n\n\n"]),
    title=st.sampled_from([None, TITLE]),
)
def test_a_plain_article_loses_nothing(article: str, first: int, count: int, gap: str, title: str | None) -> None:
    paragraphs = [one for one in article.split("\n") if one]
    chosen = paragraphs[first : first + count] or paragraphs
    assert pasted(gap.join(chosen), title).text == "\n\n".join(chosen)


@settings(deadline=None)
@given(st.permutations(PARAGRAPHS), st.integers(1, 5))
def test_a_plain_article_in_any_order_loses_nothing(paragraphs: list[str], count: int) -> None:
    chosen = paragraphs[:count]
    assert pasted("\n\n".join(chosen)).text == "\n\n".join(chosen)


HEAD = "By Hedda Lunde\n14 August 2025\n\n"
ONE, TWO, THREE = "The quay is closed.", "Boats wait.", "Nobody knows why."


@pytest.mark.parametrize("title", ["", "Quay closed\n\n"])
@pytest.mark.parametrize("media", ["text", "markdown"])
@pytest.mark.parametrize(
    "body", [ONE, f"{ONE} {TWO}", f"{ONE}\n\n{THREE}", f"{ONE}\n{TWO}\n{THREE}", f"{ONE} {THREE} " * 30]
)
def test_a_short_article_keeps_its_sentences(title: str, media: Media, body: str) -> None:
    found = extract(Document("short", f"{title}{HEAD}{body}".encode(), media, Metadata()))
    assert found.text.split() == body.split()
    assert (found.metadata.title, found.metadata.authors) == (title.strip() or None, ("Hedda Lunde",))
    assert str(found.metadata.published) == "2025-08-14"


def test_three_short_sentences_without_a_head_stay() -> None:
    assert pasted(f"{ONE}\n{TWO}\n{THREE}").text == f"{ONE}\n\n{TWO}\n\n{THREE}"


@pytest.mark.parametrize("text", [HEAD, "We use cookies to make this site work.\nAccept all\nBy Hedda Lunde"])
def test_a_byline_or_a_notice_alone_is_no_article(text: str) -> None:
    assert pasted(text).text == ""


@settings(deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1), max_size=30))
def test_any_lines_are_read(lines: list[str]) -> None:
    """The output consists of input lines or parts of them."""
    text = "\n".join(lines)
    try:
        found = pasted(text)
    except SourceError:
        return  # bytes that are not text
    given = normalise(text)
    assert all(part in given for part in found.text.split("\n\n"))


def test_chances_of_a_line_sum_to_one() -> None:
    lines = [line for line in PAGE.split("\n") if line]
    chances = line_model().chances(lines, [True] * len(lines))
    assert chances.shape == (len(lines), len(KINDS))
    assert abs(chances.sum(axis=1) - 1).max() < 1e-5


def test_damaged_weights_are_told(tmp_path: Path) -> None:
    (tmp_path / "lines.safetensors").write_bytes(b"no weights")
    for name in ("lines.safetensors", "missing.safetensors"):
        with pytest.raises(ModelError, match="install Dateline anew"):
            LineModel.load(tmp_path / name)


def test_a_page_is_cleaned_fast() -> None:
    pasted(PAGE)
    start = time.process_time()
    for _ in range(50):
        pasted(PAGE)
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize(
    "rows", [["Builder: Hallam & Stroud", "Length: 84m", "Cost: £4.7m"], ["Harrow | 12 | 31", "Lyng | 11 | 28"]]
)
@pytest.mark.parametrize("heading", [[], ["The bridge in numbers"]])
def test_a_fact_box_or_a_table_below_the_text_stays(rows: list[str], heading: list[str]) -> None:
    text = [
        "Walkers crossed the river at Ravelmouth on foot for the first time in 61 years on Monday.",
        "About 400 people followed the mayor, Denise Orrin, across the deck in light rain.",
    ]
    read = extract(
        Document(
            "pasted", "\n\n".join([*text, "\n".join(heading + rows)]).encode(), "text", Metadata(title="Bridge opens")
        )
    )
    assert all(line in read.text for line in (*text, *rows))
    menu = extract(
        Document(
            "pasted",
            "\n\n".join([*text, "Share this", "Tags: bridges"]).encode(),
            "text",
            Metadata(title="Bridge opens"),
        )
    )
    assert "Tags" not in menu.text


@pytest.mark.parametrize(
    "lines",
    [
        ["大桥提前三个月通车", "来源：新华网 2025-04-18 09:15", "大桥星期五正式通车，比原计划提前三个月。"],
        ["橋が閉鎖", "2025/4/18 10:15", "県は金曜日、港の橋を春まで閉鎖すると決めた。"],
        ["ปิดสะพานท่าเรือเพื่อซ่อมแซม", "2025-04-18 10:15", "สภาเมืองลงมติเมื่อวันศุกร์ให้ปิดสะพานท่าเรือจนถึงฤดูหนาว ค่าซ่อมแซมสูง"],
        ["Мост закрыт", "18 апреля 2025 г.", "Городской совет в пятницу решил закрыть мост до зимы."],
        ["إغلاق الجسر", "الجمعة ١٨ أبريل ٢٠٢٥", "قرر مجلس المدينة يوم الجمعة إغلاق جسر الميناء حتى الشتاء."],
        ["पुल बंद", "शुक्रवार, 18 अप्रैल 2025", "नगर परिषद ने शुक्रवार को बंदरगाह का पुल सर्दियों तक बंद करने का फैसला किया।"],
        ["El puente cierra", "El País, 18 de abril de 2025", "El ayuntamiento decidió el viernes cerrar el puente."],
        ["Chiuso il ponte", "Venerdì 18 aprile 2025", "Il consiglio comunale ha deciso di chiudere il ponte."],
        ["Le pont fermé", "Publié le 18/04/2025 à 10h15", "Le conseil municipal a décidé vendredi de fermer le pont."],
        ["Brücke gesperrt", "Von Jana Meier | 18. April 2025", "Der Stadtrat hat am Freitag die Brücke gesperrt."],
    ],
)  # fmt: skip
def test_a_short_article_in_any_script_has_its_title_and_day(lines: list[str]) -> None:
    found = pasted("\n\n".join(lines))
    assert (found.metadata.title, str(found.metadata.published), found.text) == (lines[0], "2025-04-18", lines[2])


@pytest.mark.parametrize(
    "link", ["Lesen Sie auch: Bahn steht still", "À lire aussi : Les trams à l'arrêt", "Lees ook: Tram"]
)
def test_the_paragraph_after_a_link_to_another_article_stays(link: str) -> None:
    before = "Der Stadtrat von Lyng hat am Dienstag beschlossen, die Hafenbrücke bis zum Frühjahr zu sperren."
    after = "Der Verkehr wird über Ansel geleitet, heißt es auf der Seite der Stadt."
    page = ["Startseite", "Sport", "Lyng sperrt Hafenbrücke", before, link, after, "Newsletter abonnieren", "Impressum"]
    assert pasted("\n".join(page)).text == f"{before}\n\n{after}"


@pytest.mark.parametrize("line", ["03/04/2025", "Updated: 03/04/2025", "https://gazette.example/quay"])
def test_a_line_whose_content_is_not_kept_is_named(line: str) -> None:
    assert line in (pasted(f"{TITLE}\n{line}\n\n{BODY}").metadata.left_out or "")


@pytest.mark.parametrize("button", ["Next Post", "Previous Post", "Read More News", "Send Mail", "View Mail"])
def test_a_button_is_neither_outlet_nor_author_nor_text(button: str) -> None:
    found = pasted(f"{TITLE}\n\n{button}\n\n{BODY}")
    assert (found.metadata.outlet, found.metadata.authors, found.text) == (None, (), BODY)


def test_the_source_of_a_page_is_read_as_a_page() -> None:
    assert pasted(f"<p>{PARAGRAPHS[0]}</p>\n<p>{PARAGRAPHS[1]}</p>").text == "\n\n".join(PARAGRAPHS[:2])


@pytest.mark.parametrize(
    ("note", "outlet"),
    [
        ("(Only the headline of this report may have been reworked by Lyng Now; the rest is from a syndicated feed.)", "Lyng Now"),
        ("(Except for the headline, this story has not been edited by Quayside staff and comes from a syndicated feed.)", "Quayside"),
        ("This article was generated from an automated news agency feed without modifications to text.", None),
        ("Disclaimer: This story is auto-generated from agency services.", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("media", ["text", "html"])
def test_what_syndication_adds_at_the_end_goes_and_names_outlet_and_agency(
    note: str, outlet: str | None, media: Media
) -> None:
    article = [*PARAGRAPHS[:2], f"{PARAGRAPHS[2]} (AP) NPK NPK", note]
    shown = {
        "text": "\n\n".join([TITLE, *article]),
        "html": f"<html><body><article><h1>{TITLE}</h1>{''.join(f'<p>{one}</p>' for one in article)}</article></body></html>",
    }
    found = extract(Document("pasted", shown[media].encode(), media, Metadata()))
    assert found.text == "\n\n".join(PARAGRAPHS[:3])
    assert (found.metadata.outlet, found.metadata.agency) == (outlet, "AP")


@pytest.mark.parametrize(
    "line",
    [
        "This report was edited by the court before its release, the mayor said.",
        "The news agency fed on rumours, the court found.",
        "Note that the price of cattle feeds rose by a tenth.",
    ],
)
def test_a_last_sentence_about_a_report_or_a_feed_stays(line: str) -> None:
    assert pasted(f"{TITLE}\n\n{BODY}\n\n{line}").text == f"{BODY}\n\n{line}"
