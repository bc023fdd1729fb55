"""Decides which article this is: the same page under another address, a new text of a known one, or a new one."""

from __future__ import annotations

from typing import Literal

from ingest.document import digest
from rag.store.catalog_writer import CatalogWriter
from rag.types import Article

EXCERPT_SHARE = 0.6
"""A text shorter than this share of the stored one, from another source, is an excerpt, such as a feed's summary."""
ID_CHARACTERS_MOST = 200
Kind = Literal["new", "changed", "same", "duplicate"]


def decide(
    writer: CatalogWriter, source: str, given_id: str | None, article: Article, identity_url: str | None
) -> tuple[Kind, str]:
    """What to do, and with which article: its id.

    A source keeps its article. Otherwise equal content means the same article, and so does an equal canonical
    address, unless the user gave the two different ids and their texts differ."""
    article_id, _ = writer.source(source)
    if article_id:
        stored = writer.content(article_id)
        return "same" if stored and stored[0] == article.content_hash else "changed", article_id
    if twin := writer.article_with("content_hash", article.content_hash):
        return "duplicate", twin
    page = writer.article_with("identity_url", identity_url) if identity_url else None
    if page and given_id in {None, page}:
        stored = writer.content(page)
        return "duplicate" if stored and len(article.text) < EXCERPT_SHARE * len(stored[1]) else "changed", page
    if not given_id:
        return "new", digest(identity_url or source)
    short = given_id[:ID_CHARACTERS_MOST]
    # Two files may both call their first article "1".
    return "new", short if writer.content(short) is None else f"{short}-{digest(source)[:6]}"
