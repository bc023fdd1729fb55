"""What a question asks for.

A few patterns tell what is asked of the library itself, and a day alone; a small model tells the rest.
"""

from __future__ import annotations

import re

from rag.question.form import likeliest_forms
from rag.text.clean import one_line
from rag.text.sentences import sentence_spans
from rag.types import Kind

_LEAD_IN = re.compile(
    r"(?i)^(?:(?:so|and|but|also|ok(?:ay)?|well|hey|hi|hello|um+|lol|wait|sorry|please|pls|now|then|btw|quick (?:one|question)|question"
    r"|(?:i (?:was|am|['’]?m) )?(?:just )?(?:wondering|curious)|(?:do )?you know|(?:can|could|would) (?:you|u|anyone|somebody|someone) "
    r"(?:please |pls |just |quickly )?(?:tell me|explain|say)|i (?:want|need|['’]d like) to know|tell me(?! (?:about|more|everything))"
    r"|remind me|any idea|wtf(?! (?:happened|is going))|seriously|honestly)\b[\s,.:;!?—–-]*)+"
)
_CONTRACTED = re.compile(r"\b(who|what|where|when|how|why)(?:['’]?s|s['’]|['’]?re)\b", re.IGNORECASE)
_WH = r"(?:who|whom|whose|what|which|when|where(?:abouts)?|why|how)"
_AUX = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|am|isn['’]?t|aren['’]?t|wasn['’]?t"
    r"|weren['’]?t|don['’]?t|doesn['’]?t|didn['’]?t|hasn['’]?t|haven['’]?t|won['’]?t|wouldn['’]?t|can['’]?t|couldn['’]?t)"
)
GREETING = r"^\W*(?:hi|hello|hey|hiya|yo|good (?:morning|afternoon|evening|day)|greetings|howdy)"
THANKS = r"^\W*(?:thanks?|thx|thank you|ty|cheers|great|nice|perfect|cool|awesome|ok(?:ay)?|got it|that helped)\b"
BYE = r"^\W*(?:bye|goodbye|see you)\b"


def _compiled(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_META = _compiled(
    rf"{GREETING}(?: (?:there|all|everyone|dateline|again|you))?\W*$",
    rf"(?:{THANKS}|{BYE})"
    r"(?:[\s,.!]*(?:thanks?|thx|thank you|so much|very much|a lot|you|that helped|that (?:is|was) (?:great|all|helpful|perfect)"
    r"|(?:very )?helpful|bye|for (?:that|your help|the help)|again|cool|great|mate))*\W*$",
    r"^\W*(?:help|what can (?:you|i|u) (?:do|ask)|how (?:do|does) (?:i|you|this|it) (?:use |work)(?:this|you)?|what is (?:this|dateline)"
    r"|(?:what|who) (?:are|r|made) (?:you|u)(?: (?:for|able to do))?|what do you know(?: about)?"
    r"|what (?:kind of )?(?:questions|things) can (?:i|you) (?:ask|answer))(?: here| exactly| in general)?\W*$",
    r"^\W*how (?:many|much) (?:articles?|stories|documents?|sources?|outlets?|news|papers?|reports?) (?:do you|have you|are (?:there|in)|you|does)\b"
    r"(?!.*\b(?:about|on|of|mention)\b)",
    r"^\W*(?:which|what) (?:outlets?|sources?|newspapers?|papers?|publications?|publishers?|sites?|languages?) (?:do you|have you"
    r"|are (?:there|in|you)|can you)\b(?!.*\b(?:about|on|mention)\b)",
    r"^\W*(?:what|which) (?:days?|dates?|period|years?|time(?: span)?) (?:do you|does (?:this|the library|it)|are|can you)\b"
    r".*\b(?:cover|have|hold|know|library)\b",
    r"^\W*how (?:far back|recent|old|new|up to date)\b.*\b(?:you|your|library|archive|articles)\b",
    r"^\W*what is (?:new|in (?:the|this|your) (?:library|archive))(?: (?:here|in the library))?\W*$",
)
_ARTICLES = _compiled(
    r"^\W*(?:(?:which|what|list|show|give|find|any|are there(?: any)?|do you have(?: any| some)?|got)\b[\w ,'’]{0,20}?)\b"
    r"(?:articles?|stories|reports|coverage|pieces|documents?)\b.*\b(?:about|on|of|mention(?:s|ing)?|covering|from|by|with)\b",
    r"^\W*how many (?:articles?|stories|reports|pieces|documents?)\b.*\b(?:about|on|mention(?:s|ing)?|of|from|by|cover(?:s|ing)?)\b",
    r"^\W*(?:which|what) (?:outlets?|newspapers?|papers?|sources?)\b.*\b(?:report(?:ed|s)?|cover(?:ed|s)?|wrote|mention(?:ed|s)?|carr(?:y|ied))\b",
)
_TWO = re.compile(
    rf"(?i)(?:\?|,|;)?\s+and,? (?:also |then |if so,? )?(?:{_WH}(?!ever)|(?:in|on|at|for|by|to|with|from|since|under) {_WH}"
    rf"|{_AUX}(?= (?:he|she|it|they|the|there|any|anyone|anybody|we|you|his|her|their|that|this)\b))\b|\?\s+(?:and |also )?(?:{_WH}|{_AUX})\b.*\?"
)
_AND = re.compile(r"^[\s,?]*(?:and|also)?[\s,]*(?:also |then |if so,? )?", re.IGNORECASE)
_DAY_ALONE = _compiled(
    r"^\W*what(?: all)?(?: has| had)? (?:happened|happend|was (?:going on|in the news|the news|new)|were the (?:news|headlines))\b",
    r"^\W*what is (?:happening|new|in the news|the news|going on|making headlines|up)\b|^\W*(?:the |any |[\w'’]+ )?(?:news|headlines)\b|^\W*anything new\b",
)
_VERB = re.compile(rf"\b(?:{_AUX}|{_WH}|tell|explain|give|list|show|find|say|said)\b|\?", re.IGNORECASE)


def kind_of_question(question: str, *, only_days: bool = False) -> Kind:
    """What a question asks for. Raises `ModelError` if the model is damaged.

    `only_days`: it names days and nothing else to look for ("what happened yesterday?").
    """
    text = _CONTRACTED.sub(r"\1 is", one_line(question))
    if _ARTICLES.search(text):
        return Kind.ARTICLES
    if _META.search(text):
        return Kind.META
    if only_days and (_DAY_ALONE.search(text) or not _VERB.search(text)):
        return Kind.DAY
    return next(kind for kind in likeliest_forms(asking(text)) if kind is not Kind.MULTI or len(parts_of(text)) > 1)


def asking(text: str) -> str:
    """The sentences that ask, without introductory words, in one text."""
    return " ".join(_asking_sentences(_CONTRACTED.sub(r"\1 is", one_line(text))))


def parts_of(question: str) -> tuple[str, ...]:
    """The two questions in one, the second followed by the first in brackets, because it may point back to it.

    >>> parts_of("Who won the race, and when is the next one?")
    ('Who won the race', 'when is the next one? (Who won the race)')
    >>> parts_of("Who won the race?")
    ('Who won the race?',)
    """
    text = one_line(question)
    found = _TWO.search(text)
    if not found:
        asking = [one for one in _asking_sentences(text) if one.endswith("?")]
        return (asking[0], f"{asking[1]} ({asking[0]})") if len(asking) > 1 else (text,)
    first, second = text[: found.start()].rstrip(" ,?"), _AND.sub("", text[found.start() :])
    return (first, f"{second} ({first})") if first and second else (text,)


def _asking_sentences(text: str) -> list[str]:
    """The sentences that ask, without introductory words; all of them if none has a question mark."""
    sentences = [_LEAD_IN.sub("", text[one.start : one.end]) for one in sentence_spans(text)]
    sentences = [one for one in sentences if any(character.isalnum() for character in one)] or [text]
    return [one for one in sentences if one.rstrip("\"'”’)").endswith("?")] or sentences
