"""A library: catalog, index and embedding model behind one door."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from rag.config import Config
from rag.errors import ArticleNotFound, IndexUnavailable, LibraryMismatch
from rag.models import Embedder, embedder_of
from rag.question.filters import Restrictions, make_filters
from rag.question.window import today, window_of
from rag.search.retrieve import Retriever
from rag.search.searcher import Searcher
from rag.store import generations
from rag.store.catalog import SCHEMA_VERSION, Catalog, Manifest
from rag.store.catalog_writer import CatalogWriter, create_catalog
from rag.store.chroma_server import ChromaServer
from rag.store.disk import storage_errors, writers_lock
from rag.store.engine import Address, address_of, engine_at
from rag.store.feedback import FeedbackStore
from rag.store.followed import SourceStore
from rag.store.index import DENSE, ENGINES, LEXICAL
from rag.store.kept import KeptStore
from rag.store.listing import EVERYTHING, Listing, Order, Sought, listing, matching
from rag.store.publish import Progress, Published, publish
from rag.store.server_publish import publish_on
from rag.store.set_aside import SetAside, forget, waiting
from rag.store.shared import SharedStore
from rag.store.talks import TalkStore
from rag.stories.copies import one_per_story
from rag.text.clean import readable
from rag.text.sentences import CHUNKING_VERSION
from rag.types import Article, ArticleSummary, Filters, LibraryStats, Passage, Question

if TYPE_CHECKING:
    from llama_index.core.retrievers import BaseRetriever


PUBLISH_SECONDS = 600
"""How long one waits for another process of this machine that publishes the same shared library."""
SPARE = 4
"""Passages that are fetched for each one that a search shows, so that there are enough stories among them."""


def no_progress(step: str, done: int, total: int) -> None:
    """Reports nothing."""


class Library:
    """An open library. Reading needs no lock and is safe from several threads and processes.

    Use `Library.open` or `Library.create`; the constructor takes ready parts.
    """

    def __init__(self, config: Config, catalog: Catalog, embedder: Embedder | None = None) -> None:
        self.config = config
        self.path = folder_of(catalog)
        self.catalog = catalog
        self.server = ChromaServer.of(config)
        self.searcher = Searcher(self.path, catalog, engines_of(config, catalog), self.server)
        self._given = embedder
        self._loading = threading.Lock()
        self.retriever = Retriever(catalog, self.searcher, lambda: self.embedder, config)

    @classmethod
    def open(cls, path: Address = "library", config: Config | None = None, embedder: Embedder | None = None) -> Library:
        """Opens an existing library.

        Args:
            path: folder of the library, or `postgresql://…`.
            config: settings; from the environment when not given. `path` wins over `config.library`.
            embedder: a ready embedding model instead of the one that the settings name.

        Raises:
            LibraryMissing: there is no library at `path`.
            LibraryUnreachable: its database does not answer.
            LibraryMismatch: it was built by another embedding model or another way of cutting passages.
            LibraryDamaged: its catalog cannot be read.
        """
        config = (config or Config.from_environment()).model_copy(update={"library": address_of(path)})
        library = cls(config, Catalog(path), embedder)
        library._refuse_mismatch()
        return library

    @classmethod
    def create(
        cls, path: Address = "library", config: Config | None = None, embedder: Embedder | None = None
    ) -> Library:
        """Opens the library at `path`, making an empty one where there is none.

        Raises:
            LibraryMismatch: it exists and was built in another way.
            StorageFull, LibraryReadOnly: it cannot be made.
        """
        config = (config or Config.from_environment()).model_copy(update={"library": address_of(path)})
        engine = engine_at(config.library)
        with _alone_in(config.library, config.lock_wait_seconds):
            if not engine.exists():
                embedder = embedder or embedder_of(config)
                create_catalog(config.library, manifest_for(config, embedder))
        return cls.open(path, config, embedder)

    @property
    def embedder(self) -> Embedder:
        """The embedding model, loaded when it is first needed.

        Raises:
            ModelError: it cannot be loaded.
            LibraryMismatch: it is not the one that made the library's vectors.
        """
        with self._loading:
            if self._given is None:
                loaded = embedder_of(self.config)
                self._refuse_other_model(loaded)
                self._given = loaded
            return self._given

    @property
    def address(self) -> Address:
        """Where it was opened: a folder, or a database's address, which may hold a password."""
        return self.catalog.address

    @property
    def version(self) -> str:
        """Changes with every stored change and every published index: `r12/gen-000003`."""
        return f"r{self.catalog.revision()}/{self._indexed()[0] or 'unpublished'}"

    def _indexed(self) -> tuple[str | None, int]:
        """Name of the index that is asked, and the highest number up to which all passages are in it."""
        name, up_to = generations.current(self.path), 0
        if name:
            with contextlib.suppress(IndexUnavailable):
                up_to = generations.read_manifest(self.path / "index" / name).highest_number
        if self.server is None:
            return name, up_to
        live = self.catalog.live_collection()
        return (live.name, min(live.up_to, up_to)) if live else (None, 0)

    @property
    def talks(self) -> TalkStore:
        """Conversations of readers who log in."""
        return TalkStore(self.catalog)

    @property
    def shared(self) -> SharedStore:
        """Answers under a link, as they were given."""
        return SharedStore(self.catalog)

    @property
    def feedback(self) -> FeedbackStore:
        """What readers said of answers."""
        return FeedbackStore(self.catalog)

    @property
    def sources(self) -> SourceStore:
        """The feeds, pages and folders that are followed; `ingest.follow` fetches them."""
        return SourceStore(self.catalog)

    @property
    def kept(self) -> KeptStore:
        """The questions that are asked again after each fetch; `rag.keeping` asks them."""
        return KeptStore(self.catalog)

    def article(self, article_id: str) -> Article:
        """One article with its text. Raises `ArticleNotFound`."""
        return self.catalog.article(article_id)

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts, newest first."""
        return self.catalog.summaries()

    def listing(
        self,
        sought: Sought = EVERYTHING,
        order: Order = Order.ADDED,
        *,
        descending: bool = True,
        first: int = 0,
        most: int = 100,
    ) -> Listing:
        """Up to `most` of the articles that are sought from the `first` on, and how many there are."""
        return listing(self.catalog, sought, order, descending=descending, first=first, most=most)

    def matching(self, sought: Sought = EVERYTHING) -> list[str]:
        """Ids of all articles that are sought, the last added first."""
        return matching(self.catalog, sought)

    def stats(self) -> LibraryStats:
        """What the library holds."""
        counts = self.catalog.counts()
        return LibraryStats(
            articles=counts.articles,
            passages=counts.passages,
            unpublished_passages=self.index_lag(),
            undated_articles=counts.undated_articles,
            earliest=counts.earliest,
            latest=counts.latest,
            outlets=counts.outlets,
            version=self.version,
            generation=self._indexed()[0],
        )

    def index_lag(self) -> int:
        """How many passages are stored and not in the index yet; they are found all the same."""
        return len(self.catalog.numbers(after=self._indexed()[1]))

    def search(
        self, question: str, top_k: int | None = None, **restricted: Unpack[Restrictions]
    ) -> tuple[Passage, ...]:
        """Passages for a question, best first, without an answer. Dates are inclusive days (ISO text will do).

        One passage of each story while there are others; its `also_in` names the outlets of the copies.

        Raises:
            ConfigError: a date is not one.
        """
        filters = make_filters(**restricted)
        question = readable(question[: self.config.question_characters])
        if not question.strip():
            return ()
        day, most = today(), top_k or self.config.top_k
        with self.catalog.snapshot():
            window = window_of(question, filters, day, self.catalog.newest_day())
            asked = Question(text=question, searched=question, filters=filters, window=window, day=day)
            return one_per_story(self.retriever.retrieve(asked, most * SPARE).passages, most)

    def by_words(self, words: str, filters: Filters, most: int) -> list[Passage]:
        """The best passages by BM25 alone, whatever their day."""
        lexicon = self.searcher.lexicon
        terms = lexicon.terms(words, self.retriever.language_of(words)) if lexicon else ()
        hits = self.searcher.lexical(terms, most, filters)
        found = self.catalog.passages([hit.number for hit in hits], filters)
        current = self.catalog.days([hit.number for hit in hits], filters)  # without what a later text replaces
        passages = tuple(found[hit.number] for hit in hits if hit.number in found and hit.number in current)
        return list(self.retriever.with_copies(passages, filters))

    def as_retriever(self, top_k: int | None = None, filters: Filters | None = None) -> BaseRetriever:
        """This library as a llama-index retriever: `TextNode`s with our metadata and scores."""
        from rag.llama import LibraryRetriever

        seen: Restrictions = {**dict(filters or Filters())}  # type: ignore[typeddict-item]
        return LibraryRetriever(lambda question: self.search(question, top_k, **seen))

    @contextlib.contextmanager
    def writing(self) -> Iterator[CatalogWriter]:
        """The right to change the library, for one process at a time; in a shared database for one transaction at a time.

        Raises:
            LibraryLocked: another process holds it.
            LibraryReadOnly: the folder cannot be written.
        """
        with _alone_in(self.catalog.address, self.config.lock_wait_seconds):
            writer = CatalogWriter(self.catalog.address)
            try:
                yield writer
            finally:
                writer.close()

    def publish(self, progress: Progress = no_progress, *, anew: bool = False) -> Published | None:
        """Brings the index up to date with the catalog; the caller is inside `writing()`.

        Raises:
            StorageFull, IndexUnavailable: the old index stays.
        """
        # Of a shared catalog each machine has an index of its own, and more than one writer.
        with writers_lock(self.path, PUBLISH_SECONDS) if self.catalog.shared else contextlib.nullcontext():
            engines = engines_of(self.config, self.catalog)
            published = publish(self.path, self.catalog, progress, anew, engines) if engines else None
        if self.server is not None:
            published = publish_on(self.server, self.catalog, progress, anew) or published
        if waiting(self.catalog):
            with self.catalog.engine.beside() as connection:
                forget(connection)
        return published

    def publish_alone(self, progress: Progress = no_progress) -> Published | None:
        """`publish` for a caller who does not write anything else. Raises what `writing` and `publish` raise."""
        with _alone_in(self.catalog.address, self.config.lock_wait_seconds):
            return self.publish(progress)

    def remove(self, article_ids: Sequence[str], progress: Progress = no_progress) -> None:
        """Removes articles and publishes.

        Raises:
            ArticleNotFound: one of the ids is unknown; then nothing is removed.
        """
        with self.writing() as writer:
            with writer.transaction():
                for article_id in article_ids:
                    if not writer.remove_article(article_id):
                        self.catalog.article(article_id)  # raises ArticleNotFound with its advice
            self.publish(progress)

    def set_aside(self, article_ids: Sequence[str]) -> None:
        """Removes articles in a way that `bring_back` can undo. They are hidden at once; nothing is published.

        Raises:
            ArticleNotFound: one of the ids is unknown; then nothing is removed.
            LibraryLocked, LibraryReadOnly, StorageFull: nothing is removed.
        """
        with self.writing() as writer, writer.transaction():
            for article_id in article_ids:
                if not writer.set_aside(article_id):
                    self.catalog.article(article_id)  # raises ArticleNotFound with its advice

    def bring_back(self, article_ids: Sequence[str]) -> None:
        """Undoes `set_aside`: the articles are there again with their ids and texts, and nothing is embedded.

        Raises:
            ArticleNotFound: the removal was published meanwhile; then nothing is brought back.
            LibraryLocked, LibraryReadOnly, StorageFull: nothing is brought back.
        """
        with self.writing() as writer, writer.transaction():
            for article_id in article_ids:
                if not writer.bring_back(article_id):
                    raise ArticleNotFound(
                        "It is too late to undo this: the removal is published. Add the article again."
                    )

    def waiting(self) -> tuple[SetAside, ...]:
        """Removed articles that can be brought back until the next publish, the last removed first."""
        return waiting(self.catalog)

    def rebuild(self, progress: Progress = no_progress) -> Published | None:
        """Detects languages, groups stories and builds the index anew from what is stored; nothing is embedded."""
        with self.writing() as writer:
            with writer.transaction():
                writer.tell_languages()
                writer.compare_again()
                writer.words_again()
            return self.publish(progress, anew=True)

    def _refuse_mismatch(self) -> None:
        manifest = self.catalog.manifest()
        if manifest.schema_version != SCHEMA_VERSION:
            raise LibraryMismatch(
                f"The library at '{self.catalog.name}' was written by another version of Dateline (schema "
                f"{manifest.schema_version}, this one reads {SCHEMA_VERSION}); ingest the articles into a new library."
            )
        wanted = self._given.name if self._given else self.config.embedding_model
        if manifest.embedding_model != wanted:
            raise LibraryMismatch(
                f"The library at '{self.catalog.name}' was built with the embedding model '{manifest.embedding_model}', "
                f"but the settings name '{wanted}'. Set DATELINE_EMBEDDING_MODEL='{manifest.embedding_model}', "
                "or run 'dateline rebuild --embed' to embed it again with the other one."
            )
        if manifest.chunking != CHUNKING_VERSION:
            raise LibraryMismatch(
                f"The passages of the library at '{self.catalog.name}' were cut in another way ({manifest.chunking}, now "
                f"{CHUNKING_VERSION}); run 'dateline rebuild --embed' to cut and embed them again."
            )
        if self._given:
            self._refuse_other_model(self._given)

    def _refuse_other_model(self, embedder: Embedder) -> None:
        manifest = self.catalog.manifest()
        if (manifest.embedding_fingerprint, manifest.dimension, manifest.window_tokens) != (
            embedder.fingerprint,
            embedder.dimension,
            embedder.max_tokens,
        ):
            raise LibraryMismatch(
                f"The embedding model '{embedder.name}' is not the one that built the library at '{self.catalog.name}' "
                f"({embedder.dimension} dimensions, weights {embedder.fingerprint}; the library has "
                f"{manifest.dimension}, {manifest.embedding_fingerprint}). "
                "Run 'dateline rebuild --embed' to embed the library again with it."
            )


def engines_of(config: Config, catalog: Catalog) -> tuple[str, ...]:
    """Which engines lie on this machine: the dense one unless a server has it, the lexical one unless a database has it."""
    elsewhere = {DENSE} if config.chroma else set()
    return tuple(engine for engine in ENGINES if engine not in elsewhere | ({LEXICAL} if catalog.shared else set()))


def folder_of(catalog: Catalog) -> Path:
    """Where on this machine the index of a library lies: beside its catalog, or in the user's cache for a shared one."""
    if isinstance(catalog.address, Path):
        return catalog.address
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "dateline" / "libraries" / hashlib.sha256(catalog.address.encode()).hexdigest()[:16]
    with storage_errors():
        folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def _alone_in(address: Address, wait_seconds: float) -> Iterator[None]:
    """Holds the lock of a library's folder, which is made where there is none; a database has locks of its own."""
    if not isinstance(address, Path):
        yield
        return
    with storage_errors():
        address.mkdir(parents=True, exist_ok=True)
    with writers_lock(address, wait_seconds):
        yield


def manifest_for(config: Config, embedder: Embedder) -> Manifest:
    """What a library that is built now with this model will say of itself."""
    return Manifest(
        schema_version=SCHEMA_VERSION,
        embedding_model=embedder.name,
        embedding_fingerprint=embedder.fingerprint,
        dimension=embedder.dimension,
        window_tokens=embedder.max_tokens,
        chunking=CHUNKING_VERSION,
    )
