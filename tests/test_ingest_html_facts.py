"""Fact boxes and tables of figures are read as labelled items; layout tables are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from ingest.document import Document, Metadata
from ingest.extract import extract
from ingest.html_tree import label_facts

FIRST = "The Skarn tunnel opened on Monday, two years later than the county had planned when the work began."
SECOND = "Drivers from the Pell valley, who had used the pass until now, waited for an hour to be among the first."
TOLL = "The toll is 40 crowns for cars, and nothing for those who live in the valley, the county said on Monday."


def items(body: str) -> list[str]:
    """The lines made by `label_facts`."""
    tree = html.document_fromstring(f"<body>{body}</body>")
    label_facts(tree)
    assert next(tree.iter("dt"), None) is None
    return [item.text_content() for item in tree.xpath("//div/p")]


def row(*cells: str, tag: str = "td") -> str:
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<dl><dt>Length</dt><dd>7.4 <b>km</b></dd></dl>", ["Length: 7.4 km"]),
        ("<dl><dt>Length:</dt>\n<dd>7.4 km</dd><dd>4.6 miles</dd></dl>", ["Length: 7.4 km", "Length: 4.6 miles"]),
        ("<dl><dd>No label</dd><dt>Empty</dt><dd> </dd></dl>", ["No label"]),
        (f"<table>{row('Length:', '7.4 km')}{row('Cost', '3 million')}</table>", ["Length: 7.4 km", "Cost: 3 million"]),
        (
            f"<table>{row('Year', 'Rye', 'Wheat', tag='th')}{row('2024', '31', '40')}{row('2025', '', '44')}</table>",
            ["2024: Rye 31; Wheat 40", "2025: Wheat 44"],
        ),
        (
            f"<table><caption>Price of a loaf</caption><tbody>{row('2024', '31')}{row('2025', '33')}</tbody></table>",
            ["Price of a loaf", "2024: 31", "2025: 33"],
        ),
        (f"<table>{row('2024', '31')}{row('2025', '33')}{row('In crowns')}</table>", ["2024: 31", "2025: 33", "In crowns"]),
        ("<p>They ask for three things:</p> <ul><li>a lower tax</li><li>later hours</li></ul>", ["- a lower tax", "- later hours"]),
        ("<p>They ask for three things.</p> <ul><li>a lower tax</li></ul>", []),
        ("<p>Read more:</p> <ul><li><a href='/tax'>A lower tax</a></li></ul>", []),
    ],
)  # fmt: skip
def test_labels_and_columns_are_said_with_their_values(body: str, told: list[str]) -> None:
    assert items(body) == told


@pytest.mark.parametrize(
    "table",
    [
        f"<table>{row('Menu', FIRST + SECOND)}{row('', TOLL)}</table>",  # running text
        f"<table>{row('Menu', '<h1>Skarn tunnel opens</h1>')}{row('Home', 'News')}</table>",
        f"<table>{row('Home', f'<table>{row(FIRST)}</table>')}{row('News', 'Sport')}</table>",
        f"<table>{row('Only', 'one row')}</table>",
        f"<table>{row('1', '2', '3')}{row('4', '5', '6')}</table>",  # the columns have no headings
    ],
)
def test_a_table_that_lays_out_a_page_stays(table: str) -> None:
    assert items(table) == []


def test_what_stands_behind_a_box_stays_behind_it() -> None:
    tree = html.document_fromstring("<body><p>One.</p><dl><dt>Length</dt><dd>7.4 km</dd></dl>Two.</body>")
    label_facts(tree)
    assert tree.text_content() == "One.Length: 7.4 kmTwo."


cells = st.lists(st.lists(st.sampled_from([*"rye wheat 31 40 barley 52".split(), ""]), max_size=3), max_size=5)


@given(cells, st.booleans())
def test_no_value_of_a_table_is_lost(grid: list[list[str]], headed: bool) -> None:
    table = f"<table>{row('a', 'b', 'c', tag='th') if headed else ''}{''.join(row(*one) for one in grid)}</table>"
    tree = html.document_fromstring(f"<body>{table}</body>")
    label_facts(tree)
    kept = tree.text_content()
    for word in {word for one in grid for word in one if word}:
        assert kept.count(word) >= sum(one.count(word) for one in grid)


def test_a_fact_box_of_an_article_is_in_its_text() -> None:
    facts = "<dl><dt>Length</dt><dd>7.4 kilometres</dd><dt>Cost</dt><dd>3.1 billion crowns</dd></dl>"
    figures = f"<table>{row('Year', 'Cars', tag='th')}{row('2024', '310 a day')}{row('2025', '402 a day')}</table>"
    page = f"<html><body><article><h1>Tunnel opens</h1><p>{FIRST}</p>{facts}<p>{SECOND}</p>{figures}<p>{TOLL}</p></article>"
    text = extract(Document("test", page.encode(), "html", Metadata())).text
    for told in (FIRST, SECOND, TOLL, "Length: 7.4 kilometres", "Cost: 3.1 billion crowns", "2025: Cars 402 a day"):
        assert told in text
