"""Saved public pages with their known facts, as saved and as rendered by Chromium without scripts or network access."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import lxml.html

from ingest.day_reading import parse_day
from rag.types import Value

CHROMIUM = "/usr/bin/chromium"
DATA = click.option(
    "--data", type=click.Path(path_type=Path, exists=True), required=True, help="The folder of public data."
)
CACHE = click.option(
    "--cache", type=click.Path(path_type=Path), default=Path(".bench/rendered"), help="Keeps the rendered pages."
)
_BLOCKS = frozenset(
    "p div li h1 h2 h3 h4 h5 h6 td th tr br blockquote pre figure figcaption section article ul ol table dd dt hr".split()
)
_ADDRESSES = (
    '//link[@rel="canonical"]/@href | //meta[@property="og:url"]/@content | //a[starts-with(@href, "http")]/@href'
)
_AROUND = """heads => {
  const deepest = new Map(), times = new Map();
  for (const e of document.body.querySelectorAll("p,li,td,blockquote,h2,h3,h4,div,span,pre,section"))
    if (e.textContent.length < 20000) deepest.set(e.textContent.replace(/\\s+/g, " ").trim().slice(0, 30), e);
  const found = heads.map(head => deepest.get(head)).filter(Boolean);
  for (const e of found) for (let p = e; p; p = p.parentElement) times.set(p, (times.get(p) || 0) + 1);
  let best = document.body;
  for (const [e, n] of times) if (n >= 0.9 * found.length && best.contains(e)) best = e;
  return best === document.body ? null : best.innerText;
}"""


class SavedPage(NamedTuple):
    """A saved page, and what its set says of it under the set's own names; `article`: all of it as HTML, or empty."""

    name: str
    url: str
    content: bytes
    known: dict[str, Any]
    article: str = ""


def pages_with_segments(data: Path) -> Iterator[SavedPage]:
    """Those of trafilatura's evaluation: segments `with` and `without`, `comments`, `title`, `author`, `date`."""
    files = _files(data / "article_extraction" / "trafilatura_third.tar.xz")
    for url, known in json.loads(files["evaldata.json"]).items():
        yield SavedPage(known["file"], url, files[f"pages/{known['file']}"], known)


def pages_with_articles(data: Path) -> Iterator[SavedPage]:
    """Those of mozilla/readability: `title`, `byline`, `publishedTime`, `siteName`; their addresses are not given."""
    files = _files(data / "article_extraction" / "readability.tar.gz")
    for folder in sorted(path.removesuffix("/source.html") for path in files if path.endswith("/source.html")):
        known = json.loads(files[f"{folder}/expected-metadata.json"])
        article = files[f"{folder}/expected.html"].decode("utf-8", "replace")
        yield SavedPage(folder.rpartition("/")[2], "", files[f"{folder}/source.html"], known, article)


def _files(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as members:  # in order: seeking back would unpack everything again
        return {one.name: file.read() for one in members if (file := members.extractfile(one))}


def overlap(found: list[str], article: list[str]) -> tuple[float, float]:
    """Precision and recall of the article's words, as bags of words."""
    shared = (Counter(found) & Counter(article)).total()
    return shared / max(len(found), 1), shared / max(len(article), 1)


class RenderedPage(Value):
    """One page: its `innerText`, that of the smallest element around most of the article, and its known facts.

    `article`: the known one, or what trafilatura finds; `more`: what trafilatura finds when it looks for more.
    `within`, `without`, `comments`: segments inside the article, outside it, and of comments.
    """

    key: str
    url: str
    text: str
    area: str | None
    article: str
    more: str = ""
    title: str | None
    authors: tuple[str, ...]
    published: dt.date | None
    outlet: str | None
    within: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


def rendered_pages(data: Path, cache: Path) -> list[RenderedPage]:
    """Rendered into the folder if it is empty. Raises Playwright's Error if Debian's Chromium is missing."""
    if not any(cache.glob("*.json")):
        _render(data, cache)
    return [RenderedPage.from_json(file.read_text(encoding="utf-8")) for file in sorted(cache.glob("*.json"))]


def _render(data: Path, cache: Path) -> None:
    from playwright.sync_api import sync_playwright

    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(suffix=".html") as file, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(java_script_enabled=False, offline=True)
        for content, known in _known(data):
            Path(file.name).write_bytes(content)
            page = context.new_page()
            page.route("**/*", lambda r: r.continue_() if r.request.resource_type == "document" else r.abort())
            page.goto(Path(file.name).as_uri(), wait_until="domcontentloaded")
            heads = [" ".join(line.split())[:30] for line in known["article"].split("\n") if len(line) >= 40]
            text, area = page.evaluate("document.body.innerText"), page.evaluate(_AROUND, heads)
            page.close()
            shown = RenderedPage(**known, text=text, area=area)
            (cache / f"{shown.key}.json").write_text(shown.to_json(), encoding="utf-8")


def _known(data: Path) -> Iterator[tuple[bytes, dict[str, Any]]]:
    import trafilatura

    for page in pages_with_segments(data):
        known, content = page.known, page.content
        article, more = (
            trafilatura.extract(content, include_comments=False, favor_recall=recall) for recall in (False, True)
        )
        told: dict[str, Any] = {
            "key": "t-" + hashlib.sha256(page.url.encode()).hexdigest()[:12],
            "url": page.url,
            "article": article or "",
            "more": more or "",
            "outlet": _first(content, '//meta[@property="og:site_name"]/@content'),
            "within": known.get("with") or (),
            "without": known.get("without") or (),
            "comments": known.get("comments") or (),
        }
        yield content, told | _about(known, known.get("author"), known.get("date") or "")
    for page in pages_with_articles(data):
        known = page.known
        told = {
            "key": f"r-{page.name}",
            "url": _first(page.content, _ADDRESSES) or f"https://{page.name}",
            "article": _plain(lxml.html.fromstring(page.article)),
            "outlet": known.get("siteName") or None,
        }
        yield page.content, told | _about(known, known.get("byline"), (known.get("publishedTime") or "")[:10])


def _about(known: dict[str, Any], author: str | list[str] | None, day: str) -> dict[str, Any]:
    written = author if isinstance(author, list) else [author or ""]
    names = [name.strip() for one in written for name in one.replace(" and ", ";").split(";")]
    authors = tuple(name for name in names if len(name) > 3)
    return {"title": known.get("title") or None, "authors": authors, "published": parse_day(day)}


def _first(content: bytes, path: str) -> str | None:
    found = lxml.html.fromstring(content).xpath(path)
    return str(found[0]) or None if found else None


def _plain(element: lxml.html.HtmlElement) -> str:
    if not isinstance(element.tag, str):
        return ""
    edge = "\n" if element.tag in _BLOCKS else ""
    inner = "".join(_plain(child) + (child.tail or "").replace("\n", " ") for child in element)
    return edge + (element.text or "").replace("\n", " ") + inner + edge
