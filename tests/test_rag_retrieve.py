"""Fusion and time, with the arithmetic shown."""

import datetime as dt

import pytest

from rag.search.retrieve import RECENCY_DAYS, RECENCY_WEIGHT, in_time, reciprocal_rank_fusion, time_prior
from rag.types import Window

DAY = dt.date(2025, 8, 20)


def test_reciprocal_rank_fusion() -> None:
    # 7 is first and second: 1/41 + 1/42; 8 is only second: 1/42; 9 is only first: 1/41
    fused = reciprocal_rank_fusion([[7, 8], [9, 7]])
    assert fused == pytest.approx({7: 1 / 41 + 1 / 42, 9: 1 / 41, 8: 1 / 42})
    assert list(fused) == [7, 9, 8]


def test_fusion_of_nothing() -> None:
    assert reciprocal_rank_fusion([[], []]) == {}


def test_the_prior_is_one_where_nothing_is_known() -> None:
    assert time_prior(None, Window(as_of=DAY), DAY) == 1.0
    assert time_prior(DAY, Window(), None) == 1.0


def test_the_prior_falls_with_age() -> None:
    # on the day itself 1 + weight, RECENCY_DAYS later 1 + weight / e
    window = Window(as_of=DAY)
    assert time_prior(DAY, window, DAY) == pytest.approx(1 + RECENCY_WEIGHT)
    old = DAY - dt.timedelta(days=round(RECENCY_DAYS))
    assert time_prior(old, window, DAY) == pytest.approx(1 + RECENCY_WEIGHT / 2.718281828)


def test_latest_is_measured_from_the_newest_passage() -> None:
    days = {1: dt.date(2019, 5, 1), 2: dt.date(2019, 6, 1)}
    ranked = in_time({1: 1.0, 2: 0.9}, days, Window(words="latest", prefers_newest=True))
    assert [hit.number for hit in ranked] == [2, 1]


def test_a_named_window_pushes_but_never_hides() -> None:
    days = {1: DAY - dt.timedelta(days=300), 2: DAY}
    august = Window(words="in august", since=dt.date(2025, 8, 1), until=dt.date(2025, 8, 31))
    assert [hit.number for hit in in_time({1: 1.0, 2: 0.9}, days, august)] == [2, 1]


def test_what_is_not_live_is_left_out() -> None:
    assert [hit.number for hit in in_time({1: 1.0, 2: 0.9}, {2: None}, Window())] == [2]


def test_a_window_with_one_end() -> None:
    before = Window(words="before 5 may", until=dt.date(2025, 5, 4))
    assert time_prior(dt.date(2024, 5, 4), before, None) == time_prior(dt.date(2025, 5, 4), before, None) == 2.0
    assert time_prior(dt.date(2025, 5, 11), before, None) == pytest.approx(1 + 1 / 2.718281828)


def test_the_ends_of_a_long_window_are_not_sharp() -> None:
    year = Window(words="in 2024", since=dt.date(2024, 1, 1), until=dt.date(2024, 12, 30))  # 364 days: a quarter is 91
    assert time_prior(dt.date(2025, 3, 31), year, None) == pytest.approx(1 + 1 / 2.718281828)


def test_the_callers_own_days_are_no_prior() -> None:
    assert time_prior(DAY, Window(since=DAY, until=DAY), None) == 1.0


def test_the_newest_by_a_day_is_not_from_later() -> None:
    days = {1: dt.date(2025, 8, 1), 2: dt.date(2025, 8, 9), 3: dt.date(2025, 8, 30)}
    by = Window(words="by 10 august", until=dt.date(2025, 8, 10), prefers_newest=True)
    assert [hit.number for hit in in_time({3: 1.0, 1: 1.0, 2: 1.0}, days, by)] == [2, 1, 3]
