"""Which language is a text in? What is stated is read as a code; what is not is told by py3langid, or left open."""

from __future__ import annotations

import functools
import io
import lzma
import re
from collections.abc import Collection
from typing import Any

ENGLISH = "en"
"""What the packaged models read, and what a text of unknown language is taken for."""
SURE = 0.9
"""Least confidence with which an unstated language is told. All of 2,516 English news articles of public data are above it,
and none of their short paragraphs is told to be anything else."""
QUESTION_SURE = 0.8
"""The same for a question, among the languages of the library and English; below it counts as English."""
LOOKED_AT = 2000
"""Characters of a text that are looked at; a tenth of a millisecond."""
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?")
_LONG_CODES = dict(
    pair.split("=")
    for pair in "eng=en deu=de ger=de fra=fr fre=fr spa=es por=pt ita=it nld=nl dut=nl rus=ru ukr=uk pol=pl ara=ar hin=hi "
    "jpn=ja zho=zh chi=zh cmn=zh kor=ko tur=tr swe=sv dan=da nor=no nob=no nb=no nno=no nn=no fin=fi ell=el gre=el "
    "ces=cs cze=cs hun=hu ron=ro rum=ro heb=he iw=he fas=fa per=fa vie=vi tha=th ind=id in=id tam=ta".split()
)
"""Three letters of ISO 639-2 and older codes, as corpora have them."""

_COMMON = frozenset(_LONG_CODES.values())
"""Known without loading the names of all."""
_WRITTEN_AS = {"yue": "zh", "wuu": "zh", "arz": "ar", "ary": "ar", "nn": "no"}
"""Kinds of one language that short texts do not tell apart."""
_NO_LANGUAGE = frozenset({"und", "zxx", "mul", "mis"})
"""Undetermined, no linguistic content, several, uncoded."""


def code_of(stated: str | None) -> str | None:
    """The code of a language (ISO 639) as somebody states it; None where it is no language.

    >>> [code_of(stated) for stated in ("en-US", "zh_Hans", "deu", "German", "Deutsch", "x")]
    ['en', 'zh', 'de', 'de', 'de', None]
    """
    stated = (stated or "").strip()
    if not stated:
        return None
    if match := _TAG.fullmatch(stated):
        code = match[1].lower()
        code = _LONG_CODES.get(code, code)
        return code if code in _COMMON or code in _names() else None
    return _codes().get(stated.casefold())


def name_of(code: str) -> str:
    """The English name of a language; the code itself where it has none.

    >>> name_of("de")
    'German'
    """
    return _names().get(code, code)


def language_of(text: str) -> str | None:
    """The language of a text; None where it cannot be told for certain."""
    shares = _shares(text)
    likeliest = max(shares, key=lambda code: shares[code])
    return code_of(likeliest) if shares[likeliest] >= SURE else None


def language_of_question(question: str, among: Collection[str]) -> str:
    """Which of the languages a question is asked in; English where it may be."""
    candidates = sorted({ENGLISH, *among})
    if len(candidates) == 1:
        return ENGLISH
    every = _shares(question)
    shares = {code: every.get(code, 0.0) for code in candidates}
    likeliest = max(shares, key=lambda code: shares[code])
    return likeliest if shares[likeliest] > QUESTION_SURE * sum(shares.values()) else ENGLISH


def _shares(text: str) -> dict[str, float]:
    """How likely each language is; those of one written language together."""
    shares: dict[str, float] = {}
    for code, share in _identifier().rank(text[:LOOKED_AT]):
        code = _WRITTEN_AS.get(code, code)
        shares[code] = shares.get(code, 0.0) + share
    return shares


@functools.cache
def _identifier() -> Any:
    """The model of py3langid (naive Bayes over byte n-grams: Lui and Baldwin, "langid.py", ACL 2012); takes a second to load."""
    import numpy as np
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier
    from py3langid.modelio import _to_array

    # Its own way of loading unpacks into a temporary file, which a full disk refuses.
    with np.load(io.BytesIO(lzma.decompress((MODEL_DIR / MODEL_FILE).read_bytes()))) as model:
        return LanguageIdentifier(
            model["ptc"],
            model["pc"],
            model["classes"].tolist(),
            _to_array(model["nextmove"]),
            model["out_feat"].tolist(),
            norm_probs=True,
            tk_row=_to_array(model["nextmove_row"]),
        )


@functools.cache
def _names() -> dict[str, str]:
    from babel import Locale

    known = Locale("en").languages.items()
    return {code: name for code, name in known if len(code) <= 3 and code not in _NO_LANGUAGE}


@functools.cache
def _codes() -> dict[str, str]:
    """Codes by the names of languages, in English and in the languages themselves."""
    from babel import Locale

    codes = {name.casefold(): code for code, name in _names().items()}
    own = {code: Locale(code).languages.get(code, "") for code in dict.fromkeys(_LONG_CODES.values())}
    return {**{name.casefold(): code for code, name in own.items() if name}, **codes}
