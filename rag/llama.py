"""Dateline with llama-index: a library as its retriever, its postprocessors as our rerankers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.types import Passage


class LibraryRetriever(BaseRetriever):
    """`library.as_retriever()`: our passages as scored text nodes, best first."""

    def __init__(self, search: Callable[[str], Sequence[Passage]]) -> None:
        super().__init__()
        self._search = search

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [node_of(passage) for passage in self._search(query_bundle.query_str)]


def node_of(passage: Passage) -> NodeWithScore:
    """A passage as llama-index sees it; its metadata is plain text and numbers."""
    names = ("article_id", "title", "outlet", "published", "url", "start", "end")
    told = passage.model_dump(mode="json", include=set(names))
    # Only the title is for models; the rest is for the caller.
    unread = [name for name in names if name != "title"]
    node = TextNode(
        id_=passage.id,
        text=passage.text,
        metadata={name: "" if told[name] is None else told[name] for name in names},
        excluded_embed_metadata_keys=unread,
        excluded_llm_metadata_keys=unread,
    )
    return NodeWithScore(node=node, score=passage.score)


def reranked(reranker: BaseNodePostprocessor, question: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages in the postprocessor's order; those it drops are dropped."""
    by_id = {passage.id: passage for passage in passages}
    nodes = reranker.postprocess_nodes([node_of(passage) for passage in passages], query_str=question)
    return tuple(
        by_id[node.node.node_id].model_copy(update={"score": float(node.score or 0.0)})
        for node in nodes
        if node.node.node_id in by_id
    )
