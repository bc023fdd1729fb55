"""What a run was made of, and the command that repeats it."""

from __future__ import annotations

import shlex

from evals.records import Options, RunInfo
from evals.report.text import moment, one_line
from rag.config import Config

_NOT_REPEATED = {"library", "host", "port"}
"""Settings that a repeated run is given otherwise, or that change no answer."""
_FINGERPRINTS = ("cases", "corpus", "index", "code")


def setting(options: Options) -> str:
    """`with as_of` or `without as_of`, and who answered when it is not Dateline as it is."""
    asked = "with as_of" if options.with_as_of else "without as_of"
    return asked if options.answerer == "default" else f"{asked}, {one_line(options.answerer)}"


def command(info: RunInfo) -> str:
    """The command that repeats the run, with the settings that differ from the defaults."""
    options = info.options
    changed = [
        f"DATELINE_{name.upper()}={shlex.quote(one_line(value))}"
        for name, value in info.settings.items()
        if name in Config.model_fields
        and name not in _NOT_REPEATED
        and value != str(Config.model_fields[name].get_default())
    ]
    words = ["dateline", *(["--library", info.library] if options.suite.endswith(".jsonl") else [])]
    words += ["eval", "run", options.suite]
    given = (
        ("--data", options.data),
        ("--answerer", options.answerer.removeprefix("default")),
        ("--no-as-of", not options.with_as_of),
        ("--limit", options.limit),
        ("--sample", options.sample),
        *(("--type", one) for one in options.types),
        *(("--ids", one) for one in options.ids),
        ("--seed", options.seed),
    )
    words += [word for name, value in given if value for word in ((name,) if value is True else (name, str(value)))]
    return " ".join([*changed, *(shlex.quote(one_line(word)) for word in words)])


def how(info: RunInfo) -> dict[str, dict[str, str]]:
    """Everything that is needed to repeat a run and to trust it: heading → name → value."""
    options, machine = info.options, info.machine
    return {
        "Run": {
            "run": info.id,
            "command": command(info),
            "started": moment(info.started),
            "finished": moment(info.finished),
            "took": str(info.finished - info.started).split(".")[0] if info.finished else "not finished",
            "answerer": options.answerer,
            "asked": "each question as of its own day" if options.with_as_of else "without a day",
            "seed of resampling": str(options.seed),
        },
        "Cases and library": {
            "suite": options.suite,
            "cases": f"{info.case_count:,}",
            "library": f"{info.library}, version {info.library_version}",
            "holds": f"{info.articles:,} articles in {info.passages:,} passages",
        }
        | {f"fingerprint of the {name}": getattr(info, name) for name in _FINGERPRINTS},
        "Machine": {name.replace("_gb", ", GB"): str(value) for name, value in machine.model_dump().items()},
        "Versions": info.versions,
        "Settings": info.settings,
    }
