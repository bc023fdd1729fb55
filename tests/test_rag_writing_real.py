"""Answers by a real language model of 135 million parameters, which hallucinates freely."""

from __future__ import annotations

import random
import re
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from llama_server import LlamaServerProcess

from evals.suites.sample import sample
from rag.assistant import Assistant
from rag.config import Config
from rag.library import Library
from rag.types import Answer, Citation, Quoted, Text, WritingProblem

pytestmark = pytest.mark.timeout(300)
QUESTIONS = 6
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_NUMBERS = frozenset(
    "two three four five six seven eight nine ten eleven twelve thirteen fifteen twenty thirty forty fifty sixty seventy "
    "eighty ninety hundred thousand million billion half third quarter dozen".split()
)
_OPENERS = frozenset(
    "the a an in on at by for from to of as it its he she they his her their this that these those there when while "
    "after before during since until with without according about over under more less most all both some many no not "
    "however but and or if although because also another one".split()
)
"""Capitalised words that open a sentence but are not names."""
ASKED = "How many people fell ill from the tap water in Marrow Vale?"


def invented(answer: Answer, library: Library) -> Iterator[tuple[str, list[str]]]:
    """Sentences with names, numbers or days in none of their cited passages; shares no code with the verifier."""
    if answer.writing is None or answer.writing.problem is not None:
        return  # quotes
    by_number = {citation.number: citation for citation in answer.citations}
    for sentence in answer.sentences:
        cited = [by_number[number] for number in sentence.citations]
        given = {
            word.lower().replace(",", "") for one in cited for word in _WORD.findall(_evidence(one, answer, library))
        }
        text = re.sub(r"\[\d+\]", "", answer.text[sentence.start : sentence.end])
        telling = (word for word in _WORD.findall(text) if word.lower() not in _OPENERS)
        told = [word for word in telling if word != word.lower() or word in _NUMBERS or re.search(r"\d", word)]
        if missing := [word for word in told if not _stands_in(word, given)]:
            yield text, missing


def _evidence(citation: Citation, answer: Answer, library: Library) -> str:
    """The passage with its title, outlet and day, and the days to which its relative dates refer."""
    passages = [passage.text for passage in answer.passages if passage.id == citation.passage_id]
    days = [citation.published, *(day for date in citation.dates for day in (date.first, date.last))]
    told = [f"{day:%d %B %Y %-d %b %A}" for day in days if day]
    texts = passages or [library.article(citation.article_id).text]
    return " ".join([*texts, citation.title, citation.outlet or "", *told])


def _stands_in(word: str, given: set[str]) -> bool:
    """Whether a word, or another form with the same beginning ("Iranian", "Iran"), is given."""
    one = word.lower().replace(",", "")
    if re.search(r"\d", one):
        return one in given or re.sub(r"(?<=\d)(?:st|nd|rd|th|s)$", "", one) in given
    stem = one[: max(4, len(one) - 3)]
    return one in given or (len(one) >= 4 and any(other.startswith(stem) for other in given))


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
    # The model did write, and its text was not let through unchecked.
    assert not any(answer.writing.problem is WritingProblem.UNREACHABLE for answer in asked if answer.writing)
    assert any(answer.unsupported or not answer.writing.problem for answer in asked if answer.writing)
    assert [one for answer in answers for one in invented(answer, assistant.library)] == []


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
    assert not [one for answer in answers for one in invented(answer, assistant.library)]
