"""Answers that a real language model of 135 million parameters writes, which invents freely."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from llama_server import LlamaServerProcess

from evals.hallucinations import hallucinations
from evals.suites.sample import sample
from rag.assistant import Assistant
from rag.config import Config
from rag.library import Library
from rag.types import Answer, Quoted, Text, WritingProblem

pytestmark = pytest.mark.timeout(300)
QUESTIONS = 6
"""`python -m evals.hallucinations` asks a hundred; here they may not take minutes."""
ASKED = "How many people fell ill from the tap water in Marrow Vale?"


@pytest.fixture(scope="module")
def assistant(
    tmp_path_factory: pytest.TempPathFactory, sample_library: Path, llama_server: LlamaServerProcess
) -> Iterator[Assistant]:
    folder = shutil.copytree(sample_library, tmp_path_factory.mktemp("real") / "library")
    config = Config(library=folder, llm=llama_server.setting, llm_prompt_tokens=300, written_words=30)
    with Library.open(folder, config) as library:
        yield Assistant(library)


def test_no_name_number_or_day_reaches_the_reader_that_stands_in_no_cited_passage(assistant: Assistant) -> None:
    cases = random.Random(5).sample(sample().cases, QUESTIONS)
    answers = [assistant.ask(case.question, as_of=case.as_of) for case in cases]
    asked = [answer for answer in answers if answer.writing]
    assert len(asked) >= QUESTIONS / 3
    # The model was there, and what it wrote was not let through unseen.
    assert not any(answer.writing.problem is WritingProblem.UNREACHABLE for answer in asked if answer.writing)
    assert any(answer.unsupported or not answer.writing.problem for answer in asked if answer.writing)
    assert [one for answer in answers for one in hallucinations(answer, assistant.library)] == []


def test_the_quotes_come_first_then_pieces_and_leaving_stops_the_model(
    assistant: Assistant, llama_server: LlamaServerProcess
) -> None:
    stream = assistant.stream("When will the Kestrel Bridge open again?", as_of="2025-08-10")
    events = []
    for event in stream:
        events.append(event)
        if isinstance(event, Text) and event.text:
            break
    assert [event.event for event in events if event.event != "text"] == ["retrieved", "quoted"]
    assert isinstance(events[1], Quoted)
    stream.close()
    deadline = time.monotonic() + 2
    while llama_server.busy_slots() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert llama_server.busy_slots() == 0


def test_two_readers_at_once_get_their_own_answers(assistant: Assistant) -> None:
    asked = ["What ended the ferry strike?", "When will the Kestrel Bridge open again?"]
    with ThreadPoolExecutor(2) as pool:
        answers: list[Answer] = list(pool.map(lambda one: assistant.ask(one, as_of="2025-08-12"), asked))
    assert [answer.question for answer in answers] == asked
    assert not [one for answer in answers for one in hallucinations(answer, assistant.library)]
