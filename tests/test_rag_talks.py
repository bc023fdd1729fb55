"""What is stored for readers alongside the articles: their conversations, and shared answers."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from page_values import answer

from rag.library import Library
from rag.store import readers
from rag.store.readers import Entry


def test_of_two_entries_of_one_name_the_later_stays(library: Library) -> None:
    library.talks.put("anna", [Entry(name="/a/1", at=2, value="second"), Entry(name="/a/1", at=1, value="first")])
    library.talks.put("bert", [Entry(name="/a/1", at=1, value="another reader's")])
    number, entries = library.talks.after("anna", 0, 1000)
    assert [one.value for one in entries] == ["second"]
    library.talks.put("anna", [Entry(name="/a/1", at=3, value="")])
    assert [one.value for one in library.talks.after("anna", number, 1000)[1]] == [""]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.permutations([("/a/1", 1), ("/a/1", 2), ("/a/2", 1), (":a", 4), (":a", 3)]))
def test_the_order_in_which_browsers_come_does_not_matter(library: Library, order: list[tuple[str, int]]) -> None:
    reader = str(order)
    for name, at in order:
        library.talks.put(reader, [Entry(name=name, at=at, value=str(at))])
    kept = {one.name: one.value for one in library.talks.after(reader, 0, 1000)[1]}
    assert kept == {"/a/1": "2", "/a/2": "1", ":a": "4"}


def test_much_comes_in_parts_and_the_oldest_go(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "ENTRIES_MOST", 3)
    library.talks.put("anna", [Entry(name=f"/a/{number}", at=1, value="x" * 10) for number in range(5)])
    number, first = library.talks.after("anna", 0, 15)
    _, second = library.talks.after("anna", number, 15)
    assert [one.name for one in (*first, *second)] == ["/a/2", "/a/3", "/a/4"]


def test_a_shared_answer_stays_as_it_was(library: Library) -> None:
    library.shared.put("one", answer(text="first"))
    library.shared.put("one", answer(text="second"))
    shared = library.shared.get("one")
    assert shared
    assert shared.text == "first"
    assert library.shared.get("two") is None
    assert library.shared.known(["two", "one", "key"]) == {"one"}
    library.shared.remove("one")
    assert library.shared.get("one") is None
    assert library.shared.known(["one"]) == frozenset()
    key = library.shared.key()
    library.shared.remove("key")
    assert library.shared.key() == key
    assert library.shared.get("key") is None
