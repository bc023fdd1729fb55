"""Cuts and embeds a library again, for another model or another way of cutting; the articles stay as they are."""

from __future__ import annotations

import time

from ingest.chunk import Cut, cut
from ingest.encoding import Encoding, UnderWay, encoding_for
from ingest.report import Report
from ingest.run import BATCH_PASSAGES, Progress
from rag.config import Config
from rag.library import Library
from rag.models import Embedder, Vectors, embedder_of
from rag.store.catalog import Catalog
from rag.store.catalog_writer import CatalogWriter
from rag.store.engine import Address
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
                anew = _Anew(catalog, writer, encoding, second)
                anew.run(model, progress)
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
    anew.report.seconds = time.monotonic() - started
    return anew.report


class _Anew:
    """Cuts articles, hands them over in batches, and stores the results in the writer's transaction."""

    def __init__(
        self, catalog: Catalog, writer: CatalogWriter, encoding: Encoding, second: SecondCollection | None
    ) -> None:
        self._catalog, self._writer, self._second = catalog, writer, second
        self._under_way: UnderWay[list[tuple[Article, list[Cut]]]] = UnderWay(encoding, self._store)
        self.report = Report()

    def run(self, embedder: Embedder, progress: Progress) -> None:
        """Processes all articles."""
        self._writer.tell_languages()
        articles = matching(self._catalog, order=Order.PUBLISHED)
        batch: list[tuple[Article, list[Cut]]] = []
        for article_id in articles:
            article = self._catalog.article(article_id)
            cuts = cut(article.title, article.text, embedder.count_tokens, embedder.max_tokens, article.language)
            batch.append((article, cuts))
            if sum(len(cuts) for _, cuts in batch) >= BATCH_PASSAGES or article_id == articles[-1]:
                self._under_way.hand_over(batch, [one.embedded for _, cuts in batch for one in cuts])
                batch = []
                progress("embed", self.report.changed, len(articles))
        self._under_way.finish()
        progress("embed", self.report.changed, len(articles))

    def _store(self, batch: list[tuple[Article, list[Cut]]], vectors: Vectors) -> None:
        first, numbers = 0, list[int]()
        for article, cuts in batch:
            own = vectors[first : first + len(cuts)]
            first += len(cuts)
            numbers += self._writer.put_passages(article, [(one.start, one.end) for one in cuts], own)
        if self._second and numbers:
            self._second.add(numbers, vectors)
        self.report.passages += first
        self.report.changed += len(batch)
