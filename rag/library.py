"""A library: catalog, index and embedding model behind one door."""

from __future__ import annotations

import contextlib
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
from rag.store.feedback import FeedbackStore
from rag.store.followed import SourceStore
from rag.store.index import ENGINES, LEXICAL
from rag.store.kept import KeptStore
from rag.store.listing import Listing, Order, listing
from rag.store.publish import Progress, Published, publish
from rag.store.server_publish import publish_on
from rag.store.set_aside import SetAside, forget_published, waiting
from rag.stories.copies import one_per_story
from rag.text.clean import readable
from rag.text.sentences import CHUNKING_VERSION
from rag.types import Article, ArticleSummary, Filters, LibraryStats, Passage, Question

if TYPE_CHECKING:
    from llama_index.core.retrievers import BaseRetriever


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
        self.path = config.library
        self.catalog = catalog
        self.server = ChromaServer.of(config)
        self.searcher = Searcher(self.path, catalog, engines_of(config), self.server)
        self._given = embedder
        self._loading = threading.Lock()
        self.retriever = Retriever(catalog, self.searcher, lambda: self.embedder, config)

    @classmethod
    def open(
        cls, path: str | Path = "library", config: Config | None = None, embedder: Embedder | None = None
    ) -> Library:
        """Opens an existing library.

        Args:
            path: folder of the library.
            config: settings; from the environment when not given. `path` wins over `config.library`.
            embedder: a ready embedding model instead of the one that the settings name.

        Raises:
            LibraryMissing: there is no library at `path`.
            LibraryMismatch: it was built by another embedding model or another way of cutting passages.
            LibraryDamaged: its catalog cannot be read.
        """
        config = (config or Config.from_environment()).model_copy(update={"library": Path(path)})
        library = cls(config, Catalog(Path(path)), embedder)
        library._refuse_mismatch()
        return library

    @classmethod
    def create(
        cls, path: str | Path = "library", config: Config | None = None, embedder: Embedder | None = None
    ) -> Library:
        """Opens the library at `path`, making an empty one where there is none.

        Raises:
            LibraryMismatch: it exists and was built in another way.
            StorageFull, LibraryReadOnly: it cannot be made.
        """
        config = (config or Config.from_environment()).model_copy(update={"library": Path(path)})
        folder = Path(path)
        with storage_errors():
            folder.mkdir(parents=True, exist_ok=True)
        with writers_lock(folder, config.lock_wait_seconds):
            if not (folder / "catalog.sqlite").exists():
                embedder = embedder or embedder_of(config)
                create_catalog(folder, manifest_for(config, embedder))
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
    def feedback(self) -> FeedbackStore:
        """What readers said of answers."""
        return FeedbackStore(self.path)

    @property
    def sources(self) -> SourceStore:
        """The feeds, pages and folders that are followed; `ingest.follow` fetches them."""
        return SourceStore(self.path)

    @property
    def kept(self) -> KeptStore:
        """The questions that are asked again after each fetch; `rag.keeping` asks them."""
        return KeptStore(self.path)

    def article(self, article_id: str) -> Article:
        """One article with its text. Raises `ArticleNotFound`."""
        return self.catalog.article(article_id)

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts, newest first."""
        return self.catalog.summaries()

    def listing(
        self, words: str = "", order: Order = Order.ADDED, *, descending: bool = True, first: int = 0, most: int = 100
    ) -> Listing:
        """Up to `most` articles from the `first` on whose title or outlet has all the words, and how many have."""
        return listing(self.catalog, words, order, descending=descending, first=first, most=most)

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
        """The right to change the library, for one process at a time.

        Raises:
            LibraryLocked: another process holds it.
            LibraryReadOnly: the folder cannot be written.
        """
        with writers_lock(self.path, self.config.lock_wait_seconds):
            writer = CatalogWriter(self.path)
            try:
                yield writer
            finally:
                writer.close()

    def publish(self, progress: Progress = no_progress, *, anew: bool = False) -> Published | None:
        """Brings the index up to date with the catalog; the caller is inside `writing()`.

        Raises:
            StorageFull, IndexUnavailable: the old index stays.
        """
        published = publish(self.path, self.catalog, progress, anew, engines_of(self.config))
        if self.server is not None:
            published = publish_on(self.server, self.catalog, progress, anew) or published
        if waiting(self.catalog):
            forget_published(self.catalog.path)
        return published

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
            return self.publish(progress, anew=True)

    def _refuse_mismatch(self) -> None:
        manifest = self.catalog.manifest()
        if manifest.schema_version != SCHEMA_VERSION:
            raise LibraryMismatch(
                f"The library at '{self.path}' was written by another version of Dateline (schema "
                f"{manifest.schema_version}, this one reads {SCHEMA_VERSION}); ingest the articles into a new library."
            )
        wanted = self._given.name if self._given else self.config.embedding_model
        if manifest.embedding_model != wanted:
            raise LibraryMismatch(
                f"The library at '{self.path}' was built with the embedding model '{manifest.embedding_model}', "
                f"but the settings name '{wanted}'. Set DATELINE_EMBEDDING_MODEL='{manifest.embedding_model}', "
                "or run 'dateline rebuild --embed' to embed it again with the other one."
            )
        if manifest.chunking != CHUNKING_VERSION:
            raise LibraryMismatch(
                f"The passages of the library at '{self.path}' were cut in another way ({manifest.chunking}, now "
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
                f"The embedding model '{embedder.name}' is not the one that built the library at '{self.path}' "
                f"({embedder.dimension} dimensions, weights {embedder.fingerprint}; the library has "
                f"{manifest.dimension}, {manifest.embedding_fingerprint}). "
                "Run 'dateline rebuild --embed' to embed the library again with it."
            )


def engines_of(config: Config) -> tuple[str, ...]:
    """Which engines lie beside the catalog."""
    return (LEXICAL,) if config.chroma else ENGINES


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
