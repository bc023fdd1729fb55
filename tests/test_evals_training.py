"""The reading model's training data, one training step, and the coefficients of certainty."""

from __future__ import annotations

import gzip
import json
import math
import random
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner
from eval_records import case
from fakes import WordEmbedder, names_of
from transformers import BertConfig, BertModel

from evals import fit_certainty
from evals.cases import Case
from evals.fit_certainty import MARKS_NAME, cases_of, signals_of_cases
from evals.reader_examples import (
    HELD_OUT,
    INVENTED_MARKS,
    MARKS,
    Example,
    Marked,
    Source,
    digest,
    invented_examples,
    is_held_out,
    marked_examples,
    squad_examples,
)
from evals.suites.sample import sample
from evals.train_reader import PAGES_MOST, Trainer, drawn, figures, go_on_from, loss_of, save, sentence_scores, train
from rag.answering.certainty import Signals
from rag.assistant import Assistant
from rag.encoder import tokenizer_of
from rag.library import Library
from rag.models import packaged_folder
from rag.reader import Page, Reading
from rag.reader_model import ANSWERS, FIRST, HELPS, LAST, TokenWindow, packaged_network
from rag.text.sentences import sentence_spans
from rag.types import Status

STRIKE = ["The ferries stopped on Monday.", "Talks had failed.", "It was foggy."]
FARES = ["Tickets are refunded.", "The office is shut."]


def marks_file(folder: Path, *rows: dict[str, Any]) -> Path:
    """Marks of the articles `strike` and `fares`: a fact and a help in one, and a sentence that nobody judged."""
    row = {
        "id": "0-00a", "topic": "0-00", "kind": "why", "question": "why no ferries", "as_of": None,
        "parts": [[f"strike/{digest(STRIKE[1])}"]], "helps": [f"strike/{digest(STRIKE[0])}"], "wrong": [],
        "seen": {"strike": [digest(one) for one in STRIKE[:2]], "gone": ["0000000"]},
    }  # fmt: skip
    path = folder / "marks.jsonl"
    path.write_text("".join(json.dumps(row | more) + "\n" for more in (rows or ({},))))
    return path


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl.gz"
    rows = [
        {"id": "strike", "title": "Ferry strike", "text": " ".join(STRIKE)},
        {"id": "fares", "title": "Ferry fares", "text": " ".join(FARES)},
    ]
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    return path


# --- marks -----------------------------------------------------------------------------------------------------------


def test_a_digest_names_a_sentence_however_its_lines_break() -> None:
    assert digest("It was\n  foggy. ") == digest("It was foggy.")
    assert digest("It was foggy.") != digest("It was sunny.")
    assert len(digest("")) == 7


def test_marked_sentences_are_found_in_their_articles(corpus: Path, tmp_path: Path) -> None:
    (example,) = marked_examples(corpus, WordEmbedder().count_tokens, marks_file(tmp_path))
    assert (example.question, example.topic, example.source) == ("why no ferries", "0-00", Source.MARKED)
    assert not example.points
    (marked,) = example.pages  # the fares were never shown, and the other article is missing
    assert marked.page.title == "Ferry strike"
    assert [marked.page.text[one.start : one.end] for one in marked.page.sentences] == STRIKE
    assert marked.answers == (0, 1, None)
    assert marked.helps == (1, 1, None)  # what answers also helps


def test_a_short_answer_is_pointed_at_where_its_sentence_answers_or_nobody_looked(corpus: Path, tmp_path: Path) -> None:
    fact = {
        "kind": "fact", "answer": "monday", "parts": [[f"strike/{digest(STRIKE[0])}"]], "helps": [],
        "seen": {"strike": [digest(one) for one in STRIKE[:2]]},
    }  # fmt: skip
    (example,) = marked_examples(corpus, WordEmbedder().count_tokens, marks_file(tmp_path, fact))
    (marked,) = example.pages
    assert (example.source, example.points) == (Source.FACT, True)
    assert (marked.answers, marked.helps) == ((1, 0, None), (1, None, None))
    assert [marked.page.text[start:end] for start, end in marked.spans] == ["Monday"]


def test_a_question_of_which_no_article_is_there_is_left_out(corpus: Path, tmp_path: Path) -> None:
    marks = marks_file(tmp_path, {}, {"id": "1-00a", "seen": {"gone": ["0000000"]}, "parts": [], "helps": []})
    assert len(marked_examples(corpus, WordEmbedder().count_tokens, marks)) == 1


def test_a_topic_is_held_out_whole(corpus: Path, tmp_path: Path) -> None:
    topics = [f"{number // 40}-{number % 40:02}" for number in range(560)]
    held = [topic for topic in topics if is_held_out(topic)]
    assert len(topics) / 9 < len(held) < len(topics) / 4
    marks = marks_file(tmp_path, {"topic": held[0]}, {"topic": next(one for one in topics if one not in held)})
    examples = marked_examples(corpus, WordEmbedder().count_tokens, marks)
    assert [one.held_out for one in examples] == [True, False]


@pytest.mark.parametrize("marks", [MARKS, INVENTED_MARKS])
def test_the_marks_of_this_repository_fit_together(marks: Path) -> None:
    rows = [json.loads(line) for line in marks.read_text().splitlines()]
    assert len({row["id"] for row in rows}) == len(rows) > 1000
    for row in rows:
        seen = {f"{article}/{one}" for article, digests in row["seen"].items() for one in digests}
        named = [*row["helps"], *row["wrong"], *(one for part in row["parts"] for one in part)]
        assert set(named) <= seen, row["id"]
        assert all(row["parts"]), row["id"]
    unanswered = sum(not row["parts"] for row in rows)
    assert len(rows) / 50 < unanswered < len(rows) / 2


def test_the_marks_of_the_invented_libraries_stand_in_their_articles() -> None:
    examples = invented_examples(WordEmbedder().count_tokens)
    assert {one.source for one in examples} == {Source.INVENTED}
    rows = [json.loads(line) for line in INVENTED_MARKS.read_text().splitlines()]
    assert len(examples) > 0.99 * len(rows)
    without = [one.question for one in examples if not one.answerable]
    assert without == [row["question"] for row in rows if not row["parts"]]
    assert all(any(page.spans for page in one.pages) for one in examples if one.points)


# --- SQuAD -----------------------------------------------------------------------------------------------------------

PARAGRAPHS = {
    "dug": "The harbour was dug in 1871. It is deep. In 1871 it rained.",
    "lamp": "The lamp of the harbour is lit by Orla Vane. She is old.",
    "mill": "The mill burned down.",
}


def squad_folder(folder: Path) -> Path:
    def row(id: str, paragraph: str, question: str, *answers: str) -> dict[str, Any]:
        return {
            "id": id, "title": "Lyng_Harbour", "context": PARAGRAPHS[paragraph], "question": question,
            "answers": list(answers), "impossible": not answers,
        }  # fmt: skip

    rows = [
        row("s1", "dug", "When was the harbour dug?", "1871", "in 1871"),
        row("s2", "lamp", "Who lights the lamp of the harbour?", "Orla Vane"),
        row("s3", "mill", "How old is the harbour lamp?"),
    ]
    for name, some in (("squad_v2_dev_half.jsonl.gz", rows), ("squad_v1_dev_31_titles.jsonl.gz", rows[:1])):
        (folder / name).write_bytes(gzip.compress("".join(json.dumps(one) + "\n" for one in some).encode()))
    return folder


def test_squad_questions_have_a_misleading_paragraph_beside(tmp_path: Path) -> None:
    examples = {one.question: one for one in squad_examples(squad_folder(tmp_path))}
    assert len(examples) == 3  # the one in both files is there once
    dug = examples["When was the harbour dug?"]
    assert (dug.topic, dug.points) == ("Lyng_Harbour", True)
    right, near = dug.pages
    # the paragraph that shares most of the question's words; the mill shares only "the"
    assert (right.page.text, near.page.text) == (PARAGRAPHS["dug"], PARAGRAPHS["lamp"])
    assert [right.page.text[start:end] for start, end in right.spans] == ["1871", "in 1871"]
    assert right.answers == (1, 0, 0)
    assert right.helps == (1, None, None)  # nobody judged whether the others help
    assert (near.answers, near.spans) == ((0, 0), ())
    nobody = examples["How old is the harbour lamp?"]
    assert not any(one for page in nobody.pages for one in page.answers)


def test_titles_of_squad_are_held_out() -> None:
    assert Example(Source.SQUAD, "?", HELD_OUT[0], ()).held_out
    assert not Example(Source.SQUAD, "?", "Lyng_Harbour", ()).held_out


# --- the loss --------------------------------------------------------------------------------------------------------


def marked_page(text: str, answers: Sequence[int | None], helps: Sequence[int | None] = (), **more: Any) -> Marked:
    page = Page("Title", text, tuple(sentence_spans(text)))
    return Marked(page, tuple(answers), tuple(helps or [None] * len(answers)), **more)


TWO = marked_page("One two. Three.", (1, 0), (1, None), spans=((4, 7),))
WINDOW = TokenWindow((1, 9, 2, 8, 2, 11, 12, 13, 2), 3, 5, ((0, 3), (4, 7), (9, 14)), (0, 0, 1))
"""Its title is one token, its first sentence two, its second one."""


def scored(*values: tuple[int, int, float]) -> torch.Tensor:
    """Zeros, except for the score of one passage token in a column."""
    scores = torch.zeros(1, len(WINDOW.ids), 4)
    for token, column, value in values:
        scores[0, WINDOW.first + token, column] = value
    return scores


def test_a_sentence_scores_the_mean_of_its_tokens() -> None:
    (found,) = sentence_scores([WINDOW], scored((0, ANSWERS, 2.0), (1, ANSWERS, 4.0), (2, HELPS, 9.0)), ANSWERS, [TWO])
    assert found.tolist() == [3.0, 0.0]
    cut = TokenWindow(WINDOW.ids[:-2], 3, 5, WINDOW.offsets[:2], WINDOW.sentence[:2])
    (found,) = sentence_scores([cut], scored(), ANSWERS, [TWO])
    assert found[0] == 0.0
    assert math.isnan(found[1])  # beyond the window


def test_the_loss_of_sentences_by_hand() -> None:
    # answers: log odds 0 and 0 for a right and a wrong one, ln 2 each; helps: one is known, ln 2;
    # all against one another and against nothing, three of the same weight: ln 3, weighted 0.3
    expected = math.log(2) + math.log(2) + 0.3 * math.log(3)
    assert loss_of([WINDOW], scored(), [TWO], points=False).item() == pytest.approx(expected, abs=1e-5)


def test_the_loss_falls_with_what_is_right() -> None:
    def loss(*values: tuple[int, int, float], points: bool = False) -> float:
        return loss_of([WINDOW], scored(*values), [TWO], points=points).item()

    assert loss((0, ANSWERS, 1.0)) < loss() < loss((2, ANSWERS, 1.0))
    assert loss((0, HELPS, 1.0)) < loss()
    assert loss((2, HELPS, 1.0)) == loss()  # nobody judged whether it helps
    pointed = loss((1, FIRST, 2.0), (1, LAST, 2.0), points=True)
    assert pointed < loss(points=True) < loss((2, FIRST, 2.0), points=True)


def test_the_loss_of_pointing_by_hand() -> None:
    # three tokens and "none", all with the score 0: ln 4 for the first and for the last token
    more = loss_of([WINDOW], scored(), [TWO], points=True) - loss_of([WINDOW], scored(), [TWO], points=False)
    assert more.item() == pytest.approx(0.3 * math.log(4), abs=1e-5)
    # words beyond the window teach nothing; if none answers, "none" is right
    far = marked_page(TWO.page.text, TWO.answers, TWO.helps, spans=((90, 95),))
    nobody = marked_page(TWO.page.text, (0, 0), (None, None))
    assert loss_of([WINDOW], scored(), [far], points=True) == loss_of([WINDOW], scored(), [far], points=False)
    sure = torch.zeros(1, len(WINDOW.ids), 4)
    sure[0, 0, [FIRST, LAST]] = 5.0
    assert loss_of([WINDOW], sure, [nobody], points=True) < loss_of([WINDOW], scored(), [nobody], points=True)


def test_sentences_of_which_nothing_is_known_teach_nothing() -> None:
    unknown = marked_page(TWO.page.text, (None, None))
    scores = scored().requires_grad_()
    loss = loss_of([WINDOW], scores, [unknown], points=False)
    torch.autograd.backward([loss])
    assert loss.item() == 0.0
    assert scores.grad is not None
    assert not scores.grad.any()


@pytest.mark.parametrize(("right", "others"), [(1, 9), (9, 1), (2, 1), (0, 9), (9, 0)])
def test_a_step_shows_answers_and_distractors(right: int, others: int) -> None:
    pages = [marked_page("Yes.", (1,), (1,))] * right + [marked_page("No.", (0,), (0,))] * others
    shown = drawn(Example(Source.MARKED, "?", "t", tuple(pages)), random.Random(1))
    assert len(shown) == min(PAGES_MOST, right + others)
    assert any(page.helps[0] for page in shown) == bool(right)
    assert any(not page.helps[0] for page in shown) == bool(others)


# --- one step --------------------------------------------------------------------------------------------------------


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A tiny encoder in place of the packaged embedding model."""
    torch.manual_seed(3)
    small = BertConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    BertModel(small).save_pretrained(tmp_path / "base")
    return tmp_path / "base"


def test_a_step_learns_and_leaves_the_word_embeddings_alone(base: Path, corpus: Path, tmp_path: Path) -> None:
    tokenizer = tokenizer_of(packaged_folder())
    marked = marked_examples(corpus, WordEmbedder().count_tokens, marks_file(tmp_path))
    shown = [*marked, *squad_examples(squad_folder(tmp_path))]
    network = packaged_network(base, None)
    before = {name: one.clone() for name, one in network.state_dict().items()}
    out = tmp_path / "reader.safetensors"
    trainer = Trainer(network, steps=1, peak_rate=1e-4)
    train(trainer, tokenizer, shown, steps=1, seed=7, store=lambda: save(network, out))
    changed = {name for name, one in network.state_dict().items() if not torch.equal(one, before[name])}
    assert {name for name in before if name.startswith("scores.")} <= changed
    assert any(name.startswith("bert.encoder.") for name in changed)
    assert not any(name.startswith("bert.embeddings.") for name in changed)
    # what was saved continues from there, at half precision
    other = packaged_network(base, None)
    go_on_from(other, out)
    again = other.state_dict()
    for name, one in network.state_dict().items():
        assert torch.allclose(again[name], one, atol=0.01), name


class Knowing:
    """Takes sentences with "yes" as answers."""

    def read(self, question: str, pages: Sequence[Page]) -> list[tuple[Reading, ...]]:
        return [
            tuple(Reading(float("yes" in page.text[one.start : one.end]), 0.0) for one in page.sentences)
            for page in pages
        ]


def test_figures_of_held_out_questions() -> None:
    examples = [
        Example(Source.MARKED, "?", "t", (marked_page("Never. It is yes.", (0, 1)),)),
        Example(Source.MARKED, "?", "t", (marked_page("It is yes. Never.", (0, 1)),)),  # the wrong one comes first
        Example(Source.MARKED, "?", "t", (marked_page("Never. Not now.", (0, 0)),)),
        Example(Source.MARKED, "?", "t", (marked_page("Never. Not now.", (0, None)),)),
    ]
    told = figures(Knowing(), examples)  # type: ignore[arg-type]
    # precision 1 and 1/2 for the two answerable ones; both score 1 where the others score 0
    assert told.startswith("4 questions: best sentence answers 50.0%, mean average precision 0.750 of 2 answerable")
    assert told.endswith("1.000")


# --- certainty -------------------------------------------------------------------------------------------------------


def test_certainty_is_fitted_on_questions_that_nothing_learned_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = next(f"0-{number:02}" for number in range(40) if is_held_out(f"0-{number:02}"))
    learned = next(f"0-{number:02}" for number in range(40) if not is_held_out(f"0-{number:02}"))
    marks = marks_file(
        tmp_path,
        {"id": "a", "topic": held, "as_of": "2025-08-13"},
        {"id": "b", "topic": held, "parts": []},
        {"id": "c", "topic": learned},
    )
    monkeypatch.setattr(fit_certainty, "MARKS", marks)
    found = cases_of(MARKS_NAME, tmp_path, 50)
    assert [(one.id, one.status) for one in found] == [("a", Status.ANSWERED), ("b", Status.ABSTAINED)]
    assert str(found[0].as_of) == "2025-08-13"


def test_questions_are_taken_evenly_and_stand_alone() -> None:
    whole = [one for one in sample().cases if not one.history and one.type != "meta"]
    taken = cases_of("sample", Path(), 100)
    assert 50 < len(taken) <= 100
    places = [whole.index(one) for one in taken]
    assert places == list(range(0, len(whole), places[1]))


def known_and_unknown(count: int) -> list[Case]:
    """Questions made from the names in an article, and from names found in none."""

    def asked(n: int) -> str:
        return f"What did {' '.join(name.title() for name in names_of(n)[:5])}?"

    known = [case(f"y{n}", question=asked(n % 6)) for n in range(count)]
    return [*known, *(case(f"n{n}", question=asked(50 + n), status=Status.ABSTAINED) for n in range(count))]


def test_signals_tell_what_is_there_from_what_is_not(filled: Library) -> None:
    asked = known_and_unknown(3)
    found = list(signals_of_cases(Assistant(filled), [*asked, case("hello", question="hello", type="meta")]))
    assert found.pop() is None  # the catalog answers it
    coverage = [field.name for field in fields(Signals)].index("coverage")
    shares = [one[coverage] for one in found if one]
    assert min(shares[:3]) > max(shares[3:])


def test_fitting_prints_a_coefficient_for_each_signal(filled: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_certainty.Library, "open", lambda folder: filled)
    monkeypatch.setattr(fit_certainty, "cases_of", lambda suite, data, most: known_and_unknown(6))
    folder = str(filled.path)
    told = CliRunner().invoke(fit_certainty.main, ["--data", folder, "--on", "sample", folder], catch_exceptions=False)
    assert told.exit_code == 0
    names = [line.split()[0] for line in told.output.splitlines() if line.startswith("  ")]
    assert names[: len(fields(Signals)) + 1] == [*(field.name for field in fields(Signals)), "intercept"]
    assert "sample: 12 questions, area under the ROC curve" in told.output
    assert "threshold 0.5" in told.output
