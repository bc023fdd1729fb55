from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.nonsense import nonsense_in
from rag.types import WritingProblem

ARTICLES = Path(__file__).parents[1] / "evals" / "data" / "articles"
WHO = "Who announced the visit?"
REPEATING, UNREADABLE, WRONG, EMPTY = (
    WritingProblem.REPEATING,
    WritingProblem.UNREADABLE,
    WritingProblem.WRONG_LANGUAGE,
    WritingProblem.EMPTY,
)
GERMAN = (
    "Die Sprecherin der Regierung hat am Dienstag mitgeteilt, dass der Besuch in der kommenden Woche stattfinden wird "
    "und dass er auf Einladung des Präsidenten erfolgt."
)
FRENCH = (
    "La porte-parole du gouvernement a annoncé mardi que la visite aurait lieu la semaine prochaine et que le président "
    "se rendrait dans les trois villes avec sa délégation."
)
SPANISH = "La portavoz del gobierno anunció el martes que la visita será la semana que viene y que no habrá una rueda de prensa."
RUSSIAN = "Пресс-секретарь правительства объявила во вторник, что визит состоится на следующей неделе."
CHINESE = "政府发言人周二宣布，访问将于下周举行，总统将率领代表团前往三个城市。"


def test_the_sample_articles_are_no_nonsense() -> None:
    sentences = []
    foreign = ("canal-", "kaese-", "library-night-", "footbridge-")
    for path in sorted(ARTICLES.glob("*.*")):
        if path.name.startswith(foreign):
            continue
        text = re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8", errors="replace"))
        sentences += [part.strip() for part in re.split(r"(?<=[.!?])\s+|\n\s*\n", text) if part.strip()]
    assert len(sentences) > 500
    alarms = [
        three for three in zip(*(sentences[n:] for n in range(3)), strict=False) if nonsense_in(" ".join(three), WHO)
    ]
    assert not alarms


@pytest.mark.parametrize(
    "text",
    [
        "The visit was announced by Kang Yu-jung on Tuesday [1].",
        "3, 7, 12, 19, 23, 31, 42, 44, 46, 50, 51, 53, 60, 61, 67, 70, 72, 80, 81, 88",
        "In 2019 it was 5 percent. In 2020 it was 6 percent. In 2021 it was 7 percent. In 2022 it was 8 percent.",
        "1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1",
        "Kang Yu-jung, Lee Jae-myung, Volodymyr Zelenskyy, Ursula von der Leyen, José Manuel Barroso, Luiz da Silva",
        "No, no, no, he said. She said no.",
        "| year | value |\n|------|-------|\n| 2019 | 5.3 % |\n| 2020 | 6.1 % |",
        "He said: “" + GERMAN + "” [2].",
        "He said: “" + RUSSIAN + "” [2].",
        "Putin said «" + RUSSIAN,
        "The Ministry of Foreign Affairs (Министерство иностранных дел) said on Tuesday that it agreed.",
        "The price rose from $1.2bn to $1.4bn (+16.7 %), i.e. by €200m, in Q3/2025 [1][2].",
        "Es-Sayed de la Cruz and Le Pen met in Los Angeles, El Paso and San José.",
        "ha ha ha",
        "NOT IN THE PASSAGES",
        "👨‍👩‍👧 families said so.",
        "-" * 30,
    ],
)
def test_ordinary_answers_raise_no_alarm(text: str) -> None:
    assert [nonsense_in(text[:end], WHO) for end in range(len(text) + 1)] == [None] * (len(text) + 1)


@pytest.mark.parametrize(
    ("text", "latest"),
    [
        ("The visit was announced. " * 6, 100),
        ("The president of the United States said that the " * 8, 160),
        ("and and and and and and and and and and and and and", 60),
        ("ha" * 40, 60),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaa", 12),
        ("- It is the capital.\n- It is the capital.\n- It is the capital.\n- It is the capital.\n", 90),
        ("1. It is the capital.\n2. It is the capital.\n3. It is the capital.\n4. It is the capital.\n", 90),
        ("The visit was announced [1]. The visit was announced [2]. The visit was announced [3]. ", 90),
        ("今天天气很好，我们去公园。" * 6, 60),
        ("=" * 200, 80),
    ],
)
def test_repetition_is_seen_early(text: str, latest: int) -> None:
    found = [end for end in range(len(text) + 1) if nonsense_in(text[:end], WHO) == REPEATING]
    assert found
    assert found[0] <= latest


def test_a_loop_with_changes_is_seen() -> None:
    names = ["Berlin", "Paris", "Rome", "Madrid", "Vienna", "Warsaw"]
    text = " ".join(f"{name} is one of the largest and most important cities in the world." for name in names)
    assert nonsense_in(text, WHO) == REPEATING
    shuffled = "the of a and to in is the of and a to in is of the a and to is in " * 4
    assert nonsense_in(" ".join(sorted(shuffled.split(), key=lambda word: hash((word, 3)))), WHO) == REPEATING


@pytest.mark.parametrize(
    "text",
    [
        "The visit was <|im_end|>",
        "<|im_start|>assistant\nThe visit",
        "[INST] Who announced it? [/INST]",
        "The visit</s>",
        "<start_of_turn>model",
        "�� �� ���",
        "The \x00visit\x1b[0m",
        "▁The▁visit▁was",
        "%$#@ &*() !@#$ %^&* ()_+ {}|: <>?~ `-=[ ];', %$@! &^%$ )(&$",
        "\ue000 The visit",
        "The политика 政府发言人 והממשלה الحكومة of εκλογές political",
    ],
)
def test_what_cannot_be_read(text: str) -> None:
    assert nonsense_in(text, WHO) == UNREADABLE


@pytest.mark.parametrize("text", [GERMAN, FRENCH, SPANISH, RUSSIAN, CHINESE])
def test_another_language_than_the_questions(text: str) -> None:
    assert nonsense_in(text, WHO) == WRONG
    assert nonsense_in(text, "Kto ogłosił wizytę i kiedy to było?") == WRONG


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (GERMAN, "Wer hat den Besuch angekündigt?"),
        (FRENCH, "Qui a annoncé la visite et quand est-ce qu'elle a lieu ?"),
        (SPANISH, "¿Quién anunció la visita?"),
        (RUSSIAN, "Кто объявил о визите?"),
        (CHINESE, "谁宣布了这次访问？"),
        ("The visit was announced by the spokeswoman of the government on Tuesday.", "Кто объявил о визите?"),
        ("The visit was announced by the spokeswoman of the government on Tuesday.", "Wer hat den Besuch angekündigt?"),
    ],
)
def test_the_questions_language_and_english_are_right(text: str, question: str) -> None:
    assert nonsense_in(text, question) is None


@pytest.mark.parametrize("text", ["", "  \n ", "[1]", "…", "[1] [2]."])
def test_empty_is_told_at_the_end_only(text: str) -> None:
    assert nonsense_in(text, WHO) is None
    assert nonsense_in(text, WHO, whole=True) == EMPTY


@given(st.text(max_size=400), st.text(max_size=50), st.booleans())
def test_any_text_gets_an_answer(text: str, question: str, whole: bool) -> None:
    assert nonsense_in(text, question, whole=whole) in (None, REPEATING, UNREADABLE, WRONG, EMPTY)
