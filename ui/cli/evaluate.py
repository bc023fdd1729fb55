"""Commands that measure whether the answers are right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evals.suites import ADAPTERS
from ui.cli.feedback import questions
from ui.cli.options import FOLDER, Said, Settings, command
from ui.cli.progress import Progress

if TYPE_CHECKING:
    from evals.records import Options, Result
    from evals.store import RunFolder

ANSWERERS = ("default", "bm25", "dense", "no-retrieval", "majority")
BASELINE = Path("evals/data/baseline.json")
runs_option = click.option(
    "--out", "runs", type=FOLDER, default=Path("eval-runs"), show_default=True, metavar="FOLDER",
    help="Where runs are kept.",
)  # fmt: skip
baseline_option = click.option(
    "--baseline", type=FOLDER, default=BASELINE, show_default=True, metavar="FILE", help="The figures to hold."
)
latest_argument = click.argument("run_name", metavar="RUN", default="latest")


def _split(_: click.Context, __: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


@click.group("eval")
def evaluate() -> None:
    """Measure whether the answers are right, and whether they still are.

    A RUN is named by its id or the beginning of it, by its folder, or as "latest".
    """


@command("run", of=evaluate)
@click.argument("suite")
@click.option("--data", default="", metavar="FOLDER", help="Folder of a public suite.")
@click.option("--limit", type=click.IntRange(min=1), help="Ask only the first cases.")
@click.option("--sample", type=click.IntRange(min=1), help="Ask only so many cases, drawn at random by the seed.")
@click.option("--ids", multiple=True, metavar="ID", callback=_split, help="Only these cases; with commas or repeated.")
@click.option("--type", "types", multiple=True, metavar="TYPE", callback=_split, help="Ask only cases of these types.")
@click.option("--as-of/--no-as-of", "with_as_of", default=True, show_default=True, help="Ask each as on its own day.")
@click.option("--answerer", type=click.Choice(ANSWERERS), default="default", show_default=True, help="Who answers.")
@click.option(
    "--tier", type=click.Choice(["fast", "full"]), default="fast", show_default=True,
    help="fast: one run, no language model; full: also the controls BM25 only and dense only.",
)  # fmt: skip
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Of the resampling for intervals, and of --sample."
)
@click.option("--fresh", is_flag=True, help="Begin anew instead of continuing a run that was stopped.")
@runs_option
def run(settings: Settings, /, tier: str, fresh: bool, runs: Path, **chosen: Any) -> Said:
    """Ask the questions of SUITE (see 'dateline eval suites') and count the right answers.

    SUITE may also be a .jsonl file of your own cases. With --library before the command, the questions go to that
    library, which must hold the suite's articles; otherwise to one kept in a cache folder.
    """
    with Progress("loading"):
        from evals.records import Options
        from evals.report.html import write_reports
    options = Options(**chosen)
    for name in ("bm25", "dense") if tier == "full" else ():
        write_reports(_run(settings, options.model_copy(update={"answerer": name}), runs, fresh), runs)
    return _reported(_run(settings, options, runs, fresh), runs)


def _run(settings: Settings, options: Options, runs: Path, fresh: bool) -> RunFolder:
    from evals.run import run_suite

    with Progress("preparing the library") as progress:
        named = settings.library if settings.library_named else None
        return run_suite(options, runs, settings.config(), progress, named, fresh)


@command("list", of=evaluate)
@runs_option
def list_runs(_: Settings, /, runs: Path) -> Said:
    """List runs, newest first."""
    from evals.report.terminal import runs_table
    from evals.store import all_runs

    found = [(info, folder.figures()) for folder, info in all_runs(runs)]
    nothing = f"No runs in '{runs}'; 'dateline eval run sample' makes one."
    return Said([{"run": info, "figures": figures} for info, figures in found], runs_table(found) if found else nothing)


@command("show", of=evaluate)
@click.argument("run_name", metavar="RUN")
@click.argument("case_id", metavar="CASE", required=False)
@runs_option
def show(_: Settings, /, run_name: str, case_id: str | None, runs: Path) -> Said:
    """Show a run, or one CASE of it: what was searched, found, answered and checked, and what is right."""
    from evals.report.case import case_view
    from evals.report.terminal import table
    from evals.report.view import controls_for
    from evals.store import result_json

    result = _result(runs, run_name)
    if case_id is None:
        return Said(result_json(result), lambda: table(result, controls_for(result, runs)))
    record, scores = result.case(case_id)
    return Said({"record": record, "scores": scores}, case_view(record, scores))


@command("compare", of=evaluate)
@click.argument("first")
@click.argument("second")
@runs_option
def compare_runs(_: Settings, /, first: str, second: str, runs: Path) -> Said:
    """Compare two runs case by case: what changed, whether it is more than chance, and which cases flipped."""
    from evals.compare import compare
    from evals.report.terminal import comparison_table

    comparison = compare(_result(runs, first), _result(runs, second))
    return Said(comparison, comparison_table(comparison))


@command("rescore", of=evaluate)
@click.argument("run_name", metavar="RUN")
@runs_option
def rescore(_: Settings, /, run_name: str, runs: Path) -> Said:
    """Score a run again with today's measures and rewrite its reports; nothing is asked."""
    from evals.store import find_run

    return _reported(find_run(runs, run_name), runs)


def _result(runs: Path, run_name: str) -> Result:
    from evals.store import find_run

    return find_run(runs, run_name).result()


def _reported(folder: RunFolder, runs: Path) -> Said:
    from evals.report.html import write_reports
    from evals.report.terminal import table
    from evals.store import result_json

    result, controls, page = write_reports(folder, runs)
    return Said(result_json(result), f"{table(result, controls)}\n\nrun {result.info.id}; report: {page}")


@command("gate", of=evaluate)
@latest_argument
@baseline_option
@runs_option
def gate_run(_: Settings, /, run_name: str, baseline: Path, runs: Path) -> Said:
    """Compare a run with the baseline. Exit code 1 when a measure fell by more than its interval allows."""
    from evals.baseline import baseline_of, read_baseline, regressions

    found = regressions(baseline_of(_result(runs, run_name)), read_baseline(baseline))
    return Said(found, "\n".join(found.lines()), code=0 if found.ok else 1)


@command("baseline", of=evaluate)
@latest_argument
@baseline_option
@runs_option
@click.option("--yes", is_flag=True, help="Write it without asking.")
def update_baseline(_: Settings, /, run_name: str, baseline: Path, runs: Path, yes: bool) -> Said:
    """Make a run the baseline, after showing what changes."""
    from evals.baseline import baseline_of, read_baseline, regressions, write_baseline

    new = baseline_of(_result(runs, run_name))
    first = [f"A first baseline of {new.suite}: {len(new.cases)} cases."]
    told = regressions(new, read_baseline(baseline)).lines() if baseline.exists() else first
    if not yes:
        click.echo("\n".join(told), err=True)
        if not click.confirm(f"Write {baseline}?", err=True):
            return Said({"written": None, "changes": told}, "Nothing was written.")
    write_baseline(baseline, new)
    return Said({"written": str(baseline), "changes": told}, "\n".join([*(told if yes else ()), f"Wrote {baseline}."]))


@command("table", of=evaluate)
@click.argument("run_names", metavar="RUN…", nargs=-1, required=True)
@click.option("--into", type=FOLDER, metavar="FILE", help="Replace the table between the eval marks of this file.")
@runs_option
def results_table(_: Settings, /, run_names: Sequence[str], into: Path | None, runs: Path) -> Said:
    """Write the figures of runs as the README's table."""
    from evals.report import markdown

    written = markdown.readme_table([_result(runs, name) for name in run_names])
    if into is None:
        return Said({"table": written, "into": None}, written)
    into.write_text(markdown.into(into.read_text(encoding="utf-8"), written), encoding="utf-8")
    return Said({"table": written, "into": str(into)}, f"Wrote the table into {into}.")


@command("suites", of=evaluate)
def suites(_: Settings, /) -> Said:
    """List the suites: what each measures, where its data is published, its licence."""
    rows = []
    lines = ["sample\n    in the repository: articles and cases of this project\n"]
    for name, one in ADAPTERS.items():
        known = {"measures": one.measures, "published": one.published, "licence": one.licence, "files": one.expects}
        rows.append({"suite": name, **known})
        told = "{measures}\n    {published}\n    licence: {licence}\n    --data FOLDER with {files}\n"
        lines.append(f"{name}\n    {told.format(**known)}")
    return Said(rows, "\n".join(lines))


evaluate.add_command(questions)
COMMANDS = (evaluate,)
