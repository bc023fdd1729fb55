"""Commands that make eval cases from feedback on the chat page, or from drafts over one's own articles."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evals.cases import Case, add_cases
from ui.cli import tell
from ui.cli.options import FOLDER, Said, Settings, command, width
from ui.format import day, one_line

if TYPE_CHECKING:
    from rag.store.readers import Feedback

NOTHING = "Nobody has said anything yet; readers do with the thumbs under an answer."
ANSWER_CHARACTERS = 200  # Longest part of an answer that is listed.
thumbs_option = click.option("--thumbs", type=click.Choice(["up", "down"]), help="Only thumbs up, or only thumbs down.")


@click.group("feedback")
def feedback() -> None:
    """What readers of the chat page said about answers."""


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

    Thumbs up: the answer is right. Thumbs down: a draft that names the wrong answer, with the note as reference; look
    through these with --review, or in the file, before they count. With --out, cases already in the file stay as they
    are.

    \b
    dateline --library mine feedback export --out mine.jsonl --review
    dateline --library mine eval run mine.jsonl
    """
    from evals.from_feedback import cases_of

    if review and not somebody_is_there():
        raise click.UsageError("--review asks questions, and there is nobody here who could answer them.")
    cases = cases_of(settings.open(), _chosen(settings, thumbs))
    if review:
        cases = reviewed(cases)
    if out is None:
        found = list(cases)
        lines = "\n".join(case.model_dump_json(exclude_defaults=True) for case in found)
        return Said(found, lines.encode("utf-8", "backslashreplace"), [] if found else [NOTHING])
    added = add_cases(out, cases)
    return Said(added, _added(added, out))


def _chosen(settings: Settings, thumbs: str | None) -> list[Feedback]:
    return [one for one in settings.open().feedback.all() if thumbs in (None, one.thumbs)]


def _added(cases: Sequence[Case], file: Path) -> str:
    return f"Added to {file}: {len(cases)} cases; ask them with: dateline --library PATH eval run {file}"


def _told(one: Feedback) -> str:
    answer = one_line(one.answer.text)
    cut = answer if len(answer) <= ANSWER_CHARACTERS else answer[:ANSWER_CHARACTERS] + "…"
    sign = "+" if one.thumbs == "up" else "-"
    asked_at = f"{sign} {day(one.at.astimezone().date())}  {one_line(one.answer.question)}"
    below = [cut, f"note: {one_line(one.note)}"] if one.note else [cut]
    return "\n".join([tell.wrapped(asked_at, width()), *(tell.wrapped(line, width(), tell.INDENT) for line in below)])


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

    What you keep is added to a file for 'eval run'. Your readers' own questions make even better cases: see
    'dateline feedback export'.

    \b
    dateline --library mine eval questions --into mine.jsonl
    dateline --library mine eval run mine.jsonl
    """
    from evals.draft import draft, load_asked

    name = llm or settings.config().llm
    if not name:
        raise click.UsageError(
            "Drafting takes a language model; name one with --llm or DATELINE_LLM. "
            "Without one, 'dateline feedback export' makes cases of what your readers asked."
        )
    drafts = draft(settings.open(), most, load_asked(name), seed)
    kept = add_cases(into, drafts if keep_all or not somebody_is_there() else reviewed(drafts))
    nothing = "No case was added: the model worded no new question that fits, or none was kept."
    return Said(kept, _added(kept, into) if kept else nothing)


def somebody_is_there() -> bool:
    return sys.stdin.isatty()


def reviewed(cases: Iterable[Case]) -> Iterator[Case]:
    """The cases that a person keeps, as they are or edited, each as soon as it is kept."""
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
    click.echo("\n" + tell.wrapped(one_line(case.question), width()), err=True)
    for label, text in (*told, *(("from", gold.words) for gold in case.gold)):
        if text:
            click.echo(tell.wrapped(one_line(f"{label}: {text}"), width(), "  "), err=True)


COMMANDS = (feedback,)
