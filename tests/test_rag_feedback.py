"""Ratings and notes in the catalog: stored completely, alongside a running ingest, and exported as eval cases."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fakes import first_sentence

from evals.answer_text import contains_answer
from evals.cases import Case, read_cases
from evals.from_feedback import cases_of
from evals.suites import load_suite
from rag.assistant import Assistant
from rag.errors import ConfigError, LibraryDamaged, LibraryLocked, LibraryMismatch, LibraryMissing, LibraryReadOnly
from rag.library import Library
from rag.store import sqlite
from rag.store.backup import backup
from rag.store.catalog import Catalog
from rag.store.readers import NOTE_CHARACTERS, Feedback, FeedbackStore
from rag.types import Answer, Citation, Sentence, Span, Status, Turn, Verdict
from ui.cli.main import cli

pytestmark = pytest.mark.both_engines


def answer(question: str = "Is it shut?") -> Answer:
    return Answer(
        question=question, standalone_question=question, text="It is.", status=Status.ANSWERED, library_version="r1/x"
    )


def test_no_feedback(library: Library) -> None:
    assert library.feedback.all() == ()


def test_what_is_given_is_kept(library: Library) -> None:
    first = library.feedback.give(answer(), "up")
    second = library.feedback.give(answer("And now?"), "down", "  Wrong day.\n")
    one, two = FeedbackStore(Catalog(library.address)).all()
    assert (one.id, one.thumbs, one.note, one.answer) == (first, "up", "", answer())
    assert (two.id, two.thumbs, two.note, two.answer) == (second, "down", "Wrong day.", answer("And now?"))
    assert dt.timedelta(0) <= dt.datetime.now(dt.UTC) - one.at < dt.timedelta(minutes=1)


def test_giving_again_changes_it(library: Library) -> None:
    first = library.feedback.give(answer(), "up")
    library.feedback.give(answer("Other"), "up")
    assert library.feedback.give(answer(), "down", "No.", feedback_id=first) == first
    changed, other = library.feedback.all()
    assert (changed.id, changed.thumbs, changed.note) == (first, "down", "No.")
    assert other.answer.question == "Other"


def test_taking_back(library: Library) -> None:
    given = library.feedback.give(answer(), "up")
    assert library.feedback.take_back(given)
    assert not library.feedback.take_back(given)
    assert library.feedback.all() == ()


@pytest.mark.parametrize(("thumbs", "note", "told"), [("sideways", "", "'sideways'"), ("up", "x" * 2001, "2,000")])
def test_what_cannot_be_kept_is_refused(library: Library, thumbs: str, note: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        library.feedback.give(answer(), thumbs, note)
    assert library.feedback.all() == ()


def test_the_longest_note_and_odd_characters(library: Library) -> None:
    library.feedback.give(
        answer("half \ud800 of a pair".encode("utf-8", "replace").decode()), "up", "n" * NOTE_CHARACTERS
    )
    library.feedback.give(answer(), "up", "half \ud800 of a pair")
    long, odd = library.feedback.all()
    assert len(long.note) == NOTE_CHARACTERS
    assert odd.note == "half ? of a pair"


def test_the_library_stays_what_it_is(filled: Library) -> None:
    version = filled.version
    filled.feedback.give(answer(), "up")
    assert filled.version == version
    article = filled.articles()[0]
    filled.remove([article.article_id])
    assert len(filled.feedback.all()) == 1


def test_a_backup_has_it(filled: Library, tmp_path: Path) -> None:
    filled.feedback.give(answer(), "up")
    backup(filled.address, tmp_path / "backup")
    assert FeedbackStore(Catalog(tmp_path / "backup")).all() == filled.feedback.all()


def test_while_another_holds_the_writers_lock(filled: Library) -> None:
    with filled.writing() as writer:
        started = time.monotonic()
        filled.feedback.give(answer(), "up")
        assert time.monotonic() - started < 5
        with writer.transaction():  # its connection sees a catalog that was changed elsewhere
            assert writer.remove_article("item-0001")
    assert len(filled.feedback.all()) == 1
    assert len(filled.articles()) == 5


@pytest.mark.one_machine
def test_a_long_transaction_is_told(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    filled.feedback.give(answer(), "up")
    with filled.writing() as writer, writer.transaction(), pytest.raises(LibraryLocked, match="try again"):
        filled.feedback.give(answer(), "down")
    assert [one.thumbs for one in filled.feedback.all()] == ["up"]


@pytest.mark.one_machine
def test_a_catalog_that_another_keeps_to_itself_is_busy_and_not_damaged(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "WRITER_SECONDS", 0.1)
    with contextlib.closing(sqlite3.connect(filled.path / sqlite.FILE_NAME, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LibraryLocked, match="try again"):
            filled.feedback.all()


def test_read_only(filled: Library, read_only: Callable[[Path], None]) -> None:
    filled.feedback.give(answer(), "up")
    read_only(filled.address)
    with pytest.raises(LibraryReadOnly, match="read-only"):
        filled.feedback.give(answer(), "down")
    assert [one.thumbs for one in filled.feedback.all()] == ["up"]


def test_no_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing):
        FeedbackStore(Catalog(tmp_path)).give(answer(), "up")


@pytest.mark.one_machine
def test_damaged(library: Library) -> None:
    shutil.copy(__file__, library.path / "catalog.sqlite")
    with pytest.raises(LibraryDamaged):
        library.feedback.give(answer(), "up")
    with pytest.raises(LibraryDamaged):
        library.feedback.all()


@pytest.mark.one_machine
def test_an_answer_of_another_version(library: Library) -> None:
    given = library.feedback.give(answer(), "up")
    connection = sqlite3.connect(library.path / "catalog.sqlite")
    connection.execute('UPDATE feedback SET answer = \'{"kind": "oracle"}\'')
    connection.commit()
    connection.close()
    with pytest.raises(LibraryMismatch, match=given):
        library.feedback.all()


# --- as eval cases -------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(filled: Library) -> Answer:
    """The library's answer to a question about its article 1."""
    found = Assistant(filled).ask(first_sentence(1), as_of="2025-01-02")
    assert found.status is Status.ANSWERED
    return found


def exported(library: Library, *arguments: str, **keywords: object) -> Result:
    command = ["--library", str(library.address), "feedback", *arguments]
    environment = {"DATELINE_EMBEDDING_MODEL": "fake:words"}
    return CliRunner().invoke(cli, command, env=environment, **keywords)  # type: ignore[arg-type]


def test_thumbs_up_is_a_case_with_its_gold(filled: Library, asked: Answer, tmp_path: Path) -> None:
    given = filled.feedback.give(asked, "up", "Good.")
    out = tmp_path / "cases.jsonl"
    assert exported(filled, "export", "--out", str(out)).exit_code == 0
    (case,) = read_cases(out)
    cited = asked.citations[0]
    assert (case.id, case.type, case.status) == (f"feedback-{given}", "thumbs_up", Status.ANSWERED)
    assert (case.question, case.as_of) == (asked.question, dt.date(2025, 1, 2))
    assert case.gold[0].words == cited.quote
    assert case.gold[0].file == filled.article(cited.article_id).sources[0]
    assert case.gold_articles[0] == cited.article_id == "item-0001"
    assert case.answers
    assert case.answers[0] in asked.text
    # What was right then is right again.
    assert contains_answer(Assistant(filled).ask(case.question, as_of=case.as_of).text, case.answers)
    assert load_suite(str(out), None).cases == (case,)


def test_the_words_that_answer_come_from_the_marks() -> None:
    said = Citation(
        number=1, article_id="a", passage_id="p", title="t", quote="It was shut on Monday.", start=10, end=32,
        answer=Span(start=25, end=31),
    )  # fmt: skip
    written = answer().model_copy(
        update={
            "text": "Shut on Monday. [1]",
            "citations": (said,),
            "sentences": (Sentence(start=0, end=19, citations=(1,), verdict=Verdict.SUPPORTED),),
        }
    )
    assert words_of(written) == ("Monday",)
    marked = Sentence(start=0, end=19, citations=(1,), verdict=Verdict.VERBATIM, answer=Span(start=8, end=14))
    assert words_of(written.model_copy(update={"text": "Shut on Sunday. [1]", "sentences": (marked,)})) == ("Sunday",)


def words_of(written: Answer) -> tuple[str, ...]:
    given = Feedback(id="x", at=dt.datetime(2025, 8, 13, tzinfo=dt.UTC), thumbs="down", answer=written)
    (case,) = cases_of(None, [given])  # type: ignore[arg-type]  # a draft looks nothing up
    return case.wrong_answers


def test_thumbs_down_is_a_draft(filled: Library, asked: Answer) -> None:
    filled.feedback.give(asked, "down", "It was in May.")
    (case,) = (Case.model_validate_json(line) for line in exported(filled, "export").stdout.splitlines())
    assert (case.type, case.answers, case.gold, case.reference) == ("thumbs_down", (), (), "It was in May.")
    assert case.wrong_answers


def test_refusals(filled: Library) -> None:
    refused = Assistant(filled).ask("How many penguins live in Antarctica?")
    assert refused.status is Status.ABSTAINED
    filled.feedback.give(refused, "up")
    filled.feedback.give(refused, "down", "Twelve million.")
    right, wrong = json.loads(exported(filled, "export", "--json").stdout)
    assert (right["type"], right["status"], right["answers"]) == ("thumbs_up_no_answer", "abstained", [])
    assert (wrong["type"], wrong["status"], wrong["wrong_answers"]) == ("thumbs_down", "answered", [])


def test_the_closest_passages_are_a_refusal_too(filled: Library, asked: Answer) -> None:
    closest = asked.model_copy(update={"status": Status.CLOSEST})
    filled.feedback.give(closest, "up")
    filled.feedback.give(closest, "down")
    right, wrong = cases_of(filled, filled.feedback.all())
    assert (right.type, right.status, right.answers, right.gold) == ("thumbs_up_no_answer", Status.ABSTAINED, (), ())
    assert wrong.wrong_answers == ()


def test_a_follow_up_stands_alone_where_its_history_is_gone(filled: Library) -> None:
    turn = Turn(question="Is it shut?", standalone_question="Is it shut?", answer="It is.")
    followed = answer("Why?").model_copy(update={"standalone_question": "Why is it shut?"})
    filled.feedback.give(followed, "down")
    filled.feedback.give(followed.model_copy(update={"history": (turn,)}), "down")
    alone, whole = json.loads(exported(filled, "export", "--json").stdout)
    assert (alone["question"], alone["history"], alone["rewrite"]) == ("Why is it shut?", [], "")
    assert (whole["question"], whole["rewrite"]) == ("Why?", "Why is it shut?")
    assert whole["history"] == [{"question": "Is it shut?", "answer": "It is."}]


def test_an_article_that_is_gone_keeps_its_id(filled: Library, asked: Answer) -> None:
    filled.feedback.give(asked, "up")
    filled.remove(["item-0001"])
    (case,) = json.loads(exported(filled, "export", "--json").stdout)
    assert case["gold"][0]["file"] == "item-0001"


def test_exporting_again_adds_only_what_is_new(filled: Library, tmp_path: Path) -> None:
    out = tmp_path / "cases.jsonl"
    filled.feedback.give(answer(), "up")
    assert "1 cases" in exported(filled, "export", "--out", str(out)).stdout
    out.write_text(out.read_text().replace("Is it shut?", "Is it open?"))  # corrected by a person
    filled.feedback.give(answer("And now?"), "down")
    assert "1 cases" in exported(filled, "export", "--out", str(out)).stdout
    assert [case.question for case in read_cases(out)] == ["Is it open?", "And now?"]


def test_only_one_kind(filled: Library) -> None:
    filled.feedback.give(answer(), "up")
    filled.feedback.give(answer("And now?"), "down", "No.")
    assert "And now?" not in exported(filled, "export", "--thumbs", "up").stdout
    assert "Is it shut?" not in exported(filled, "list", "--thumbs", "down").stdout


def test_list(filled: Library) -> None:
    assert "Nobody has said anything" in exported(filled, "list").stderr
    filled.feedback.give(answer("And\x1b[31m now?"), "down", "No.\nNever.")
    lines = exported(filled, "list").stdout.splitlines()
    assert lines[0].startswith("- ")
    assert lines[0].endswith(r"And\x1b[31m now?")
    assert lines[1:] == ["    It is.", "    note: No. Never."]
    (listed,) = json.loads(exported(filled, "list", "--json").stdout)
    assert Feedback.model_validate(listed) == filled.feedback.all()[0]


def test_review(filled: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.feedback.give(answer(), "down", "It was Monday.")
    filled.feedback.give(answer("And now?"), "down")
    out = str(tmp_path / "cases.jsonl")
    nobody = exported(filled, "export", "--review", "--out", out)
    assert (nobody.exit_code, "nobody" in nobody.stderr) == (2, True)
    monkeypatch.setattr("ui.cli.feedback.somebody_is_there", lambda: True)
    told = exported(filled, "export", "--review", "--out", out, input="e\nWhen was it shut?\nMonday\nt\n")
    assert "note: It was Monday." in told.stderr
    (case,) = read_cases(tmp_path / "cases.jsonl")
    assert (case.question, case.answers) == ("When was it shut?", ("Monday",))
