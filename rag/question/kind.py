"""What a question asks for, judged by its form. Pure.

A few patterns in a fixed order; the first that fits gives the kind. A question of several sentences is judged by
the one that asks.
"""

from __future__ import annotations

import re

from rag.text.clean import one_line
from rag.text.sentences import sentence_spans
from rag.types import Kind

_LEAD_IN = re.compile(
    r"^(?:(?:so|and|but|also|ok(?:ay)?|well|hey|hi|hello|um+|lol|wait|sorry|please|pls|now|then|btw|quick (?:one|question)|question"
    r"|(?:i (?:was|am|['’]?m) )?(?:just )?(?:wondering|curious)|(?:do )?you know|(?:can|could|would) (?:you|u|anyone|somebody|someone) "
    r"(?:please |pls |just |quickly )?(?:tell me|explain|say)|i (?:want|need|['’]d like) to know|tell me(?! (?:about|more|everything))"
    r"|remind me|any idea|wtf(?! (?:happened|is going))|seriously|honestly)\b[\s,.:;!?—–-]*)+",
    re.IGNORECASE,
)
_CONTRACTED = re.compile(r"\b(who|what|where|when|how|why)(?:['’]?s|s['’]|['’]?re)\b", re.IGNORECASE)
_WH = r"(?:who|whom|whose|what|which|when|where(?:abouts)?|why|how)"
_AUX = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|am|isn['’]?t|aren['’]?t|wasn['’]?t"
    r"|weren['’]?t|don['’]?t|doesn['’]?t|didn['’]?t|hasn['’]?t|haven['’]?t|won['’]?t|wouldn['’]?t|can['’]?t|couldn['’]?t)"
)
_MEASURED = r"(?:many|much|long|old|far|tall|big|large|often|high|fast|deep|heavy|wide|late|early|hot|cold|rich|likely|close|bad|strong|common|expensive|badly|quickly|soon|small|low|young|slow)"
_MORE = r"(?:more|less|fewer|worse|better|bigger|larger|higher|lower|tougher|harder|faster|slower|longer|shorter|older|younger|earlier|later|cheaper|stronger|weaker|richer|safer|closer|further|smaller|heavier|deadlier|easier|hotter|colder|taller)"


_SEVERAL = (
    r"(?!(?:was|has|does|its|yes|news|says|sports|times|always)\b)(?:[a-z'’-]{2,}[^sui\W]s|people|men|women|children)"
)
"""A plural, as far as its form shows: not "virus", "crisis" or "class"."""


def _compiled(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_META = _compiled(
    r"^\W*(?:hi|hello|hey|hiya|yo|good (?:morning|afternoon|evening|day)|greetings|howdy)(?: (?:there|all|everyone|dateline|again|you))?\W*$",
    r"^\W*(?:thanks?|thx|thank you|ty|cheers|great|nice|perfect|cool|awesome|ok(?:ay)?|got it|bye|goodbye|see you|that helped)\b"
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
_TIMELINE = _compiled(
    r"\btime-?line\b|\bchronolog\w*|\bin (?:chronological |the right |time )?order\b(?! to)|\bstep by step\b|\bthe steps\b"
    r"|\b(?:day|week|month|year)[ -]by[ -](?:day|week|month|year)\b|\bwalk (?:me|us) through\b|\bsequence of\b"
    r"|\b(?:start|beginning) to (?:finish|end)\b|\bkey (?:dates|moments|events)\b|\bwith dates\b",
    r"\bhow (?:did|has|have|does) .*\b(?:unfold|play(?:ed)? out|evolved?|develop(?:ed)?|progress(?:ed)?|escalated?|spread)\b",
    r"\bwhat (?:came|happened|was) first\b|\bover the course of\b|\bwhat happened,? and when\b|\bevents (?:leading|that led)\b"
    r"|\bwhat happened (?:between|from)\b.*\b(?:and|to)\b|\bhow did (?:we|it|this|things|the \w+(?: \w+)?) (?:get|go) (?:from|to)\b",
)
_COMPARE = _compiled(
    r"\bcompare[ds]?\b|\bcomparing\b|\bcomparison\b|\bversus\b|\bvs?\b.*\b(?:each|which|who|differ\w*|better|bigger)\b"
    r"|\bdiffer(?:s|ed|ence|ences|ent)?\b.*\b(?:from|between|than|to)\b|\bhow does .*\bdiffer\b|\bstack(?:s|ed)? up\b",
    r"\bwhat (?:has )?changed (?:from|between|in)\b|\bhow (?:has|have|did) .*\bchanged?\b.*\b(?:from|between|since|after)\b|\bbefore and after\b",
    rf"\b{_MORE}\b.*\bor\b",
)
_SUMMARY = _compiled(
    r"\bsummar\w+|\boverview\b|\bback(?:ground|story)\b|\brecap\b|\bsum (?:it )?up\b|\brun[ -]?down\b|\bbrief (?:me|us)\b|\b(?:quick|short) brief\b",
    r"^\W*(?:\w+ ){0,3}explain\b|\blike (?:i['’]?m|i am) (?:new|five|5|\d)|\btl;?dr\b|\bprimer\b|\bup to speed\b|\bin (?:a few|simple) words\b|\bin (?:short|brief)\b"
    r"|\bthe (?:gist|basics|main points|essentials|key points|short version|big picture)\b|\bhistory of\b|\b101\b",
)
_LATEST = _compiled(
    r"\b(?:latest|newest|most recent)\b|\bwhere (?:do|does|are|is) (?:things?|it|that|this|we|the \w+(?: \w+){0,3}) (?:stand|at|up to|now)\b"
    r"|\bwhat is (?:new|the news|the (?:status|state))\b|\b(?:any )?(?:news|updates?) (?:on|about|from|of|in)\b|\bcurrent (?:state|status|situation)\b"
    r"|\bhow (?:is|are)\b(?: [\w'’]+){1,5} (?:doing|going|coming along)\b(?! (?:to|about))|\bas things stand\b|\bany (?:developments?|progress|word)\b",
)
_STORY = _compiled(
    r"\bwhat (?:is |was )?(?:all )?(?:the )?(?:story|deal|fuss|scandal|drama|situation|row|controversy|saga|mess)\b|\bstory (?:with|behind)\b",
    r"\b(?:wtf|what)(?: the (?:hell|heck|fuck))? (?:is |has |had |have |actually |exactly |really |even )?(?:happened|happen|happend|went (?:wrong|on|down))\b|\bwhat did happen\b",
    r"\b(?:wtf|what)(?: the (?:hell|heck|fuck))? (?:is|was|has been) (?:going|happening|up) ?(?:on|with|at|in|over)?\b|\b(?:tell|give) (?:me|us) (?:more |everything |all |a bit )?about\b"
    r"|\bcatch (?:me|us) up\b|\bfill (?:me|us) in\b|\bhow did (?:it|that|things|the \w+(?: \w+){0,2}) (?:go|turn out|pan out|end up)\b",
    r"\bwhat do (?:we|you) know\b|\bwhat is known\b|^\W*what about\b|\bheard (?:about|something)\b|\bwhat is all this\b",
)
_WHY = _compiled(
    r"\bwhy\b|\bhow come\b|\bwhat (?:is|was|were|are)?(?: the)? ?(?:reasons?|causes?|motives?|point)\b|\bfor what reason\b|\bwhat (?:is|was) behind\b"
    r"|\bwhat (?:caused|causes|led to|made|makes|prompted|triggered|drove|sparked|explains)\b",
)
_SAID = _compiled(
    r"\bwhat (?:do|does|did|has|have|had|are|is|was|were)\b.*\b(?:say|says|said|saying|think|thinks|thought|make of|tell|told|complain(?:ing|ed)?|argu(?:e|es|ed|ing)"
    r"|claim(?:s|ed|ing)?|warn(?:s|ed|ing)?|respon(?:d|ded)|comment(?:ed)?|want|suggest(?:ed)?|reckon|feel about|promised?|admit(?:ted)?|recommend(?:ed)?|advised?|worr(?:y|ied)|predict(?:ed)?)\b",
    r"\bhow (?:did|do|does|has|have|are|is|was|were)\b.*\b(?:react(?:ed|ing|s)?|respon(?:d|ds|ded|ding)|describ(?:e|es|ed)|feel(?:ing)?|explain(?:ed|s)?|defend(?:ed|s)?|justif(?:y|ied))\b",
    r"\b(?:reactions?|responses?|criticisms?|opinions?|comments?|remarks?) (?:to|of|on|from|about|by)\b|\b(?:critics|reviewers|experts|fans|people) (?:say|said|saying)\b"
    r"|\bwhat (?:was|is|were|are) (?:[\w'’]+ ){0,3}(?:reaction|response|criticism|complaint|excuse|defen[cs]e|argument|message|advice|view|take|position|opinion|answer)s?\b",
)
_LIST = _compiled(
    r"^\W*(?:list|name|give me)\b|\b(?:(?:a|the|full) list|names) of\b|\bwho all\b|\bwho else\b|\bwho are (?:all )?(?:the|some)\b|\bwhat are (?:the|some|all)\b",
    rf"^\W*(?:[\w'’]+ )?which(?: [\w'’-]+){{0,2}}? {_SEVERAL} (?!the\b)[a-z]+",
    rf"\b(?:which|what)(?: [\w'’-]+){{0,3}}? {_SEVERAL}\b"
    rf" (?:{_AUX}|that|got|sided|said|made|won|lost|took|pulled|went|came|voted|signed|in|of|for|from|on|by|to)\b",
)
_HOW = _compiled(rf"\bhow(?! {_MEASURED}\b)\b|\bin what way\b|\bwhat is the (?:process|method|trick|plan)\b")
_FACT = _compiled(rf"\b{_WH}\b")
_YES_NO = _compiled(
    rf"^\W*(?:(?!{_WH}\b)[\w'’]+,? (?=(?:{_AUX})\b)(?!.*\b(?:which|what)\b))?{_AUX}\b",
    rf"^(?!.*\b{_WH}\b).*[,:] ?{_AUX} \w+",
    r"\bis (?:it|that|this) true\b|\btrue or\b|\byes or no\b|^\W*any chance\b|\bor not\W*$|\b(?:right|yet|correct|true)\W*\?$",
)
_TWO = re.compile(
    rf"(?:\?|,|;)?\s+and,? (?:also |then |if so,? )?(?:{_WH}(?!ever)|(?:in|on|at|for|by|to|with|from|since|under) {_WH}"
    rf"|{_AUX}(?= (?:he|she|it|they|the|there|any|anyone|anybody|we|you|his|her|their|that|this)\b))\b|\?\s+(?:and |also )?(?:{_WH}|{_AUX})\b.*\?",
    re.IGNORECASE,
)
_AND = re.compile(r"^[\s,?]*(?:and|also)?[\s,]*(?:also |then |if so,? )?", re.IGNORECASE)
_DAY_ALONE = _compiled(
    r"^\W*what(?: all)?(?: has| had)? (?:happened|happend|was (?:going on|in the news|the news|new)|were the (?:news|headlines))\b",
    r"^\W*what is (?:happening|new|in the news|the news|going on|making headlines|up)\b|^\W*(?:the |any |[\w'’]+ )?(?:news|headlines)\b|^\W*anything new\b",
)
_VERB = re.compile(rf"\b(?:{_AUX}|{_WH}|tell|explain|give|list|show|find|say|said)\b|\?", re.IGNORECASE)
_OF_A_SENTENCE = (
    (re.compile(r"\W*(?:why|how come)\b", re.IGNORECASE).match, Kind.WHY),
    (_LATEST.search, Kind.LATEST),
    (_STORY.search, Kind.STORY),
    (_YES_NO.search, Kind.YES_NO),
    (_WHY.search, Kind.WHY),
    (_SAID.search, Kind.SAID),
    (_LIST.search, Kind.LIST),
    (_HOW.search, Kind.HOW),
    (_FACT.search, Kind.FACT),
)
TOPIC_WORDS_MOST = 8


def kind_of_question(question: str, *, only_days: bool = False) -> Kind:
    """What a question asks for; a story if its form says nothing.

    Args:
        only_days: whether it names days and nothing else to look for ("what happened yesterday?").
    """
    text = _CONTRACTED.sub(r"\1 is", one_line(question))
    if _ARTICLES.search(text):
        return Kind.ARTICLES
    if _META.search(text):
        return Kind.META
    if only_days and (_DAY_ALONE.search(text) or not _VERB.search(text)):
        return Kind.DAY
    for pattern, form in ((_TIMELINE, Kind.TIMELINE), (_COMPARE, Kind.COMPARE), (_SUMMARY, Kind.SUMMARY)):
        if pattern.search(text):
            return form
    asking = _asking_sentences(text)
    if any(_TWO.search(one) for one in asking) or sum(one.endswith("?") for one in asking) > 1:
        return Kind.MULTI
    return next((kind for one in asking if (kind := _of_sentence(one))), Kind.STORY)


def parts_of(question: str) -> tuple[str, ...]:
    """The two questions in one, the second followed by the first in brackets, because it may point back to it.

    Only the question itself if it cannot be split.

    >>> parts_of("Who won the race, and when is the next one?")
    ('Who won the race', 'when is the next one? (Who won the race)')
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


def _of_sentence(text: str) -> Kind | None:
    kind = next((kind for fits, kind in _OF_A_SENTENCE if fits(text)), None)
    if kind is None and not _VERB.search(text) and len(text.split()) <= TOPIC_WORDS_MOST:
        return Kind.TOPIC
    return kind
