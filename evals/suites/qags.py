"""QAGS: sentences of news summaries that machines wrote, each judged by three people as supported by its article or not.

Nothing is searched: the sentence is a claim, the article its evidence. It is `supported` when most said yes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from evals.cases import Case
from evals.rows import one_of, rows_of
from evals.suites.suite import Adapter, Suite
from rag.types import Status

FILES = ("mturk_xsum.jsonl", "mturk_cnndm.jsonl")


def read(folder: Path) -> Suite:
    """Claims of the types `supported` and `unsupported`, of both files where both are there."""
    one_of(folder, *FILES)
    cases = [case for name in FILES if (folder / name).is_file() for case in _cases(folder / name)]
    return Suite("qags", (), tuple(cases))


def _cases(path: Path) -> Iterator[Case]:
    for number, row in enumerate(rows_of(path), start=1):
        for place, sentence in enumerate(row["summary_sentences"], start=1):
            votes = [vote["response"] for vote in sentence["responses"]]
            supported = votes.count("yes") > len(votes) / 2
            yield Case(
                id=f"{path.stem}-{number}-{place}",
                type="supported" if supported else "unsupported",
                question=sentence["sentence"],
                evidence=row["article"],
                status=Status.ANSWERED if supported else Status.ABSTAINED,
            )


ADAPTER = Adapter(
    read=read,
    published='Wang, Cho and Lewis, "Asking and Answering Questions to Evaluate the Factual Consistency of Summaries", '
    "ACL 2020, github.com/W4ngatang/qags",
    licence="none stated",
    expects=f"one or both of {', '.join(FILES)}",
    measures="the check of a sentence against its source",
)
