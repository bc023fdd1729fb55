"""What a reader sees when something goes wrong: a sentence and a number, and nothing about the machine."""

from __future__ import annotations

import pytest

from rag.errors import ConfigError, LibraryDamaged, LibraryLocked, LibraryReadOnly, ModelError, StorageFull
from ui.web.problems import problems


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (LibraryLocked("/secret: pid 7"), "Somebody else is changing the library just now; try again in a moment"),
        (LibraryReadOnly("/secret"), "The library cannot be changed, it is read-only"),
        (StorageFull("/secret"), "There is no space left to store this"),
        (LibraryDamaged("/secret"), "The library cannot be read just now"),
        (ModelError("/secret"), "The model that reads questions cannot be loaded"),
        (RuntimeError("/secret"), "Something went wrong"),
    ],
)
def test_each_problem_has_its_sentence_and_a_number_that_the_log_has(
    error: Exception, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    with problems() as found:
        raise error
    (sentence,) = found
    assert sentence.startswith(f"{told}; the log says why under request ")
    number = sentence.removesuffix(".").rpartition(" ")[2]
    assert f"request {number} failed" in caplog.text
    assert "/secret" not in sentence


def test_a_day_that_was_mistyped_is_told_as_it_is() -> None:
    with problems() as found:
        raise ConfigError("'tomorow' is not a date; write it as 2025-08-13.")
    assert found == ["'tomorow' is not a date; write it as 2025-08-13."]
