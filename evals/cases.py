"""Evaluation cases, one per line: a question, the answers that count, and where they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from evals.rows import CaseError, rows_of
from rag.store.disk import storage_errors
from rag.types import Status, Value


class PastTurn(Value):
    question: str
    answer: str = ""  # If empty, the question is asked first and its reply is used.


class Nugget(Value):
    """One fact that an answer should tell; it does if it has all the words of one of the wordings."""

    vital: bool = True
    any: tuple[tuple[str, ...], ...]


class Gold(Value):
    """Where an answer is: the file (`path#id` for one entry of a file) and the verbatim words."""

    file: str
    words: str


class Case(Value):
    """A question and what is right. The status `abstained` means that it should be refused."""

    id: str
    type: str
    question: str
    history: tuple[PastTurn, ...] = ()
    as_of: dt.date | None = None
    authors: tuple[str, ...] = ()  # Only articles by these authors are searched: each question has its own documents.
    evidence: str = ""  # Present in cases of older runs; nothing reads it.
    answers: tuple[str, ...] = ()  # Any one of them in the answer makes it right.
    wrong_answers: tuple[str, ...] = ()  # Known false answers, each given by some document of the set.
    nuggets: tuple[Nugget, ...] = ()  # Facts of the answer; it is right if it tells all the vital ones.
    reference: str = ""  # A long answer written by a person; compared only by words.
    gold: tuple[Gold, ...] = ()
    gold_articles: tuple[str, ...] = ()  # Ids, as in the set, of the articles that answer; any one counts as a hit.
    rewrite: str = ""  # The follow-up, rewritten by a person to stand alone.
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
    """Adds cases to a JSONL file, each as it comes, except those whose ids are there; returns those added.

    Raises `CaseError` if it has invalid rows or its folder is missing, and `StorageFull`, `LibraryReadOnly`.
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
