"""The values Dateline passes around: frozen, validated when built, JSON both ways.

Every value has `to_json()` and `from_json()`; `from_json(to_json(value)) == value` always holds.
Offsets are counted in Unicode code points of `Article.text`, so that
`article.text[citation.start:citation.end] == citation.quote`.
"""

from rag.types.answers import *
from rag.types.articles import *
from rag.types.passages import *
from rag.types.questions import *
from rag.types.tellings import *
from rag.types.value import *

__all__ = [
    "AbstentionReason", "Agreement", "Answer", "Article", "ArticleSummary", "ArticleVersion",
    "Checked", "CheckedBy", "Citation", "Conflict", "Counts", "DateSource", "Digest", "DigestStory", "Doubt", "Event",
    "Filters", "Freshness", "Heading", "Kind", "LibraryStats", "NearestArticle", "Passage", "Question", "Quoted", "Reason",
    "RelatedArticle", "Relation", "ResolvedDate", "Retrieved", "Sentence", "Span", "Status", "Text", "Turn",
    "Unsupported", "Value", "Verdict", "Window", "Writing", "WritingProblem",
]  # fmt: skip
