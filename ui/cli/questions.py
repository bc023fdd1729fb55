"""The command that drafts cases from the user's own library, and asks which of them to keep."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli.options import Settings, json_option, print_json
from ui.cli.tell import one_line
from ui.cli.tell import wrapped as fold

if TYPE_CHECKING:
    from evals.cases import Case
    from evals.draft import Choice

WIDTH = 90


@click.command("questions")
@click.option("--into", type=click.Path(path_type=Path), default=Path("cases.jsonl"), show_default=True, metavar="FILE")
@click.option("--most", type=click.IntRange(min=1), default=20, show_default=True, help="Drafts to make.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed drafts others.")
@click.option(
    "--llm", default="", metavar="MODEL", help="Who words them, e.g. openai-like:URL#NAME; else DATELINE_LLM."
)
@click.option("--all", "keep_all", is_flag=True, help="Keep every draft without asking.")
@json_option
@click.pass_obj
def questions(settings: Settings, /, into: Path, most: int, seed: int, llm: str, keep_all: bool, as_json: bool) -> None:
    """Let a language model draft cases from your own articles; you keep, change or throw away each.

    What you keep is added to a file that 'eval run' takes. What your readers asked makes better cases still: see
    'dateline feedback export'.

    \b
    dateline --library mine eval questions --into mine.jsonl
    dateline --library mine eval run mine.jsonl
    """
    from evals.cases import add_cases
    from evals.draft import review

    reviewed = not (keep_all or as_json) and somebody_is_there()
    drafts = _drafts(settings, most, seed, llm)
    kept = add_cases(into, review(drafts, asked) if reviewed else drafts)
    if as_json:
        print_json([case.model_dump(mode="json") for case in kept])
    elif kept:
        click.echo(f"{len(kept)} cases were added to {into}; ask them with: dateline --library PATH eval run {into}")
    else:
        click.echo("No case was added: the model worded no new question that fits, or none was kept.")


def somebody_is_there() -> bool:
    """Whether questions can be answered here."""
    return sys.stdin.isatty()


def _drafts(settings: Settings, most: int, seed: int, llm: str) -> Iterator[Case]:
    from evals.asking import load_asked
    from evals.draft import draft

    name = llm or settings.config().llm
    if not name:
        raise click.UsageError(
            "Drafting takes a language model; name one with --llm or DATELINE_LLM. "
            "Without one, 'dateline feedback export' makes cases of what your readers asked."
        )
    yield from draft(settings.open(), most, load_asked(name), seed)


def asked(case: Case) -> Choice:
    """Shows a draft and asks a person what becomes of it."""
    from evals.draft import Decision

    click.echo("\n" + fold(one_line(case.question), WIDTH))
    click.echo(fold(one_line(f"answer: {' | '.join(case.answers)}"), WIDTH, "  "))
    if case.wrong_answers:
        click.echo(fold(one_line(f"wrong: {' | '.join(case.wrong_answers)}"), WIDTH, "  "))
    if case.reference:
        click.echo(fold(one_line(f"note: {case.reference}"), WIDTH, "  "))
    for gold in case.gold:
        click.echo(fold(one_line(f"from: {gold.words}"), WIDTH, "  "))
    said = click.prompt("k keep, t throw away, e edit, q quit", type=click.Choice(["k", "t", "e", "q"]), err=True)
    if said == "e":
        question = click.prompt("question", default=case.question, err=True)
        answers = click.prompt("answers, with | between", default=" | ".join(case.answers), err=True)
        kept = tuple(part.strip() for part in answers.split("|") if part.strip())
        return case.model_copy(update={"question": question, "answers": kept or case.answers})
    return {"k": Decision.KEEP, "t": Decision.THROW, "q": Decision.QUIT}[said]
