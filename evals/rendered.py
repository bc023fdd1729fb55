"""Saved pages as a browser shows them, with the article that is known to be in them.

Pages of trafilatura's evaluation carry segments that belong to the article and such that do not; the article is what
trafilatura finds. Pages of mozilla/readability carry the article itself. Chromium renders each once, without scripts
and without a network; what it shows is kept in a folder.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lxml.html

from ingest.day_reading import parse_day

CHROMIUM = "/usr/bin/chromium"
_BLOCKS = frozenset(
    "p div li h1 h2 h3 h4 h5 h6 td th tr br blockquote pre figure figcaption section article ul ol table dd dt hr".split()
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


@dataclass(frozen=True)
class Page:
    """One page: its `innerText`, that of the smallest element around most of the article, and what is known of it.

    `more`: what trafilatura takes for the article when it looks for more. `within`, `without`, `comments`:
    segments that the article has, and does not have.
    """

    key: str
    url: str
    text: str
    area: str | None
    article: str
    more: str
    title: str | None
    authors: tuple[str, ...]
    published: dt.date | None
    outlet: str | None
    within: tuple[str, ...]
    without: tuple[str, ...]
    comments: tuple[str, ...]


def read_pages(cache: Path) -> list[Page]:
    """The pages that were rendered into a folder."""
    return [_page(json.loads(file.read_text(encoding="utf-8"))) for file in sorted(cache.glob("*.json"))]


def _page(found: dict[str, Any]) -> Page:
    written = found["author"] if isinstance(found["author"], list) else [found["author"] or ""]
    names = [name.strip() for one in written for name in one.replace(" and ", ";").split(";")]
    return Page(
        key=found["key"],
        url=found["url"],
        text=found["text"],
        area=found["area"],
        article=found["article"],
        more=found.get("recall", ""),
        title=found["title"] or None,
        authors=tuple(name for name in names if len(name) > 3),
        published=parse_day(found["date"] or ""),
        outlet=found["site"] or None,
        within=tuple(found["with"]),
        without=tuple(found["without"]),
        comments=tuple(found["comments"]),
    )


def render(data: Path, cache: Path) -> None:
    """Renders the saved pages in the folder of public data that the cache does not have yet.

    Raises playwright's Error where Debian's Chromium is missing.
    """
    from playwright.sync_api import sync_playwright

    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name in ("trafilatura_third.tar.xz", "readability.tar.gz"):
            with tarfile.open(data / "article_extraction" / name) as archive:
                archive.extractall(folder, filter="data")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(java_script_enabled=False, offline=True)
        for key, file, known in _saved(Path(folder)):
            target = cache / f"{key}.json"
            if not target.exists():
                page = context.new_page()
                page.route("**/*", lambda r: r.continue_() if r.request.resource_type == "document" else r.abort())
                page.goto(file.resolve().as_uri(), wait_until="domcontentloaded")
                heads = [" ".join(line.split())[:30] for line in known["article"].split("\n") if len(line) >= 40]
                shown = {"text": page.evaluate("document.body.innerText"), "area": page.evaluate(_AROUND, heads)}
                page.close()
                target.write_text(json.dumps({"key": key, **known, **shown}, ensure_ascii=False), encoding="utf-8")


def _saved(folder: Path) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """The saved pages and what is known of each."""
    import trafilatura

    for url, known in json.loads((folder / "evaldata.json").read_text(encoding="utf-8")).items():
        file = folder / "pages" / known["file"]
        content = file.read_bytes()
        found = {name: known.get(name) or "" for name in ("title", "author", "date")}
        found |= {name: known.get(name) or [] for name in ("with", "without", "comments")}
        found["article"] = trafilatura.extract(content, include_comments=False) or ""
        found["recall"] = trafilatura.extract(content, include_comments=False, favor_recall=True) or ""
        found |= {"url": url, "site": _first(content, '//meta[@property="og:site_name"]/@content')}
        yield "t-" + hashlib.sha256(url.encode()).hexdigest()[:12], file, found
    for case in sorted((folder / "readability" / "test" / "test-pages").iterdir()):
        content = (case / "source.html").read_bytes()
        known = json.loads((case / "expected-metadata.json").read_text(encoding="utf-8"))
        addresses = '//link[@rel="canonical"]/@href | //meta[@property="og:url"]/@content | //a[starts-with(@href, "http")]/@href'
        found = {
            "title": known.get("title"),
            "author": known.get("byline"),
            "date": (known.get("publishedTime") or "")[:10],
            "site": known.get("siteName"),
            "url": _first(content, addresses) or f"https://{case.name}",
            "article": _plain(lxml.html.fromstring((case / "expected.html").read_text(encoding="utf-8"))),
        }
        yield f"r-{case.name}", case / "source.html", found | {"with": [], "without": [], "comments": []}


def _first(content: bytes, path: str) -> str | None:
    found = lxml.html.fromstring(content).xpath(path)
    return str(found[0]) if found else None


def _plain(element: lxml.html.HtmlElement) -> str:
    """The text of an element, a line for each block."""
    edge = "\n" if element.tag in _BLOCKS else ""
    if not isinstance(element.tag, str):
        return ""
    inner = "".join(_plain(child) + " ".join((child.tail or "").split("\n")) for child in element)
    return edge + " ".join((element.text or "").split("\n")) + inner + edge
