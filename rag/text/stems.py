"""The words of a text as the lexical index has them, by the text's language.

Stems by Snowball (Porter, snowballstem.org) as in Tantivy; other languages keep their words whole. In scripts without
spaces, and in Korean, whose words carry their particles, they are pairs of characters: the usual way to search these
without a dictionary.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable

import tantivy

from rag.text.languages import ENGLISH

WORDS_VERSION = "words-2"
"""Part of a generation's manifest: an index with other words is rebuilt at the next publish. Raise it when words change."""
STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_STOPWORDS = frozenset({"da", "de", "es", "fi", "fr", "hu", "it", "nl", "no", "pt", "ru", "sv"})
"""Languages for which Tantivy has Snowball's stop words."""
_ASKING = {
    "de": "wer wen wem wessen wann wo wohin woher warum wieso weshalb wie viel viele welcher welche welches welchen wurde wurden wird",
    "es": "quién quiénes cuándo dónde cuál cuáles cuánto cuánta cuántos cuántas cómo qué por",
    "fr": "qui quand où comment combien pourquoi quel quelle quels quelles que quoi lequel laquelle est a t il elle ils elles",
    "ru": "кто кого кому когда где куда откуда почему зачем сколько какой какая какое какие каком какую чем что",
    "ar": "من متى أين كيف كم لماذا ماذا ما هل أي في على إلى عن هو هي التي الذي هذا هذه تم بلغ",
    "hi": "कौन किसने किसे किसको कब कहाँ कहां कैसे कितना कितने कितनी क्यों क्या किस कौनसा का की के को में से पर ने है हैं था थी थे और यह वह हुआ हुई हुए होगा होगी",
    "ko": "언제 누가 누구 어디 무엇 얼마 얼만 몇 왜 어떻 어느 어떤 무슨",
}
"""Question words, and stop words for languages without a list."""
_ASKING_SIGNS = frozenset("谁什么哪几何多少怎为吗呢时候的了是在有被和与誰何幾")
"""Chinese and Japanese characters that ask, or join words."""
KEPT = 4096
"""Texts, mostly sentences, whose stems are cached: the steps of one answer read the same."""
_LONGEST = 60
PAIRED = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\uac00-\ud7af]+"
)
"""Kana, Chinese characters, Thai, Lao, Burmese, Khmer, Hangul."""
_HIRAGANA = re.compile("[\u3040-\u309f]{1,2}")
_HANGUL = re.compile("[\uac00-\ud7af]+")


def stems(text: str, language: str = ENGLISH) -> list[str]:
    """The stems of the words of `text` in that language, in order, with repeats; none contains white space."""
    return list(_stems(text, language))


@functools.lru_cache(maxsize=KEPT)
def _stems(text: str, language: str) -> tuple[str, ...]:
    return tuple(_analyzer(language).analyze(_spaced(text)))


def content_stems(text: str, language: str, held: Callable[[str], bool]) -> frozenset[str]:
    """The `stems` that say what a text is about: no question or function words.

    A pair of characters counts if the library holds it and it is not all hiragana, or if it is next to another pair that
    the library lacks: a lone missing pair merely spans two words. In Korean only a word's first pair counts, because its
    last contains the particle.
    """
    plain, asking = unicodedata.normalize("NFKC", text), _ASKING_SIGNS.union(_ASKING.get(language, "").split())
    found = set(_analyzer(language, small_words=False).analyze(PAIRED.sub(" ", plain)))
    for run in PAIRED.findall(plain):
        pairs = [run[:2]] if _HANGUL.fullmatch(run) else _pairs_of(run)
        missing = [not held(pair) and not _HIRAGANA.search(pair) for pair in pairs]
        for place, pair in enumerate(pairs):
            beside = [*missing[max(place - 1, 0) : place], *missing[place + 1 : place + 2]]
            tells = held(pair) and not _HIRAGANA.fullmatch(pair)
            if (tells or (missing[place] and (not beside or any(beside)))) and not (asking & {pair, *pair}):
                found.add(pair)
    return frozenset(found)


def _spaced(text: str) -> str:
    """Text whose words can be separated: ligatures as letters, and pairs of characters if there are no spaces."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    return PAIRED.sub(lambda run: f" {' '.join(_pairs_of(run.group()))} ", text)


def _pairs_of(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(max(len(run) - 1, 1))]


@functools.cache
def _analyzer(language: str, small_words: bool = True) -> tantivy.TextAnalyzer:
    stemmer = STEMMERS.get(language)
    if language == ENGLISH:
        builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    else:  # vowel signs and the like belong to their words
        builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(r"[\p{L}\p{M}\p{N}]+"))
    builder = builder.filter(tantivy.Filter.remove_long(_LONGEST)).filter(tantivy.Filter.lowercase())
    if not small_words:
        if language in _STOPWORDS and stemmer:
            builder = builder.filter(tantivy.Filter.stopword(stemmer))
        builder = builder.filter(tantivy.Filter.custom_stopword(sorted(_ASKING.get(language, "").split())))
    fold = tantivy.Filter.ascii_fold()
    # English is folded first, for compatibility; elsewhere stems depend on accents, and are folded afterwards.
    builder = builder.filter(fold) if language == ENGLISH else builder
    builder = builder.filter(tantivy.Filter.stemmer(stemmer)) if stemmer else builder
    return (builder if language == ENGLISH else builder.filter(fold)).build()
