"""Whole sentences: what a quote shows of a sentence, so that it says to a reader what it says in its article.

A sentence that points back brings the one that it points to. A very long one may lose its end, and only an end without
which it still says who does what, denies what it denies, doubts what it doubts, and names who says it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answering.evidence import Evidence
from rag.text.languages import ENGLISH
from rag.text.sentences import Span

WHOLE_WORDS_MOST = 45
"""Up to so many words a sentence is never cut."""
WITH_BEFORE_WORDS_MOST = 60
"""Words of a sentence together with what it points back to."""
BACK_MOST = 2
"""Sentences that one may bring with it."""
_SPACED = re.compile(r"\S+")
_OPENING = r"^\W*"
_POINTS_BACK = re.compile(
    _OPENING
    + r"(?:(?:But|And|So|Then|Still|Also|Instead|However|Yet|Meanwhile|Later|In (?:it|them|response|return)|For (?:his|her|their) part),? )?"
    r"(?:He|She|They|It|This|That|These|Those|His|Her|Hers|Their|Theirs|Its|Both|Neither|Such|The (?:latter|former|two|three|pair|duo|same|others?|other one)"
    r"|he|she|they|it|this|that|these|those|his|her|their|its|both|neither)\b(?:(?<=[Hh]e)|(?!['’]s (?:a|the|an)\b))",
)
_POINTS_BACK_IN = {
    language: re.compile(_OPENING + rf"(?:{words})\b")
    for language, words in {
        "de": "Er|Sie|Es(?! (?:gibt|gab|ist|war|sei|wird|wurde|soll)\\b)|Dies(?:e|er|es|en|em)?|Das(?= (?:ist|war|sei|habe|hat)\\b)|Seine?|Ihre?|Beide",
        "es": "Él|Ella|Ellos|Ellas|Esto|Eso|Ambos|Ambas",
        "fr": "Il(?! (?:y|faut|est|s)\\b)|Elles?|Ils|Cela|Celui-ci|Celle-ci|Son|Sa|Ses|Leurs?",
        "ru": "Он|Она|Оно|Они|Это|Его|Её|Ее|Их",
    }.items()
}
"""The same in other languages; nothing is known of those that are not here."""
_IMPERSONAL = re.compile(
    _OPENING
    + r"(?:It|it|That|This)(?: is| was|['’]s) (?:the first time|unclear|not (?:clear|known)|expected|believed|raining|clear that|likely|possible|estimated)\b"
    r"|"
    + _OPENING
    + r"(?:This|That) (?:week|month|year|summer|winter|spring|autumn|fall|morning|afternoon|evening|weekend|season)\b"
    r"|"
    + _OPENING
    + r"(?:(?:Both|Neither|These|Those|Such) (?:of the )?[A-Z]|(?:Both|Neither) (?:the|a|an)\b|Those (?:who|in|with|from|on)\b|These days\b)"
)
_PERSON = re.compile(_OPENING + r"(?:\w+,? )?(?:He|She|They|His|Her|Hers|Their|Theirs|he|she|they|his|her|their|The)\b")
_FRAGMENT = re.compile(
    _OPENING + r"(?:No|Yes|Nope|Not (?:yet|at all|really|quite|necessarily|exactly)|Absolutely|Maybe|Perhaps)\b[^\w]*$"
)
_SPOKEN_BY_PRONOUN = re.compile(
    r"^[^A-Za-z]*[“\"][^”\"]*[,?!.—][”\"] (?:he|she|they|it) (?:said|says|added|told|wrote|explained|asked|continued)\b[^A-Z]*$"
)
_PROTECTED = re.compile(
    r"\b(?:no|not|none|nobody|nothing|nowhere|never|neither|nor|without|hardly|barely|scarcely|cannot|unless|except|but|however|although|though"
    r"|may|might|could|would|should|can|if|whether|possibl[ey]|probabl[ey]|perhaps|maybe|likely|unlikely|reported(?:ly)?|alleged(?:ly)?|apparent(?:ly)?|suspect\w*"
    r"|expect\w*|estimat\w*|believ\w*|appear\w*|seem\w*|plan\w*|propos\w*|hop(?:e|es|ed|ing)|aim\w*|intend\w*|rumou?r\w*|claim\w*|accus\w*|den(?:y|ies|ied)|according|only"
    r"|sa(?:y|ys|id|ying)|told|tell(?:s|ing)?|add(?:s|ed)|ask(?:s|ed)|announc\w*|warn\w*|wrote|writes|tweet\w*|post(?:s|ed)|explain\w*|insist\w*|argu\w*|not(?:es|ed)|report\w*|confirm\w*|testif\w*"
    r"|call(?:s|ed)|describ\w*|suggest\w*|acknowledg\w*|admit\w*|stat(?:es|ed)|quot\w*|spoke\w*|think\w*|thought)\b|n['’]t\b|[\"“”«»„]",
    re.IGNORECASE,
)
"""Words that a cut never takes away: they deny, hedge, limit, or name a speaker; and quotation marks, which belong in pairs."""
_SUBORDINATE_START = re.compile(
    _OPENING
    + r"(?:After|Although|Though|When|While|If|As|Because|Despite|Since|Before|With|Without|In|On|At|By|For|From|Once|Until|Unless|Even|Given|During|Amid|"
    r"Under|Following|Besides|Whether|Where|[A-Z]\w+ing|[A-Z]\w+ed)\b"
)
_ENDS_CLAUSE = re.compile(
    r"(?:,|;| —| –| --) (?=(?:who|whom|whose|which|where|when|while|with|including|as|after|[a-z]+ing)\b)|; | — | – | -- "
)
_VERB_BEFORE = re.compile(r"\b(?:is|are|was|were|has|have|had|will|did|does|do|[a-z]{2,}(?:ed|es|s))\b")
_VERB_BEHIND = re.compile(r", (?:is|are|was|were|has|have|had|will|did|does|[a-z]{2,}ed)\b")
_DASH = re.compile(r" (?:–|—|--?) ")
_LISTS = re.compile(r":[^;]*;")
LEAST_WORDS = 10
"""Words that are left at least: fewer would hardly be a sentence."""


@dataclass(frozen=True)
class Quote:
    """What is shown of a sentence: characters `start` to `end` of the article's text, word for word.

    `cut_behind`: whether the end of the sentence is left out. `answer`: the answering words, in the article's text.
    """

    evidence: Evidence
    start: int
    end: int
    text: str
    cut_behind: bool = False
    answer: Span | None = None

    @property
    def words(self) -> int:
        """Words between white space."""
        return len(_SPACED.findall(self.text))


def whole_quote(evidence: Evidence, words_most: int = WITH_BEFORE_WORDS_MOST) -> Quote | None:
    """The sentence with what it points back to; None where it points to what is not there, or too far away.

    Args:
        words_most: of both together. A sentence that does not point back is given however long it is.
    """
    language = evidence.passage.language or ENGLISH
    cut = cut_end(evidence.text, evidence.reading.end) if language == ENGLISH else len(evidence.text)
    end = evidence.start + cut
    start = evidence.start
    behind = list(evidence.before)
    brought = 0
    while points_back(evidence.text_of(Span(start, end)), language):
        if start == 0 and not _PERSON.search(evidence.text_of(Span(start, end))):
            break  # it opens its article: what "it" is follows, or is in the title
        if not behind or brought == BACK_MOST:
            return None
        start, brought = behind.pop().start, brought + 1
        if len(_SPACED.findall(evidence.text_of(Span(start, end)))) > words_most:
            return None
    reading = evidence.reading
    pointed = reading.end > reading.start
    answer = Span(evidence.start + reading.start, min(evidence.start + reading.end, end)) if pointed else None
    return Quote(evidence, start, end, evidence.text_of(Span(start, end)), end < evidence.end, answer)


def points_back(text: str, language: str = ENGLISH) -> bool:
    """Whether a sentence needs the one before it: it opens with a pronoun, or is "Not yet."."""
    if language != ENGLISH:
        known = _POINTS_BACK_IN.get(language)
        return known is not None and known.search(text) is not None
    if _FRAGMENT.search(text) or _SPOKEN_BY_PRONOUN.search(text):
        return True
    return _POINTS_BACK.search(text) is not None and _IMPERSONAL.search(text) is None


def cut_end(sentence: str, keep: int = 0) -> int:
    """Where a sentence may end: its own end, or that of a clause where it is longer than `WHOLE_WORDS_MOST`.

    Args:
        keep: characters that must be shown, because the answering words stand in them.
    """
    if len(_SPACED.findall(sentence)) <= WHOLE_WORDS_MOST or _SUBORDINATE_START.search(sentence):
        return len(sentence)
    if _LISTS.search(sentence):
        return len(sentence)
    # The latest clause that brings it under the limit loses least; if none does, nothing is cut.
    for clause in reversed(list(_ENDS_CLAUSE.finditer(sentence))):
        left = sentence[: clause.start()]
        words = len(_SPACED.findall(left))
        if words < LEAST_WORDS or clause.start() < keep or _PROTECTED.search(sentence[clause.start() :]):
            break
        if words <= WHOLE_WORDS_MOST and _VERB_BEFORE.search(left) and not _goes_on(left, sentence[clause.start() :]):
            return clause.start()
    return len(sentence)


def _goes_on(left: str, tail: str) -> bool:
    """Whether the sentence may go on, with its verb, behind a bracket, an aside between dashes, or "…, which …,"."""
    dashes, brackets = (len(_DASH.findall(left)), len(_DASH.findall(tail))), left.count("(") - left.count(")")
    return brackets > 0 or dashes[0] % 2 == 1 or dashes[1] > 1 or _VERB_BEHIND.search(tail) is not None
