"""A small load on the real page: nobody hangs, everybody gets their own question's answer, and memory stays small."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest
from page_server import page_server

from evals.load import Load, Server, Size, put_under_load, table
from evals.load_readers import Outcome


@pytest.mark.timeout(180)
def test_eight_readers_for_two_seconds(tmp_path: Path) -> None:
    with page_server("fake", tmp_path) as page:
        server = Server(page.address, psutil.Process(page.process.pid))
        load = asyncio.run(put_under_load(server, readers=8, seconds=2))
    assert load.tally.faults == {}
    assert load.tally.count(Outcome.HUNG) == load.tally.count(Outcome.FAILED) == 0
    assert load.tally.count(Outcome.ANSWERED) >= 8
    assert load.is_well
    before, *_, after = load.sizes
    assert after.files <= before.files + 5
    assert after.megabytes < before.megabytes + 150


def test_the_table_tells_what_went_wrong() -> None:
    load = Load(2, 5.0, sizes=[Size(100.0, 40), Size(120.4, 50)], calm_before=0.2, calm_after=0.3)
    load.tally.times[Outcome.ANSWERED] = [0.1, 0.2, 3.0]
    assert load.is_well
    load.tally.times[Outcome.HUNG] = [45.0]
    assert not load.is_well
    said = table(load)
    assert "| asked | 4 |" in said
    assert "| hung (no answer in 90 s) | 1 |" in said
    assert "0.2 s / 3.0 s / 3.0 s" in said
    assert "100 → 120" in said
    assert "40 → 50" in said
