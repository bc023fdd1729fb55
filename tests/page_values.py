"""Values for page tests, and what a browser would make of the page's HTML."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser

from rag.types import Answer, Article, Citation, Freshness, Passage, Status

DAY = dt.date(2025, 8, 13)
TEXT = "Kang Yu-jung announced the trip. It begins on 23 August. Nothing else is known."


def citation(**changes: object) -> Citation:
    values: dict[str, object] = {
        "number": 1,
        "article_id": "a1",
        "passage_id": "a1:0",
        "outlet": "Harbour Ledger",
        "title": "The trip",
        "url": "https://ledger.example/trip",
        "published": DAY,
        "quote": TEXT[:32],
        "start": 0,
        "end": 32,
    }
    return Citation.model_validate(values | changes)


def answer(**changes: object) -> Answer:
    values: dict[str, object] = {
        "question": "Who announced it?",
        "standalone_question": "Who announced it?",
        "text": "Kang Yu-jung announced the trip. [1]",
        "status": Status.ANSWERED,
        "citations": (citation(),),
        "freshness": Freshness(oldest=DAY, newest=DAY),
    }
    return Answer.model_validate(values | changes)


def article(**changes: object) -> Article:
    values: dict[str, object] = {
        "article_id": "a1",
        "title": "The trip",
        "text": TEXT,
        "outlet": "Harbour Ledger",
        "published": DAY,
        "url": "https://ledger.example/trip",
        "added_at": dt.datetime(2025, 9, 1, tzinfo=dt.UTC),
    }
    return Article.model_validate(values | changes)


class Parts(HTMLParser):
    """What a browser would make of it: tags, attributes, text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.other: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)

    def hrefs(self) -> list[str]:
        return [value or "" for name, value in self.attributes if name == "href"]


def passage(**changes: object) -> Passage:
    values: dict[str, object] = {
        "id": "a1:0",
        "article_id": "a1",
        "title": "The trip",
        "outlet": "Harbour Ledger",
        "published": DAY,
        "text": TEXT[:32],
        "start": 0,
        "end": 32,
    }
    return Passage.model_validate(values | changes)
