"""Two runs side by side: paired by case, tested, with warnings where they are not comparable."""

from __future__ import annotations

import pytest
from eval_records import QUOTE, failed, info, record, result

from evals.compare import Comparison, Difference, compare
from evals.records import Record, RunInfo
from evals.rows import CaseError
from rag.types import Status

WRONG = "Nobody announced a visit to Osaka."


def answers(outcomes: str, *, first: int = 0) -> list[Record]:
    """One case per letter: `r`ight, `w`rong, `a`bstained, `f`ailed."""
    made = {
        "r": lambda id: record(id, QUOTE),
        "w": lambda id: record(id, WRONG),
        "a": lambda id: record(id, status=Status.ABSTAINED),
        "f": lambda id: failed(id),
    }
    return [made[letter](f"q{place}") for place, letter in enumerate(outcomes, start=first)]


def compared(before: str, after: str) -> Comparison:
    return compare(result(answers(before), info("one")), result(answers(after), info("two")))


def difference_in(comparison: Comparison, measure: str) -> Difference:
    return next(one for one in comparison.differences if one.measure == measure)


def test_a_change_is_tested_by_the_cases_that_changed() -> None:
    # 20 cases: 12 right in both, 6 gained, 1 lost, 1 wrong in both; 13/20 → 18/20
    comparison = compared("r" * 12 + "w" * 6 + "r" + "w", "r" * 12 + "r" * 6 + "w" + "w")
    found = difference_in(comparison, "answer accuracy")
    assert (found.first.value, found.second.value) == (13 / 20, 18 / 20)
    assert found.difference == pytest.approx(5 / 20)
    # exact McNemar: at most 1 of 7 heads, both sides: 2 · (1 + 7) / 2^7 = 0.125
    assert found.p == pytest.approx(0.125)
    # differences are 6 × +1, 1 × -1, 13 × 0: variance 7/20 - (5/20)² = 0.2875, 1.96 · sqrt(0.2875 / 20) = 0.235
    assert (found.low, found.high) == pytest.approx((0.015, 0.485), abs=0.06)
    assert [flip.id for flip in comparison.gained] == [f"q{place}" for place in range(12, 18)]
    (lost,) = comparison.lost
    assert (lost.id, lost.first_answer, lost.second_answer) == ("q18", f"{QUOTE} [1]", f"{WRONG} [1]")


def test_pairing_sees_what_two_intervals_do_not() -> None:
    comparison = compared("r" * 20 + "w" * 20, "r" * 30 + "w" * 10)
    found = difference_in(comparison, "answer accuracy")
    assert found.first.high is not None
    assert found.second.low is not None
    assert found.first.high > found.second.low  # 50 % and 75 % of 40: Wilson's intervals overlap
    assert found.low > 0
    assert found.p == pytest.approx(2 / 2**10)  # 10 of 10 for the better


def test_nothing_changed() -> None:
    comparison = compared("rrwa", "rrwa")
    found = difference_in(comparison, "answer accuracy")
    assert (found.difference, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)
    assert comparison.gained == comparison.lost == ()
    assert comparison.warnings == ()


def test_a_mean_has_no_p_value() -> None:
    found = difference_in(compared("rrr", "rrw"), "token F1")
    assert found.p is None
    assert found.low <= found.difference <= found.high <= 0


def test_only_cases_to_which_a_measure_applies_in_both_count() -> None:
    comparison = compared("aar", "raa")
    found = difference_in(comparison, "abstention precision")  # only the second case is refused in both
    assert found.first.cases == found.second.cases == 1
    assert all(one.measure != "conflict recall" for one in comparison.differences)


def test_a_failure_is_a_flip_that_says_how() -> None:
    (lost,) = compared("r", "f").lost
    assert lost.second_answer == "Failed: The library has no lexical index."


def test_runs_that_share_only_a_part() -> None:
    comparison = compare(result(answers("rrr"), info("one")), result(answers("wwww", first=2), info("two")))
    assert (comparison.cases, comparison.only_first, comparison.only_second) == (1, 2, 3)
    assert comparison.warnings == ("Only 1 cases are in both runs; the first has 3, the second 4.",)
    assert [flip.id for flip in comparison.lost] == ["q2"]


def test_runs_that_share_nothing_are_refused() -> None:
    with pytest.raises(CaseError, match="one and two share no case"):
        compare(result(answers("r"), info("one")), result(answers("r", first=7), info("two")))


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (info(suite="squad"), "Different suites: sample and squad."),
        (info(corpus="corpus-2"), "The articles are not the same."),
        (info(cases="cases-2"), "The cases are not the same under the same ids"),
        (info(with_as_of=False), "Only the first run was asked as of the day of each question."),
    ],
)
def test_what_makes_runs_hard_to_compare_is_told(other: RunInfo, told: str) -> None:
    (warning,) = compare(result(answers("rw"), info()), result(answers("rw"), other)).warnings
    assert warning.startswith(told)


def test_a_comparison_is_json_both_ways() -> None:
    comparison = compared("rwa", "wra")
    assert Comparison.from_json(comparison.to_json()) == comparison
