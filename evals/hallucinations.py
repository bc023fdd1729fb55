"""Do wrong names, numbers or days reach the reader when a language model writes?

    python -m evals.hallucinations --llm gguf:/models/small.gguf [--questions 100] [--library sample-library]

Asks questions of the sample and looks, in each answer that the model wrote, for names, numbers and days that occur
neither in a passage that the sentence cites nor in its title, outlet or day. It does so without Dateline's verifier, by a
cruder comparison of its own, so that the verifier's blind spots show. It reports too much ("nine" for "9") rather than too
little; a person should read what it lists.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from evals.suites.sample import sample
from rag.assistant import Assistant
from rag.config import Config
from rag.errors import DatelineError
from rag.library import Library
from rag.types import Answer, Citation, ResolvedDate

SEED = 11
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_NUMBER_WORDS = frozenset(
    "two three four five six seven eight nine ten eleven twelve thirteen fifteen twenty thirty forty fifty sixty seventy "
    "eighty ninety hundred thousand million billion half third quarter dozen".split()
)
_OPENERS = frozenset(
    "the a an in on at by for from to of as it its he she they his her their this that these those there when while "
    "after before during since until with without according about over under more less most all both some many no not "
    "however but and or if although because also another one".split()
)
"""Words that open a sentence with a capital and are no names."""


@dataclass(frozen=True)
class Hallucination:
    """Words of a written answer that stand in nothing that it cites."""

    question: str
    sentence: str
    words: tuple[str, ...]


def hallucinations(answer: Answer, library: Library) -> Iterator[Hallucination]:
    """Names, numbers and days of a written answer that no cited passage of their sentence gives."""
    if answer.writing is None or answer.writing.problem is not None:
        return  # quotes
    by_number = {citation.number: citation for citation in answer.citations}
    for sentence in answer.sentences:
        cited = [by_number[number] for number in sentence.citations]
        given = {word for citation in cited for word in _words(_evidence(citation, answer, library))}
        text = answer.text[sentence.start : sentence.end]
        words = tuple(word for word in _telling(text) if not _stands_in(word, given))
        if words:
            yield Hallucination(answer.question, text, words)


def _evidence(citation: Citation, answer: Answer, library: Library) -> str:
    """The passage with its title, outlet and day, and the days that its relative dates mean."""
    passages = [passage.text for passage in answer.passages if passage.id == citation.passage_id]
    texts = passages or [library.article(citation.article_id).text]
    days = " ".join(_days_of(date) for date in citation.dates)
    day = f"{citation.published:%d %B %Y %-d %b %A}" if citation.published else ""
    return " ".join([*texts, citation.title, citation.outlet or "", day, days])


def _days_of(date: ResolvedDate) -> str:
    return " ".join(f"{day:%d %B %Y %-d %b %A}" for day in (date.first, date.last))


def _telling(text: str) -> Iterator[str]:
    """Words with a digit or a capital, and number words; "The" at the beginning is none."""
    plain = re.sub(r"\[\d+\]", "", text)
    for match in _WORD.finditer(plain):
        word = match.group()
        if word.lower() in _OPENERS:
            continue
        if any(character.isdigit() for character in word) or word != word.lower() or word in _NUMBER_WORDS:
            yield word


def _words(text: str) -> set[str]:
    return {word.lower().rstrip(".,") for word in _WORD.findall(text)}


def _stands_in(word: str, given: set[str]) -> bool:
    """Whether a word, or another form of the same beginning ("Iranian", "Iran"), is given."""
    one = word.lower().replace(",", "")
    plain = {other.replace(",", "") for other in given}
    if one in plain:
        return True
    if any(character.isdigit() for character in one):
        return re.sub(r"(?<=\d)(?:st|nd|rd|th|s)$", "", one) in plain
    stem = one[: max(4, len(one) - 3)]
    return len(one) >= 4 and any(other.startswith(stem) for other in plain)


@click.command(help=__doc__)
@click.option("--llm", required=True, metavar="NAME", help="The language model, as in DATELINE_LLM.")
@click.option("--questions", default=100, show_default=True, help="How many of the sample's questions are asked.")
@click.option("--library", "folder", type=click.Path(path_type=Path, exists=True), default=Path("sample-library"))
def main(llm: str, questions: int, folder: Path) -> None:
    """Asks, and prints what was found."""
    try:
        library = Library.open(folder, Config.from_environment(llm=llm))
        assistant = Assistant(library)
        cases = random.Random(SEED).sample(sample().cases, questions)  # noqa: S311 (no secret)
        counts: Counter[str] = Counter()
        found: list[Hallucination] = []
        removed: Counter[str] = Counter()
        for case in cases:
            answer = assistant.ask(case.question, as_of=case.as_of)
            counts[_came_out(answer)] += 1
            removed.update(one.doubt.value for one in answer.unsupported)
            found += hallucinations(answer, library)
    except DatelineError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"asked {len(cases)}: " + ", ".join(f"{name} {count}" for name, count in counts.most_common()))
    click.echo("sentences taken out: " + (", ".join(f"{name} {n}" for name, n in removed.most_common()) or "none"))
    for one in found:
        click.echo(f"not in its sources: {', '.join(one.words)} — {one.sentence} — {one.question}")
    click.echo(f"names, numbers and days that reached the reader and stand in no cited passage: {len(found)}")
    raise SystemExit(1 if found else 0)


def _came_out(answer: Answer) -> str:
    if answer.writing is None:
        return "no model asked (abstained or sources differ)"
    return f"in quotes ({answer.writing.problem.value})" if answer.writing.problem else "written"


if __name__ == "__main__":
    main()
