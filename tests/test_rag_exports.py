"""The public API: what `import rag` provides, with nothing exported by accident."""

import subprocess
import sys

import rag


def test_exported_names() -> None:
    assert sorted(rag.__all__) == [
        "AbstentionReason", "Answer", "Article", "ArticleNotFound", "ArticleSummary", "ArticleVersion", "Assistant",
        "BackupError", "Checked", "CheckedBy", "Citation", "Config", "ConfigError", "Conflict", "DateSource", "DatelineError",
        "Digest", "DigestStory", "Doubt", "Event", "FetchFailed", "FetchRefused", "Filters", "Freshness", "IndexUnavailable", "Kind", "Library",
        "LibraryDamaged", "LibraryError", "LibraryLocked", "LibraryMismatch", "LibraryMissing", "LibraryReadOnly", "LibraryStats",
        "LibraryUnreachable", "ModelError", "NearestArticle", "Passage", "Quoted", "Reason", "ResolvedDate", "Retrieved", "Sentence",
        "SourceError", "Status", "StorageFull", "Text", "Turn", "Unsupported", "Verdict", "Window", "Writing",
        "WritingFailed", "WritingProblem",
    ]  # fmt: skip
    for name in rag.__all__:
        assert getattr(rag, name) is not None


def test_every_public_name_is_documented() -> None:
    for name in rag.__all__:
        if name != "Event":
            assert getattr(rag, name).__doc__, name


def test_unknown_names_are_refused() -> None:
    assert not hasattr(rag, "Librarian")


def test_importing_rag_is_light() -> None:
    heavy = "{'torch', 'chromadb', 'tantivy', 'gradio', 'llama_index', 'numpy', 'sentence_transformers'}"
    code = f"import rag, sys; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
