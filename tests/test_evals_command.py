"""The commands that measure and train, given a folder that holds nothing."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from evals import agreement, extraction, pasted_pages, publication_days


@pytest.mark.parametrize(
    "command",
    [agreement.main, extraction.main, pasted_pages.main, publication_days.main],
    ids=lambda one: one.callback.__module__,
)
def test_a_folder_without_the_data_is_one_sentence(command: click.Command, tmp_path: Path) -> None:
    told = CliRunner().invoke(command, ["--data", str(tmp_path)])
    assert told.exit_code == 1
    assert isinstance(told.exception, SystemExit)  # and no traceback
    assert told.output.startswith("Error: ")
    assert "; name " in told.output
    assert str(tmp_path) in told.output
