"""The same two functions as MCP tools, by Gradio's own MCP server at /gradio_api/mcp/."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Iterator
from typing import Any

import gradio as gr
from gradio.events import api

from rag.errors import ConfigError
from ui.web.http_api import status_and_sentence
from ui.web.service import AnswerService, AskBody, SearchBody


def add_mcp_tools(page: gr.Blocks, service: AnswerService) -> None:
    """Adds `ask` and `search` to the page; its own events are private and never become tools.

    Raises:
        ConfigError: the MCP package is not installed.
    """
    if importlib.util.find_spec("mcp") is None:
        raise ConfigError("DATELINE_MCP needs the MCP package; run: pip install 'dateline[mcp]'")

    async def ask(
        question: str, as_of: str = "", since: str = "", until: str = "", outlets: list[str] | None = None
    ) -> dict[str, Any]:
        """Answers a question about a library of news articles. Every sentence is tied to a passage that was checked.

        Args:
            question: what to ask, in plain words.
            as_of: nothing published later than this day is seen, e.g. 2025-08-13.
            since: first day of publication, e.g. 2025-08-01.
            until: last day of publication.
            outlets: only articles of these outlets.

        Returns:
            the answer with its citations; its status is answered, partial, conflict, closest (passages near the question,
            without a claim) or abstained.
        """
        with _told():
            asked = AskBody(question=question, as_of=as_of, since=since, until=until, outlets=tuple(outlets or ()))
            return (await service.answer(asked)).model_dump(mode="json")

    async def search(
        question: str, top_k: int = 8, as_of: str = "", since: str = "", until: str = ""
    ) -> dict[str, Any]:
        """Finds passages in a library of news articles, without answering.

        Args:
            question: what to look for.
            top_k: how many passages.
            as_of: nothing published later than this day is seen, e.g. 2025-08-13.
            since: first day of publication.
            until: last day of publication.

        Returns:
            the passages, best first, each with its article, outlet and day.
        """
        with _told():
            searched = SearchBody(question=question, top_k=top_k, as_of=as_of, since=since, until=until)
            return (await service.search(searched)).model_dump(mode="json")

    with page:
        for tool in (ask, search):
            # Not queued: Gradio then calls it directly, rather than itself by HTTP; the service has a line of its own.
            api(tool, api_name=tool.__name__, queue=False)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """An error becomes one sentence without anything of the machine."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 (the one catch of this surface)
        raise gr.Error(status_and_sentence(error)[1], print_exception=False) from None
