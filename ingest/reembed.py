"""A library cut and embedded anew, for another model or another way of cutting; the articles stay as they are."""

from __future__ import annotations

import time

from ingest.chunk import cut
from ingest.report import Report
from ingest.run import Progress
from rag.config import Config
from rag.library import Library, manifest_for
from rag.models import Embedder, embedder_of
from rag.store.catalog import Catalog
from rag.store.engine import Address


def reembed(path: Address, config: Config, progress: Progress, embedder: Embedder | None = None) -> Report:
    """Cuts and embeds every article of the library at `path` with the model that `config` names.

    All in one transaction, the manifest included: until it ends the library is what it was, whatever happens.

    Raises:
        ModelError, LibraryMissing, LibraryLocked, StorageFull: the library is as it was.
        IndexUnavailable: it is embedded, but the index could not be made; `dateline rebuild` makes it.
    """
    started = time.monotonic()
    catalog = Catalog(path)
    embedder = embedder or embedder_of(config)
    report = Report()
    articles = [summary.article_id for summary in catalog.summaries()]
    library = Library(config.model_copy(update={"library": path}), catalog, embedder)
    with library.writing() as writer:
        with writer.transaction():
            writer.tell_languages()
            for number, article_id in enumerate(articles, start=1):
                article = catalog.article(article_id)
                cuts = cut(article.title, article.text, embedder.count_tokens, embedder.max_tokens, article.language)
                vectors = embedder.encode([one.embedded for one in cuts])
                writer.put_passages(article, [(one.start, one.end) for one in cuts], vectors)
                report.passages += len(cuts)
                report.changed += 1
                progress("embed", number, len(articles))
            writer.put_manifest(manifest_for(config, embedder))
        library.publish(progress, anew=True)
    report.seconds = time.monotonic() - started
    return report
