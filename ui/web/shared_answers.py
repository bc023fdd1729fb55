"""One answer as a page of its own, `/a/ID`: as it was given, for everybody who may see the library."""

from __future__ import annotations

import datetime as dt
import re

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from rag.library import Library
from rag.types import Answer
from ui.web.chat.conversation import Conversation
from ui.web.chat.seals import PATTERN
from ui.web.html.turn import render_alone
from ui.web.markup import day, inert
from ui.web.page import CSS, asset
from ui.web.problems import problems


def add_shared_answers(app: FastAPI, library: Library) -> None:
    """Adds the paths under /a."""

    @app.get("/a/{answer_id}", include_in_schema=False)
    def shared(answer_id: str, request: Request) -> Response:
        """The page of one answer; with a query such as `?citation=1` only the article that a button opens."""
        with problems() as told:
            answer = library.shared.get(answer_id) if re.fullmatch(PATTERN, answer_id) else None
            if answer is None:
                return _page("No answer", '<p class="dl-problem">There is no answer under this link.</p>', 404)
            if request.query_params:
                button = {"turn": "0", **request.query_params}
                return HTMLResponse(Conversation(answers=(answer,)).panel_html(library, button, asks=False))
            return _page(answer.question, _told(answer, answer_id, library.version), 200)
        return _page("No answer", f'<p class="dl-problem">{inert(told[0])}</p>', 503)


def _told(answer: Answer, answer_id: str, now: str) -> str:
    at = dt.datetime.fromtimestamp(int(answer_id[:13]) / 1000, dt.UTC)
    changed = (
        "" if answer.library_version == now else " The library has changed since: asked today, the answer may differ."
    )
    return (
        f'<p class="dl-meta">As it was answered on {day(at.date())} at {at:%H:%M} UTC, from library version '
        f"{inert(answer.library_version or 'unknown')}.{changed}</p>"
        f'<p class="dl-acts"><button type="button" class="dl-again" data-link>Copy link</button></p>'
        f'{render_alone(answer)}<section id="dl-panel" aria-label="Source" aria-live="polite"></section>'
    )


def _page(title: str, inner: str, status: int) -> HTMLResponse:
    words = " ".join(title.split())[:200]
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{inert(words)} · Dateline</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<style>{_COLOURS}{CSS}</style></head><body class="dl-alone gradio-container"><main>'
        f'<p class="dl-title">Dateline</p>{inner}<p><a class="dl-link" href="/">Ask a question of your own</a></p></main>'
        f"<script>{asset('shared.js')}</script></body></html>",
        status,
    )


_COLOURS = """
:root { color-scheme: light dark; --body-text-color: light-dark(#27272a, #f4f4f5); --body-background-fill: light-dark(#fff, #0b0f19);
  --link-text-color: light-dark(#1d4ed8, #93c5fd); --color-accent: #f97316; --border-color-primary: light-dark(#d4d4d8, #3f3f46);
  --error-border-color: light-dark(#b91c1c, #f87171); --input-background-fill: var(--body-background-fill);
  --radius-sm: 4px; --radius-md: 6px; }
body { margin: 0; font: 16px/1.5 ui-sans-serif, system-ui, sans-serif; color: var(--body-text-color); background: var(--body-background-fill); }
.dl-alone main { max-width: 46rem; margin: 0 auto; padding: 1rem; }
.dl-alone #dl-panel { position: static; max-height: none; border: 0; }
.dl-alone #dl-panel:empty { display: none; }
.dl-alone svg[hidden] { display: none; }
"""
"""The names by which the styles know the colours of the page, and what is different where an answer stands alone."""
