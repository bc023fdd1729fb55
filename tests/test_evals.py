"""Cases, scores and their intervals, with the arithmetic shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.cases import CaseError, read_cases
from evals.metrics import Share, contains_answer, normalised, percentile, share
from evals.suites import DATA, load_suite, rtqa_news, sample
from ingest.document import Document
from ingest.extract import extract
from ingest.sources import find


def test_normalised() -> None:
    assert normalised("“Terrifier 2” made $1,000,000! [1]") == " terrifier 2 made 1000000 "


@pytest.mark.parametrize(
    ("text", "answers", "right"),
    [
        ("It cost $20,000. [1]", ["$20,000"], True),
        ("It cost 120,000.", ["20,000"], False),  # whole words only
        ("Spokesperson Kang Yu-jung said so.", ["Kang Yu-jung"], True),
        ("word " * 60 + "Parler", ["Parler"], False),  # the 61st word does not count
        ("Nothing.", [""], False),
    ],
)
def test_contains_answer(text: str, answers: list[str], right: bool) -> None:
    assert contains_answer(text, answers) is right


def test_a_share_with_its_interval() -> None:
    # Wilson for 8 of 10 at z = 1.96: middle (0.8 + 0.1921) / 1.3841 = 0.7167, half 0.2266
    assert Share(8, 10).interval == pytest.approx((0.490, 0.943), abs=0.001)
    assert str(Share(8, 10)) == "80.0 (49.0–94.3)"


def test_not_applicable_is_not_zero() -> None:
    assert share([None, None]) == Share(0, 0)
    assert share([None]).value is None
    assert str(share([None])) == "–"
    assert share([True, None, False]).value == 0.5


def test_percentile() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.95) == 4.0
    assert percentile([], 0.5) is None


def test_a_bad_case_is_named_by_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": "a", "type": "number", "question": "How many?"}\n{"id": "b"}\n')
    with pytest.raises(CaseError, match=r"cases\.jsonl, line 2"):
        list(read_cases(path))


def test_the_sample_cases_stand_on_words_of_their_articles() -> None:
    texts: dict[str, str] = {}
    for found in find([str(DATA / "articles")]):
        if isinstance(found, Document):
            name = Path(found.source).relative_to(DATA).as_posix()
            texts[name] = extract(found).text
    suite = sample()
    assert len(suite.cases) >= 80
    assert len({case.id for case in suite.cases}) == len(suite.cases)
    for case in suite.cases:
        for gold in case.gold:
            assert " ".join(gold.words.split()) in " ".join(texts[gold.file].split()), (case.id, gold.file)
        assert bool(case.answers) == case.answerable, case.id


def test_the_public_suite_reads_rows_of_its_shape(tmp_path: Path) -> None:
    rows = {
        "questions.jsonl": {
            "id": "q1", "asked": "2025-08-13", "question": "Who?", "answers": ["Orla Vane"], "gold_articles": ["a1"]
        },
        "no_evidence.jsonl": {"id": "n1", "asked": "2025-08-13", "question": "Why?", "true_answer": "x"},
    }  # fmt: skip
    for name, row in rows.items():
        (tmp_path / name).write_text(json.dumps(row) + "\n")
    (tmp_path / "extra_answers.json").write_text('{"bad": [], "extra_answers": {"q1": ["Vane"]}}')
    answerable, refused = rtqa_news(tmp_path).cases
    assert answerable.answers == ("Orla Vane", "Vane")
    assert answerable.answerable
    assert not refused.answerable


def test_an_unknown_suite_and_a_missing_folder_are_told() -> None:
    with pytest.raises(CaseError, match="no suite 'nothing'"):
        load_suite("nothing", None)
    with pytest.raises(CaseError, match="--data FOLDER"):
        load_suite("rtqa_news", None)
