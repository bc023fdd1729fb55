"""Is the library healthy? Each check reports what was found and, if something is wrong, the next command."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.config import Config
from rag.errors import DatelineError, IndexUnavailable
from rag.library import Library
from rag.models import Embedder
from rag.store import generations
from rag.store.backup import pages
from rag.store.catalog import Catalog
from rag.store.catalog_rows import value_of
from rag.store.catalog_writer import content_hash_of
from rag.store.chroma_server import ChromaServer
from rag.store.engine import Address
from rag.store.publish import verify_in_fresh_process
from rag.store.server_publish import check_on
from rag.types import Article


@dataclass(frozen=True)
class Check:
    name: str
    ok: bool
    finding: str


def examine(path: Address, config: Config, embedder: Embedder | None = None) -> Iterator[Check]:
    """All checks of a library, in order, but those that could mean nothing; `embedder` as for `Library.open`."""
    whole = _checked("catalog", lambda: _catalog(path))
    yield whole
    if not whole.ok:
        return
    catalog = Catalog(path)
    yield _checked("texts", lambda: _texts(catalog))
    yield _checked("embedding model", lambda: _model(Library.open(path, config, embedder).embedder))
    yield _checked("passages", lambda: _passages(catalog))
    folder = generations.index_folder(catalog.address)
    files = _checked("index files", lambda: _index_files(folder))
    yield files
    if files.ok:
        live = folder / "index" / str(generations.current(folder))
        yield _checked("index answers", lambda: _index_answers(catalog, live))
        yield _checked("index is up to date", lambda: _up_to_date(catalog, live))
    server = ChromaServer.of(config)
    if server is not None:
        with contextlib.closing(server):
            yield _checked("dense index", lambda: check_on(server, catalog))


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except DatelineError as error:
        return Check(name, False, str(error))


def _catalog(path: Address) -> str:
    catalog = Catalog(path)
    if found := catalog.engine.problems():
        raise DatelineError(f"The catalog is damaged ({found[0]}). Run 'dateline restore BACKUP'.")
    counts = catalog.counts()
    span = f"{counts.earliest} to {counts.latest}" if counts.earliest else "no dates"
    return (
        f"{counts.articles} articles ({counts.undated_articles} without a date), {counts.passages} passages, "
        f"{len(counts.outlets)} outlets, {span}"
    )


def _texts(catalog: Catalog) -> str:
    """Each article is what was stored, by the hash stored with it."""
    changed = [str(row["article_id"]) for rows in pages(catalog, "articles") for row in rows if not _whole(row)]
    if changed:
        which = f"{len(changed)} article{'s are' if len(changed) > 1 else ' is'} not what was stored"
        raise DatelineError(
            f"{which}: {', '.join(changed[:3])}{', …' if len(changed) > 3 else ''}. "
            "Run 'dateline restore BACKUP', or 'dateline remove ID' and ingest it again."
        )
    return "every article is what was stored"


def _whole(row: Any) -> bool:
    try:
        article = value_of(Article, row)
    except (DatelineError, ValueError):  # its days or authors are no longer readable
        return False
    # The hash is of what the source stated; the language may have been detected from the words since.
    unstated = article.model_copy(update={"language": None})
    return article.content_hash in (content_hash_of(article), content_hash_of(unstated))


def _model(embedder: Embedder) -> str:
    return f"{embedder.name}, {embedder.dimension} dimensions, weights {embedder.fingerprint}"


def _passages(catalog: Catalog) -> str:
    """Offsets lie inside their text, every passage has a vector, and every article with text has passages."""
    astray, bare, uncut = catalog.row(
        "SELECT (SELECT count(*) FROM passages p JOIN articles a USING (article_id)"
        ' WHERE p.start < 0 OR p."end" <= p.start OR p."end" > length(a.text)),'
        " (SELECT count(*) FROM passages p LEFT JOIN vectors v USING (passage_no) WHERE v.passage_no IS NULL),"
        " (SELECT count(*) FROM articles a"
        " WHERE NOT EXISTS (SELECT 1 FROM passages p WHERE p.article_id = a.article_id))"
    )
    if astray or bare or uncut:
        raise DatelineError(
            f"{astray} passages point outside of their article, {bare} have no vector, {uncut} articles have no passage. "
            "Run 'dateline rebuild --embed'."
        )
    return "all offsets and vectors are there"


def _index_files(path: Path) -> str:
    name = generations.current(path)
    if name is None:
        raise IndexUnavailable("There is no index. Run 'dateline rebuild'.")
    if wrong := generations.damaged_files(path / "index" / name):
        raise IndexUnavailable(f"Damaged or missing: {', '.join(wrong[:3])}. Run 'dateline rebuild'.")
    return f"{name}, {len(generations.read_manifest(path / 'index' / name).checksums)} files, all checksums right"


def _index_answers(catalog: Catalog, live: Path) -> str:
    verify_in_fresh_process(catalog.address, live)
    return "a sample is found by its vectors and by its words, in a process of its own"


def _up_to_date(catalog: Catalog, live: Path) -> str:
    manifest = generations.read_manifest(live)
    fresh = len(catalog.numbers(after=manifest.highest_number))
    gone = manifest.passages - (catalog.counts().passages - fresh)
    if fresh or gone:
        raise IndexUnavailable(
            f"{fresh} passages wait to be published and {gone} to be taken out (they are found, or hidden, all the "
            "same). Run 'dateline rebuild'."
        )
    return "everything is published"
