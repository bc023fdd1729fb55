"""The commands about what readers of the chat page said: list it, and make eval cases of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli import tell
from ui.cli.options import FOLDER, Said, Settings, command, width
from ui.cli.questions import reviewed, somebody_is_there
from ui.format import day, one_line

if TYPE_CHECKING:
    from rag.store.readers import Feedback

SIGNS = {"up": "+", "down": "-"}
NOTHING = "Nobody has said anything yet; readers do with the thumbs under an answer."
ANSWER_CHARACTERS = 200
"""So much of an answer is listed."""
thumbs_option = click.option("--thumbs", type=click.Choice(["up", "down"]), help="Only thumbs up, or only thumbs down.")


@click.group("feedback")
def feedback() -> None:
    """What readers of the chat page said of answers."""


@command("list", of=feedback)
@thumbs_option
def list_feedback(settings: Settings, /, thumbs: str | None) -> Said:
    """List what was said, oldest first: + or -, the day, the question, the answer, the note."""
    chosen = _chosen(settings, thumbs)
    return Said(chosen, "\n\n".join(_told(one) for one in chosen), [] if chosen else [NOTHING])


@command("export", of=feedback)
@thumbs_option
@click.option("--out", type=FOLDER, metavar="FILE", help="Add them to this file instead of printing them.")
@click.option("--review", is_flag=True, help="Ask about each case whether to keep, change or throw it away.")
def export(settings: Settings, /, thumbs: str | None, out: Path | None, review: bool) -> Said:
    """Write what was said as eval cases, one JSON line each, for 'dateline eval run'.

    Thumbs up: what was answered is right. Thumbs down: a draft that names the wrong answer, with the note as reference;
    look through them with --review, or in the file, before they count. With --out, cases that the file already has stay
    as they are.

    \b
    dateline --library mine feedback export --out mine.jsonl --review
    dateline --library mine eval run mine.jsonl
    """
    from evals.cases import add_cases
    from evals.from_feedback import cases_of

    if review and not somebody_is_there():
        raise click.UsageError("--review asks questions, and there is nobody here who could answer them.")
    library = settings.open()
    cases = cases_of(library, _chosen(settings, thumbs))
    if review:
        cases = reviewed(cases)
    if out is None:
        found = list(cases)
        lines = "\n".join(case.model_dump_json(exclude_defaults=True) for case in found)
        return Said(found, lines.encode("utf-8", "backslashreplace"), [] if found else [NOTHING])
    added = add_cases(out, cases)
    said = f"Added to {out}: {len(added)} cases; ask them with: dateline --library PATH eval run {out}"
    return Said(added, said)


def _chosen(settings: Settings, thumbs: str | None) -> list[Feedback]:
    return [one for one in settings.open().feedback.all() if thumbs in (None, one.thumbs)]


def _told(one: Feedback) -> str:
    answer = one_line(one.answer.text)
    cut = answer if len(answer) <= ANSWER_CHARACTERS else answer[:ANSWER_CHARACTERS] + "…"
    asked_at = f"{SIGNS[one.thumbs]} {day(one.at.astimezone().date())}  {one_line(one.answer.question)}"
    lines = [tell.wrapped(asked_at, width()), tell.wrapped(cut, width(), tell.INDENT)]
    if one.note:
        lines.append(tell.wrapped(f"note: {one_line(one.note)}", width(), tell.INDENT))
    return "\n".join(lines)


COMMANDS = (feedback,)
