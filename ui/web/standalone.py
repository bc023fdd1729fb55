"""What has an address of its own beside the page: an article's story, one answer that was shared, articles as a file."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from markupsafe import Markup

from rag.errors import ArticleNotFound
from rag.library import Library
from rag.telling import story_of
from rag.types import Article
from ui.web.chat.browser_storage import PATTERN
from ui.web.chat.conversation import Conversation
from ui.web.components import CSS, asset, colours_alone
from ui.web.html.templates import render
from ui.web.html.turn import render_alone
from ui.web.library.table import sought_of
from ui.web.problems import GONE, problems
from ui.web.texts import language, say, script_texts

_ATTACHED = {"Content-Disposition": 'attachment; filename="articles.jsonl"'}


def add_standalone(app: FastAPI, library: Library) -> None:
    """Adds `/story/ARTICLE`, `/a/ANSWER` and `/articles.jsonl`."""

    @app.get("/story/{article_id:path}", include_in_schema=False)
    def story(article_id: str) -> HTMLResponse:
        """Who told an article's story when, how the figures moved; without scripts."""
        with problems() as wrong:
            try:
                found = story_of(library, article_id)
            except ArticleNotFound:
                return _story(404, said=say(GONE))
            return _story(200, story=found, asked=article_id)
        return _story(503, said=wrong[0])

    @app.get("/a/{answer_id}", include_in_schema=False)
    def shared(answer_id: str, request: Request) -> Response:
        """One answer as it was given; with a query such as `?citation=1` only the article that a button opens."""
        with problems() as wrong:
            answer = library.shared.get(answer_id) if re.fullmatch(PATTERN, answer_id) else None
            if answer is None:
                return _shared(404, said=say("There is no answer under this link."))
            if request.query_params:
                button = {"turn": "0", **request.query_params}
                return HTMLResponse(Conversation(answers=(answer,)).panel_html(library, button, asks=False))
            at = dt.datetime.fromtimestamp(int(answer_id[:13]) / 1000, dt.UTC)
            turn = Markup(render_alone(answer))  # noqa: S704
            return _shared(200, answer=answer, turn=turn, at=at, changed=answer.library_version != library.version)
        return _shared(503, said=wrong[0])

    @app.get("/articles.jsonl", include_in_schema=False)
    def export(request: Request) -> StreamingResponse:
        """Articles, one a line, in the form in which `dateline ingest` reads them.

        `article`, which may be repeated, names them; otherwise all go that the filters let through.
        """
        chosen = request.query_params.getlist("article") or library.matching(sought_of(request.query_params))
        return StreamingResponse(lines(library, chosen), media_type="application/x-ndjson", headers=_ATTACHED)


def story_link(article_id: str) -> str:
    """The address of an article's story, from the page."""
    return f"/story/{quote(article_id, safe='')}"


def _story(status: int, **values: object) -> HTMLResponse:
    given = {"story": None, "asked": "", "said": "", "link": story_link, "language": language(), **values}
    return HTMLResponse(render("story.html", colours=colours_alone(), **given), status)


def _shared(status: int, **values: object) -> HTMLResponse:
    ours = {"css": colours_alone() + asset("alone.css") + CSS, "language": language()}
    ours["script"] = asset("say.js") + asset("shared.js")
    ours["texts"] = json.dumps(script_texts(), ensure_ascii=False)
    return HTMLResponse(render("shared.html", **{"answer": None, "said": "", **ours, **values}), status)


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
