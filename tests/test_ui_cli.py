"""The command line: exit codes, JSON, one line per error, and nothing heavy before a command runs."""

from __future__ import annotations

import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from rag.errors import DatelineError
from ui.cli.main import Door, cli
from ui.cli.progress import Progress

ARTICLES = [
    {
        "id": "ferry-1",
        "title": "Sundskar ferries sail again",
        "outlet": "Northline News",
        "author": "Jasper Ekdahl",
        "published": "2025-08-13",
        "url": "https://northline.example/a/1",
        "text": "Grey Skarv Ferries resumed sailing from Sundskar on Wednesday after a strike of 19 days. "
        "The mediator Ilse Vanterpool said that the crews accepted a rise of 6 percent.",
    },
    {
        "id": "museum-1",
        "title": "Astrolabe stolen from the Halvard Museum",
        "outlet": "Brennick Mail",
        "published": "2025-08-20",
        "text": "Thieves took a brass astrolabe from the Halvard Museum on Tuesday night. "
        "Police inspector Tamsin Oake said that they cut a hole in the roof.",
    },
    {
        "id": "hostile-1",
        "title": "Bridge \u001b[2J\u001b]0;owned\u0007 opens",
        "outlet": "Ledger\u202e",
        "published": "2025-08-21",
        "text": "The Kestrel Bridge opened to buses on Thursday, \u001b[31mthe city engineer said.",
    },
]
HEAVY = "numpy chromadb torch gradio llama_index sentence_transformers transformers tantivy trafilatura rich.progress"


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("DATELINE_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of three articles, made by the command line itself; tests only read it."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "news.jsonl").write_text("\n".join(json.dumps(one) for one in ARTICLES), encoding="utf-8")
    result = _run(folder / "library", "ingest", str(folder / "news.jsonl"), "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["stored"] == len(ARTICLES)
    return folder / "library"


@pytest.fixture
def own_library(library: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(library, tmp_path / "own"))


def _run(library: Path | str, *arguments: str, **keywords: object) -> Result:
    return CliRunner().invoke(cli, ["--library", str(library), *arguments], **keywords)


def _process(*arguments: str, **keywords: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "ui.cli", *arguments]
    return subprocess.run(command, capture_output=True, timeout=110, **keywords)


# Starting


def test_help_is_quick() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = _process("eval", "-h")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 1.0  # its own CPU seconds, however busy the machine
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\nsys.argv = ['dateline', 'ask', '--help']\nfrom ui.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in '{HEAVY}'.split() if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stderr.strip() == "[]"


def test_a_small_library_answers_without_importing_the_vector_database(library: Path) -> None:
    program = (
        f"import sys\nsys.argv = ['dateline', '--library', {str(library)!r}, 'search', 'ferry']\n"
        "from ui.cli.main import main\ntry:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('chromadb' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=110)
    assert "ferry" in done.stdout.lower()
    assert done.stderr.strip() == "False"


def test_every_command_has_help_with_a_first_sentence() -> None:
    assert set(cli.commands) == set(
        "ingest ask search list show remove doctor backup restore rebuild chat eval feedback model"
        " follow unfollow sources fetch digest keep move".split()
    )
    for command in cli.commands.values():
        assert command.help
        assert "..." not in command.get_short_help_str(67), command.name


def test_no_command_shows_help() -> None:
    result = CliRunner().invoke(cli, [])
    assert result.exit_code == 2
    assert "Commands:" in result.stderr


def test_library_comes_from_the_environment(library: Path) -> None:
    result = CliRunner().invoke(cli, ["list"], env={"DATELINE_LIBRARY": str(library)})
    assert result.exit_code == 0
    assert "ferry-1" in result.stdout


# Asking


def test_ask_prints_the_answer_and_its_sources(library: Path) -> None:
    result = _run(library, "ask", "How long was the strike of the Sundskar ferries?")
    assert result.exit_code == 0, result.output
    assert "19 days. [1]" in " ".join(result.stdout.split())
    source = "[1] Northline News, 13 Aug 2025 — Sundskar ferries sail again (Wednesday: 13 Aug 2025)"
    assert source in " ".join(result.stdout.split())
    assert "    https://northline.example/a/1\n" in result.stdout


def test_ask_json_is_the_answer(library: Path) -> None:
    from rag.types import Answer

    result = _run(library, "ask", "How long was the strike of the Sundskar ferries?", "--json")
    answer = Answer.from_json(result.stdout)
    assert answer.citations[0].article_id == "ferry-1"


@pytest.mark.parametrize("as_json", [False, True])
def test_abstention_has_an_exit_code_of_its_own(library: Path, as_json: bool) -> None:
    result = _run(library, "ask", "Who won the chess final?", "--until", "2024-01-01", *["--json"] * as_json)
    assert result.exit_code == 3
    if as_json:
        assert json.loads(result.stdout)["status"] == "abstained"
    else:
        assert "nothing within these dates that answers" in result.stdout


def test_closest_passages_are_no_answer_for_a_script(library: Path) -> None:
    unsure = {"DATELINE_READER_MODEL": "", "DATELINE_ANSWER_THRESHOLD": "1", "DATELINE_CLOSEST_THRESHOLD": "0"}
    asked = ("ask", "Who won the strike of the Sundskar ferries?")
    result = _run(library, *asked, env=unsure)
    assert result.exit_code == 3, result.output
    assert "The mediator Ilse Vanterpool said" in " ".join(result.stdout.split())
    assert "[1] Northline News, 13 Aug 2025" in result.stdout
    told = json.loads(_run(library, *asked, "--json", env=unsure).stdout)
    assert (told["status"], told["reason"], told["short"]) == ("closest", None, "")
    assert _run(library, *asked, env={**unsure, "DATELINE_ANSWER_THRESHOLD": "0"}).exit_code == 0


def test_a_story_is_told_in_dated_lines(library: Path) -> None:
    result = _run(library, "ask", "What happened to the Sundskar ferries?", env={"DATELINE_READER_MODEL": ""})
    assert result.exit_code == 0, result.output
    assert "13 Aug 2025: Grey Skarv Ferries resumed sailing" in [line[:47] for line in result.stdout.splitlines()]


def test_filters_reach_the_question(library: Path) -> None:
    question = "What did the thieves take from the museum?"
    assert _run(library, "ask", question, "--outlet", "brennick mail", "--since", "2025-08-20").exit_code == 0
    assert _run(library, "ask", question, "--as-of", "2025-08-12").exit_code == 3
    assert _run(library, "ask", question, "--author", "Nobody").exit_code == 3


def test_search_finds_passages(library: Path) -> None:
    result = _run(library, "search", "stolen astrolabe", "--top-k", "1", "--json")
    assert result.exit_code == 0, result.output
    assert [passage["article_id"] for passage in json.loads(result.stdout)["passages"]] == ["museum-1"]
    told_to_people = _run(library, "search", "stolen astrolabe", "--outlet", "Brennick Mail")
    assert told_to_people.stdout.startswith("1. Brennick Mail, 20 Aug 2025 — Astrolabe stolen")
    assert "Nothing was found." in _run(library, "search", "astrolabe", "--outlet", "Nowhere").stdout


def test_question_that_is_not_utf8_is_no_error(library: Path) -> None:
    result = _run(library, "ask", "ferries \udcff strike?", "--json")
    assert json.loads(result.stdout)["question"] == "ferries ? strike?"


# Looking


def test_list_has_one_line_an_article_newest_first(library: Path) -> None:
    result = _run(library, "list")
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["hostile-1", "museum-1", "ferry-1"]
    assert "2 more" in _run(library, "list", "--limit", "1").stderr


def test_list_json_and_outlet(library: Path) -> None:
    listed = json.loads(_run(library, "list", "--json", "--outlet", "NORTHLINE news").stdout)
    assert listed["total"] == 1
    assert listed["articles"][0]["title"] == "Sundskar ferries sail again"
    assert "No outlet of the library is called 'Nowhere'" in _run(library, "list", "--outlet", "Nowhere").stderr


def test_show_prints_text_and_metadata(library: Path) -> None:
    result = _run(library, "show", "ferry-1")
    assert "authors:   Jasper Ekdahl" in result.stdout
    assert "news.jsonl#" in result.stdout
    assert "a rise of 6 percent" in " ".join(result.stdout.split())
    assert json.loads(_run(library, "show", "ferry-1", "--json").stdout)["article_id"] == "ferry-1"


@pytest.mark.parametrize(
    "arguments", [("list",), ("show", "hostile-1"), ("search", "bridge"), ("ask", "bridge buses?")]
)
def test_hostile_article_is_inert(library: Path, arguments: tuple[str, ...]) -> None:
    result = _run(library, *arguments)
    assert "Bridge" in result.stdout
    assert not set("\x1b\x07\u202e") & set(result.output)


def test_hostile_argument_is_inert(library: Path) -> None:
    result = _run(library, "show", "\x1b[2Jgone\u202e")
    assert result.exit_code == 1
    assert result.stderr.startswith(r"dateline: No article has the id '\x1b[2Jgone\u202e'")


# Changing


def test_ingest_names_the_bad_file_and_takes_the_others(tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "good.txt").write_text("Ferries sail again\n\nThe ferries left Sundskar at six on Wednesday.\n")
    (news / "other.txt").write_text("Museum reopens\n\nThe Halvard Museum opened its doors on Friday.\n")
    (news / "bad.pdf").write_bytes(b"%PDF-1.7 this is not one")
    (news / "notes.xyz").write_text("no article")
    result = _run(tmp_path / "library", "ingest", str(news))
    assert result.exit_code == 1, result.output
    assert result.stdout.startswith("2 new, 0 changed, 0 unchanged, 1 skipped, 1 failed (")
    assert f"\nfailed: {news / 'bad.pdf'}: " in result.stdout
    assert f"\nskipped: {news / 'notes.xyz'}: " in result.stdout
    again = json.loads(_run(tmp_path / "library", "ingest", str(news), "--json").stdout)
    assert (again["stored"], again["unchanged"], again["ok"]) == (0, 2, False)


def test_remove_asks_only_where_somebody_can_answer(library: Path) -> None:
    refused = _run(library, "remove", "museum-1")
    assert refused.exit_code == 2
    assert "Add --yes" in refused.stderr
    assert _run(library, "show", "museum-1").exit_code == 0


def test_remove_of_an_unknown_id_removes_nothing(library: Path) -> None:
    result = _run(library, "remove", "museum-1", "nobody", "--yes", "--json")
    assert result.exit_code == 1
    assert "nobody" in json.loads(result.stdout)["error"]
    assert _run(library, "show", "museum-1").exit_code == 0


def test_remove(own_library: Path) -> None:
    result = _run(own_library, "remove", "museum-1", "museum-1", "--yes")
    assert result.exit_code == 0, result.output
    assert result.stdout == "Removed 1 article.\n"
    assert _run(own_library, "show", "museum-1").exit_code == 1


def test_remove_can_be_declined(library: Path) -> None:
    class Watched(io.BytesIO):
        def isatty(self) -> bool:
            return True

    declined = _run(library, "remove", "museum-1", input=Watched(b"n\n"))
    assert declined.exit_code == 1
    assert "Astrolabe stolen" in declined.stderr
    assert declined.stdout == ""
    assert _run(library, "show", "museum-1").exit_code == 0


def test_rebuild_makes_a_new_generation(own_library: Path) -> None:
    result = _run(own_library, "rebuild", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["generation"] == "gen-000002"


def test_backup_restore_and_doctor(library: Path, tmp_path: Path) -> None:
    saved = _run(library, "backup", str(tmp_path / "saved"), "--json")
    assert json.loads(saved.stdout)["articles"] == 3
    restored = _run(tmp_path / "elsewhere", "restore", str(tmp_path / "saved"))
    assert restored.exit_code == 0, restored.output
    healthy = _run(tmp_path / "elsewhere", "doctor")
    assert healthy.exit_code == 0, healthy.output
    assert all(line.startswith("✓ ") for line in healthy.stdout.splitlines())
    over = _run(tmp_path / "elsewhere", "restore", str(tmp_path / "saved"))
    assert over.exit_code == 1
    assert "already holds something" in over.stderr


def test_what_cannot_be_a_library_or_a_backup_is_told_with_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in ("file", "file/inside"):
        told = _run(tmp_path / folder, "ingest", str(tmp_path))
        assert (told.exit_code, told.stdout) == (1, "")
        assert told.stderr.endswith("; name another folder.\n")
    restored = _run(tmp_path / "new", "restore", str(tmp_path))
    assert "name a folder that 'dateline backup' made" in restored.output


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("forbidden", [".", "catalog.sqlite"])
def test_a_library_that_may_not_be_read_says_so(own_library: Path, forbidden: str) -> None:
    (own_library / forbidden).chmod(0)
    told = _run(own_library, "list")
    (own_library / forbidden).chmod(0o700)
    assert told.exit_code == 1
    assert told.stderr.endswith("may not be read; give yourself permission to read it.\n")


def test_an_outlet_that_the_library_does_not_know_is_told(library: Path) -> None:
    for command in (["ask", "What of the ferries?"], ["search", "ferries"], ["list"]):
        told = _run(library, *command, "--outlet", "northline news", "--outlet", "Nobody's Post")
        assert "is called 'northline news'" not in told.stderr
        assert ("No outlet of the library is called 'Nobody's Post'" in told.stderr) is (command != ["list"])


def test_doctor_finds_a_missing_index(own_library: Path) -> None:
    (own_library / "index" / "CURRENT").unlink()
    result = _run(own_library, "doctor", "--json")
    examined = json.loads(result.stdout)
    assert result.exit_code == 1
    assert not examined["ok"]
    assert [check["name"] for check in examined["checks"] if not check["ok"]] == ["index files"]


# Other doors


def test_chat_opens_the_library_on_the_address_of_the_settings(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[object, ...]] = []
    server = types.ModuleType("ui.web.server")
    server.READY = "at %s"  # type: ignore[attr-defined]
    server.serve = lambda opened, **given: served.append((opened.path, *given.values()))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ui.web.server", server)
    monkeypatch.setenv("DATELINE_PORT", "7999")
    assert _run(library, "chat").exit_code == 0
    assert _run(library, "chat", "--host", "0.0.0.0", "--port", "8001").exit_code == 0
    assert served == [(library, "127.0.0.1", 7999, "at %s"), (library, "0.0.0.0", 8001, "at %s")]
    assert _run(library, "chat", "--json").exit_code == 0
    assert json.loads(str(served[-1][-1]) % "http://127.0.0.1:7999") == {"address": "http://127.0.0.1:7999"}


def test_chat_makes_a_library_where_there_is_none_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[int] = []
    server = types.ModuleType("ui.web.server")
    server.READY = ""  # type: ignore[attr-defined]
    server.serve = lambda opened, **_: served.append(opened.stats().articles)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ui.web.server", server)
    result = _run(tmp_path / "new", "chat")
    assert (result.exit_code, served) == (0, [0])
    assert result.stderr.endswith(f"There was no library at '{tmp_path / 'new'}'; an empty one was made.\n")
    assert "empty one" not in _run(tmp_path / "new", "chat").stderr


# Errors


COMMANDS = [
    ["ask", "Who?"],
    ["search", "Who?"],
    ["list"],
    ["show", "x"],
    ["remove", "x", "--yes"],
    ["rebuild"],
    ["backup", "there"],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_missing_library_names_the_next_command(tmp_path: Path, arguments: list[str]) -> None:
    result = _run(tmp_path / "none", *arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("dateline: There is no library at ")
    assert "ingest PATH" in result.stderr
    assert result.stderr.count("\n") == 1
    as_json = _run(tmp_path / "none", *arguments, "--json")
    assert as_json.exit_code == 1
    assert "ingest PATH" in json.loads(as_json.stdout)["error"]
    assert as_json.stderr == ""


def test_doctor_of_a_missing_library(tmp_path: Path) -> None:
    result = _run(tmp_path / "none", "doctor")
    assert result.exit_code == 1
    assert result.stdout.startswith("✗ catalog: There is no library")


def test_empty_library(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    assert _run(tmp_path / "library", "ingest", str(tmp_path / "nothing")).exit_code == 0
    asked = _run(tmp_path / "library", "ask", "Who announced the visit?")
    assert asked.exit_code == 3
    assert "dateline ingest PATH" in asked.stdout
    assert json.loads(_run(tmp_path / "library", "search", "visit", "--json").stdout)["passages"] == []
    assert json.loads(_run(tmp_path / "library", "list", "--json").stdout) == {"total": 0, "articles": []}
    assert "The library is empty" in _run(tmp_path / "library", "list").stderr


USAGE = {
    "no source": (["ingest"], "Missing argument 'PATH|URL...'"),
    "bad day": (["ask", "Who?", "--since", "13/08/2025"], "'13/08/2025' is not a date; write it as 2025-08-13."),
    "no such day": (["search", "Who?", "--as-of", "2025-02-30"], "'2025-02-30' is not a date"),
    "days the wrong way round": (
        ["search", "Who?", "--since", "2025-08-13", "--until", "2025-08-01"],
        "the wrong way round",
    ),
    "digest of no days": (["digest", "--since", "2025-08-13", "--until", "2025-08-01"], "the wrong way round"),
    "unknown option": (["list", "--colour"], "--colour"),
    "unknown command": (["tell"], "No such command 'tell'"),
    "top-k too high": (["search", "Who?", "--top-k", "1000"], "--top-k"),
}


@pytest.mark.parametrize("name", USAGE)
def test_wrong_usage_is_one_sentence(name: str, tmp_path: Path) -> None:
    arguments, expected = USAGE[name]
    result = _run(tmp_path, *arguments)
    assert result.exit_code == 2
    assert expected in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stderr.rstrip().endswith("--help'.")


def test_wrong_setting_is_one_sentence(library: Path) -> None:
    result = CliRunner().invoke(cli, ["--library", str(library), "list"], env={"DATELINE_TOP_K": "many"})
    assert result.exit_code == 1
    assert "DATELINE_TOP_K" in result.stderr


@click.group("dateline", cls=Door)
@click.option("--debug", is_flag=True)
def failing(debug: bool) -> None:
    """Commands that fail."""


@failing.command()
@click.option("--json", "as_json", is_flag=True)
@click.argument("how")
def fail(how: str, as_json: bool) -> None:
    """Fails in the requested way."""
    match how:
        case "expected":
            raise DatelineError("The disk is full;\nfree some \x1b[31mspace.")
        case "unexpected":
            raise ZeroDivisionError("a secret\nof two lines")
        case "interrupt":
            raise KeyboardInterrupt
        case _:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)


@pytest.mark.parametrize(
    ("how", "code", "message"),
    [
        ("expected", 1, r"The disk is full; free some \x1b[31mspace."),
        ("unexpected", 1, "unexpected error (ZeroDivisionError: a secret of two lines); 'dateline --debug …'"),
        ("interrupt", 130, "stopped; what was stored is safe"),
        ("terminate", 143, "stopped; what was stored is safe"),
    ],
)
def test_one_catch(how: str, code: int, message: str) -> None:
    before = signal.getsignal(signal.SIGTERM)
    result = CliRunner().invoke(failing, ["fail", how])
    assert result.exit_code == code
    assert result.stderr.strip().startswith(f"dateline: {message}")
    assert len(result.stderr.strip().splitlines()) == 1
    as_json = CliRunner().invoke(failing, ["fail", how, "--json"])
    assert as_json.exit_code == code
    assert set(json.loads(as_json.stdout)) == {"error"}
    assert signal.getsignal(signal.SIGTERM) is before


def test_debug_shows_the_traceback() -> None:
    result = CliRunner().invoke(failing, ["--debug", "fail", "unexpected"])
    assert result.exit_code == 1
    assert "Traceback" in result.stderr
    assert "Traceback" not in CliRunner().invoke(failing, ["fail", "unexpected"]).stderr


def test_json_after_two_dashes_is_no_option() -> None:
    assert CliRunner().invoke(failing, ["fail", "expected", "--", "--json"]).stdout == ""


# Whole processes


def test_process_answers_in_utf8_without_noise(library: Path) -> None:
    asked = ("search", "Who spoke of a hole in the roof?", "--json")
    done = _process("--library", str(library), *asked, env={**os.environ, "LC_ALL": "C"})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.decode("utf-8"))["passages"]
    assert done.stderr == b""


def test_terminal_without_the_characters_is_no_error(library: Path) -> None:
    done = _process("--library", str(library), "list", env={**os.environ, "PYTHONIOENCODING": "latin-1"})
    assert done.returncode == 0, done.stderr
    assert b"Northline News ? Sundskar" in done.stdout


def test_closed_pipe_is_quiet(library: Path) -> None:
    command = f"{sys.executable} -m ui.cli --library {library} list | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60)
    assert done.stderr == b""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_process_stops_when_told(tmp_path: Path, number: signal.Signals, code: int) -> None:
    command = [sys.executable, "-m", "ui.cli", "--library", str(tmp_path / "library"), "ingest", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        # The lock is the first thing an ingest creates; at that point the model is being loaded.
        while not (tmp_path / "library" / "lock").exists() and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(number)
        started = time.perf_counter()
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == code, stderr
    assert time.perf_counter() - started < 20
    assert stderr.decode().strip() == "dateline: stopped; what was stored is safe"


# Progress


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    now, stream = [0.0], Terminal()
    with Progress("reading", stream, clock=lambda: now[0]) as progress:
        now[0] = 6.0
        progress("ingest", 384, 0)
        progress._bar.refresh()  # type: ignore[union-attr]
        progress("publish", 0, 100)
        now[0] = 8.0
        progress("publish", 50, 100)
        progress._bar.refresh()  # type: ignore[union-attr]
    assert "384 articles, 64/s" in stream.getvalue()
    assert "50/100 passages, 25/s, 2 s left" in stream.getvalue()


def test_progress_in_a_log_is_a_line_now_and_then() -> None:
    now, stream = [0.0], io.StringIO()
    with Progress("reading", stream, clock=lambda: now[0]) as progress:
        for done in range(1, 7):
            now[0] += 5.0
            progress("ingest", done * 320, 0)
    assert stream.getvalue() == (
        "reading and embedding: 960 articles, 64/s, 15 s so far\n"
        "reading and embedding: 1,920 articles, 64/s, 30 s so far\n"
    )


def test_what_takes_a_while_is_told_on_a_terminal_only() -> None:
    watched, logged = Terminal(), io.StringIO()
    for stream in (watched, logged):
        with Progress("loading the embedding model", stream):
            pass
    assert "loading the embedding model" in watched.getvalue()
    assert logged.getvalue() == ""


def test_the_log_of_the_chat_page_is_written_although_libraries_are_kept_quiet() -> None:
    code = (
        "import logging; from ui.cli.main import _quieten; _quieten(); log = logging.getLogger('some.library')\n"
        "log.warning('to developers'); logging.basicConfig(); log.warning('to whoever runs the page')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "to whoever runs the page" in done.stderr
    assert "to developers" not in done.stderr
