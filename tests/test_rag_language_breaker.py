from __future__ import annotations

import threading

import pytest

from rag.errors import WritingFailed
from rag.language.breaker import COUNTED, Breaker
from rag.types import WritingProblem

DOWN = WritingProblem.UNREACHABLE


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock=clock)


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        breaker.enter()
        breaker.failed(DOWN)


def rests(breaker: Breaker) -> bool:
    try:
        breaker.enter()
    except WritingFailed as failed:
        return failed.problem == WritingProblem.RESTING
    breaker.left()
    return False


def test_it_rests_after_two_failures_in_a_row(breaker: Breaker) -> None:
    fail(breaker)
    assert not rests(breaker)
    fail(breaker)
    assert rests(breaker)


def test_a_success_between_starts_the_count_anew(breaker: Breaker) -> None:
    fail(breaker)
    breaker.enter()
    breaker.worked()
    fail(breaker)
    assert not rests(breaker)


@pytest.mark.parametrize("problem", [problem for problem in WritingProblem if problem not in COUNTED])
def test_what_a_model_writes_is_not_counted(breaker: Breaker, problem: WritingProblem) -> None:
    for _ in range(5):
        breaker.enter()
        breaker.failed(problem)
    assert not rests(breaker)


def test_after_the_rest_one_question_tries(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 2)
    clock.now += 29.9
    assert rests(breaker)
    clock.now += 0.2
    breaker.enter()
    assert rests(breaker)  # another one meanwhile
    breaker.worked()
    assert not rests(breaker)
    fail(breaker, 2)
    clock.now += 30.1  # the rest is short again
    assert not rests(breaker)


def test_each_failed_trial_doubles_the_rest_up_to_five_minutes(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 2)
    for rest in (30, 60, 120, 240, 300, 300):
        clock.now += rest - 1
        assert rests(breaker)
        clock.now += 1
        fail(breaker)


def test_a_reader_who_leaves_lets_the_next_one_try(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 2)
    clock.now += 30
    breaker.enter()
    breaker.left()
    breaker.enter()
    breaker.worked()
    assert not rests(breaker)


def test_questions_that_were_under_way_do_not_prolong_the_rest(breaker: Breaker, clock: Clock) -> None:
    for _ in range(10):
        breaker.enter()
    for _ in range(10):
        breaker.failed(DOWN)
        clock.now += 1
    clock.now += 21  # 30 seconds after the second failure
    assert not rests(breaker)


def test_it_says_how_long(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 2)
    clock.now += 6.5
    with pytest.raises(WritingFailed, match="left alone for 24 s more"):
        breaker.enter()


def test_of_many_threads_one_tries(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 2)
    clock.now += 30
    entered = []
    start = threading.Barrier(20)

    def ask() -> None:
        start.wait()
        try:
            breaker.enter()
        except WritingFailed:
            return
        entered.append(1)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert entered == [1]
