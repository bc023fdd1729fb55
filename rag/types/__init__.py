"""The values that Dateline passes around: frozen, checked when built, JSON both ways.

Every value has `to_json()` and `from_json()`; `from_json(to_json(value)) == value` always holds.
Offsets are counted in Unicode code points of `Article.text`, so that
`article.text[citation.start:citation.end] == citation.quote`.
"""

from rag.types.answers import (
    AbstentionReason,
    Answer,
    CheckedBy,
    Conflict,
    Doubt,
    Freshness,
    NearestArticle,
    Reason,
    Sentence,
    Status,
    Unsupported,
    Verdict,
    Writing,
    WritingProblem,
)
from rag.types.articles import (
    Article,
    ArticleSummary,
    ArticleVersion,
    DateSource,
    LibraryStats,
    RelatedArticle,
    Relation,
)
from rag.types.citations import Agreement, Attribution, Citation, ResolvedDate
from rag.types.digests import Digest, DigestStory
from rag.types.events import Checked, Event, Quoted, Retrieved, Text
from rag.types.passages import Passage
from rag.types.questions import Filters, Kind, Question, Turn, Window
from rag.types.value import Span, Value

__all__ = [
    "AbstentionReason",
    "Agreement",
    "Answer",
    "Article",
    "ArticleSummary",
    "ArticleVersion",
    "Attribution",
    "Checked",
    "CheckedBy",
    "Citation",
    "Conflict",
    "DateSource",
    "Digest",
    "DigestStory",
    "Doubt",
    "Event",
    "Filters",
    "Freshness",
    "Kind",
    "LibraryStats",
    "NearestArticle",
    "Passage",
    "Question",
    "Quoted",
    "Reason",
    "RelatedArticle",
    "Relation",
    "ResolvedDate",
    "Retrieved",
    "Sentence",
    "Span",
    "Status",
    "Text",
    "Turn",
    "Unsupported",
    "Value",
    "Verdict",
    "Window",
    "Writing",
    "WritingProblem",
]
