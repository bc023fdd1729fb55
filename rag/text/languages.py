"""Which language is a text in? A stated one is read as a code; otherwise py3langid detects it, or it stays open."""

from __future__ import annotations

import functools
import io
import lzma
import re
import threading
from collections.abc import Collection
from typing import Any

ENGLISH = "en"
"""What the packaged models read, and the default for a text of unknown language."""
SURE = 0.9
"""Least confidence for detecting an unstated language. All of 2,516 English news articles in public data exceed it, and
none of their short paragraphs is taken for anything else."""
QUESTION_SURE = 0.8
"""The same for a question, among the languages of the library and English; below it, it counts as English."""
LOOKED_AT = 2000
"""Characters of a text that are examined; a tenth of a millisecond."""
_LOADING = threading.Lock()
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?")
_LONG_CODES = dict(
    pair.split("=")
    for pair in "eng=en deu=de ger=de fra=fr fre=fr spa=es por=pt ita=it nld=nl dut=nl rus=ru ukr=uk pol=pl ara=ar hin=hi "
    "jpn=ja zho=zh chi=zh cmn=zh kor=ko tur=tr swe=sv dan=da nor=no nob=no nb=no nno=no nn=no fin=fi ell=el gre=el "
    "ces=cs cze=cs hun=hu ron=ro rum=ro heb=he iw=he fas=fa per=fa vie=vi tha=th ind=id in=id tam=ta".split()
)
"""Three-letter ISO 639-2 codes and older ones, as found in corpora."""

_COMMON = frozenset(_LONG_CODES.values())
"""Known without loading all language names."""
_WRITTEN_AS = {"yue": "zh", "wuu": "zh", "arz": "ar", "ary": "ar", "nn": "no"}
"""Variants of one language that short texts do not distinguish."""
_NO_LANGUAGE = frozenset({"und", "zxx", "mul", "mis"})
"""Undetermined, no linguistic content, several, uncoded."""


def code_of(stated: str | None) -> str | None:
    """The ISO 639 code for a language as stated; None if it is not a language.

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
    """The English name of a language ("German" for "de"); the code itself if it has none."""
    return _names().get(code, code)


def language_of(text: str) -> str | None:
    """The language of a text; None if it is uncertain."""
    shares = _shares(text)
    likeliest = max(shares, key=lambda code: shares[code])
    return code_of(likeliest) if shares[likeliest] >= SURE else None


def language_of_question(question: str, among: Collection[str]) -> str:
    """Which of the languages a question is asked in; English if it may be."""
    candidates = sorted({ENGLISH, *among})
    if len(candidates) == 1:
        return ENGLISH
    every = _shares(question)
    shares = {code: every.get(code, 0.0) for code in candidates}
    likeliest = max(shares, key=lambda code: shares[code])
    return likeliest if shares[likeliest] > QUESTION_SURE * sum(shares.values()) else ENGLISH


def _shares(text: str) -> dict[str, float]:
    """The probability of each language, variants of one written language combined."""
    shares: dict[str, float] = {}
    for code, share in identifier().rank(text[:LOOKED_AT]):
        code = _WRITTEN_AS.get(code, code)
        shares[code] = shares.get(code, 0.0) + share
    return shares


def identifier() -> Any:
    """py3langid's model, one a process (naive Bayes over byte n-grams: Lui and Baldwin, "langid.py", ACL 2012).

    Takes half a second to load, most of it unpacking, during which other threads run.
    """
    with _LOADING:
        return _identifier()


@functools.cache
def _identifier() -> Any:
    import numpy as np
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier
    from py3langid.modelio import _to_array

    # Its own loader unpacks into a temporary file, which fails on a full disk.
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
    """Codes by language name, in English and in the language itself."""
    from babel import Locale

    codes = {name.casefold(): code for code, name in _names().items()}
    own = {code: Locale(code).languages.get(code, "") for code in dict.fromkeys(_LONG_CODES.values())}
    return {**{name.casefold(): code for code, name in own.items() if name}, **codes}
