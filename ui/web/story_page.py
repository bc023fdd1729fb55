"""An article's story as a page of its own, without scripts: `GET /story/ARTICLE`."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from rag.errors import ArticleNotFound
from rag.library import Library
from rag.telling import story_of
from ui.web.html.templates import render
from ui.web.problems import problems

GONE = "This article is not in the library any more."


def add_story_pages(app: FastAPI, library: Library) -> None:
    """Adds the path."""

    @app.get("/story/{article_id:path}", include_in_schema=False)
    def story(article_id: str) -> HTMLResponse:
        with problems() as told:
            try:
                return HTMLResponse(
                    render(
                        "story.html", story=story_of(library, article_id), asked=article_id, said="", link=story_link
                    )
                )
            except ArticleNotFound:
                return HTMLResponse(render("story.html", story=None, said=GONE), 404)
        return HTMLResponse(render("story.html", story=None, said=told[0]), 503)


def story_link(article_id: str) -> str:
    """The address of an article's story, from the page."""
    return f"/story/{quote(article_id, safe='')}"
