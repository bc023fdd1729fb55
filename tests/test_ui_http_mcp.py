"""The two MCP tools, called by the MCP package's own client."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import first_sentence, names_of, title_of
from page_server import ROOT

pytest.importorskip("mcp", reason="no MCP package; run: pip install 'mcp>=1.21,<2'")

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning"), pytest.mark.timeout(120)]
VARIABLES = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
SERVER = """
import sys
from pathlib import Path
from fakes import WordEmbedder, config_for
from rag.assistant import Assistant
from rag.errors import LibraryDamaged
from rag.library import Library
from ui.web.server import serve

class Fragile(Assistant):
    def stream(self, question, history=(), **filters):
        if "break" in question:
            raise LibraryDamaged("The library at '/secret/folder' cannot be read.")
        return super().stream(question, history, **filters)

folder = Path(sys.argv[1])
library = Library.open(folder, config_for(folder, mcp=True), WordEmbedder())
serve(library, port=0, assistant=Fragile(library))
"""


@pytest.fixture(scope="module")
def address(_six_articles: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server in a process of its own: Gradio leaves sockets open, which is an error here."""
    folder = tmp_path_factory.mktemp("mcp")
    command = [sys.executable, "-c", SERVER, str(_six_articles)]
    with (folder / "log").open("w") as log, contextlib.ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=VARIABLES, cwd=folder)
        )
        stack.callback(process.kill)
        assert process.stdout
        line = next((line for line in process.stdout if line.startswith("Chat page")), "")
        assert line, (folder / "log").read_text()
        yield f"{line.split()[2]}/gradio_api/mcp/"


def told(address: str, tool: str = "", **arguments: object) -> Any:
    """The result of a tool, or the names of all tools."""

    async def asked() -> Any:
        async with (
            streamablehttp_client(address) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return await (session.call_tool(tool, arguments) if tool else session.list_tools())

    return asyncio.run(asked())


def test_there_are_two_tools_and_nothing_of_the_page(address: str) -> None:
    tools = {tool.name: tool for tool in told(address).tools}
    assert set(tools) == {"ask", "search"}
    assert tools["ask"].inputSchema["required"] == ["question"]
    assert "Every sentence is tied to a passage" in tools["ask"].description


def test_they_answer_and_find(address: str) -> None:
    answer = told(address, "ask", question=f"Who voted on the {names_of(2)[1]} bridge?")
    assert not answer.isError
    assert title_of(2) in answer.content[0].text
    assert "'kind': 'fact'" in answer.content[0].text.replace('"', "'")
    assert '"citations"' in answer.content[0].text.replace("'", '"')
    found = told(address, "search", question=first_sentence(3), top_k=1)
    assert title_of(3) in found.content[0].text


def test_errors_are_a_sentence(address: str) -> None:
    day = told(address, "ask", question="bridge", since="yesterday")
    assert day.isError
    assert "'yesterday' is not a date for since" in day.content[0].text
    many = told(address, "search", question="bridge", top_k=1000)
    assert "'top_k' is not usable" in many.content[0].text
    broken = told(address, "ask", question="break")
    assert broken.isError
    assert "The library cannot be read just now" in broken.content[0].text
    assert "secret" not in broken.content[0].text
