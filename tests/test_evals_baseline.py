"""The baseline: what counts as a fall, what is only reported, and the file in which the baseline is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eval_records import QUOTE, failed, info, mixed, record, result

from evals.baseline import (
    GATED,
    Baseline,
    Regressions,
    baseline_of,
    read_baseline,
    regressions,
    write_baseline,
)
from evals.measures import MEASURES, Better
from evals.records import Record
from evals.rows import CaseError
from rag.types import Status

WRONG = "Nobody announced a visit to Osaka."


def run(outcomes: str, *, first: int = 0) -> list[Record]:
    """One case per letter: `r`ight, `w`rong, `a`bstained, `f`ailed, `b`roken quote."""
    made = {
        "r": lambda id: record(id, QUOTE),
        "w": lambda id: record(id, WRONG),
        "a": lambda id: record(id, status=Status.ABSTAINED),
        "f": lambda id: failed(id),
        "b": lambda id: record(id, QUOTE, quotes_intact=False),
    }
    return [made[letter](f"q{place}") for place, letter in enumerate(outcomes, start=first)]


def gated(before: str, after: str) -> Regressions:
    return regressions(baseline_of(result(run(after))), baseline_of(result(run(before))))


def fallen(verdicts: Regressions) -> list[str]:
    return [verdict.measure for verdict in verdicts.verdicts if verdict.fell]


def test_what_may_not_fall_has_a_better_side_and_what_holds_by_construction_may_not_fall() -> None:
    assert all(MEASURES[name].better is not Better.NEITHER for name in GATED)
    assert all(measure.gate for measure in MEASURES.values() if measure.exact)


def test_the_same_run_passes() -> None:
    verdicts = regressions(baseline_of(mixed()), baseline_of(mixed()))
    assert verdicts.ok
    assert verdicts.notices == verdicts.failures == ()
    assert verdicts.lines()[-1] == "Passed: nothing fell behind the baseline."


def test_a_fall_within_chance_passes_and_one_beyond_it_fails() -> None:
    # 1 of 30 cases lost: many resamples miss it, so the interval reaches zero
    assert gated("r" * 30, "r" * 29 + "w").ok
    # 8 of 30 lost: a resample with none of the 8 has probability (22/30)^30 = 0.0001
    verdicts = gated("r" * 30, "r" * 22 + "w" * 8)
    assert not verdicts.ok
    assert fallen(verdicts) == ["answer accuracy", "right when asserted", "first quote right"]
    assert verdicts.failures == ("answer accuracy fell.", "right when asserted fell.", "first quote right fell.")
    (accuracy, *_) = verdicts.verdicts
    assert accuracy.worse == tuple(f"q{place}" for place in range(22, 30))
    assert "change −26.7" in str(accuracy)
    assert str(accuracy).endswith("fell (q22, q23, q24, q25, q26 and 3 more)")


def test_lost_and_gained_cases_balance() -> None:
    assert gated("r" * 15 + "w" * 15, "w" * 15 + "r" * 15).ok
    assert gated("w" * 30, "r" * 30).ok


def test_of_an_exact_measure_one_case_is_enough() -> None:
    assert fallen(gated("r" * 30, "r" * 29 + "b")) == ["quotes intact"]
    assert "failed" in fallen(gated("r" * 30, "r" * 29 + "f"))
    # also when another case improved, so that the figure is unchanged
    assert "failed" in fallen(gated("f" + "r" * 29, "r" * 29 + "f"))
    # and when the case cited nothing before
    assert fallen(gated("a" + "r" * 29, "b" + "r" * 29)) == ["quotes intact"]
    # something already broken does not fall again
    assert gated("b" + "r" * 29, "b" + "r" * 29).ok


def test_rounding_is_no_fall() -> None:
    # gold at the second of two places in every case: nDCG 0.63093 is kept as 0.6309
    records = [record(f"q{place}", ranking=("a2", "a1")) for place in range(10)]
    baseline = baseline_of(result(records))
    assert baseline.cases["q0"][GATED.index("nDCG@10")] == 0.6309
    assert regressions(baseline_of(result(records)), baseline).ok


def test_cases_that_are_new_or_gone_are_told() -> None:
    old = baseline_of(result(run("rrr")))
    verdicts = regressions(baseline_of(result(run("rww", first=2))), old)
    assert verdicts.ok
    assert verdicts.notices == (
        "2 cases not in the baseline: q3, q4.",
        "2 cases in the baseline and not in this run: q0, q1.",
    )
    assert verdicts.verdicts[0].difference.first.cases == 1


def test_measures_that_are_new_or_gone_are_told() -> None:
    now = baseline_of(result([*run("rr"), record("q9", due=Status.CONFLICT, status=Status.CONFLICT)]))
    without = baseline_of(result(run("rr")))
    assert "conflict recall is new; it was not compared." in regressions(now, without).notices
    verdicts = regressions(baseline_of(result(run("rr"))), now)
    assert verdicts.ok
    assert "conflict recall is gone; it was not compared." in verdicts.notices
    # a measure that the baseline's version of Dateline had and this one lacks
    place = GATED.index("nDCG@10")
    old = without.model_copy(
        update={
            "measures": ("old measure", *GATED[:place], *GATED[place + 1 :]),
            "cases": {id: (1.0, *one[:place], *one[place + 1 :]) for id, one in without.cases.items()},
        }
    )
    verdicts = regressions(baseline_of(result(run("rr"))), old)
    assert verdicts.ok
    assert "old measure is gone; it was not compared." in verdicts.notices
    assert "nDCG@10 is new; it was not compared." in verdicts.notices


def test_a_measure_on_other_cases_is_told() -> None:
    refusal = {"due": Status.ABSTAINED, "status": Status.ABSTAINED}
    before = baseline_of(result([record("q0"), record("q1", due=Status.ABSTAINED, status=Status.ABSTAINED)]))
    now = baseline_of(result([record("q0"), record("q2", **refusal)]))  # type: ignore[arg-type]
    assert "abstention recall is on other cases now; it was not compared." in regressions(now, before).notices


def test_a_gate_over_no_shared_case_fails() -> None:
    verdicts = regressions(baseline_of(result(run("r", first=5))), baseline_of(result(run("r"))))
    assert not verdicts.ok
    assert verdicts.lines() == ["Failed: The run of sample shares no case with the baseline of sample."]


def test_other_options_and_articles_are_told() -> None:
    old = baseline_of(result(run("r")))
    verdicts = regressions(baseline_of(result(run("r"), info(with_as_of=False, corpus="corpus-2"))), old)
    assert verdicts.notices == (
        "The baseline was asked with with_as_of = True, this run with False.",
        "The articles are not those of the baseline.",
    )


def test_the_file_has_one_line_a_case(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    baseline = baseline_of(mixed())
    write_baseline(path, baseline)
    assert read_baseline(path) == baseline
    lines = path.read_text().splitlines()
    assert '"right": [1, null, null, 1, 1, null, 1, 1, 1, null, null, 1, 1, 1, null, null, 1, 0],' in lines
    assert len(lines) < 15 + len(baseline.cases)
    write_baseline(path, baseline.model_copy(update={"cases": {}}))
    assert read_baseline(path).cases == {}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "is not a baseline"),
        (b"\xff", "cannot be read"),
        (b'{"suite": "sample"}', "is not a baseline"),
    ],
)
def test_a_bad_file_says_how_to_make_a_good_one(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_bytes(content)
    with pytest.raises(CaseError, match=rf"{told}.*make one with 'dateline eval baseline'"):
        read_baseline(path)


def test_a_missing_file_and_missing_scores_are_told(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    with pytest.raises(CaseError, match="There is no baseline at"):
        read_baseline(path)
    write_baseline(path, baseline_of(mixed()))
    kept = json.loads(path.read_text())
    kept["cases"]["wrong"].pop()
    path.write_text(json.dumps(kept))
    with pytest.raises(CaseError, match="case 'wrong' are not complete"):
        read_baseline(path)


def test_values_are_json_both_ways() -> None:
    verdicts = gated("rrr", "wrf")
    assert Regressions.from_json(verdicts.to_json()) == verdicts
    assert Baseline.from_json(baseline_of(mixed()).to_json()) == baseline_of(mixed())
