"""Sentence ends with offsets; nothing is lost, nothing overlaps."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\n ", []),
        ("One. Two!", ["One.", "Two!"]),
        (
            "Mr. Orme of the U.S. Navy met Dr. Lee on Aug. 13. They spoke.",
            ["Mr. Orme of the U.S. Navy met Dr. Lee on Aug. 13.", "They spoke."],
        ),
        ("It opens at 5 p.m. Tuesday. Bring boots.", ["It opens at 5 p.m. Tuesday.", "Bring boots."]),
        ("A headline without a stop\n\nA sentence.", ["A headline without a stop", "A sentence."]),
        ("“It is good,” she said. “We won.”", ["“It is good,” she said.", "“We won.”"]),
        ("It cost $3.5 billion. No one paid.", ["It cost $3.5 billion.", "No one paid."]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet=st.sampled_from('ab .!?\n"”’A1,é😀语。…()-'), max_size=200))
def test_every_visible_character_is_in_exactly_one_sentence(text: str) -> None:
    spans = sentence_spans(text)
    for span in spans:
        assert text[span.start : span.end] == text[span.start : span.end].strip() != ""
    for one, following in pairwise(spans):
        assert one.end <= following.start
    covered = "".join(text[span.start : span.end] for span in spans)
    assert "".join(covered.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("de", ["Die Brücke öffnet ab dem 4. September wieder.", "Der Verkehr rollt."]),
        (
            "de",
            [
                "Am 3. Oktober sprach Dr. Meier, z. B. um 14.30 Uhr.",
                "Im 19. Jahrhundert fuhr hier die 2. Fähre von Nr. 4.",
            ],
        ),
        ("de", ["Sie kam auf Platz 4.", "Der Sieger war zufrieden."]),
        ("da", ["Den 3. maj kom færgen.", "Så gik den."]),
        ("fr", ["M. Dupont et Mme. Roy ont signé mardi.", "« Nous partons. »", "L'accord tient."]),
        ("es", ["¿Quién pagó?", "El Sr. López y D. Juan llegaron de EE. UU. el 4 de mayo.", "¡Qué día!"]),
        ("ru", ["Мэр А. С. Иванов приехал в Ярославль.", "Мост стоил 3 млн руб. и т. д."]),
        ("ar", ["أعلن الوزير يوم الاثنين.", "هل وافق البرلمان؟", "نعم، وافق."]),
        ("hi", ["पुल खुला।", "क्या यह सुरक्षित है?", "हाँ।"]),
    ],
)
def test_sentences_end_where_their_language_ends_them(language: str, sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[span.start : span.end] for span in sentence_spans(text, language)] == sentences


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("ja", ["橋は9月4日に開通した。", "「来年も続ける」と市長は語った。", "誰が払うのか？"]),
        ("zh", ["大桥于9月4日开通。", "耗资3.5亿元。", "市长说：“明年继续。”", "谁来付钱？"]),
    ],
)
def test_sentences_end_where_no_space_follows(language: str, sentences: list[str]) -> None:
    text = "".join(sentences)
    assert [text[span.start : span.end] for span in sentence_spans(text, language)] == sentences


@given(st.text(max_size=300), st.sampled_from(["de", "fr", "ja", "ru", "xx", "und"]))
def test_in_no_language_is_anything_lost(text: str, language: str) -> None:
    spans = sentence_spans(text, language)
    kept = "".join(text[span.start : span.end] for span in spans)
    assert "".join(kept.split()) == "".join(text.split())
