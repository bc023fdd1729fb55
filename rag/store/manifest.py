"""What a library was built with; anything else is refused, because its vectors or passages would not fit."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from rag.errors import LibraryDamaged, LibraryMismatch
from rag.models import Embedder
from rag.store.tables import Tables
from rag.text.sentences import CHUNKING_VERSION

SCHEMA_VERSION = "1"


@dataclass(frozen=True)
class Manifest:
    """What a library says of itself."""

    embedding_model: str
    embedding_fingerprint: str
    dimension: int
    window_tokens: int
    schema_version: str = SCHEMA_VERSION
    chunking: str = CHUNKING_VERSION

    @classmethod
    def of(cls, embedder: Embedder) -> Manifest:
        """What a library that is built now with this model will say."""
        return cls(embedder.name, embedder.fingerprint, embedder.dimension, embedder.max_tokens)

    @classmethod
    def read(cls, tables: Tables) -> Manifest:
        """What the library says. Raises `LibraryDamaged` when it does not."""
        meta = dict(tables.rows("SELECT key, value FROM meta"))
        try:
            found = {name: meta[name] for name in cls.__dataclass_fields__}
            numbers = {name: int(found[name]) for name in ("dimension", "window_tokens")}
        except (KeyError, ValueError) as error:
            raise LibraryDamaged(
                f"The library '{tables.name}' does not say what it was built with. Run 'dateline restore BACKUP'."
            ) from error
        return cls(**{**found, **numbers})

    def rows(self) -> list[tuple[str, str]]:
        """As the catalog keeps it."""
        return [(name, str(value)) for name, value in asdict(self).items()]

    def refuse(self, library: str, model: str) -> None:
        """Raises `LibraryMismatch` where the library `library` needs another Dateline, or another model than that name."""
        if self.schema_version != SCHEMA_VERSION:
            raise LibraryMismatch(
                f"The library at '{library}' was written by another version of Dateline (schema {self.schema_version}, "
                f"this one reads {SCHEMA_VERSION}); ingest the articles into a new library."
            )
        if self.embedding_model != model:
            raise LibraryMismatch(
                f"The library at '{library}' was built with the embedding model '{self.embedding_model}', but the "
                f"settings name '{model}'. Set DATELINE_EMBEDDING_MODEL='{self.embedding_model}', or run "
                "'dateline rebuild --embed' to embed it again with the other one."
            )
        if self.chunking != CHUNKING_VERSION:
            raise LibraryMismatch(
                f"The passages of the library at '{library}' were cut in another way ({self.chunking}, now "
                f"{CHUNKING_VERSION}); run 'dateline rebuild --embed' to cut and embed them again."
            )

    def refuse_model(self, library: str, embedder: Embedder) -> None:
        """Raises `LibraryMismatch` where another model than this one made the vectors."""
        own = Manifest.of(embedder)
        if (self.embedding_fingerprint, self.dimension, self.window_tokens) != (
            own.embedding_fingerprint,
            own.dimension,
            own.window_tokens,
        ):
            raise LibraryMismatch(
                f"The embedding model '{embedder.name}' is not the one that built the library at '{library}' "
                f"({own.dimension} dimensions, weights {own.embedding_fingerprint}; the library has {self.dimension}, "
                f"{self.embedding_fingerprint}). Run 'dateline rebuild --embed' to embed the library again with it."
            )
