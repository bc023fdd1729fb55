"""What a reader's browser fetches until the page can be used, ours and Gradio's apart: `python -m evals.page_weight`.

Needs Chromium and the sample library of `make chat`, or another one: `python -m evals.page_weight LIBRARY`.
"""

from __future__ import annotations

import gzip
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import click
import httpx
from playwright.sync_api import Page, sync_playwright

from evals.load import running_server
from evals.pages import CHROMIUM

LOADS = 5  # Each with an empty cache; the median is told.
LANGUAGE = "de"  # Of the reader whose texts are counted: English stands in the scripts already.
TEXTS = ("value", "label", "info", "placeholder")
QUESTION = "What is the latest?"


def measure(address: str) -> Iterator[str]:
    """Lines of figures: kilobytes over the wire, requests, milliseconds until the question can be typed and passages are there."""
    usable, passages, sent, requests = [], [], 0, 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for _ in range(LOADS):
            context = browser.new_context()
            page = context.new_page()
            network = context.new_cdp_session(page)
            network.send("Network.enable")
            sizes: list[int] = []
            network.on(
                "Network.loadingFinished", lambda event, sizes=sizes: sizes.append(int(event["encodedDataLength"]))
            )
            begun = time.perf_counter()
            page.goto(address)
            page.locator("#dl-holds .dl-library").first.wait_for()
            usable.append((time.perf_counter() - begun) * 1000)
            sent, requests = sum(sizes), len(sizes)
            passages.append(_first_passages(page))
            context.close()
        browser.close()
    yield f"fetched until usable     {sent / 1000:7.0f} kB in {requests} requests"
    plain, packed = ours(address)
    yield f"of it ours               {plain / 1000:7.1f} kB of styles, scripts and texts ({packed / 1000:.1f} kB compressed)"
    yield f"usable after             {statistics.median(usable):7.0f} ms (median of {LOADS})"
    yield f"first passages after     {statistics.median(passages):7.0f} ms"


def ours(address: str) -> tuple[int, int]:
    """Bytes of our own styles, scripts and texts of a page, as they are and compressed: what the page says of its
    components, without what Gradio itself says of them."""
    config = httpx.get(f"{address}/config", headers={"Accept-Language": LANGUAGE}).json()
    props = [one["props"] for one in config["components"]]
    sent = [config["css"], *(one["js_on_load"] for one in props if one.get("js_on_load"))]
    sent += [one["js"] for one in config["dependencies"] if isinstance(one.get("js"), str)]
    sent += [one[name] for one in props for name in TEXTS if isinstance(one.get(name), str)]
    text = "\n".join(sent).encode()
    return len(text), len(gzip.compress(text))


def _first_passages(page: Page) -> float:
    page.locator("#dl-question-box textarea").fill(QUESTION)
    begun = time.perf_counter()
    page.locator("#dl-question-box textarea").press("Enter")
    page.locator("#dl-live :is(.dl-found, .dl-card, .dl-abstained)").first.wait_for()
    return (time.perf_counter() - begun) * 1000


@click.command()
@click.argument("library", type=click.Path(path_type=Path, exists=True), default=Path("sample-library"))
def main(library: Path) -> None:
    """Prints the figures of the library that is named."""
    with running_server(library) as server:
        print("\n".join(measure(server.address)))


if __name__ == "__main__":
    main()
