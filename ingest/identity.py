"""Decides which article this is: the same page under another address, a new text of a known one, or a new one."""

from __future__ import annotations

from enum import Enum

from ingest.document import digest
from rag.store.catalog_writer import CatalogWriter
from rag.types import Article

EXCERPT_SHARE = 0.6
"""A text shorter than this share of the stored one, from another source, is an excerpt, such as a feed's summary."""
GIVEN_ID_MOST_CHARACTERS = 200


class Kind(Enum):
    """What to do with what was found."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    DUPLICATE = "duplicate"


def decide(
    writer: CatalogWriter, source: str, given_id: str | None, article: Article, identity_url: str | None
) -> tuple[Kind, str]:
    """What to do, and with which article: its id.

    A source keeps its article. Otherwise equal content means the same article, and so does an equal canonical
    address, unless the user gave the two different ids and their texts differ."""
    article_id, _ = writer.source(source)
    if article_id:
        stored = writer.content(article_id)
        same = stored is not None and stored[0] == article.content_hash
        return Kind.SAME if same else Kind.CHANGED, article_id
    twin = writer.article_with("content_hash", article.content_hash)
    if twin:
        return Kind.DUPLICATE, twin
    page = writer.article_with("identity_url", identity_url) if identity_url else None
    if page and given_id in {None, page}:
        stored = writer.content(page)
        excerpt = stored is not None and len(article.text) < EXCERPT_SHARE * len(stored[1])
        return Kind.DUPLICATE if excerpt else Kind.CHANGED, page
    return Kind.NEW, _free_id(writer, source, given_id, identity_url)


def _free_id(writer: CatalogWriter, source: str, given_id: str | None, identity_url: str | None) -> str:
    if not given_id:
        return digest(identity_url or source)
    short = given_id[:GIVEN_ID_MOST_CHARACTERS]
    # Two files may both call their first article "1".
    return short if writer.content(short) is None else f"{short}-{digest(source)[:6]}"
