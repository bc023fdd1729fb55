"""The command that drafts cases from the user's own library, and asks which of them to keep."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli.options import FOLDER, Said, Settings, command
from ui.cli.tell import wrapped as fold
from ui.format import one_line

if TYPE_CHECKING:
    from evals.cases import Case

WIDTH = 90


@command("questions")
@click.option("--into", type=FOLDER, default=Path("cases.jsonl"), show_default=True, metavar="FILE")
@click.option("--most", type=click.IntRange(min=1), default=20, show_default=True, help="Drafts to make.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed drafts others.")
@click.option(
    "--llm", default="", metavar="MODEL", help="Who words them, e.g. openai-like:URL#NAME; else DATELINE_LLM."
)
@click.option("--all", "keep_all", is_flag=True, help="Keep every draft without asking.")
def questions(settings: Settings, /, into: Path, most: int, seed: int, llm: str, keep_all: bool) -> Said:
    """Let a language model draft cases from your own articles; you keep, change or throw away each.

    What you keep is added to a file that 'eval run' takes. What your readers asked makes better cases still: see
    'dateline feedback export'.

    \b
    dateline --library mine eval questions --into mine.jsonl
    dateline --library mine eval run mine.jsonl
    """
    from evals.cases import add_cases

    drafts = _drafts(settings, most, seed, llm)
    kept = add_cases(into, drafts if keep_all or not somebody_is_there() else reviewed(drafts))
    added = f"{len(kept)} cases were added to {into}; ask them with: dateline --library PATH eval run {into}"
    return Said(
        kept, added if kept else "No case was added: the model worded no new question that fits, or none was kept."
    )


def somebody_is_there() -> bool:
    """Whether questions can be answered here."""
    return sys.stdin.isatty()


def _drafts(settings: Settings, most: int, seed: int, llm: str) -> Iterator[Case]:
    from evals.draft import draft, load_asked

    name = llm or settings.config().llm
    if not name:
        raise click.UsageError(
            "Drafting takes a language model; name one with --llm or DATELINE_LLM. "
            "Without one, 'dateline feedback export' makes cases of what your readers asked."
        )
    yield from draft(settings.open(), most, load_asked(name), seed)


def reviewed(cases: Iterable[Case]) -> Iterator[Case]:
    """The cases that a person keeps, as they are or changed, each as soon as it is kept."""
    for case in cases:
        _show(case)
        said = click.prompt("k keep, t throw away, e edit, q quit", type=click.Choice(["k", "t", "e", "q"]), err=True)
        if said == "q":
            return
        if said == "e":
            question = click.prompt("question", default=case.question, err=True)
            answers = click.prompt("answers, with | between", default=" | ".join(case.answers), err=True)
            kept = tuple(part.strip() for part in answers.split("|") if part.strip())
            yield case.model_copy(update={"question": question, "answers": kept or case.answers})
        elif said == "k":
            yield case


def _show(case: Case) -> None:
    told = [("answer", " | ".join(case.answers)), ("wrong", " | ".join(case.wrong_answers)), ("note", case.reference)]
    click.echo("\n" + fold(one_line(case.question), WIDTH), err=True)
    for label, text in (*told, *(("from", gold.words) for gold in case.gold)):
        if text:
            click.echo(fold(one_line(f"{label}: {text}"), WIDTH, "  "), err=True)
