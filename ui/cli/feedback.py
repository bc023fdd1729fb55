"""The commands about what readers of the chat page said: list it, and make eval cases of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli import tell
from ui.cli.options import Settings, json_option, print_bytes, print_json, print_notices, width
from ui.cli.questions import asked, somebody_is_there

if TYPE_CHECKING:
    from rag.store.feedback import Feedback

SIGNS = {"up": "+", "down": "-"}
ANSWER_CHARACTERS = 200
"""So much of an answer is listed."""
thumbs_option = click.option("--thumbs", type=click.Choice(["up", "down"]), help="Only thumbs up, or only thumbs down.")


@click.group("feedback")
def feedback() -> None:
    """What readers of the chat page said of answers."""


@feedback.command("list")
@thumbs_option
@json_option
@click.pass_obj
def list_feedback(settings: Settings, /, thumbs: str | None, as_json: bool) -> None:
    """List what was said, oldest first: + or -, the day, the question, the answer, the note."""
    chosen = _chosen(settings, thumbs)
    if as_json:
        print_json([one.model_dump(mode="json") for one in chosen])
    elif chosen:
        click.echo("\n\n".join(_told(one) for one in chosen))
    else:
        print_notices(["Nobody has said anything yet; readers do with the thumbs under an answer."])


@feedback.command("export")
@thumbs_option
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Add them to this file instead of printing them."
)
@click.option("--review", is_flag=True, help="Ask about each case whether to keep, change or throw it away.")
@json_option
@click.pass_obj
def export(settings: Settings, /, thumbs: str | None, out: Path | None, review: bool, as_json: bool) -> None:
    """Write what was said as eval cases, one JSON line each, for 'dateline eval run'.

    Thumbs up: what was answered is right. Thumbs down: a draft that names the wrong answer, with the note as reference;
    look through them with --review, or in the file, before they count. With --out, cases that the file already has stay
    as they are.

    \b
    dateline --library mine feedback export --out mine.jsonl --review
    dateline --library mine eval run mine.jsonl
    """
    from evals.cases import add_cases
    from evals.draft import review as reviewed
    from evals.from_feedback import cases_of

    if review and not somebody_is_there():
        raise click.UsageError("--review asks questions, and there is nobody here who could answer them.")
    library = settings.open()
    cases = cases_of(library, _chosen(settings, thumbs))
    if review:
        cases = reviewed(cases, asked)
    if out is None:
        found = list(cases)
        if as_json:
            print_json([case.model_dump(mode="json") for case in found])
        else:
            for case in found:
                print_bytes(case.model_dump_json(exclude_defaults=True))
        return
    added = add_cases(out, cases)
    if as_json:
        print_json([case.model_dump(mode="json") for case in added])
    else:
        click.echo(f"Added to {out}: {len(added)} cases; ask them with: dateline --library PATH eval run {out}")


def _chosen(settings: Settings, thumbs: str | None) -> list[Feedback]:
    return [one for one in settings.open().feedback.all() if thumbs in (None, one.thumbs)]


def _told(one: Feedback) -> str:
    answer = tell.one_line(one.answer.text)
    cut = answer if len(answer) <= ANSWER_CHARACTERS else answer[:ANSWER_CHARACTERS] + "…"
    lines = [
        tell.wrapped(f"{SIGNS[one.thumbs]} {tell.day(one.at.astimezone().date())}  {tell.one_line(one.answer.question)}", width()),
        tell.wrapped(cut, width(), tell.INDENT),
        tell.wrapped(f"note: {tell.one_line(one.note)}", width(), tell.INDENT) if one.note else "",
    ]  # fmt: skip
    return "\n".join(line for line in lines if line)


COMMANDS = (feedback,)
