"""Runs what the README says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ui.cli.main import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_lines_of_python_run(
    sample_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(sample_library, "library")
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "Kang Yu-jung" in printed
    assert "[1]" in printed
    assert "2025-08-1" in printed


def test_the_answer_that_is_shown_is_given(sample_library: Path) -> None:
    asked, shown = re.findall(
        r'^\$ dateline --library sample-library ask "(.+?)"\n(.*?)```', README, re.DOTALL | re.MULTILINE
    )[0]
    given = CliRunner().invoke(cli, ["--library", str(sample_library), "ask", asked])
    assert given.exit_code == 0
    assert {line for line in shown.splitlines() if line != "…"} <= set(given.stdout.splitlines())


def test_every_link_to_a_file_leads_to_one() -> None:
    for page in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", (ROOT / page).read_text(encoding="utf-8")):
            assert (ROOT / target).exists(), f"{page}: {target}"


def test_the_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"\bmake ([a-z]+)\b", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_file_of_the_architecture_exists() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:rag|ingest|ui|evals)/[a-z_]+\.(?:py|sql))`", page):
        assert (ROOT / name).exists(), name
