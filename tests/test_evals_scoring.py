"""Scores of single cases and the figures made from them, with the arithmetic shown."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from eval_records import QUOTE, answer, case, citation, failed, info, mixed, nugget, record, result
from hypothesis import given
from hypothesis import strategies as st

from evals.answer_text import compared, contains_answer, first_words, token_f1
from evals.calibration import auroc, reliability, risk_coverage
from evals.cases import PastTurn
from evals.measures import MEASURES, Estimate, estimate, mean_interval, summary
from evals.records import Record
from evals.scoring import score
from rag.types import Answer, Citation, Sentence, Status, Verdict, Writing, WritingProblem

# --- words of an answer ----------------------------------------------------------------------------------------------


def test_what_is_compared() -> None:
    assert compared("“Terrifier 2” made $1,000,000!") == " terrifier 2 made 1000000 "
    assert first_words("One [1] two three [2]", 2) == "One two"


@pytest.mark.parametrize(
    ("text", "answers", "right"),
    [
        ("It cost $20,000. [1]", ["$20,000"], True),
        ("It cost 20000 dollars.", ["$20,000"], True),
        ("It cost 120,000.", ["20,000"], False),  # whole words only
        ("Spokesperson Kang Yu-jung said so.", ["Kang Yu-jung"], True),
        ("It rose by 37.2%.", ["37%"], False),
        ("It happened in Perú.", ["Peru"], True),
        ("It was KANG YU JUNG.", ["Nobody", "Kang Yu-jung"], True),  # any one is enough
        ("word " * 59 + "[1] [2] Parler", ["Parler"], True),  # the 60th; citation numbers are not words
        ("word " * 60 + "Parler", ["Parler"], False),  # the 61st word does not count
        ("Nothing.", ["", "…"], False),
    ],
)
def test_contains_answer(text: str, answers: list[str], right: bool) -> None:
    assert contains_answer(text, answers) is right


def test_token_f1_is_of_the_closest_reference() -> None:
    # "kang announced visit" and "visit of kang": 2 words in common, 2 · 2 / (3 + 3)
    assert token_f1("Kang announced the visit. [1]", ["a visit of Kang"]) == pytest.approx(2 / 3)
    # a word counts as often as it is in both: "no no" and "no": 2 · 1 / (2 + 1)
    assert token_f1("No, no!", ["nothing at all", "no"]) == pytest.approx(2 / 3)
    assert token_f1("Kang", ["Lee"]) == token_f1("", ["Lee"]) == token_f1("Kang", []) == 0.0


def test_what_the_words_of_an_answer_are_worth() -> None:
    scores = score(record("q", "Officials spoke.", QUOTE))
    assert (scores["answer accuracy"], scores["first quote right"]) == (1.0, 0.0)
    scores = score(record("q", "Kang Yu-jung."))
    assert (scores["first quote right"], scores["token F1"]) == (1.0, 1.0)
    # refusing is wrong if there is an answer, whatever the refusal says
    refused = score(record("q", answers=("library",), status=Status.ABSTAINED))
    assert [refused[name] for name in ("answer accuracy", "first quote right", "token F1")] == [0.0] * 3
    assert refused["wrong answer given"] is None


def test_a_long_reference_is_compared_by_words_only() -> None:
    asked = case(answers=(), reference="Kang Yu-jung announced it")
    # kang yu jung announced it / spokesperson kang yu jung announced visit on wednesday: 4 in common, 2 · 4 / (5 + 8)
    scores = score(record(of_case=asked))
    assert scores["token F1"] == pytest.approx(8 / 13)
    assert scores["answer accuracy"] is None


def test_a_known_false_answer_counts_when_it_is_given() -> None:
    asked = case(wrong_answers=("Shinzo Abe",))
    assert score(record("q", "Shinzo Abe announced it.", of_case=asked))["wrong answer given"] == 1.0
    assert score(record(of_case=asked))["wrong answer given"] == 0.0
    assert score(record(of_case=asked, status=Status.ABSTAINED))["wrong answer given"] == 0.0


# --- retrieval -------------------------------------------------------------------------------------------------------


def test_retrieval_by_articles() -> None:
    # gold c and z: c is the third article (b occurs twice), z is not found
    scores = score(record(ranking=("a", "b", "b", "c", "d"), gold_articles=("c", "z")))
    assert [scores[f"Success@{rank}"] for rank in (1, 5)] == [0.0, 1.0]
    # gain 1 at rank 3: 1 / log2(4) = 0.5; best order: 1 / log2(2) + 1 / log2(3)
    assert scores["nDCG@10"] == pytest.approx(0.5 / (1 + 1 / math.log2(3)), abs=1e-4)


def test_a_gold_article_at_rank_eleven_is_not_among_ten() -> None:
    scores = score(record(ranking=tuple(f"a{place}" for place in range(20)), gold_articles=("a10",)))
    assert (scores["R@10"], scores["RR"], scores["nDCG@10"]) == (0.0, pytest.approx(1 / 11), 0.0)


def test_nothing_found_is_zero_and_no_gold_article_is_not_applicable() -> None:
    nothing, without = score(record("a", ranking=())), score(record("b", gold_articles=()))
    for name in ("Success@1", "Success@5", "R@10", "RR", "nDCG@10"):
        assert (nothing[name], without[name]) == (0.0, None)


# --- status ----------------------------------------------------------------------------------------------------------


def test_abstention_and_conflict() -> None:
    figures = mixed().figures()
    # 5 answerable: right, wrong, both sides answered; one wrongly refused, one failed
    assert (figures["answered when answerable"].value, figures["answered when answerable"].cases) == (3 / 5, 5)
    # 2 unanswerable, 1 refused; 2 refused, 1 of them unanswerable
    assert (figures["abstention recall"].value, figures["abstention recall"].cases) == (1 / 2, 2)
    assert (figures["abstention precision"].value, figures["abstention precision"].cases) == (1 / 2, 2)
    assert (figures["conflict recall"].value, figures["conflict precision"].value) == (1.0, 1.0)
    # right, wrong, refused and both sides have the expected status; 3 of 7 have another or none
    assert figures["status right"].value == pytest.approx(4 / 7)
    assert figures["failed"].value == pytest.approx(1 / 7)


def test_a_conflict_that_is_not_told_and_one_that_is_none() -> None:
    untold = score(record(due=Status.CONFLICT))
    assert (untold["conflict recall"], untold["conflict precision"], untold["status right"]) == (0.0, None, 0.0)
    false_alarm = score(record(status=Status.CONFLICT))
    assert (false_alarm["conflict recall"], false_alarm["conflict precision"]) == (None, 0.0)


def test_the_closest_passages_are_a_refusal_that_is_counted_apart() -> None:
    due = score(record(due=Status.ABSTAINED, status=Status.CLOSEST))
    assert (due["abstention recall"], due["abstention precision"], due["status right"]) == (1.0, 1.0, 1.0)
    # the quote holds the accepted answer, but was not given as the answer
    not_due = score(record(status=Status.CLOSEST))
    assert (not_due["answered when answerable"], not_due["abstention precision"]) == (0.0, 0.0)
    assert [not_due[name] for name in ("answer accuracy", "first quote right", "token F1", "status right")] == [0.0] * 4
    assert due["closest shown"] == not_due["closest shown"] == 1.0
    assert score(record(status=Status.ABSTAINED))["closest shown"] == score(record())["closest shown"] == 0.0


def test_right_when_asserted_leaves_out_what_is_not_asserted() -> None:
    records = [
        record("right"),
        record("wrong", "Nobody did."),
        record("should be refused", due=Status.ABSTAINED),
        record("refused", status=Status.ABSTAINED),
        record("closest", status=Status.CLOSEST),
        failed("failed"),
    ]
    figure = result(records).figures()["right when asserted"]
    assert (figure.value, figure.cases) == (1 / 3, 3)
    # nuggets decide what is right if there are any; if nothing does, an answer is neither
    both = case(nuggets=(nugget("Kang Yu-jung"), nugget("Tokyo")))
    assert score(record(of_case=both))["right when asserted"] == 0.0
    assert score(record(of_case=case(answers=())))["right when asserted"] is None


# --- citations -------------------------------------------------------------------------------------------------------

TOKYO, MONDAY = "Lee will visit Tokyo.", "He will be in Washington on Monday."
BOTH = "Lee will visit Tokyo, and Washington on Monday."


def citing(*sentences: tuple[str, Sequence[str]]) -> Answer:
    """An answer made of sentences, each with the quotes it cites."""
    text, made, cited = "", [], list[Citation]()
    for sentence, quotes in sentences:
        numbers = tuple(range(len(cited) + 1, len(cited) + 1 + len(quotes)))
        cited += [citation(quote, number=number) for number, quote in zip(numbers, quotes, strict=True)]
        start = len(text)
        text += f"{sentence} {' '.join(f'[{number}]' for number in numbers)} "
        made.append(Sentence(start=start, end=len(text) - 1, citations=numbers, verdict=Verdict.SUPPORTED))
    return answer(citations=[citation()]).model_copy(
        update={"text": text.strip(), "sentences": tuple(made), "citations": tuple(cited)}
    )


@pytest.mark.parametrize(
    ("sentences", "recall", "precision"),
    [
        # verbatim, by its one citation
        ([(TOKYO, [TOKYO])], 1.0, 1.0),
        # two of two citations are needed; one of two sentences is supported; none of the other's citations counts
        ([(BOTH, [TOKYO, MONDAY])], 1.0, 1.0),
        ([(BOTH, [TOKYO, MONDAY]), ("Nobody came.", [TOKYO])], 1 / 2, 2 / 3),
        # the first alone supports it; the second does not and is not needed
        ([(TOKYO, [TOKYO, MONDAY])], 1.0, 1 / 2),
        # each supports it alone
        ([(TOKYO, [TOKYO, TOKYO])], 1.0, 1.0),
        # only three citations are examined; the fourth, which would support it, is not
        ([(TOKYO, [MONDAY, MONDAY, MONDAY, TOKYO])], 0.0, 0.0),
        # no citation: not supported, and nothing to be precise about
        ([(TOKYO, [])], 0.0, None),
    ],
)
def test_citation_recall_and_precision(
    sentences: list[tuple[str, list[str]]], recall: float, precision: float | None
) -> None:
    scores = score(record(answered=citing(*sentences)))
    assert scores["citation recall"] == pytest.approx(recall)
    assert scores["citation precision"] == (None if precision is None else pytest.approx(precision))


def test_quotes_are_verbatim_so_quotes_answers_cite_perfectly() -> None:
    cut = "Lee will visit [2] Tokyo on Aug. 23 and meet Ishiba"
    shown = answer(cut).model_copy(update={"text": "Lee will visit (2) Tokyo on Aug. 23 and meet Ishiba … [1]"})
    said = shown.model_copy(update={"sentences": (shown.sentences[0].model_copy(update={"end": len(shown.text)}),)})
    assert score(record(answered=said))["citation recall"] == 1.0


def test_answers_that_a_model_was_asked_for_and_did_not_write_are_counted() -> None:
    late = Writing(model="small", problem=WritingProblem.TOO_SLOW)
    given = [
        record(),
        *(record(answered=answer().model_copy(update={"writing": one})) for one in (late, Writing(model="small"))),
    ]
    assert [score(one)["in a model's words"] for one in given] == [None, 0.0, 1.0]


# --- what was searched -----------------------------------------------------------------------------------------------


def test_a_question_that_stands_alone_is_left_alone() -> None:
    assert score(record())["left word for word"] == 1.0
    changed = answer(standalone_question="Who announced the visit to Tokyo?")
    assert score(record(answered=changed))["left word for word"] == 0.0


def test_a_follow_up_is_held_against_its_rewrite() -> None:
    asked = case(history=(PastTurn(question="Where does he go?", answer="To Tokyo."),), rewrite="Who announced it?")

    def same(ranking: tuple[str, ...], rewrite: tuple[str, ...]) -> tuple[float | None, float | None]:
        scores = score(record(of_case=asked, ranking=ranking, rewrite_ranking=rewrite))
        assert scores["left word for word"] is None
        return scores["follow-up finds the same"], scores["follow-up Success@5"]

    assert same(("a", "b"), ("a", "c")) == (1.0, 1.0)
    assert same(("b", "a"), ("a", "b")) == (0.0, 1.0)
    assert same(("b", "c", "d", "e", "f", "a"), ("a",)) == (0.0, 0.0)
    assert same((), ("a",)) == (0.0, 0.0)
    assert same(("a",), ()) == (None, None)  # the rewrite finds nothing to compare with
    assert score(record(of_case=asked, error="No index."))["follow-up finds the same"] == 0.0
    assert score(record(rewrite_ranking=("a1",)))["follow-up finds the same"] is None


def test_what_others_found_is_taken_over() -> None:
    assert score(record(quotes_intact=False))["quotes intact"] == 0.0


# --- all of them -----------------------------------------------------------------------------------------------------


def test_a_failed_case_is_wrong_in_all_that_its_case_decides() -> None:
    known = {name for name, value in score(failed()).items() if value is not None}
    assert known == {
        "answer accuracy", "first quote right", "token F1", "Success@1", "Success@5", "R@10", "RR", "nDCG@10", "answered when answerable", "closest shown", "status right", "left word for word",
        "failed",
    }  # fmt: skip
    assert {score(failed())[name] for name in known - {"failed"}} == {0.0}
    assert score(failed())["failed"] == 1.0
    assert score(failed(due=Status.ABSTAINED))["abstention recall"] == 0.0
    assert score(failed(due=Status.CONFLICT))["conflict recall"] == 0.0
    told = case(nuggets=(nugget("Kang"),))
    assert score(record(of_case=told, error="No index."))["satisfied"] == 0.0


def test_every_measure_is_there_in_order_and_can_apply() -> None:
    asked = case(
        history=(PastTurn(question="Where?", answer="Tokyo."),),
        rewrite="Who?",
        wrong_answers=("Abe",),
        reference="Kang.",
        nuggets=(nugget("Kang"),),
    )
    several = [
        *mixed().records,
        record("follow-up", of_case=asked, rewrite_ranking=("a1",)),
        record(answered=answer().model_copy(update={"writing": Writing(model="small")})),
    ]
    scored = [score(one) for one in several]
    assert all(list(scores) == list(MEASURES) for scores in scored)
    assert {name for scores in scored for name, value in scores.items() if value is not None} == set(MEASURES)
    assert not any(value is not None and math.isnan(value) for scores in scored for value in scores.values())


# --- figures ---------------------------------------------------------------------------------------------------------


def test_a_share_with_its_interval() -> None:
    # Wilson for 8 of 10 at z = 1.96: middle (0.8 + 0.1921) / 1.3841 = 0.7167, half 0.2266
    figure = estimate([1.0] * 8 + [0.0] * 2)
    assert (figure.low, figure.high) == pytest.approx((0.490, 0.943), abs=0.001)
    assert str(figure) == "80.0 (49.0–94.3)"
    assert str(estimate([1.0, 1.0])) == "100.0 (34.2–100.0)"


def test_not_applicable_is_not_zero() -> None:
    assert estimate([None, None]) == Estimate(value=None, low=None, high=None, cases=0, share=True)
    assert str(estimate([None])) == "–"
    figure = estimate([1.0, None, 0.0])
    assert (figure.value, figure.cases) == (0.5, 2)
    assert list(summary([{"failed": 0.0, "token F1": None}])) == ["failed"]


def test_a_mean_with_its_interval() -> None:
    # with 400 values, half zeros and half ones, the standard error is 0.5 / 20, so the interval is 0.5 ± 1.96 · 0.025
    figure = estimate([0.0, 1.0] * 200, share=False)
    assert figure.value == 0.5
    assert (figure.low, figure.high) == pytest.approx((0.451, 0.549), abs=0.01)
    assert estimate([0.0, 1.0] * 200, share=False) == figure  # the same seed draws the same
    assert estimate([0.25], share=False) == Estimate(value=0.25, low=0.25, high=0.25, cases=1, share=False)
    assert str(estimate([0.5, 0.5], share=False)) == "0.500 (0.500–0.500)"


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_an_interval_holds_its_mean(values: list[float]) -> None:
    low, high = mean_interval(values)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9


# --- calibration -----------------------------------------------------------------------------------------------------


def calibrated(*cases: tuple[float, bool, bool], refusal: Status = Status.ABSTAINED) -> list[Record]:
    """Confidence, whether it is answerable, whether it was answered; always right if answerable."""
    return [
        record(
            f"q{place}",
            due=Status.ANSWERED if answerable else Status.ABSTAINED,
            status=Status.ANSWERED if answered else refusal,
            confidence=confidence,
        )
        for place, (confidence, answerable, answered) in enumerate(cases)
    ]


@pytest.mark.parametrize("refusal", [Status.ABSTAINED, Status.CLOSEST])
def test_risk_and_coverage(refusal: Status) -> None:
    several = calibrated((0.9, True, True), (0.8, False, True), (0.8, True, True), (0.2, False, False), refusal=refusal)
    found = risk_coverage(result([*several, failed()]))
    assert found
    # 1 of 4 questions at 0.9, none wrong; 3 of 4 from 0.8 on, 1 of 3 wrong; the refused one is never covered
    assert found.points == ((1 / 4, 0.0), (3 / 4, 1 / 3))
    assert found.area == pytest.approx((0 + 1 / 3 + 1 / 3) / 3)
    assert risk_coverage(result(calibrated((0.2, False, False)))) is None


def test_does_confidence_tell_answerable_from_not() -> None:
    # answerable 0.9 and 0.4, not 0.6 and 0.4: of four pairs 0.9 wins twice, 0.4 loses once and ties once: 2.5 / 4
    several = calibrated((0.9, True, True), (0.4, True, False), (0.6, False, True), (0.4, False, False))
    assert auroc(result(several)) == pytest.approx(2.5 / 4)
    assert auroc(result(calibrated((0.9, True, True)))) is None
    assert auroc(result([failed(), failed("q2", due=Status.ABSTAINED)])) is None


def test_is_confidence_a_probability() -> None:
    several = calibrated((0.92, True, True), (0.98, True, True), (1.0, False, True), (0.35, False, False))
    found = reliability(result(several))
    assert found
    low, high = found.bins
    assert (low.low, low.high, low.cases) == pytest.approx((0.3, 0.4, 1))
    assert (low.mean_confidence, low.answerable.value) == pytest.approx((0.35, 0.0))
    assert (high.high, high.cases) == (1.0, 3)
    assert (high.mean_confidence, high.answerable.value) == pytest.approx((2.9 / 3, 2 / 3))
    # 1 of 4 cases is off by 0.35, 3 of 4 by 0.9667 - 0.6667 = 0.3
    assert found.error == pytest.approx(0.35 / 4 + 0.3 * 3 / 4)
    assert reliability(result(calibrated((0.9, True, True)), info())) is None
