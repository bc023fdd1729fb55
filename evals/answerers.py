"""What answers: Dateline as configured, one side of its retrieval alone, or a control that reads nothing."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath

from evals.cases import Case
from evals.records import Record
from rag.assistant import Assistant
from rag.errors import DatelineError
from rag.library import Library
from rag.question.filters import Restrictions
from rag.types import Agreement, Answer, Citation, Passage, Status, Turn

Answerer = Callable[[Case], Record]
RANKED_PASSAGES = 50  # Depth of the ranking that a run records; answers are made from no more passages than usual.

SETTINGS: Mapping[str, Mapping[str, object]] = {
    "default": {},
    "bm25": {"retriever": "lexical"},
    "dense": {"retriever": "dense"},
}
"""Answerers that read the library, and the settings in which they differ."""
CONTROLS = ("no-retrieval", "majority")
"""Answerers that read nothing, to show how much the questions themselves give away."""
ANSWERERS = (*SETTINGS, *CONTROLS)


class LibraryAnswerer:
    """Asks a library, `with_as_of` each question as of its own day, and records what comes back."""

    def __init__(self, library: Library, with_as_of: bool) -> None:
        self._shown = library.config.top_k
        deep = library.config.model_copy(update={"top_k": max(RANKED_PASSAGES, self._shown)})
        self._library = Library(deep, library.catalog, library.embedder)
        self._assistant = Assistant(self._library)
        self._with_as_of, self._articles = with_as_of, _names_of_articles(library)

    def __call__(self, case: Case) -> Record:
        """Asks one case. An error that Dateline reports is recorded, not raised."""
        # An article missing from the library keeps the suite's id and never counts as a hit.
        named = case.gold_articles or tuple(gold.file for gold in case.gold)
        gold = tuple(dict.fromkeys(self._articles.get(name, name) for name in named))
        started = time.perf_counter()
        within = Restrictions(as_of=case.as_of if self._with_as_of else None, authors=case.authors or None)
        try:
            answer = self._assistant.ask(case.question, self._history(case, within), **within)
            rewrite = self._library.search(case.rewrite, RANKED_PASSAGES, **within) if case.rewrite else ()
        except DatelineError as error:
            taken = round((time.perf_counter() - started) * 1000, 3)
            return Record(case=case, gold_articles=gold, error=str(error), milliseconds=taken)
        return Record(
            case=case,
            answer=answer.model_copy(update={"passages": answer.passages[: self._shown]}),
            ranking=_articles_of(answer.passages),
            gold_articles=gold,
            quotes_intact=_intact(answer, self._library),
            rewrite_ranking=_articles_of(rewrite),
            milliseconds=round(sum(answer.timings.values()), 3),
        )

    def _history(self, case: Case, within: Restrictions) -> tuple[Turn, ...]:
        """The earlier turns, as the case gives them; a turn without an answer is asked first."""
        turns: tuple[Turn, ...] = ()
        for turn in case.history:
            if turn.answer:
                turns += (Turn(question=turn.question, standalone_question=turn.question, answer=turn.answer),)
            else:
                turns = self._assistant.ask(turn.question, turns, **within).turns
        return turns

    def close(self) -> None:
        self._library.searcher.close()


def _names_of_articles(library: Library) -> dict[str, str]:
    """The article made from each id and file that a suite names; files with the same text share one."""
    names: dict[str, str] = {}
    for source, article_id in library.catalog.sources().items():
        path, _, entry = source.partition("#")
        names[article_id] = article_id
        named = "/".join(PurePosixPath(path).parts[-2:])  # "articles/wire.jsonl#a1"
        names |= {entry: article_id, f"{named}#{entry}": article_id} if entry else {named: article_id}
    return names


def control(name: str, cases: Sequence[Case]) -> Answerer:
    """A control that reads nothing: it repeats the question, or gives the suite's most frequent accepted answer."""
    counts = Counter(answer for case in cases for answer in dict.fromkeys(case.answers))
    most_common = max(counts, key=counts.__getitem__, default="")

    def answer(case: Case) -> Record:
        text = case.question if name == "no-retrieval" else most_common
        given = Answer(question=case.question, standalone_question=case.question, text=text, status=Status.ANSWERED)
        return Record(case=case, answer=given)

    return answer


def _articles_of(passages: Sequence[Passage]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(passage.article_id for passage in passages))


def _intact(answer: Answer, library: Library) -> bool | None:
    """Whether each quote, including those of agreeing sources, is verbatim where its citation says."""
    if not answer.citations:
        return None
    cited: list[Citation | Agreement] = [*answer.citations, *(one for by in answer.citations for one in by.agreed_by)]
    return all(library.article(one.article_id).text[one.start : one.end] == one.quote for one in cited)
