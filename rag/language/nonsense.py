"""Does a language model talk nonsense? Pure, quick enough to be asked after each word, and silent about ordinary answers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from rag.languages import ENGLISH, language_of, language_of_question
from rag.types import WritingProblem

# What a model is wrapped in, which shows when it is asked in another model's way: ChatML, Llama, Gemma, sentencepiece.
_TEMPLATE = re.compile(
    r"<\|[\w ]{1,40}\|>|<\|?(?:im_start|im_end|endoftext|eot_id)\|?>|</?s>|\[/?INST\]|<</?SYS>>"
    r"|</?(?:start|end)_of_turn>|<(?:unk|pad|bos|eos)>|<0x[0-9A-Fa-f]{2}>|[▁Ġ]\w+[▁Ġ]\w"
)
_ALLOWED_CONTROLS = frozenset("\n\t\r")
_REPLACEMENT = "\ufffd"
_BROKEN_MOST = 0.02
"""Largest share of broken signs: one in ten thousand articles has some, and may be quoted."""
_MANY_SIGNS = 30
"""Signs of a text before the share of letters says anything."""
_LETTERS_LEAST = 0.4
"""Least share of letters and digits: a table of figures has half."""

_LINE_MARK = re.compile(r"^\s*(?:\d{1,3}[.):]|[-*•])\s+|\[\d{1,3}\]", re.MULTILINE)
_RULER = frozenset("-=_.·*~#|")
"""What lines and tables are drawn with, which is neither readable nor unreadable."""
_SAME_SIGN = re.compile(r"(\S)\1{11,}")
"""Twelve times the same sign; a drawn line may be longer."""
_SAME_RULER = 80
_LONGEST_PERIOD = 240
"""Characters of a phrase that is looked for again and again at the end of the text."""
_PERIODS = 3
_PERIODIC_CHARACTERS = 45
"""How much of the end must be the phrase again and again."""
_SENTENCE_ENDS = re.compile(r"(?<=[.!?。！？])\s*|\n+")
_SAME_SENTENCES = 3
_SENTENCE_CHARACTERS = 15
_RUN = 8
"""Words of a run that is counted."""
_SAME_RUNS = 4
_LAST_WORDS, _DIFFERENT_WORDS = 60, 12
"""Of so many words at the end, so many must be different."""

_ENGLISH_SCRIPT = "LATIN"
_FEW_LETTERS = 40
"""Letters before another script or language is judged; a Chinese character counts as three."""
_FOREIGN = 0.6
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "KATAKANA-HIRAGANA", "BOPOMOFO"})
_SALAD_SCRIPTS, _SALAD_SHARE = 3, 0.1
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|«[^»]*(?:»|$)|„[^“”]*(?:[“”]|$)|「[^」]*(?:」|$)|‘[^’]*(?:’|$)")
_LOWER_WORD = re.compile(r"(?<![\w'’])[^\W\d_A-Z]\w*")
_LANGUAGE_WORDS = 12
"""Fewer words that are no names do not tell a language."""


def nonsense_in(text: str, question: str, *, whole: bool = False) -> WritingProblem | None:
    """What is wrong with the text so far, as a whole; None when nothing is.

    Args:
        text: what a model wrote, which may break off anywhere.
        question: whose language is right for the answer; English, the language of the rules that the model was given,
            is right as well.
        whole: nothing more will come, so that a text without a word is EMPTY.
    """
    if whole and not any(sign.isalnum() for sign in re.sub(r"\[\d+\]", "", text)):
        return WritingProblem.EMPTY
    if _unreadable(text):
        return WritingProblem.UNREADABLE
    if _repeating(text):
        return WritingProblem.REPEATING
    return _of_another_language(text, question)


def _unreadable(text: str) -> bool:
    signs = [sign for sign in text if not sign.isspace()]
    broken = text.count(_REPLACEMENT)
    if (broken > 1 and broken > _BROKEN_MOST * len(signs)) or _TEMPLATE.search(text):
        return True
    if any(_kind(sign) == "Cc" and sign not in _ALLOWED_CONTROLS for sign in text):
        return True
    if any(_kind(sign) in ("Cs", "Cn", "Co") for sign in signs):
        return True
    said = [sign for sign in signs if sign not in _RULER]
    words = sum(_kind(sign)[0] in "LNM" for sign in said)
    return len(said) >= _MANY_SIGNS and words < _LETTERS_LEAST * len(said)


def _repeating(text: str) -> bool:
    for found in _SAME_SIGN.finditer(text):
        if found[1] not in _RULER or len(found[0]) >= _SAME_RULER:
            return True
    plain = " ".join(_LINE_MARK.sub(" ", text).casefold().split())
    return _periodic_end(plain) or _same_sentences(text) or _same_words(plain)


def _periodic_end(plain: str) -> bool:
    """A phrase again and again at the end; digits alone are figures, not a phrase."""
    for period in range(1, min(_LONGEST_PERIOD, len(plain) // _PERIODS) + 1):
        phrase = plain[-period:]
        times = max(_PERIODS, -(-_PERIODIC_CHARACTERS // period))
        if plain.endswith(phrase * times) and any(sign.isalpha() for sign in phrase):
            return True
    return False


def _same_sentences(text: str) -> bool:
    sentences = (" ".join(part.casefold().split()) for part in _SENTENCE_ENDS.split(_LINE_MARK.sub(" ", text)))
    counts = Counter(sentence for sentence in sentences if len(sentence) >= _SENTENCE_CHARACTERS)
    return any(times >= _SAME_SENTENCES for times in counts.values())


def _same_words(plain: str) -> bool:
    words = re.findall(r"[^\W\d_]+", plain)
    runs = Counter(zip(*(words[place:] for place in range(_RUN)), strict=False))
    last = words[-_LAST_WORDS:]
    return any(times >= _SAME_RUNS for times in runs.values()) or (
        len(last) == _LAST_WORDS and len(set(last)) < _DIFFERENT_WORDS
    )


def _of_another_language(text: str, question: str) -> WritingProblem | None:
    own = _QUOTED.sub(" ", text)
    scripts, asked = _scripts(own), _scripts(question)
    letters = sum(scripts.values())
    if letters < _FEW_LETTERS:
        return None
    if sum(count >= _SALAD_SHARE * letters for count in scripts.values()) >= _SALAD_SCRIPTS:
        return WritingProblem.UNREADABLE
    right = {_ENGLISH_SCRIPT, *asked}
    if sum(count for script, count in scripts.items() if script not in right) > _FOREIGN * letters:
        return WritingProblem.WRONG_LANGUAGE
    if len(_LOWER_WORD.findall(own)) < _LANGUAGE_WORDS:
        return None
    language = language_of(own)
    if language and language not in (ENGLISH, language_of_question(question, [language])):
        return WritingProblem.WRONG_LANGUAGE
    return None


def _scripts(text: str) -> Counter[str]:
    """Letters of each script, by weight."""
    counts: Counter[str] = Counter()
    for sign in text:
        script = _script(sign)
        if script:
            counts[script] += 3 if script == "CJK" else 1
    return counts


@lru_cache(maxsize=8192)
def _script(sign: str) -> str:
    """The first word of the letter's name; Chinese, Japanese and Korean together."""
    if not sign.isalpha():
        return ""
    script = unicodedata.name(sign, "").partition(" ")[0]
    return "CJK" if script in _EAST_ASIAN else script


@lru_cache(maxsize=8192)
def _kind(sign: str) -> str:
    return unicodedata.category(sign)
