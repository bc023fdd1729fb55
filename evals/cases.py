"""One evaluation case a line: a question, the answers that count, and where they stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from evals.rows import CaseError, rows_of
from rag.store.disk import storage_errors
from rag.types import Status, Value


class PastTurn(Value):
    """A question that was asked before, with its answer."""

    question: str
    answer: str = ""  # When empty, the question is asked first, and what comes back is the answer.


class Nugget(Value):
    """One fact that an answer tells; it does when it has all the words of one of the wordings."""

    vital: bool = True
    any: tuple[tuple[str, ...], ...]


class Gold(Value):
    """Where an answer stands: the file (`path#id` for one entry of a file) and its words, verbatim."""

    file: str
    words: str


class Case(Value):
    """A question with what is right. The status `abstained` means that it should be refused."""

    id: str
    type: str
    question: str
    history: tuple[PastTurn, ...] = ()
    as_of: dt.date | None = None
    authors: tuple[str, ...] = ()  # Only what they wrote is searched: each question has its own documents.
    evidence: str = ""  # Cases of older runs have it; nothing reads it.
    answers: tuple[str, ...] = ()  # Any one of them in the answer makes it right.
    wrong_answers: tuple[str, ...] = ()  # Known false answers, which some document of the set gives.
    nuggets: tuple[Nugget, ...] = ()  # What an answer tells; all the vital ones make it right.
    reference: str = ""  # A long answer that somebody wrote; compared by words only.
    gold: tuple[Gold, ...] = ()
    gold_articles: tuple[str, ...] = ()
    """Ids that the set gives to the articles that answer; any one counts as a hit."""
    rewrite: str = ""  # The follow-up as a person rewrote it to stand alone.
    status: Status = Status.ANSWERED

    @property
    def answerable(self) -> bool:
        return self.status is not Status.ABSTAINED


def read_cases(path: Path) -> Iterator[Case]:
    """The cases of a JSONL file. Raises `CaseError`, naming file and line, at the first bad one."""
    seen: dict[str, str] = {}
    for row in rows_of(path):
        try:
            case = Case.model_validate(row)
        except ValidationError as error:
            raise CaseError(f"{row.where} is not a case: {first_problem(error)}.") from error
        if case.id in seen:
            raise CaseError(f"{row.where} has the id '{case.id}' of {seen[case.id]}; change one.")
        seen[case.id] = row.where
        yield case


def first_problem(error: ValidationError) -> str:
    """`question: Field required`."""
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


def add_cases(path: Path, cases: Iterable[Case]) -> list[Case]:
    """Adds cases to a JSONL file, each as soon as it comes, but none whose id the file has; returns those added.

    Raises:
        CaseError: the file has rows that are no cases, or its folder is missing.
        StorageFull, LibraryReadOnly: it cannot be written.
    """
    known = {case.id for case in read_cases(path)} if path.exists() else set()
    if not path.parent.is_dir():
        raise CaseError(f"There is no folder '{path.parent}'; make it, or name another file.")
    added = []
    for case in cases:
        if case.id not in known:
            with storage_errors(), path.open("a", encoding="utf-8") as file:
                file.write(case.model_dump_json(exclude_defaults=True) + "\n")
            known.add(case.id)
            added.append(case)
    return added
