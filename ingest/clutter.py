"""Lines of a page that are never its article: buttons, counts, advertisements, credits, links to other articles."""

from __future__ import annotations

import re

_LONGEST = 260  # Characters; a longer line is never clutter, which also bounds the matching.
_ALSO_READ = re.compile(  # a link to another article, among the paragraphs of this one
    r"(?i)(?!.*[.。”\"]$)[\W_]*(?:(?:lesen sie (?:auch|mehr)|siehe auch|mehr zum thema|(?:à )?lire aussi|à lire|voir aussi|le[ae] también|"
    r"(?:te|le) puede interesar|ver también|leia (?:também|mais)|veja também|saiba mais|leggi anche|vedi anche|lees (?:ook|meer)|"
    r"(?:zie|bekijk) ook|czytaj (?:też|także|również)|zobacz (?:też|także)|läs (?:också|även|mer)|читайте т(?:акже|акож)|"
    r"смотрите также|по теме|(?:bunu da|ayrıca) okuyun|ilgili haber|相关(?:阅读|新闻)|相關(?:閱讀|新聞)|延伸[阅閱][读讀]|関連記事|あわせて読みたい|"
    r"관련 ?기사|함께 ?(?:읽으면|보면) 좋은 기사|[اإ]قرأ أيض(?:ا|ًا|اً)|(?:यह|ये|इसे) भी पढ़ें) ?[:：|»>–—-]|"
    r"(?:also (?:read|see)|read (?:also|more|next)|see also|must[- ]read|related(?: stor\w+| articles?)?|more|"
    r"you may also like|recommended|watch|in case you missed it) ?[:|»>]).{0,200}"
)
_BUTTONS = (
    "share|tweet|email|print|save|bookmark|copy link|facebook|twitter|x|whatsapp|linkedin|reddit|telegram|comments?|reply|"
    "search|menu|close|subscribe|sign in|log in|register|next|previous|top|live|loading|show more|load more"
)
_SECTIONS = "home|news|world|politics|business|sports?|opinion|weather|culture|contact|about|privacy|login|subscribe"
_NEVER = (
    r"(?:story |article )?continues? (?:below|after)(?: advert\w*)?|advert(?:isement|orial)|sponsored(?: content)?|ad",
    rf"(?:{_BUTTONS})(?: this(?: story| article)?)?(?:[\W_]+(?:{_BUTTONS}))*",
    r"(?:next|previous|read|view|share|send|copy|submit|back to)(?: more)? (?:post|e?mail|news|article|story|express)s?",
    rf"(?:(?:{_SECTIONS}) \| ){{2,}}.{{0,100}}",
    r"(?:share this \w+: |view comments )?\(?\d[\d.,]*[km]? ?(?:shares?|comments?|views?|likes?)?\)?|shares?: ?\d[\d.,]*[km]?",
    r"skip to .{0,40}|\d+[ -]min(?:ute)?s? read|listen to this (?:article|story)",
    r"follow [\w.'’@-]+(?: [\w.'’-]+){0,8} on (?:x|twitter|facebook|instagram|threads|tiktok|bluesky|whatsapp)\b.{0,120}",
    r".{0,60}\b(?:sign[- ]?up|subscribe) (?:to|for|now)\b.{0,80}\b(?:newsletter|inbox|alerts?|emails?)\b.{0,60}",
    r"get .{0,60}(?:newsletter|in your inbox)|(?:https?://|www\.)\S+",
    r"(?:©|\(c\)|copyright (?=©|\(c\)|\d{4})).{0,160}|all rights reserved.{0,80}",
    r"(?:image|photo|picture)s? (?:source|credit|copyright),? .{0,60}|this story has been updated.{0,80}",
    r".{10,200} [(\[|]?(?:photo|photograph|picture|image|foto|bild)s?(?: credit| source| by)?: ?[^.]{3,60}",
    r"(?:reporting|writing|additional reporting) by [^.]{3,150}",
    r"(?:[\w.'’-]+ ){1,5}(?:is|covers) .{5,150}(?:reach|follow|contact) (?:him|her|them)\b.{0,80}",
)
_CLUTTER = re.compile(rf"(?i)[\W_]*(?:{'|'.join(_NEVER)})[\W_]*")
# What heads a list of other articles.
_LISTED = re.compile(
    r"(?i)[\W_]*(?:related|recommended|more|most|trending|top|popular|latest|also)\b[\w’' ]{0,40}[\W_]*"
)


def is_clutter(line: str) -> bool:
    """Whether a line is a button, a count, an advertisement, a link to another article, a credit or the like."""
    return len(line) <= _LONGEST and bool(_CLUTTER.fullmatch(line) or _ALSO_READ.fullmatch(line))


def links_elsewhere(line: str) -> bool:
    return _ALSO_READ.fullmatch(line[:_LONGEST]) is not None


def heads_a_list(line: str) -> bool:
    return _LISTED.fullmatch(line) is not None
