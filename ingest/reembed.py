"""Cuts and embeds a library again, for another model or another way of cutting; the articles stay as they are."""

from __future__ import annotations

import time

import numpy as np

from ingest.chunk import cut
from ingest.encoding import Embedded, Encoding, UnderWay, encoding_for
from ingest.report import Report
from ingest.run import BATCH_PASSAGES
from rag.config import Config
from rag.library import Library
from rag.models import Embedder, embedder_of
from rag.store.catalog import Catalog
from rag.store.catalog_writer import CatalogWriter
from rag.store.engine import Address
from rag.store.index import Progress
from rag.store.listing import Order, matching
from rag.store.manifest import Manifest
from rag.store.server_publish import SecondCollection, drop_others
from rag.types import Article


def reembed(path: Address, config: Config, progress: Progress, embedder: Embedder | None = None) -> Report:
    """Cuts and embeds every article of the library at `path` with the model named by `config`.

    All in one transaction, including the manifest: until it ends the library is unchanged, whatever happens. On a Chroma
    server a second collection is filled meanwhile, and the same transaction makes it the live one.

    Raises:
        ModelError, LibraryMissing, LibraryLocked, StorageFull: the library is unchanged.
        IndexUnavailable: likewise if the server failed; else it is embedded, and `dateline rebuild` makes the index.
    """
    started = time.monotonic()
    catalog = Catalog(path)
    model = embedder or embedder_of(config)
    library = Library(config.model_copy(update={"library": path}), catalog, model)
    with library.writing() as writer:
        second = SecondCollection(library.server) if library.server else None
        try:
            with encoding_for(config, lambda: model) as encoding, writer.transaction():
                report = _embed_all(library, writer, encoding, second, progress)
                writer.put_manifest(Manifest.of(model))
                if second:
                    second.switch(writer)
        except BaseException:
            if second:
                second.give_up()
            raise
        if library.server:
            drop_others(library.server, catalog)
        library.publish(progress, anew=library.server is None)
    report.seconds = time.monotonic() - started
    return report


def _embed_all(
    library: Library, writer: CatalogWriter, encoding: Encoding, second: SecondCollection | None, progress: Progress
) -> Report:
    report, model = Report(), library.embedder

    def store(batch: list[Embedded[Article]]) -> None:
        numbers = [number for one in batch for number in writer.put_passages(*one)]
        if second and numbers:
            second.add(numbers, np.concatenate([vectors for _, _, vectors in batch]))
        report.passages += len(numbers)
        report.changed += len(batch)
        progress("embed", report.changed, len(articles))

    writer.tell_languages()
    articles = matching(library.catalog, order=Order.PUBLISHED)
    progress("embed", 0, len(articles))
    under_way = UnderWay(encoding, BATCH_PASSAGES, store)
    for article_id in articles:
        article = library.catalog.article(article_id)
        under_way.add(article, cut(article.title, article.text, model.count_tokens, model.max_tokens, article.language))
    under_way.finish()
    return report
