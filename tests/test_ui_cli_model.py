"""`dateline model`: listing the language models, and fetching one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ingest import model_files
from rag.errors import ModelError
from rag.language.known import ENCODER, SMALL, KnownModel, file_of
from ui.cli.main import cli


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def told(*arguments: str) -> str:
    return CliRunner().invoke(cli, ["model", *arguments], catch_exceptions=False, standalone_mode=False).output


def test_the_list_says_what_each_needs_and_whether_it_is_here() -> None:
    listed = told("list")
    assert "small\n  1.1 GB, 1.6 GB of memory, Apache-2.0, for two processor cores; not fetched" in listed
    assert "encoder\n  0.4 GB, 0.5 GB of memory, Apache-2.0, for reading again and checking; not fetched" in listed
    assert SMALL.sha256 in listed
    assert ENCODER.sha256 in listed
    assert "gguf:hub:OWNER/REPOSITORY/FILE" in listed
    file_of(SMALL).parent.mkdir(parents=True)
    file_of(SMALL).write_bytes(b"GGUF")
    rows = json.loads(told("list", "--json"))["models"]
    assert (rows[0]["name"], rows[0]["here"]) == ("small", True)


def test_getting_one_says_where_it_is_and_how_to_use_it(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    def fetched(model: KnownModel, told: model_files.Told) -> Path:
        told(0, model.size)
        return cache / model.file

    monkeypatch.setattr(model_files, "fetch", fetched)
    assert told("get", "small") == f"The model is in {cache / SMALL.file}\nUse it with: DATELINE_LLM=small\n"
    assert json.loads(told("get", "--json"))["setting"] == "small"
    assert "From the next start on it reads" in told("get", "encoder")


def test_a_name_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ModelError, match="No model is called 'huge'"):
        told("get", "huge")
