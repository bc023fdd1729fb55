"""One evaluation case a line: a question, the answers that count, and where they stand."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from rag.errors import DatelineError
from rag.types import Status


class CaseError(DatelineError):
    """A case cannot be read; the message names file and line."""


class PastTurn(BaseModel):
    """A question that was asked before, with its answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    answer: str


class Gold(BaseModel):
    """Where an answer stands: the file (`path#id` for one entry of a file) and its words, verbatim."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    words: str


class Case(BaseModel):
    """A question with what is right. No `answers` means that it should be refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    type: str
    question: str
    history: tuple[PastTurn, ...] = ()
    as_of: dt.date | None = None
    answers: tuple[str, ...] = ()
    gold: tuple[Gold, ...] = ()
    gold_articles: tuple[str, ...] = ()
    status: Status = Status.ANSWERED

    @property
    def answerable(self) -> bool:
        """Whether the library holds the answer."""
        return self.status is not Status.ABSTAINED


def read_cases(path: Path) -> Iterator[Case]:
    """The cases of a JSONL file. Raises `CaseError`, naming file and line, at the first bad one."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                yield Case.model_validate(json.loads(line))
            except (ValidationError, ValueError) as error:
                problem = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
                raise CaseError(f"{path.name}, line {number} is not a case: {problem}.") from error
