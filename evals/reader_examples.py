"""Training data of the packaged reading model: passages with their sentences marked for a question.

The marks name sentences of public news by digests, without their words. Invented libraries teach what news has less of:
growing counts, fact boxes, changing states, the same event in another place. SQuAD teaches to mark words and to
recognise that a related paragraph does not answer.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from evals.answer_text import words
from evals.articles import articles_in
from evals.claims import TRAINING
from evals.rows import rows_of
from evals.suites.squad import FILES, questions_of
from ingest.chunk import CountTokens, Cut, cut
from ingest.document import Extracted
from rag.reader import Page
from rag.text.sentences import sentence_spans

MARKS = TRAINING / "reader_marks.jsonl"
INVENTED_ARTICLES, INVENTED_MARKS = TRAINING / "invented_articles.jsonl", TRAINING / "invented_marks.jsonl"
HELD_OUT = ("Black_Death", "Genghis_Khan", "Newcastle_upon_Tyne", "Normans")  # SQuAD titles never used for training.
HELD_OUT_SHARE = 6  # Every sixth topic of the marked questions is never used for training.
PASSAGE_TOKENS = 256


class Marked(NamedTuple):
    """One passage, and the label of each of its sentences: 1, 0, or None if nobody judged it."""

    page: Page
    answers: tuple[int | None, ...]
    helps: tuple[int | None, ...]
    spans: tuple[tuple[int, int], ...] = ()  # Characters of accepted answers in the page.


class Source(Enum):
    MARKED = "marked"  # A question about news, written and marked sentence by sentence by a large language model.
    FACT = "fact"  # One about news with one short answer, whose sentence it named.
    INVENTED = "invented"  # One over a small invented library, with every sentence marked.
    SQUAD = "squad"


class Example(NamedTuple):
    """A question and its passages; a `topic` is held out or trained on as a whole."""

    source: Source
    question: str
    topic: str
    pages: tuple[Marked, ...]
    points: bool = False  # Whether the answering words are known.

    @property
    def answerable(self) -> bool:
        return any(1 in page.answers for page in self.pages)

    @property
    def held_out(self) -> bool:
        return self.topic in HELD_OUT if self.source is Source.SQUAD else is_held_out(self.topic)


def is_held_out(topic: str) -> bool:
    """Whether a topic of the marked questions is reserved for evaluation."""
    return int(digest(topic), 16) % HELD_OUT_SHARE == 0


def digest(text: str) -> str:
    """Seven hex digits that identify a sentence within its article, ignoring white space."""
    return hashlib.sha1(" ".join(text.split()).encode(), usedforsecurity=False).hexdigest()[:7]


def marked_examples(
    articles: Path, count_tokens: CountTokens, marks: Path = MARKS, source: Source | None = None
) -> list[Example]:
    """The marked questions over the articles that the marks refer to.

    `source` is that of all of them; without it, those with a short answer are facts.
    """
    rows = list(rows_of(marks))
    wanted = {article for row in rows for article in row["seen"]}
    pages = {
        article: [_page_of(read.metadata.title or "", read.text[one.start : one.end]) for one in cuts]
        for article, read, cuts in cut_articles(articles, wanted, count_tokens)
    }
    made = [(row, _marked_example(row, pages, source)) for row in rows]
    # An answering sentence may have been removed from its article since it was marked; the rest is then unknown.
    return [one for row, one in made if one.pages and (one.answerable or not row["parts"])]


def cut_articles(
    articles: Path, wanted: Collection[str], count_tokens: CountTokens
) -> Iterator[tuple[str, Extracted, list[Cut]]]:
    """The wanted articles by id, each with its passages as a library would cut them."""
    for _, read in articles_in(articles):
        article = read.metadata.given_id
        if article and article in wanted and read.text:
            yield article, read, cut(read.metadata.title or "", read.text, count_tokens, PASSAGE_TOKENS)


def _page_of(title: str, text: str) -> Page:
    return Page(title, text, tuple(sentence_spans(text)))


def invented_examples(count_tokens: CountTokens) -> list[Example]:
    return marked_examples(INVENTED_ARTICLES, count_tokens, INVENTED_MARKS, Source.INVENTED)


def _marked_example(row: dict[str, Any], pages: dict[str, list[Page]], source: Source | None) -> Example:
    answering = {one for part in row["parts"] for one in part}
    helping = answering | set(row["helps"])
    answer = row.get("answer", "")
    source = source or (Source.FACT if answer else Source.MARKED)
    marked = []
    for article, seen in row["seen"].items():
        for page in pages.get(article, ()):
            digests = [digest(page.text[one.start : one.end]) for one in page.sentences]
            if not set(digests).isdisjoint(seen):
                answers, helps = (
                    tuple(int(f"{article}/{one}" in right) if one in seen else None for one in digests)
                    for right in (answering, helping)
                )
                if source is Source.FACT:  # nobody looked for further helpful sentences
                    helps = tuple(one or None for one in answers)
                marked.append(Marked(page, answers, helps, _spans(page, answer, answers)))
    return Example(source, row["question"], row["topic"], tuple(marked), points=bool(answer))


def _spans(page: Page, answer: str, answers: Sequence[int | None]) -> tuple[tuple[int, int], ...]:
    """Where the words occur in sentences that answer or were not judged."""
    if not answer:
        return ()
    found = re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", page.text, re.IGNORECASE)
    allowed = [one for one, truth in zip(page.sentences, answers, strict=True) if truth != 0]
    return tuple(
        match.span() for match in found if any(one.start <= match.start() and match.end() <= one.end for one in allowed)
    )


def squad_examples(folder: Path) -> list[Example]:
    """The questions of every SQuAD file in a folder, each once, with a misleading other paragraph of the same title."""
    rows = {row["id"]: row for name in FILES if (folder / name).is_file() for row in questions_of(folder / name)}
    paragraphs: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for row in rows.values():
        paragraphs[row["title"]][row["context"]] = frozenset(words(row["context"]))
    counts = Counter(word for known in paragraphs.values() for own in known.values() for word in own)
    made = [_squad_example(row, paragraphs[row["title"]], counts) for row in rows.values()]
    chance = random.Random(7)  # noqa: S311 - not for secrets
    chance.shuffle(made)
    return made


def _squad_example(row: dict[str, Any], paragraphs: dict[str, frozenset[str]], counts: Counter[str]) -> Example:
    answers = [] if row["impossible"] else sorted({answer for answer in row["answers"] if answer}, key=len)
    asked = frozenset(words(row["question"]))
    others = [text for text in paragraphs if not any(answer.lower() in text.lower() for answer in answers)]

    def nearness(text: str) -> float:
        return sum(1 / math.log(2 + counts[word]) for word in asked & paragraphs[text])

    shown = [row["context"], *([max(others, key=nearness)] if others else [])]
    title = row["title"].replace("_", " ")
    pages = tuple(_squad_page(title, text, answers) for text in dict.fromkeys(shown))
    return Example(Source.SQUAD, row["question"], row["title"], pages, points=True)


def _squad_page(title: str, text: str, answers: Sequence[str]) -> Marked:
    page = _page_of(title, text)
    spans = tuple((text.index(answer), text.index(answer) + len(answer)) for answer in answers if answer in text)
    right = tuple(int(any(one.start <= start and end <= one.end for start, end in spans)) for one in page.sentences)
    return Marked(page, right, tuple(one or None for one in right), spans)


def told_apart(questions: Iterable[tuple[Sequence[float], Sequence[bool]]]) -> tuple[float, float, int, float]:
    """How well the scores rank answering sentences, over the questions that one of them answers.

    Returns mean average precision, the share of questions whose best sentence answers, their number, and the area under
    the ROC curve of questions with and without an answer (NaN if all have one).
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    known = [(scores, truths, any(truths)) for scores, truths in questions]
    told = [(average_precision_score(truths, scores), truths[int(np.argmax(scores))])
            for scores, truths, answerable in known if answerable]  # fmt: skip
    precision, first = np.mean(told, axis=0)
    best = [max(scores) for scores, _, _ in known]
    area = roc_auc_score([one[2] for one in known], best) if len(told) < len(known) else np.nan
    return float(precision), float(first), len(told), float(area)
