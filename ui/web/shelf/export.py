"""Articles as JSONL, one a line, in the form in which `dateline ingest` reads them: `GET /articles.jsonl`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from rag.errors import ArticleNotFound
from rag.library import Library
from rag.types import Article
from ui.web.shelf.view import sought_of

ATTACHED = {"Content-Disposition": 'attachment; filename="articles.jsonl"'}


def add_export(app: FastAPI, library: Library) -> None:
    """Adds the path. `article`, which may be repeated, names articles; otherwise all go that the filters let through."""

    @app.get("/articles.jsonl", include_in_schema=False)
    def export(request: Request) -> StreamingResponse:
        chosen = request.query_params.getlist("article") or library.matching(sought_of(request.query_params))
        return StreamingResponse(lines(library, chosen), media_type="application/x-ndjson", headers=ATTACHED)


def lines(library: Library, article_ids: Iterable[str]) -> Iterator[str]:
    """The articles; one that is gone meanwhile is left out."""
    for article_id in article_ids:
        try:
            article = library.article(article_id)
        except ArticleNotFound:
            continue
        yield json.dumps(_row(article), ensure_ascii=False) + "\n"


def _row(article: Article) -> dict[str, object]:
    """A guessed day is left out: whoever reads it back would take it for a known one."""
    row: dict[str, object] = {
        "id": article.article_id,
        "title": article.title,
        "outlet": article.outlet,
        "url": article.url,
        "published": None if article.published_guessed else article.published,
        "updated": article.updated,
        "authors": list(article.authors),
        "language": article.language,
        "text": article.text,
    }
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items() if value}
