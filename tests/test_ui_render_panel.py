"""An article beside its answer: what is marked in it, why it was chosen, when it was published."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_values import DAY, TEXT, Parts, answer, article, citation, passage

from rag.types import Agreement, Conflict, RelatedArticle, Relation, Span, Window
from ui.web.html.article import render_article, why_chosen
from ui.web.html.timeline import timeline


def test_the_quote_is_marked_in_its_article_and_others_faintly() -> None:
    other = citation(number=2, quote="It begins on 23 August.", start=33, end=56)
    html = render_article(article(), citation(), (citation(), other))
    assert '<mark id="quote">Kang Yu-jung announced the trip.</mark>' in html
    assert '<mark class="dl-faint">It begins on 23 August.</mark>' in html
    assert TEXT in Parts(html).text
    assert "Harbour Ledger · 13 Aug 2025" in Parts(html).text


def test_overlapping_passages_are_marked_once() -> None:
    around = citation(number=2, quote=TEXT[:56], start=0, end=56)
    html = render_article(article(), citation(), (around,))
    assert html.count('id="quote"') == 1
    assert TEXT in Parts(html).text


def test_a_quote_that_moved_is_found_and_one_that_is_gone_is_told() -> None:
    moved = article(text="Corrected. " + TEXT)
    assert '<mark id="quote">Kang Yu-jung announced the trip.</mark>' in render_article(moved, citation())
    gone = render_article(article(text="All is different."), citation())
    assert "<mark" not in gone
    assert "has changed since. It said: “Kang Yu-jung announced the trip.”" in Parts(gone).text


def test_of_a_very_long_article_the_part_around_the_quote_is_shown() -> None:
    text = "a" * 500_000 + TEXT + "b" * 500_000
    html = render_article(article(text=text), citation(start=500_000, end=500_032))
    assert "<mark" in html
    assert len(html) < 70_000


def test_the_words_that_answer_stand_out_in_the_quote() -> None:
    html = render_article(article(), citation(answer=Span(start=0, end=12)))
    assert '<mark id="quote"><strong>Kang Yu-jung</strong></mark><mark> announced the trip.</mark>' in html
    assert "The answer in it: “Kang Yu-jung”." in Parts(html).text


def test_a_passage_of_which_only_the_first_words_are_kept_is_marked_whole() -> None:
    assert f'<mark id="quote">{TEXT[:32]}</mark>' in render_article(article(), passage(text=TEXT[:10]))


def test_what_became_of_the_article_is_said_before_its_text() -> None:
    related = (
        RelatedArticle(article_id="a2", title="Corrected", outlet="<Ledger>", relation=Relation.SUPERSEDED_BY),
        RelatedArticle(article_id="a3", title="The same", outlet="Northline", relation=Relation.COPY),
        RelatedArticle(article_id="a4", title="Other words", outlet="Meridian", relation=Relation.SAME_EVENT),
    )
    html = render_article(article(related=related))
    text = Parts(html).text
    assert text.index("A later report replaces this one") < text.index(TEXT) < text.index("Also carried by")
    assert ("data-article", "a4") in Parts(html).attributes


@pytest.mark.parametrize(
    ("changes", "window", "words"),
    [
        (
            {"bm25": 7.66, "similarity": 0.681},
            Window(),
            "It uses words from your question and is about the same thing.",
        ),
        ({"similarity": 0.5}, Window(), "It is about what you asked, in other words."),
        ({"bm25": 1.0}, Window(since=DAY, until=DAY), "It is from the days you asked about."),
        ({"bm25": 1.0}, Window(until=DAY - dt.timedelta(2)), "from around the days you asked about."),
        ({"bm25": 1.0}, Window(prefers_newest=True), "the newest one found"),
        ({"bm25": 1.0}, Window(as_of=DAY), "It was published on or before 13 Aug 2025, as you asked."),
        ({"bm25": 1.0, "published": None}, Window(), "It has no date."),
    ],
)
def test_why_a_passage_was_chosen(changes: dict[str, object], window: Window, words: str) -> None:
    passages = (passage(id="other", published=DAY - dt.timedelta(5)), passage(**changes))
    told = why_chosen(answer(passages=passages, window=window), "a1:0")
    assert words in told
    assert not re.search("BM25|cosine|rank", told)
    assert why_chosen(answer(passages=passages), "unknown") == ""


def test_a_timeline_needs_three_days() -> None:
    two = [citation(number=n + 1, article_id=f"a{n}", published=DAY + dt.timedelta(n // 2)) for n in range(4)]
    assert timeline(answer(citations=tuple(two)), 0) == ""
    undated = citation(number=5, article_id="a5", published=None)
    assert timeline(answer(citations=(*two, undated)), 0) == ""
    third = citation(number=5, article_id="a5", published=DAY + dt.timedelta(9))
    assert timeline(answer(citations=(*two, third)), 0).count("dl-point") == 5


def test_a_timeline_has_a_point_for_each_cited_article_and_none_for_what_was_only_read() -> None:
    agreed = Agreement(
        article_id="a3", passage_id="a3:0", title="So it is", published=dt.date(2025, 8, 15), quote="x", start=0, end=1
    )
    cited = (
        citation(agreed_by=(agreed,)),
        citation(number=2, article_id="a2", published=dt.date(2025, 8, 23)),
        citation(number=3),
    )
    read = (passage(), passage(id="a5:0", article_id="a5", published=dt.date(2025, 8, 18)))
    overtaken = Conflict(subject="x", values=("1", "2"), citations=(1, 2), outdated=(2,))
    html = timeline(answer(citations=cited, passages=read, conflicts=(overtaken,)), 4)
    points = re.findall(r'class="(dl-point[^"]*)".*?left:([\d.]+)%;bottom:\d+px">(.*?)</button>', html)
    # 13 August is the first of eleven days, 23 August the last; six percent are left free on each side.
    assert points == [("dl-point", "6.0", "1,3"), ("dl-point", "23.6", "="), ("dl-point dl-outdated", "94.0", "2")]
    assert "13 Aug" in Parts(html).text


@settings(deadline=None)  # templates are loaded on first use
@given(st.lists(st.dates(), min_size=3, max_size=12, unique=True))
def test_every_point_lies_in_the_plot(cited: list[dt.date]) -> None:
    citations = tuple(citation(number=n + 1, article_id=f"c{n}", published=day) for n, day in enumerate(cited))
    html = timeline(answer(citations=citations), 0)
    places = [float(place) for place in re.findall(r"left:([\d.]+)%", html)]
    assert len(places) == len(cited)
    ticks = [float(place) for place in re.findall(r'<text x="([\d.]+)%', html)]
    assert len(ticks) <= 5
    assert all(5 <= place <= 95 for place in (*places, *ticks))


def test_the_language_is_told_and_marked_for_those_who_listen() -> None:
    html = render_article(article(language="de"))
    assert "· German" in Parts(html).text
    assert ' lang="de"' in html
    assert "lang=" not in render_article(article(language=None))
