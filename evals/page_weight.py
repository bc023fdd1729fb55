"""What a browser fetches before the page is usable, and how long it takes: `python -m evals.page_weight [LIBRARY]`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import click
from playwright.sync_api import sync_playwright

from evals.command import Command
from evals.load import running_server
from evals.pages import CHROMIUM

LOADS = 5  # Each with an empty cache; the median is reported.
QUESTION = "What is the latest?"


def measure(address: str) -> Iterator[str]:
    """Lines of figures: kilobytes transferred, requests, milliseconds until a question can be typed and passages appear."""
    usable, passages, fetched = [], [], ""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for _ in range(LOADS):
            context = browser.new_context()
            page = context.new_page()
            network = context.new_cdp_session(page)
            network.send("Network.enable")
            sizes: list[int] = []
            network.on("Network.loadingFinished", lambda event, to=sizes: to.append(int(event["encodedDataLength"])))
            begun = time.perf_counter()
            page.goto(address)
            page.locator("#dl-holds .dl-library").first.wait_for()
            usable.append((time.perf_counter() - begun) * 1000)
            fetched = f"{sum(sizes) / 1000:7.0f} kB in {len(sizes)} requests"
            page.locator("#dl-question-box textarea").fill(QUESTION)
            begun = time.perf_counter()
            page.locator("#dl-question-box textarea").press("Enter")
            page.locator("#dl-live :is(.dl-found, .dl-card, .dl-abstained)").first.wait_for()
            passages.append((time.perf_counter() - begun) * 1000)
            context.close()
        browser.close()
    yield f"fetched until usable     {fetched}"
    yield f"usable after             {statistics.median(usable):7.0f} ms (median of {LOADS})"
    yield f"first passages after     {statistics.median(passages):7.0f} ms"


@click.command(cls=Command)
@click.argument("library", type=click.Path(path_type=Path, exists=True), default=Path("sample-library"))
def main(library: Path) -> None:
    """Prints the figures of the given library."""
    with running_server(library) as server:
        print("\n".join(measure(server.address)))


if __name__ == "__main__":
    main()
