"""Adapters of public sets: what they make of a few rows of each format, and their messages about bad files."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evals.cases import Case, Nugget, PastTurn
from evals.rows import CaseError, json_of, one_of, rows_of
from evals.suites import ADAPTERS, load_suite
from evals.suites.suite import Suite
from ingest.document import Document
from ingest.jsonl import read_jsonl
from rag.types import Status

PARAGRAPHS = {
    "harbour": "The harbour of Lyng was dug in 1871.",
    "lamp": "Its lamp is lit by Orla Vane.",
    "mill": "The mill of Tarn burned down in May.",
}

FOLDERS: dict[str, dict[str, Any]] = {
    "reader": {
        "articles.jsonl.gz": [{"id": "a1", "title": "Lyng", "text": "Orla Vane spoke."}],
        "questions.jsonl": [
            {
                "id": "r1", "type": "yesno", "question": "is the mill gone", "as_of": "2025-08-13", "gold_articles": ["a1"],
                "nuggets": [
                    {"vital": True, "any": [["burned", "down"], ["gone"]]},
                    {"vital": False, "any": [["May"]]},
                ],
                "wrong": ["in June"], "status": "answered",
            },
            {
                "id": "r2", "type": "followup", "question": "and who lights it?", "as_of": None, "gold_articles": ["a1"],
                "history": ["how old is the harbour of lyng", "is there a lamp?"],
                "nuggets": [{"vital": True, "any": [["Vane"]]}], "wrong": [], "status": "answered",
            },
            {
                "id": "r3", "type": "none", "question": "what did the lamp cost", "as_of": None, "gold_articles": [],
                "nuggets": [], "wrong": [], "status": "abstained", "why_none": "no price",
            },
            {
                "id": "r4", "type": "meta", "question": "hi", "as_of": None, "gold_articles": [], "nuggets": [],
                "wrong": [], "status": "meta",
            },
        ],
    },
    "rtqa_news": {
        "articles.jsonl.gz": [{"id": "a1", "title": "Lyng", "text": "Orla Vane spoke."}],
        "questions.jsonl": [
            {"id": "q1", "asked": "2025-08-13", "question": "Who?", "answers": ["Orla Vane"], "gold_articles": ["a1"]},
            {"id": "q2", "asked": "2025-08-13", "question": "Bad?", "answers": ["x"], "gold_articles": ["a1"]},
        ],
        "no_evidence.jsonl": [{"id": "n1", "asked": "2025-08-14", "question": "Why?", "true_answer": "x"}],
        "extra_answers.json": {"bad": ["q2"], "extra_answers": {"q1": ["Vane"]}},
    },
    "wildgraphbench": {
        "articles.jsonl.gz": [{"id": "p1", "title": "Lyng", "url": "https://lyng.test/", "text": "# Lyng"}],
        "questions.jsonl": [
            {
                "id": "w1", "type": "single-fact", "question": "When was it dug?", "answer": "It was dug in 1871.",
                "gold_statements": None, "gold_articles": ["p1"], "all_refs_present": True,
            },
            {
                "id": "w2", "type": "multi_fact", "question": "Which page is missing?", "answer": "That one.",
                "gold_statements": None, "gold_articles": ["p1"], "all_refs_present": False,
            },
            {
                "id": "w3", "type": "multi_fact", "question": "Who dug it, and when?", "answer": "Vane, in 1871.",
                "gold_statements": None, "gold_articles": ["p1", "p2"], "all_refs_present": True,
            },
            {
                "id": "w4", "type": "summary", "question": "Tell of Lyng.", "answer": None,
                "gold_statements": ["It has a harbour.", "It has a lamp."], "gold_articles": ["p2"],
                "all_refs_present": True,
            },
        ],
    },
    "squad": {
        "squad_v2_dev_half.jsonl.gz": [
            {
                "id": "s1", "title": "Lyng_Harbour", "para": 0, "context": PARAGRAPHS["harbour"],
                "question": "When was it dug?", "answers": ["1871", "in 1871", "1871"], "impossible": False,
            },
            {
                "id": "s2", "title": "Lyng_Harbour", "para": 0, "context": PARAGRAPHS["harbour"],
                "question": "Who dug it?", "answers": [], "impossible": True,
            },
            {
                "id": "s3", "title": "Lyng_Harbour", "para": 1, "context": PARAGRAPHS["lamp"],
                "question": "Who lights the lamp?", "answers": ["Orla Vane"], "impossible": False,
            },
        ],
    },
    "ramdocs": {
        "RAMDocs_test.jsonl": [
            {
                "question": "How deep is Lake Tarn?",
                "documents": [
                    {"text": "Lake Tarn is 40 m deep.", "type": "correct", "answer": "40 m"},
                    {"text": "Tarn: 40 m.", "type": "correct", "answer": "40 M"},
                    {"text": "Tarn has a mill.", "type": "noise", "answer": "unknown"},
                ],
                "disambig_entity": ["Lake Tarn"], "gold_answers": ["40 m", "40 M"], "wrong_answers": ["30 m", "30 m"],
            },
            {
                "question": "When was Vane born?",
                "documents": [
                    {"text": "Orla Vane, born in 1901.", "type": "correct", "answer": "1901"},
                    {"text": "Ugo Vane, born in 1950.", "type": "correct", "answer": "1950"},
                ],
                "disambig_entity": ["Orla Vane", "Ugo Vane"], "gold_answers": ["1901", "1950"], "wrong_answers": [],
            },
            {
                "question": "What is played in Lyng?",
                "documents": [
                    {"text": "Table tennis is played.", "type": "correct", "answer": "Table tennis"},
                    {"text": "Chess is played.", "type": "misinfo", "answer": "Chess"},
                ],
                "disambig_entity": ["Lyng"], "gold_answers": ["Table tennis"], "wrong_answers": ["Chess", "tennis"],
            },
            {
                "question": "Who owns the mill?",
                "documents": [{"text": "Nobody knows.", "type": "misinfo", "answer": "Nobody"}],
                "disambig_entity": ["The mill"], "gold_answers": ["Vane"], "wrong_answers": ["Nobody"],
            },
        ],
    },
    "mtrag": {
        "human_subset.json": {
            "name": "subset",
            "documents": [
                {"document_id": "d1", "title": "Lyng", "text": PARAGRAPHS["harbour"]},
                {"document_id": "d2", "text": PARAGRAPHS["lamp"]},
            ],
            "tasks": [
                {
                    "task_id": "t<::>1", "Answerability": ["ANSWERABLE"], "contexts": [{"document_id": "d1"}],
                    "input": [{"speaker": "user", "text": "When was it dug?"}],
                    "targets": [{"speaker": "agent", "text": "In 1871."}],
                },
                {
                    "task_id": "t<::>2", "Answerability": ["PARTIAL"], "contexts": [{"document_id": "d1"}],
                    "input": [
                        {"speaker": "user", "text": "When was it dug?"},
                        {"speaker": "agent", "text": "In 1871."},
                        {"speaker": "user", "text": "By whom, and how deep?"},
                    ],
                    "targets": [{"speaker": "agent", "text": "I only know how deep."}],
                },
                {
                    "task_id": "t<::>3", "Answerability": ["UNANSWERABLE"], "contexts": [],
                    "input": [{"speaker": "user", "text": "Why?"}],
                    "targets": [{"speaker": "agent", "text": "Sorry."}],
                },
                {
                    "task_id": "t<::>4", "Answerability": ["CONVERSATIONAL"], "contexts": [],
                    "input": [{"speaker": "user", "text": "Good day"}],
                    "targets": [{"speaker": "agent", "text": "Good day."}],
                },
            ],
        },
    },
    "cast": {
        "2021_manual_evaluation_topics_v1.0.json": [
            {
                "number": 7,
                "turn": [
                    {
                        "number": 1, "raw_utterance": "When was the harbour of Lyng dug?",
                        "manual_rewritten_utterance": "When was the harbour of Lyng dug?",
                        "passage": PARAGRAPHS["harbour"], "canonical_result_id": "M_1", "passage_id": 1,
                    },
                    {
                        "number": 2, "raw_utterance": "Who lights it?",
                        "manual_rewritten_utterance": "Who lights the lamp of Lyng?",
                        "passage": PARAGRAPHS["lamp"], "canonical_result_id": "M_2", "passage_id": 4,
                    },
                    {
                        "number": 3, "raw_utterance": "And who dug it?",
                        "manual_rewritten_utterance": "Who dug the harbour of Lyng?",
                        "passage": PARAGRAPHS["harbour"], "canonical_result_id": "M_1", "passage_id": 1,
                    },
                ],
            },
        ],
    },
}  # fmt: skip
"""For each set, invented rows in the format of its files."""


def write(path: Path, content: Any) -> None:
    """Rows as JSONL (gzipped if the name says so), anything else as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "".join(json.dumps(row) + "\n" for row in content) if ".jsonl" in path.name else json.dumps(content)
    path.write_bytes(gzip.compress(content.encode()) if path.suffix == ".gz" else content.encode())


def folder_of(name: str, folder: Path) -> Path:
    """The folder with the invented files of one set."""
    for file, content in FOLDERS[name].items():
        write(folder / file, content)
    return folder


def suite_of(name: str, folder: Path) -> Suite:
    """The suite read from the invented files of one set."""
    return load_suite(name, folder_of(name, folder))


def test_reader_questions_have_nuggets(tmp_path: Path) -> None:
    assert suite_of("reader", tmp_path) == Suite(
        "reader",
        tmp_path / "articles.jsonl.gz",
        (
            Case(
                id="r1", type="yes_no", question="is the mill gone", as_of=dt.date(2025, 8, 13), gold_articles=("a1",),
                nuggets=(
                    Nugget(vital=True, any=(("burned", "down"), ("gone",))),
                    Nugget(vital=False, any=(("May",),)),
                ),
                wrong_answers=("in June",),
            ),
            Case(
                id="r2", type="follow_up", question="and who lights it?", gold_articles=("a1",),
                history=(
                    PastTurn(question="how old is the harbour of lyng"),
                    PastTurn(question="is there a lamp?"),
                ),
                nuggets=(Nugget(any=(("Vane",),)),),
            ),
            Case(id="r3", type="unanswerable", question="what did the lamp cost", status=Status.ABSTAINED),
            Case(id="r4", type="meta", question="hi"),
        ),
    )  # fmt: skip


def test_reader_articles_are_those_of_the_quizzes_beside_them(tmp_path: Path) -> None:
    articles = folder_of("rtqa_news", tmp_path / "rtqa_news") / "articles.jsonl.gz"
    assert suite_of("reader", tmp_path / "reader").articles == articles


def test_rtqa_news(tmp_path: Path) -> None:
    assert suite_of("rtqa_news", tmp_path) == Suite(
        "rtqa_news",
        tmp_path / "articles.jsonl.gz",
        (
            Case(
                id="q1", type="answerable", question="Who?", as_of=dt.date(2025, 8, 13),
                answers=("Orla Vane", "Vane"), gold_articles=("a1",),
            ),
            Case(id="n1", type="no_evidence", question="Why?", as_of=dt.date(2025, 8, 14), status=Status.ABSTAINED),
        ),
    )  # fmt: skip


def test_wildgraphbench_leaves_out_questions_of_which_a_page_is_missing(tmp_path: Path) -> None:
    assert suite_of("wildgraphbench", tmp_path) == Suite(
        "wildgraphbench",
        tmp_path / "articles.jsonl.gz",
        (
            Case(
                id="w1", type="single_fact", question="When was it dug?", reference="It was dug in 1871.",
                gold_articles=("p1",),
            ),
            Case(
                id="w3", type="multi_fact", question="Who dug it, and when?", reference="Vane, in 1871.",
                gold_articles=("p1", "p2"),
            ),
            Case(
                id="w4", type="summary", question="Tell of Lyng.", reference="It has a harbour. It has a lamp.",
                gold_articles=("p2",),
            ),
        ),
    )  # fmt: skip


SQUAD = Suite(
    "squad",
    (
        {"id": "Lyng_Harbour-1", "title": "Lyng Harbour", "text": PARAGRAPHS["harbour"]},
        {"id": "Lyng_Harbour-2", "title": "Lyng Harbour", "text": PARAGRAPHS["lamp"]},
    ),
    (
        Case(
            id="s1", type="answerable", question="When was it dug?", answers=("1871", "in 1871"),
            gold_articles=("Lyng_Harbour-1",),
        ),
        Case(id="s2", type="unanswerable", question="Who dug it?", status=Status.ABSTAINED),
        Case(
            id="s3", type="answerable", question="Who lights the lamp?", answers=("Orla Vane",),
            gold_articles=("Lyng_Harbour-2",),
        ),
    ),
)  # fmt: skip


def test_squad_as_one_question_a_line(tmp_path: Path) -> None:
    assert suite_of("squad", tmp_path) == SQUAD


@pytest.mark.parametrize("version", ["dev-v2.0.json", "dev-v1.1.json"])
def test_squad_as_published(version: str, tmp_path: Path) -> None:
    first, second, third = FOLDERS["squad"]["squad_v2_dev_half.jsonl.gz"]
    paragraphs = [
        {
            "context": rows[0]["context"],
            "qas": [
                {
                    "id": row["id"],
                    "question": row["question"],
                    "answers": [{"text": answer, "answer_start": 0} for answer in row["answers"]],
                }
                | ({"is_impossible": row["impossible"]} if version == "dev-v2.0.json" else {})
                for row in rows
            ],
        }
        for rows in ([first, second] if version == "dev-v2.0.json" else [first], [third])
    ]
    published = {"version": version, "data": [{"title": "Lyng_Harbour", "paragraphs": paragraphs}]}
    write(tmp_path / version, published)
    answerable = tuple(case for case in SQUAD.cases if case.answers)
    cases = SQUAD.cases if version == "dev-v2.0.json" else answerable
    assert load_suite("squad", tmp_path) == Suite("squad", SQUAD.articles, cases)


def test_squad_2_is_read_before_squad_1(tmp_path: Path) -> None:
    write(tmp_path / "dev-v1.1.json", {"version": "1.1", "data": []})
    assert suite_of("squad", tmp_path) == SQUAD


def test_ramdocs_expects_a_conflict_where_documents_differ(tmp_path: Path) -> None:
    suite = suite_of("ramdocs", tmp_path)
    assert suite.cases == (
        Case(
            id="ramdocs-1", type="agreed", question="How deep is Lake Tarn?", authors=("ramdocs-1",),
            answers=("40 m", "40 M"), wrong_answers=("30 m",), gold_articles=("ramdocs-1-1", "ramdocs-1-2"),
        ),
        Case(
            id="ramdocs-2", type="ambiguous", question="When was Vane born?", authors=("ramdocs-2",),
            answers=("1901", "1950"), gold_articles=("ramdocs-2-1", "ramdocs-2-2"), status=Status.CONFLICT,
        ),
        Case(
            id="ramdocs-3", type="misinformed", question="What is played in Lyng?", authors=("ramdocs-3",),
            answers=("Table tennis",), wrong_answers=("Chess",), gold_articles=("ramdocs-3-1",),
            status=Status.CONFLICT,
        ),
    )  # fmt: skip
    assert len(suite.articles) == 7  # the question that no document answers is left out, with its document
    assert suite.articles[2:4] == (
        {"id": "ramdocs-1-3", "outlet": "Document 3", "authors": ["ramdocs-1"], "text": "Tarn has a mill."},
        {"id": "ramdocs-2-1", "outlet": "Document 1", "authors": ["ramdocs-2"], "text": "Orla Vane, born in 1901."},
    )


def test_mtrag_leaves_out_turns_that_ask_nothing(tmp_path: Path) -> None:
    assert suite_of("mtrag", tmp_path) == Suite(
        "mtrag",
        (
            {"id": "d1", "title": "Lyng", "text": PARAGRAPHS["harbour"]},
            {"id": "d2", "title": "", "text": PARAGRAPHS["lamp"]},
        ),
        (
            Case(
                id="t<::>1", type="answerable", question="When was it dug?", reference="In 1871.",
                gold_articles=("d1",),
            ),
            Case(
                id="t<::>2", type="partial", question="By whom, and how deep?",
                history=(PastTurn(question="When was it dug?", answer="In 1871."),),
                reference="I only know how deep.", gold_articles=("d1",), status=Status.PARTIAL,
            ),
            Case(id="t<::>3", type="unanswerable", question="Why?", status=Status.ABSTAINED),
        ),
    )  # fmt: skip


def test_cast_has_one_article_for_equal_passages(tmp_path: Path) -> None:
    asked = PastTurn(question="When was the harbour of Lyng dug?", answer=PARAGRAPHS["harbour"])
    assert suite_of("cast", tmp_path) == Suite(
        "cast",
        ({"id": "7-1", "text": PARAGRAPHS["harbour"]}, {"id": "7-2", "text": PARAGRAPHS["lamp"]}),
        (
            Case(
                id="7-1", type="first_turn", question=asked.question, gold_articles=("7-1",), rewrite=asked.question
            ),
            Case(
                id="7-2", type="follow_up", question="Who lights it?", history=(asked,), gold_articles=("7-2",),
                rewrite="Who lights the lamp of Lyng?",
            ),
            Case(
                id="7-3", type="follow_up", question="And who dug it?",
                history=(asked, PastTurn(question="Who lights it?", answer=PARAGRAPHS["lamp"])),
                gold_articles=("7-1",), rewrite="Who dug the harbour of Lyng?",
            ),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("name", ADAPTERS)
def test_ingest_reads_the_rows_of_an_adapter(name: str, tmp_path: Path) -> None:
    suite = suite_of(name, tmp_path)
    if isinstance(suite.articles, Path):
        return  # ingested unchanged
    path = tmp_path / "rows.jsonl"
    write(path, suite.articles)
    documents = [found for found in read_jsonl(path) if isinstance(found, Document)]
    assert [document.known.given_id for document in documents] == [row["id"] for row in suite.articles]
    assert {gold for case in suite.cases for gold in case.gold_articles} <= {row["id"] for row in suite.articles}
    authors = {author for document in documents for author in document.known.authors}
    assert {author for case in suite.cases for author in case.authors} <= authors


@pytest.mark.parametrize(("name", "file"), [(name, file) for name, files in FOLDERS.items() for file in files])
def test_a_missing_file_is_named(name: str, file: str, tmp_path: Path) -> None:
    (folder_of(name, tmp_path) / file).unlink()
    with pytest.raises(CaseError, match=re.escape(file)):
        load_suite(name, tmp_path)


PARSED = [
    (name, file) for name, files in FOLDERS.items() for file in files if file != "articles.jsonl.gz"
]  # fmt: skip
"""Every file that an adapter opens; articles that it only names are left to ingest."""


@pytest.mark.parametrize(("name", "file"), PARSED)
def test_a_file_in_another_shape_is_named(name: str, file: str, tmp_path: Path) -> None:
    path = folder_of(name, tmp_path) / file
    path.write_bytes(b"header\n{")
    with pytest.raises(CaseError, match=re.escape(path.name)):
        load_suite(name, tmp_path)


@pytest.mark.parametrize(("name", "file"), PARSED)
def test_a_key_that_is_missing_is_named_with_its_place(name: str, file: str, tmp_path: Path) -> None:
    path = folder_of(name, tmp_path) / file
    if path.suffix == ".json":
        rows = FOLDERS[name][file]
        write(path, [{}] if isinstance(rows, list) else {})
        expected = rf"{re.escape(path.name)} has no '\w+'"
    else:
        write(path, [*FOLDERS[name][file], {}])
        expected = rf"{re.escape(path.name)}, line {len(FOLDERS[name][file]) + 1} has no '\w+'"
    with pytest.raises(CaseError, match=expected):
        load_suite(name, tmp_path)


def test_a_value_of_another_kind_is_told_with_the_folder(tmp_path: Path) -> None:
    write(folder_of("squad", tmp_path) / "squad_v2_dev_half.jsonl.gz", [{"title": 1, "context": [], "id": "s"}])
    with pytest.raises(CaseError, match="do not have the shape of squad"):
        load_suite("squad", tmp_path)


def test_an_unknown_suite_and_a_missing_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="no suite 'nothing'"):
        load_suite("nothing", None)
    for folder in (None, tmp_path / "nowhere"):
        with pytest.raises(CaseError, match="--data FOLDER"):
            load_suite("rtqa_news", folder)


def test_one_of_takes_the_first_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "b").touch()
    (tmp_path / "c").touch()
    assert one_of(tmp_path, "a", "b", "c") == tmp_path / "b"
    with pytest.raises(CaseError, match="There is no x or y in"):
        one_of(tmp_path, "x", "y")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("rows.jsonl", b'{"a": 1}\n\n[1]\n', "rows.jsonl, line 3 is not a JSON object"),
        ("rows.jsonl", b"\xff\xfe\n", "rows.jsonl' cannot be read"),
        ("rows.jsonl.gz", b"no gzip", "rows.jsonl.gz' cannot be read"),
        ("rows.jsonl.gz", gzip.compress(b'{"a": 1}\n', mtime=0)[:-9] + b"damaged!!", "rows.jsonl.gz' cannot be read"),
        ("rows.jsonl.gz", gzip.compress(b'{"a": 1}\n', mtime=0)[:-9], "rows.jsonl.gz' cannot be read"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_read(name: str, content: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CaseError, match=re.escape(told)):
        list(rows_of(tmp_path / name))


def test_json_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"none\.json' cannot be read"):
        json_of(tmp_path / "none.json")


COUNTS = {
    "reader": (
        {
            "story": 20, "why": 16, "yes_no": 16, "unanswerable": 14, "latest": 12, "said": 12, "fact": 12, "summary": 12,
            "list": 10, "how": 10, "timeline": 8, "follow_up": 8, "compare": 6, "meta": 4, "multi": 4,
        },
        None,
    ),
    "rtqa_news": ({"answerable": 561, "no_evidence": 829}, None),
    "wildgraphbench": ({"single_fact": 340, "multi_fact": 134, "summary": 168}, None),
    "squad": ({"answerable": 3019, "unanswerable": 3288}, 636),
    "ramdocs": ({"agreed": 56, "ambiguous": 73, "misinformed": 118}, 1113),
    "mtrag": ({"answerable": 135, "partial": 15, "unanswerable": 7}, 350),
    "cast": ({"first_turn": 26, "follow_up": 213}, 235),
}  # fmt: skip
"""Cases of each type, and articles (None: a file ingested unchanged), in the public data."""


@pytest.mark.public_data
@pytest.mark.parametrize("name", COUNTS)
def test_counts_of_the_public_data(name: str) -> None:
    data = Path(os.environ.get("DATELINE_PUBLIC_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not (data / name).is_dir():
        pytest.skip("no public data here")
    suite = load_suite(name, data / name)
    types, articles = COUNTS[name]
    assert Counter(case.type for case in suite.cases) == types
    assert len({case.id for case in suite.cases}) == len(suite.cases)
    if isinstance(suite.articles, Path):
        assert suite.articles.is_file()
    else:
        ids = {row["id"] for row in suite.articles}
        assert len(ids) == len(suite.articles) == articles
        assert {gold for case in suite.cases for gold in case.gold_articles} <= ids
