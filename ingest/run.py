"""An ingest: sources are found, extracted, cut, embedded and stored, then the index is published."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.addresses import canonical_url, display
from ingest.chunk import cut
from ingest.clean import shortened
from ingest.document import EXTRACTION_VERSION, Document, Extracted, Failure, Found, Skipped
from ingest.encoding import Embedded, Encoding, UnderWay, encoding_for
from ingest.extract import extract
from ingest.identity import Kind, decide
from ingest.live_blogs import by_day
from ingest.report import Names, Report
from ingest.sources import collection_of, covers, estimate, find
from rag.errors import IndexUnavailable, SourceError
from rag.library import Library
from rag.store.catalog_writer import CatalogWriter, content_hash_of
from rag.store.index import Progress, no_progress
from rag.text.languages import language_of
from rag.types import Article

BATCH_PASSAGES = 384  # Embedded and stored together: about five seconds of work, the most that a kill can cost.
STORING_SHARE = 4.0
"""After a publish an ingest stores for so many times as long: a large index takes longer than the pause that is set."""
_NO_TEXT = "It holds no article text."
_STATED = "outlet authors agency place published published_source updated language url".split()


@dataclass(frozen=True)
class Pending:
    """An article that waits for its vectors."""

    kind: Kind
    article: Article
    identity_url: str | None
    source: str
    raw_hash: str


def ingest(
    library: Library,
    arguments: Sequence[str],
    *,
    sync: bool = False,
    allow_private: bool = False,
    progress: Progress = no_progress,
    found: Iterable[Found] | None = None,
    batch_passages: int = BATCH_PASSAGES,
) -> Report:
    """Brings articles into a library; whatever is unchanged since last time costs next to nothing.

    Args:
        arguments: files, folders and http(s) addresses.
        sync: also remove articles that came from these arguments earlier and are no longer there.
        allow_private: allow fetching addresses on one's own network.
        progress: told the step ("ingest" counts articles, as far as known beforehand), what is done, and the total.
        found: documents from elsewhere, instead of those named by `arguments`.
        batch_passages: least number of passages embedded and stored together.

    Raises:
        LibraryLocked, LibraryReadOnly: nothing was done. A bad source never stops the rest.
        StorageFull: everything stored before is safe; run the same again.
    """
    started = time.monotonic()
    with library.writing() as writer, encoding_for(library.config, lambda: library.embedder) as encoding:
        run = _Run(library, writer, progress, batch_passages, encoding)
        run.expected = estimate(arguments) if found is None else 0
        for one in find(arguments, allow_private=allow_private) if found is None else found:
            run.take(one)
        run.under_way.finish()
        if sync:
            run.purge(arguments)
        run.publish()
    run.report.seconds = time.monotonic() - started
    return run.finish()


class _Run:
    """State of one ingest: articles waiting for vectors, here or in progress, and the report."""

    def __init__(
        self, library: Library, writer: CatalogWriter, progress: Progress, batch_passages: int, encoding: Encoding
    ) -> None:
        self._library, self._writer, self._progress = library, writer, progress
        self.under_way = UnderWay(encoding, batch_passages, self._store)
        self._seen: set[str] = set()
        self._unread: set[str] = set()
        self._taken = self.expected = 0
        self._publish_at = time.monotonic() + library.config.publish_every_seconds
        self.report = Report()
        self._failed, self._skipped = Names(), Names()
        self._shortened: Counter[str] = Counter()  # articles of each file that had something left out

    def finish(self) -> Report:
        for file, count in self._shortened.items():
            what = f"lines that stood around the text were left out of {count:,} of its articles."
            self.report.notices.append(f"{display(file)}: {what}")
        self.report.failed, self.report.skipped = self._failed.told(), self._skipped.told()
        return self.report

    def take(self, found: Found) -> None:
        """Processes one item found. Never raises, whatever is wrong with it."""
        self._seen.add(found.source)
        self._taken += 1
        if isinstance(found, Failure):
            self._unread.add(found.origin)
            self._failed.add(found.source, found.reason)
        elif isinstance(found, Skipped):
            self._skipped.add(found.source, found.reason)
        else:
            for part in by_day(found):
                self._seen.add(part.source)
                self._take_document(part)

    def _take_document(self, document: Document) -> None:
        raw_hash = _raw_hash(document)
        article_id, read_hash = self._writer.source(document.source)
        if read_hash == raw_hash:
            self.report.unchanged += article_id is not None
            if article_id is None:
                self._skipped.add(document.source, _NO_TEXT)
            return
        try:
            extracted = extract(document)
        except SourceError as error:
            self._failed.add(document.source, str(error))
            return
        if extracted.text:
            self._take_article(document, extracted, raw_hash)
        elif article_id:
            reason = "It holds no article any more; the stored one is kept. Remove it, or ingest with --sync."
            self._failed.add(document.source, reason)
        else:
            with self._writer.transaction():
                self._writer.put_source(document.source, None, raw_hash)
            self._skipped.add(document.source, _NO_TEXT)

    def _take_article(self, document: Document, extracted: Extracted, raw_hash: str) -> None:
        article, known = _article(extracted), extracted.metadata
        file = collection_of(document.source)
        where = display(file or document.source)
        if known.left_out and file:
            self._shortened[file] += 1
        elif known.left_out:
            self.report.notices.append(f"{where}: {known.left_out}")
        if known.url and not article.url:
            notice = f"{where}: an address was left out, because it is not one of a web page."
            self.report.notices += [notice] if notice not in self.report.notices else []
        identity_url = canonical_url(known.url) if known.url else None
        if any(_may_be_same(waiting, article, identity_url, known.given_id) for waiting in self.under_way.items):
            self.under_way.finish()
        kind, article_id = decide(self._writer, document.source, known.given_id, article, identity_url)
        if kind in ("same", "duplicate"):
            with self._writer.transaction():
                self._writer.put_source(document.source, article_id, raw_hash)
            self.report.unchanged += kind == "same"
            self.report.duplicates += kind == "duplicate"
            return
        article = article.model_copy(update={"article_id": article_id})
        # The model takes seconds to load, and is not needed if everything is unchanged.
        embedder = self._library.embedder
        cuts = cut(article.title, article.text, embedder.count_tokens, embedder.max_tokens, article.language)
        self.under_way.add(Pending(kind, article, identity_url, document.source, raw_hash), cuts)

    def _store(self, batch: list[Embedded[Pending]]) -> None:
        """Stores articles with their vectors, all of them or nothing."""
        with self._writer.transaction():
            for waiting, spans, vectors in batch:
                known = self._stored_meanwhile(waiting)
                if known is None:
                    self._writer.put_article(waiting.article, waiting.identity_url, spans, vectors)
                self._writer.put_source(waiting.source, known or waiting.article.article_id, waiting.raw_hash)
        new = sum(waiting.kind == "new" for waiting, _, _ in batch)
        self.report.stored += new
        self.report.changed += len(batch) - new
        self.report.passages += sum(len(spans) for _, spans, _ in batch)
        self._progress("ingest", self._taken, max(self.expected, self._taken) if self.expected else 0)
        if time.monotonic() > self._publish_at:
            self.publish()

    def _stored_meanwhile(self, waiting: Pending) -> str | None:
        """Id of an equal article that another writer of a shared library has stored since the decision."""
        known = self._writer.article_with("content_hash", waiting.article.content_hash)
        return known if waiting.kind == "new" or known == waiting.article.article_id else None

    def purge(self, arguments: Sequence[str]) -> None:
        """Forgets sources under the arguments that were not found this time."""
        with self._writer.transaction():
            for source in self._writer.sources():
                gone = source not in self._seen and any(covers(argument, source) for argument in arguments)
                # A folder or feed that could not be read is not an empty one.
                if gone and not any(covers(origin, source) for origin in self._unread):
                    self.report.removed += self._writer.forget_source(source)

    def publish(self) -> None:
        """Publishes; an index that cannot be published is a notice, because the articles are safe."""
        started = time.monotonic()
        try:
            self._library.publish(self._progress)
        except IndexUnavailable as error:
            self.report.notices.append(f"{error} The articles are stored; run 'dateline rebuild'.")
        done = time.monotonic()
        self._publish_at = done + max(self._library.config.publish_every_seconds, STORING_SHARE * (done - started))


def _article(extracted: Extracted) -> Article:
    known = extracted.metadata
    title = known.title or shortened(extracted.text.split("\n", 1)[0], 80)
    stated: dict[str, Any] = {name: getattr(known, name) for name in _STATED}
    article = Article(article_id="", title=title, text=extracted.text, added_at=dt.datetime.now(dt.UTC), **stated)
    told = known.language or language_of(f"{article.title}\n{article.text}")
    # The hash is of what the source states, so that it does not depend on language detection.
    return article.model_copy(update={"content_hash": content_hash_of(article), "language": told})


def _may_be_same(waiting: Pending, article: Article, identity_url: str | None, given_id: str | None) -> bool:
    return (
        waiting.article.content_hash == article.content_hash
        or (identity_url is not None and waiting.identity_url == identity_url)
        or waiting.article.article_id == given_id
    )


def _raw_hash(document: Document) -> str:
    digest = hashlib.sha256(document.content)
    digest.update(repr((EXTRACTION_VERSION, document.media, document.known)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]
