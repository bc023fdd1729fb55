"""What a library was built with; anything else is refused, because its vectors or passages would not match."""

from __future__ import annotations

from rag.errors import LibraryMismatch
from rag.models import Embedder
from rag.text.sentences import CHUNKING_VERSION
from rag.types import Value

SCHEMA_VERSION = "1"


class Manifest(Value):
    embedding_model: str
    embedding_fingerprint: str
    dimension: int
    window_tokens: int
    schema_version: str = SCHEMA_VERSION
    chunking: str = CHUNKING_VERSION

    @classmethod
    def of(cls, embedder: Embedder) -> Manifest:
        """The manifest of a library built now with this model."""
        return cls(
            embedding_model=embedder.name,
            embedding_fingerprint=embedder.fingerprint,
            dimension=embedder.dimension,
            window_tokens=embedder.max_tokens,
        )

    def rows(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self]

    def refuse(self, library: str, model: str) -> None:
        """Raises `LibraryMismatch` if `library` needs another version of Dateline, or another model than `model`."""
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
        """Raises `LibraryMismatch` if another model than this one made the vectors."""
        own = Manifest.of(embedder)
        names = ("embedding_fingerprint", "dimension", "window_tokens")
        if any(getattr(self, name) != getattr(own, name) for name in names):
            raise LibraryMismatch(
                f"The embedding model '{embedder.name}' is not the one that built the library at '{library}' "
                f"({own.dimension} dimensions, weights {own.embedding_fingerprint}; the library has {self.dimension}, "
                f"{self.embedding_fingerprint}). Run 'dateline rebuild --embed' to embed the library again with it."
            )
