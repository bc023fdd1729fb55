"""A library: catalog, index and embedding model behind one interface."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Self, Unpack

from rag.config import Config
from rag.errors import ArticleNotFound, ConfigError, IndexUnavailable
from rag.models import Embedder, embedder_of
from rag.question.filters import Restrictions, make_filters
from rag.question.window import today, window_of
from rag.search.retrieve import Retriever
from rag.search.searcher import Searcher
from rag.store import generations
from rag.store.catalog import Catalog
from rag.store.catalog_writer import CatalogWriter
from rag.store.chroma_server import ChromaServer
from rag.store.disk import alone_in, writers_lock
from rag.store.engine import Address, address_of, engine_at
from rag.store.followed import SourceStore
from rag.store.index import DENSE, LEXICAL, Progress, no_progress
from rag.store.listing import Order, listing, matching
from rag.store.manifest import Manifest
from rag.store.publish import publish
from rag.store.readers import FeedbackStore, KeptStore, SharedStore, TalkStore
from rag.store.server_publish import publish_on
from rag.stories.copies import one_per_story
from rag.text.clean import readable
from rag.types import Article, ArticleSummary, LibraryStats, Passage, Question

if TYPE_CHECKING:
    from llama_index.core.retrievers import BaseRetriever

PUBLISH_SECONDS = 600
"""How long to wait for another process on this machine that is publishing the same shared library."""
SPARE = 4
"""Passages fetched for each one a search shows, so that they cover enough stories."""


class Library:
    """An open library, also a context manager. Reading needs no lock and is safe from several threads and processes.

    Use `Library.open` or `Library.create`; the constructor takes ready-made parts.

    Attributes:
        address: where it was opened: a folder, or a database's address, which may hold a password.
        path: folder of its index on this machine, and of its catalog unless that is in a database.
        feedback, kept, shared, talks: what readers left (`store.readers`).
        sources: the followed feeds, pages and folders (`store.followed`).
        listing, matching: one page of the articles matching a search, and the ids of all of them (`store.listing`).
    """

    def __init__(self, config: Config, catalog: Catalog, embedder: Embedder | None = None) -> None:
        self.config = config
        self.path = generations.index_folder(catalog.address)
        self.catalog, self.address = catalog, catalog.address
        self.server = ChromaServer.of(config)
        # A server has the dense index for all machines, a database the lexical one.
        elsewhere = {DENSE: bool(config.chroma), LEXICAL: catalog.shared}
        self._engines = tuple(engine for engine, there in elsewhere.items() if not there)
        self.searcher = Searcher(self.path, catalog, self._engines, self.server)
        self._given = embedder
        self._loading = threading.Lock()
        self.retriever = Retriever(catalog, self.searcher, lambda: self.embedder, config)
        self.by_words = self.retriever.by_words
        self.feedback, self.kept, self.shared = FeedbackStore(catalog), KeptStore(catalog), SharedStore(catalog)
        self.sources, self.talks = SourceStore(catalog), TalkStore(catalog)
        self.listing, self.matching = functools.partial(listing, catalog), functools.partial(matching, catalog)
        self.waiting = catalog.waiting

    @classmethod
    def open(cls, path: Address = "library", config: Config | None = None, embedder: Embedder | None = None) -> Library:
        """Opens an existing library. Raises `LibraryMissing`, `LibraryUnreachable`, `LibraryMismatch`, `LibraryDamaged`.

        Args:
            path: folder of the library, or `postgresql://…`.
            config: settings; taken from the environment if not given. `path` overrides `config.library`.
            embedder: a ready embedding model to use instead of the one named in the settings.
        """
        config = (config or Config.from_environment()).model_copy(update={"library": address_of(path)})
        catalog = Catalog(path)
        manifest = catalog.manifest()
        manifest.refuse(catalog.name, embedder.name if embedder else config.embedding_model)
        if embedder:
            manifest.refuse_model(catalog.name, embedder)
        return cls(config, catalog, embedder)

    @classmethod
    def create(
        cls, path: Address = "library", config: Config | None = None, embedder: Embedder | None = None
    ) -> Library:
        """Like `open`, but creates an empty library if there is none. Raises `StorageFull`, `LibraryReadOnly` too."""
        config = (config or Config.from_environment()).model_copy(update={"library": address_of(path)})
        with alone_in(config.library, config.lock_wait_seconds):
            engine = engine_at(config.library)
            if not engine.exists():
                embedder = embedder or embedder_of(config)
                generations.forget(generations.index_folder(config.library))
                engine.create([*Manifest.of(embedder).rows(), ("revision", "0")])
        return cls.open(path, config, embedder)

    def close(self) -> None:
        """Releases the reader's copy of the index and all connections; later use reopens them."""
        self.searcher.close()
        self.catalog.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def embedder(self) -> Embedder:
        """The embedding model, loaded on first use. Raises `ModelError`; `LibraryMismatch` if it is another one."""
        with self._loading:
            if self._given is None:
                loaded = embedder_of(self.config)
                self.catalog.manifest().refuse_model(self.catalog.name, loaded)
                self._given = loaded
            return self._given

    @property
    def version(self) -> str:
        """Changes with every stored change and every published index: `r12/gen-000003`."""
        return f"r{self.catalog.revision()}/{self._indexed()[0] or 'unpublished'}"

    def _indexed(self) -> tuple[str | None, int]:
        """Name of the index in use, and the highest number up to which it holds all passages."""
        name, up_to = generations.current(self.path), 0
        if name:
            with contextlib.suppress(IndexUnavailable):
                up_to = generations.read_manifest(self.path / "index" / name).highest_number
        if self.server is None:
            return name, up_to
        live = self.catalog.live_collection()
        return (live.name, min(live.up_to, up_to)) if live else (None, 0)

    def article(self, article_id: str) -> Article:
        """One article with its text. Raises `ArticleNotFound`."""
        return self.catalog.article(article_id)

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts, newest first."""
        return self.catalog.summaries(self.matching(order=Order.PUBLISHED))

    def stats(self) -> LibraryStats:
        """What the library holds."""
        return LibraryStats.like(
            self.catalog.counts(),
            unpublished_passages=self.index_lag(),
            version=self.version,
            generation=self._indexed()[0],
        )

    def index_lag(self) -> int:
        """How many passages are stored but not in the index yet; they are found all the same."""
        return len(self.catalog.numbers(after=self._indexed()[1]))

    def search(
        self, question: str, top_k: int | None = None, **restricted: Unpack[Restrictions]
    ) -> tuple[Passage, ...]:
        """Passages for a question, best first, without an answer. Dates are inclusive days (ISO text is accepted).

        One passage per story as long as there are others; its `also_in` names the outlets of the copies. Raises
        `ConfigError` if a date is invalid or `top_k` is below 1.
        """
        filters = make_filters(**restricted)
        if top_k is not None and top_k < 1:
            raise ConfigError(f"top_k cannot be {top_k}; ask for 1 passage or more.")
        question = readable(question[: self.config.question_characters])
        if not question.strip():
            return ()
        day, most = today(), top_k or self.config.top_k
        with self.catalog.snapshot():
            window = window_of(question, filters, day, self.catalog.newest_day())
            asked = Question(text=question, searched=question, filters=filters, window=window, day=day)
            return one_per_story(self.retriever.retrieve(asked, most * SPARE).passages, most)

    def as_retriever(self, top_k: int | None = None, **restricted: Unpack[Restrictions]) -> BaseRetriever:
        """`search` as a llama-index retriever: `TextNode`s with our metadata and scores."""
        from rag.llama import LibraryRetriever

        make_filters(**restricted)  # errors are raised here, not on first use
        return LibraryRetriever(lambda question: self.search(question, top_k, **restricted))

    @contextlib.contextmanager
    def writing(self) -> Iterator[CatalogWriter]:
        """The right to change the library: one process at a time, or one transaction at a time in a shared database.

        Raises `LibraryLocked` if another process holds it, `LibraryReadOnly`.
        """
        engine = self.catalog.engine
        with alone_in(self.address, self.config.lock_wait_seconds), engine.writing() as connection:
            yield CatalogWriter(engine, connection)

    def publish(self, progress: Progress = no_progress, *, anew: bool = False) -> str | None:
        """Brings the index up to date with the catalog, inside `writing()`. Returns its name; None if nothing changed.

        Raises `StorageFull`, `IndexUnavailable`: the old index stays.
        """
        # With a shared catalog each machine has its own index, and there may be several writers.
        with writers_lock(self.path, PUBLISH_SECONDS) if self.catalog.shared else contextlib.nullcontext():
            published = publish(self.path, self.catalog, progress, anew, self._engines) if self._engines else None
        if self.server is not None:
            published = publish_on(self.server, self.catalog, progress, anew) or published
        if self.waiting():
            self.catalog.change("DELETE FROM set_aside")
        return published

    def remove(self, article_ids: Sequence[str], progress: Progress = no_progress) -> None:
        """Removes articles and publishes. Raises `ArticleNotFound`: nothing is then removed."""
        with self.writing() as writer:
            with writer.transaction():
                self._each(writer.remove_article, article_ids)
            self.publish(progress)

    def set_aside(self, article_ids: Sequence[str]) -> None:
        """Removes articles so that `bring_back` can undo it. They are hidden at once; nothing is published.

        Raises `ArticleNotFound`, `LibraryLocked`, `LibraryReadOnly`, `StorageFull`: nothing is then removed.
        """
        with self.writing() as writer, writer.transaction():
            self._each(writer.set_aside, article_ids)

    def _each(self, change: Callable[[str], bool], article_ids: Sequence[str]) -> None:
        for article_id in article_ids:
            if not change(article_id):
                self.catalog.article(article_id)  # raises ArticleNotFound with its advice

    def bring_back(self, article_ids: Sequence[str]) -> None:
        """Undoes `set_aside`: the articles return with their ids and texts, and nothing is embedded.

        Raises `ArticleNotFound` if the removal has been published since, and what `set_aside` raises: nothing is then
        brought back.
        """
        with self.writing() as writer, writer.transaction():
            for article_id in article_ids:
                if not writer.bring_back(article_id):
                    raise ArticleNotFound(
                        "It is too late to undo this: the removal is published. Add the article again."
                    )

    def rebuild(self, progress: Progress = no_progress) -> str | None:
        """Detects languages, groups stories and rebuilds the index from what is stored; nothing is embedded."""
        with self.writing() as writer:
            with writer.transaction():
                writer.derive_again()
            return self.publish(progress, anew=True)
