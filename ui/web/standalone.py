"""Pages with addresses of their own: an article's story, a shared answer, articles as a file."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from markupsafe import Markup

from rag.errors import ArticleNotFound
from rag.library import Library
from rag.telling import story_of
from ui.web.chat.conversation import PATTERN, Conversation
from ui.web.components import CSS, asset, colours_alone
from ui.web.html.turn import render_turn
from ui.web.library.shown import sought_of
from ui.web.markup import render
from ui.web.problems import GONE, problems
from ui.web.texts import say, script_texts


def add_standalone(app: FastAPI, library: Library) -> None:
    @app.get("/story/{article_id:path}", include_in_schema=False)
    def story(article_id: str) -> HTMLResponse:
        with problems() as wrong:
            try:
                found = story_of(library, article_id)
            except ArticleNotFound:
                return _page("story.html", 404, said=say(GONE))
            return _page("story.html", 200, story=found, asked=article_id)
        return _page("story.html", 503, said=wrong[0])

    @app.get("/a/{answer_id}", include_in_schema=False)
    def shared(answer_id: str, request: Request) -> Response:
        """One answer as it was given; with a query such as `?citation=1`, only the article that a button opens."""
        with problems() as wrong:
            answer = library.shared.get(answer_id) if re.fullmatch(PATTERN, answer_id) else None
            if answer is None:
                return _page("shared.html", 404, said=say("There is no answer under this link."))
            if request.query_params:
                button = {"turn": "0", **request.query_params}
                return HTMLResponse(Conversation(answers=(answer,)).panel_html(library, button, asks=False))
            at = dt.datetime.fromtimestamp(int(answer_id[:13]) / 1000, dt.UTC)
            turn = Markup(render_turn(answer, 0, alone=True))  # noqa: S704
            changed = answer.library_version != library.version
            return _page("shared.html", 200, answer=answer, turn=turn, at=at, changed=changed)
        return _page("shared.html", 503, said=wrong[0])

    @app.get("/articles.jsonl", include_in_schema=False)
    def export(request: Request) -> Response:
        """The articles that `article` names, or that match the filters, one a line, as `dateline ingest` reads them."""
        with problems() as wrong:
            chosen = request.query_params.getlist("article") or library.matching(sought_of(request.query_params))
            attached = {"Content-Disposition": 'attachment; filename="articles.jsonl"'}
            return StreamingResponse(lines(library, chosen), media_type="application/x-ndjson", headers=attached)
        return _page("shared.html", 503, said=wrong[0])


def _page(template: str, status: int, **values: object) -> HTMLResponse:
    colours, script = colours_alone(), asset("say.js") + asset("shared.js")
    ours = {"css": colours + asset("alone.css") + CSS, "script": script, "colours": colours, "texts": script_texts()}
    nothing = {"story": None, "asked": "", "answer": None, "said": ""}
    return HTMLResponse(render(template, **{**ours, **nothing, **values}), status)


def lines(library: Library, article_ids: Iterable[str]) -> Iterator[str]:
    """The articles, without those now gone, and without guessed days, which a later reader would take for known ones."""
    for article_id in article_ids:
        with contextlib.suppress(ArticleNotFound):
            one = library.article(article_id)
            row = {"id": one.article_id, "published": None if one.published_guessed else one.published}
            row |= {name: getattr(one, name) for name in "title outlet url updated authors language text".split()}
            known = {name: value for name, value in row.items() if value}
            yield json.dumps(known, ensure_ascii=False, default=str) + "\n"
