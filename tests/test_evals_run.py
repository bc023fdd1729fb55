"""Runs: written case by case, continued after a kill, found by name, compared with controls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from eval_records import QUOTE, case, info, mixed, record
from fakes import names_of

import ui.cli.evaluate
from evals.answerers import ANSWERERS, LibraryAnswerer, control
from evals.cases import Case, Gold, PastTurn, read_cases
from evals.records import Options, Record
from evals.report.view import controls_for
from evals.rows import CaseError
from evals.run import chosen, run_suite
from evals.store import REPORT, RunFolder, all_runs, find_run, fresh_id, result_json, unfinished
from evals.suites import ADAPTERS, load_suite
from rag.config import Config
from rag.errors import LibraryDamaged
from rag.library import Library
from ui.cli.main import cli


def _stored(runs: Path, *records: Record, id: str = "run-1", finished: bool = True) -> RunFolder:
    about = info(id, count=len(records))
    folder = RunFolder.create(runs, about if finished else about.model_copy(update={"finished": None}))
    with folder.writing() as write:
        for one in records:
            write(one)
    return folder


# --- cases ---------------------------------------------------------------------------------------------------------


def test_a_bad_case_is_named_by_file_line_and_field(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    good = '{"id": "a", "type": "number", "question": "How many?"}\n'
    for second, told in (
        ('{"id": "b"}', r"mine\.jsonl, line 2 is not a case: type: Field required"),
        ("[]", r"mine\.jsonl, line 2 is not a JSON object"),
        ("{", r"mine\.jsonl, line 2 is not JSON"),
        (good, r"mine\.jsonl, line 2 has the id 'a' of mine\.jsonl, line 1"),
        ('{"id": "b", "type": "x", "question": "?", "answer": "x"}', r"line 2 is not a case: answer: Extra inputs"),
    ):
        path.write_text(good + second)
        with pytest.raises(CaseError, match=told):
            list(read_cases(path))
    with pytest.raises(CaseError, match="cannot be read"):
        list(read_cases(tmp_path / "missing.jsonl"))


def test_a_file_of_cases_is_a_suite(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"id": "a", "type": "number", "question": "How many?"}\n\n')
    suite = load_suite(str(path), None)
    assert (suite.name, suite.articles, [one.id for one in suite.cases]) == ("mine", (), ["a"])


def test_cases_are_chosen_by_type_id_and_limit() -> None:
    cases = [case("a", type="number"), case("b", type="date"), case("c", type="number")]

    def ids(**options: object) -> list[str]:
        return [one.id for one in chosen(cases, Options.model_validate({"suite": "s", **options}))]

    assert ids() == ["a", "b", "c"]
    assert ids(types=("number",)) == ["a", "c"]
    assert ids(types=("number",), limit=1) == ["a"]
    drawn = [ids(sample=2, seed=seed) for seed in range(20)]
    assert all(len(set(one)) == 2 and one == sorted(one) for one in drawn)
    assert len({tuple(one) for one in drawn}) > 1
    assert ids(sample=2, seed=7) == drawn[7]
    assert ids(ids=("c", "b")) == ["b", "c"]
    with pytest.raises(CaseError, match="no case 'x'; it has a, b, c"):
        ids(ids=("x",))
    with pytest.raises(CaseError, match="no type of case 'far'; it has date, number"):
        ids(types=("far",))
    with pytest.raises(CaseError, match="no case that fits"):
        ids(types=("number",), ids=("b",))


# --- the store -----------------------------------------------------------------------------------------------------


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    records = mixed().records
    folder = _stored(tmp_path, *records)
    assert tuple(folder.records()) == records
    assert folder.info() == info("run-1", count=len(records))
    assert folder.result().outcomes == mixed().outcomes


def test_a_line_that_a_kill_cut_short_is_asked_again(tmp_path: Path) -> None:
    folder = _stored(tmp_path, record("a"), record("b"), finished=False)
    path = folder.path / "records.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert [one.case.id for one in folder.records()] == ["a"]
    with folder.writing() as write:
        write(record("b"))
    assert [one.case.id for one in folder.records()] == ["a", "b"]


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    folder = _stored(tmp_path, record("a"), record("b"))
    path = folder.path / "records.jsonl"
    path.write_bytes(b"x" + path.read_bytes())
    with pytest.raises(CaseError, match=r"records\.jsonl', line 1 is damaged"):
        folder.records()


def test_two_processes_do_not_write_one_run(tmp_path: Path) -> None:
    folder = _stored(tmp_path, record("a"))
    with (
        folder.writing(),
        pytest.raises(CaseError, match="Another process is at the run run-1"),
        RunFolder(folder.path).writing(),
    ):
        pass


def test_an_unfinished_run_of_the_same_thing_is_continued(tmp_path: Path) -> None:
    stopped = _stored(tmp_path, record("a"), id="run-1", finished=False)
    same = info("run-2", count=1)
    found = unfinished(tmp_path, same)
    assert found is not None
    assert found.path == stopped.path
    assert unfinished(tmp_path, info("run-2", count=1, code="other")) is None
    assert unfinished(tmp_path, info("run-2", count=1, with_as_of=False)) is None
    stopped.write_info(same)
    assert unfinished(tmp_path, same) is None


def test_runs_are_found_by_the_beginning_of_their_id(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="There are no runs"):
        find_run(tmp_path, "latest")
    for name in ("20250813-a", "20250814-b"):
        _stored(tmp_path, record("a"), id=name)
    (tmp_path / "notes").mkdir()  # is not a run
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{}")
    assert find_run(tmp_path, "20250814").path.name == "20250814-b"
    assert find_run(Path("elsewhere"), str(tmp_path / "20250813-a")).path.name == "20250813-a"
    assert len(list(all_runs(tmp_path))) == 2
    with pytest.raises(CaseError, match="More than one run begins with '2025'"):
        find_run(tmp_path, "2025")
    with pytest.raises(CaseError, match="No run begins with 'x'; 'dateline eval list'"):
        find_run(tmp_path, "x")
    assert fresh_id(tmp_path, "20250813-a") == "20250813-a-2"


def test_figures_are_kept_as_they_were_told(tmp_path: Path) -> None:
    folder = _stored(tmp_path, *mixed().records)
    assert folder.figures() == {}
    folder.write(REPORT, json.dumps(result_json(folder.result())))
    assert folder.figures() == mixed().figures()
    (folder.path / REPORT).write_text("[]")
    assert folder.figures() == {}


# --- who answers ---------------------------------------------------------------------------------------------------


def _asked(library: Library, number: int, **more: object) -> Case:
    words = names_of(number)
    return Case.model_validate(
        {"id": f"q{number}", "type": "t", "question": " ".join(words[:4]), "answers": (words[4],), **more}
    )


def test_a_library_answers_and_its_quotes_are_checked(filled: Library) -> None:
    source, article_id = next(iter(filled.catalog.sources().items()))
    ask = LibraryAnswerer(filled, with_as_of=False)
    number = next(n for n in range(6) if names_of(n)[0] in filled.article(article_id).text.lower())
    result = ask(_asked(filled, number, gold=(Gold(file="/".join(source.split("/")[-2:]), words="x"),)))
    ask.close()
    assert result.error == ""
    assert result.answer is not None
    assert result.gold_articles == (article_id,)
    assert result.ranking[0] == article_id
    assert result.quotes_intact is (True if result.answer.citations else None)
    assert result.milliseconds == pytest.approx(sum(result.answer.timings.values()), abs=0.01)
    assert len(result.answer.passages) <= filled.config.top_k


def test_only_the_documents_of_a_case_are_searched(filled: Library) -> None:
    ask = LibraryAnswerer(filled, with_as_of=False)
    everything, nothing = ask(_asked(filled, 0)), ask(_asked(filled, 0, authors=("nobody",)))
    ask.close()
    assert everything.ranking
    assert nothing.ranking == ()


def test_a_case_that_fails_is_written_down(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = LibraryAnswerer(filled, with_as_of=False)

    def broken(*_: object, **__: object) -> None:
        raise LibraryDamaged("The catalog cannot be read.")

    monkeypatch.setattr("rag.assistant.Assistant.ask", broken)
    result = ask(_asked(filled, 0, gold_articles=("a9",)))
    ask.close()
    assert (result.error, result.answer, result.gold_articles) == ("The catalog cannot be read.", None, ("a9",))


def test_a_follow_up_is_searched_beside_its_rewrite(filled: Library) -> None:
    words = names_of(2)
    follow_up = _asked(
        filled, 2, question="And then?", rewrite=" ".join(words[:4]),
        history=(PastTurn(question=" ".join(words[:4]), answer="Yes."),),
    )  # fmt: skip
    ask = LibraryAnswerer(filled, with_as_of=True)
    result = ask(follow_up)
    ask.close()
    assert result.rewrite_ranking
    assert result.answer is not None
    assert words[0] in result.answer.standalone_question


def test_a_turn_without_an_answer_is_asked_first(filled: Library) -> None:
    before = " ".join(names_of(2)[:4])
    ask = LibraryAnswerer(filled, with_as_of=False)
    alone = ask(_asked(filled, 2)).answer
    followed = ask(_asked(filled, 2, question="And then?", history=(PastTurn(question=before),))).answer
    given = ask(_asked(filled, 2, question="And?", history=(PastTurn(question=before, answer="Yes."),))).answer
    ask.close()
    assert alone is not None
    assert followed is not None
    assert given is not None
    assert followed.history == alone.turns
    assert alone.turns[0].answer
    assert [turn.answer for turn in given.history] == ["Yes."]


def test_controls_that_read_nothing() -> None:
    cases = [case("a", answers=("Tokyo", "in Tokyo")), case("b", answers=("Tokyo",)), case("c", answers=("Oslo",))]
    majority, nothing = control("majority", cases), control("no-retrieval", cases)
    assert [answer.text for one in cases if (answer := majority(one).answer)] == ["Tokyo"] * 3
    assert (echo := nothing(cases[0]).answer)
    assert echo.text == cases[0].question


def test_controls_stand_beside_a_run(tmp_path: Path) -> None:
    folder = _stored(tmp_path, *mixed().records)
    result = folder.result()
    assert list(controls_for(result, tmp_path)) == ["no-retrieval", "majority"]
    # an earlier run over the same cases with BM25 alone
    about = info("run-2", count=len(result.records))
    about = about.model_copy(update={"options": about.options.model_copy(update={"answerer": "bm25"})})
    other = RunFolder.create(tmp_path, about)
    other.write(REPORT, json.dumps(result_json(result)))
    assert list(controls_for(result, tmp_path)) == ["no-retrieval", "majority", "bm25"]


# --- as a person runs it -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Desk:
    """A folder with runs, over one shared sample library."""

    folder: Path
    library: Path

    def dateline(self, *arguments: str, typed: str = "") -> Result:
        """`dateline eval …` in this process, with its runs in this folder."""
        runs = ("--out", str(self.folder / "runs"))
        return CliRunner().invoke(cli, ["--library", str(self.library), "eval", *arguments, *runs], input=typed)

    def questions(self, *arguments: str, typed: str = "") -> Result:
        """`dateline eval questions …` over the library."""
        return CliRunner().invoke(cli, ["--library", str(self.library), "eval", "questions", *arguments], input=typed)

    def json(self, *arguments: str) -> Any:
        """Its output with --json."""
        return json.loads(self.dateline(*arguments, "--json").stdout)


@pytest.fixture
def desk(sample_library: Path, tmp_path: Path) -> Desk:
    return Desk(tmp_path, sample_library)


def test_a_stopped_run_goes_on_where_it_was(desk: Desk) -> None:
    def stop(step: str, done: int, total: int) -> None:
        if (step, done) == ("ask", 3):
            raise KeyboardInterrupt

    runs = desk.folder / "runs"
    with pytest.raises(KeyboardInterrupt):
        run_suite(
            Options(suite="sample", limit=6), runs, Config.from_environment(library=desk.library), stop, desk.library
        )
    (stopped,) = runs.iterdir()
    before = (stopped / "records.jsonl").read_bytes()
    assert before.count(b"\n") == 3
    assert not RunFolder(stopped).info().finished
    done = desk.dateline("run", "sample", "--limit", "6")
    assert done.exit_code == 0, done.output
    assert [path.name for path in runs.iterdir()] == [stopped.name]
    assert (stopped / "records.jsonl").read_bytes().startswith(before)
    records = RunFolder(stopped).records()
    assert len({one.case.id for one in records}) == len(records) == 6
    assert "satisfied" in done.stdout
    assert RunFolder(stopped).info().finished
    assert {"report.html", "report.json"} <= {path.name for path in stopped.iterdir()}


def test_runs_are_listed_shown_compared_and_scored_again(desk: Desk) -> None:
    assert "No runs in" in desk.dateline("list").stdout
    first = desk.json("run", "sample", "--limit", "2")["run"]["id"]
    dense = desk.json("run", "sample", "--limit", "2", "--answerer", "bm25")
    assert dense["run"]["settings"]["retriever"] == "lexical"
    assert [one["run"]["options"]["answerer"] for one in desk.json("list")] == ["bm25", "default"]
    assert first in desk.dateline("list").stdout
    case_id = dense["cases"][0]["id"]
    assert dense["cases"][0]["question"] in desk.dateline("show", "latest", case_id).stdout.replace("\n", " ")
    assert desk.json("show", "latest", case_id)["record"]["case"]["id"] == case_id
    assert "satisfied" in desk.dateline("compare", first, dense["run"]["id"]).stdout
    assert "satisfied" in desk.dateline("rescore", first).stdout
    readme = desk.folder / "README.md"
    readme.write_text("Before\n<!-- eval:begin -->\nold\n<!-- eval:end -->\nAfter\n")
    assert desk.dateline("table", first, "--into", str(readme)).exit_code == 0
    assert "old" not in readme.read_text()
    assert "dateline eval run sample" in readme.read_text()
    assert desk.json("table", first)["table"] in readme.read_text()


def test_the_full_tier_stands_beside_one_sided_controls(desk: Desk) -> None:
    told = desk.dateline("run", "sample", "--type", "single_fact", "--limit", "1", "--tier", "full")
    assert told.exit_code == 0, told.output
    assert [one["run"]["options"]["answerer"] for one in desk.json("list")] == ["default", "dense", "bm25"]
    page = (desk.folder / "runs" / desk.json("list")[0]["run"]["id"] / "report.html").read_text()
    for beside in ("no-retrieval", "majority", "bm25", "dense"):
        assert beside.split("-")[-1] in told.stdout
        assert beside in page


def test_what_cannot_be_run_is_told_in_one_sentence(desk: Desk) -> None:
    for arguments, told in (
        (("run", "nothing"), "There is no suite 'nothing'"),
        (("run", "squad"), "name it with --data FOLDER"),
        (("run", "squad", "--data", str(desk.folder)), "dev-v2.0.json"),
        (("run", "sample", "--ids", "x"), "has no case 'x'"),
        (("run", str(desk.folder / "mine.jsonl")), "cannot be read"),
        (("show", "nothing"), "There are no runs"),
        (("gate", "--baseline", str(desk.folder / "none.json")), "There are no runs"),
    ):
        failed_run = desk.dateline(*arguments)
        assert (failed_run.exit_code, failed_run.stdout) == (1, ""), arguments
        assert told in failed_run.stderr, arguments


def test_the_gate_holds_a_run_to_the_baseline(tmp_path: Path) -> None:
    def said(*arguments: str, typed: str = "") -> Result:
        places = ("--out", str(tmp_path), "--baseline", str(tmp_path / "baseline.json"))
        return CliRunner().invoke(cli, ["eval", *arguments, *places], input=typed)

    _stored(tmp_path, *(record(f"q{number}", QUOTE) for number in range(30)), id="right")
    _stored(tmp_path, *(record(f"q{number}", QUOTE if number < 20 else "Nobody.") for number in range(30)), id="wrong")
    assert "dateline eval baseline" in said("gate", "right").stderr
    assert "Nothing was written" in said("baseline", "right", typed="n\n").stdout
    written = json.loads(said("baseline", "right", "--yes", "--json").stdout)
    assert (Path(written["written"]).name, "30 cases" in written["changes"][0]) == ("baseline.json", True)
    assert said("gate", "right").exit_code == 0
    fell = said("gate", "wrong")
    assert (fell.exit_code, "Failed: answer accuracy fell." in fell.stdout) == (1, True)


def test_the_command_line_offers_every_answerer() -> None:
    assert ui.cli.evaluate.ANSWERERS == ANSWERERS  # defined twice, so that --help need not load the library


def test_every_suite_says_where_it_is_from() -> None:
    told = CliRunner().invoke(cli, ["eval", "suites"]).stdout
    assert all(name in told for name in ADAPTERS)
    assert len(json.loads(CliRunner().invoke(cli, ["eval", "suites", "--json"]).stdout)) == len(ADAPTERS)


# --- drafts of one's own -------------------------------------------------------------------------------------------


@pytest.fixture
def drafting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts of four fixed questions instead of a language model's."""

    def draft(_: Library, most: int, llm: object, seed: int) -> Iterator[Case]:
        yield from [case(f"d{number}", question=f"Who announced visit {number}?") for number in range(4)][:most]

    monkeypatch.setattr("evals.draft.draft", draft)
    monkeypatch.setattr("evals.draft.load_asked", lambda name: name)


@pytest.mark.usefixtures("drafting")
def test_drafts_are_kept_thrown_away_and_changed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.cli.feedback.somebody_is_there", lambda: True)
    file = desk.folder / "mine.jsonl"
    command = ("--into", str(file), "--llm", "openai-like:http://127.0.0.1:9/v1#none")
    told = desk.questions(*command, typed="t\nk\ne\nWho is it?\nOrla Vane | Vane\nq\n")
    assert ": 2 cases;" in told.stdout
    kept, changed = read_cases(file)
    assert kept.question in told.stderr.replace("\n", " ")
    assert (changed.question, changed.answers) == ("Who is it?", ("Orla Vane", "Vane"))
    # nobody is asked twice to keep the same one, and existing ones stay
    monkeypatch.setattr("ui.cli.feedback.somebody_is_there", lambda: False)
    desk.questions(*command)
    again = list(read_cases(file))
    assert again[:2] == [kept, changed]
    assert len({case.id for case in again}) == len(again) == 4
    asked = desk.json("run", str(file))
    assert asked["figures"]["answer accuracy"]["cases"] == 4


def test_drafting_without_a_model_says_what_to_do(desk: Desk) -> None:
    told = desk.questions("--into", str(desk.folder / "mine.jsonl"))
    assert told.exit_code == 2
    assert "--llm or DATELINE_LLM" in told.stderr
    assert not (desk.folder / "mine.jsonl").exists()


@pytest.mark.usefixtures("drafting")
def test_drafts_are_not_added_to_a_file_of_something_else(desk: Desk) -> None:
    file = desk.folder / "notes.jsonl"
    file.write_text('{"note": "x"}\n')
    model = ("--llm", "openai-like:http://127.0.0.1:9/v1#none")
    told = desk.questions("--into", str(file), *model)
    assert (told.exit_code, file.read_text()) == (1, '{"note": "x"}\n')
    assert "notes.jsonl, line 1 is not a case" in told.stderr
    assert "There is no folder" in desk.questions("--into", str(desk.folder / "no" / "x.jsonl"), *model).stderr
