"""What single lines are, when they are not the article: tight patterns, so that no real sentence is lost."""

from __future__ import annotations

import re

_LONGEST = 260  # Characters; a longer line is never clutter, which also bounds the matching.
_END = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*$")

_READ_ALSO = (
    r"[\[(»>*•▶►→\s]*(?:also (?:read|see|watch)|read (?:also|next|more(?: (?:on|about|from|here))?|here|this)|see also|"
    r"must[- ]?read|don['’]t miss|recommended|you (?:may|might) also like|related (?:stor(?:y|ies)|articles?|news)|"
    r"in case you missed it|icymi|continue reading|read (?:the )?full (?:story|article)|for more|for the full story)"
    r"\b ?(?:[:»|>–—-].{0,200}|,? (?:click|tap|see|go to|visit|read)\b.{0,80}|[.…]{0,3}|[^.]{0,140})[\])]*"
)
# These labels also open real sentences, so a line that ends like one is kept.
_LABELLED = r"(?:more|related|read|watch|listen|video|photos|gallery|live|podcasts?|explainer|graphic) ?: ?.{3,160}"
_CLUTTER = re.compile(
    r"(?i)(?:"
    + "|".join(
        (
            _READ_ALSO,
            r"(?:story|article|text|post)? ?continues? (?:below|after)(?: (?:this |the )?(?:advert(?:isement)?|ad|promotion))?",
            r"[-–—\[(\s]*(?:advertis?e?ment|advertorial|sponsored(?: content)?|promoted(?: content)?|report (?:this )?ad|ad|paid post)[\])\s.:–—-]*",
            r"(?:scroll|swipe|tap|click)(?: down)?(?: here)? (?:to|for) .{2,60}",
            r"(?:share|tweet|pin|email|e-mail|print|save|bookmark|copy|whatsapp|facebook|twitter|x|linkedin|reddit|telegram|"
            r"flipboard|pinterest|link copied!?|copy link|comments?|gift|reply|like|listen|subscribe|sign in|log in|login|register|"
            r"search|menu|close|home|skip to (?:main )?content|back to (?:the )?top|loading(?: ?\.\.\.|…)?|show more|load more|see more"
            r"|view more|undo|follow|print article|font size|text size|a[+-]|next|previous|top|live|\W+)"
            r"(?:[ |/,·•]+(?:share|tweet|pin|email|print|save|whatsapp|facebook|twitter|x|linkedin|reddit|telegram|copy link))*",
            r"(?:(?:share|email|tweet|print|copy) this(?: (?:story|article|page|post|on|url|link|via|with)\b.{0,90})?|share(?:d)? (?:on|via|to|with) .{2,50})",
            r"(?:share this.{0,30}: ?)?\d[\d.,]*[km]? ?(?:shares?|comments?|likes?|views?|reactions?|retweets?|replies)(?:[ |·•,/]+\d[\d.,]*[km]? ?\w+){0,3}",
            r"(?:shares?|comments?|views?|likes?|retweets?) ?[:(]? ?\d[\d.,]*[km]?\)?",
            r"(?:view|show|read|see|post|leave|add)(?: all| a| your)? comments?(?: \(?\d+\)?)?|join the (?:conversation|discussion)\.?|be the first to comment\.?",
            r"(?:follow|like|find|join|connect with|watch) us (?:on|:).{0,100}|follow (?:[\w.'’&-]+ ){1,6}on (?:x|twitter|instagram|threads|facebook|tiktok|"
            r"bluesky|google news|social media|whatsapp|linkedin)\b.{0,120}|follow @\w+.{0,40}",
            r"(?:click here to )?(?:sign[- ]?up|subscribe)\b(?: (?:to|for|here|now|today|with|and|our|via|at)\b.{0,180}| ?[:>»!].{0,120}|[.!]?)",
            r"(?:get|receive|want|have) .{0,90}(?:newsletter|in your inbox|to your inbox|straight to your (?:inbox|phone)|news alerts?|breaking news emails?)\b.{0,120}",
            r".{0,80}[?:.] ?(?:sign[- ]?up|subscribe) (?:to|for|here|now|today)\b.{0,100}(?:newsletter|inbox|alerts?|emails?|podcast)\b.{0,80}",
            r"(?:download|install|get) (?:our|the) .{0,40}\bapp\b.{0,80}",
            r"support (?:quality |local |independent )?journalism\b.{0,120}|your subscription makes .{0,150}|these articles are for .{0,40}subscribers.{0,60}",
            r"listen to (?:this (?:article|story)|article).{0,40}|\d+[ -]min(?:ute)?s?(?: of)? ?(?:read|listen|video)(?:ing time)?|(?:reading|read) time:? .{0,20}",
            r"(?:image|photo|picture|video|media)(?: source| credit)?s?,? ?(?:\d+ ?:.{0,200}|: ?(?:getty|reuters|ap|afp|epa|pa|supplied|file|handout|courtesy|shutterstock|twitter|facebook|instagram)\b.{0,60})",
            r"image (?:source|copyright|credit),? .{0,60}|(?:representative|representational|representation|file) (?:image|photo|picture)\b.{0,60}|getty images.{0,30}|\(?file photo\)?",
            r"(?:https?://|www\.)\S+|\S+@\S+\.\w{2,}",
            r"(?:©|\(c\)|copyright (?=©|\(c\)|\d{4}|by\b))\s?.{0,160}|all rights reserved.{0,80}",
            r"(?:privacy policy|terms (?:of use|of service|and conditions)|cookie (?:policy|settings)|manage cookies|accept (?:all )?cookies|contact us|about us)(?:[ |·•]+.{0,60})?",
            r"(?:we use|this (?:web)?site (?:uses|stores)) cookies\b.{0,160}",
            r"this (?:story|article) (?:has been|was|is being|will be) updated(?: with (?:additional|new|more|further) [\w ]{3,40}| to (?:add|include) (?:an? )?(?:photos?|videos?|galler(?:y|ies)))?\.?",
            r"\(?(?:except for the headline|this (?:story|article|report) has (?:not been|been published|been auto)|(?:the|this) story has not been|this is a (?:syndicated|developing)).{0,200}\)?",
            r"(?:gannett|we|usa today) may earn (?:revenue|a commission).{0,200}|prices were accurate at the time .{0,100}|our standards: .{0,80}",
            r"(?:[\w.'’-]+ ){1,5}(?:is|covers|writes|reports)\b.{5,200}(?:(?:reach|follow|contact|e-?mail) (?:him|her|them)\b|\S@\S+\.\w).{0,80}",
            r".{10,200} [(\[|]?(?:photos?|photograph|picture|image|foto|bild)(?: credit| source| by)?: ?[^.]{3,60}[)\]]?",
            r"the wayback machine - .{0,200}|tap for more stories.?|story continues.{0,20}",
        )
    )
    + ")"
)
_MENU_WORDS = frozenset(
    "home news politics business sport sports opinion weather contact about privacy login subscribe classifieds culture world".split()
)
_LABELLED_LINE = re.compile(rf"(?i){_LABELLED}")

# Headings over lists of other articles. The first group may also stand between paragraphs of the article.
_TAIL_HEADING = re.compile(
    r"(?i)[\W_]*(?:"
    r"(?:recommended|recommendations|suggested|picked|stories|more|selected)(?: stories| articles| reading| reads)?(?: for you| by .{2,30})?|"
    r"recommended (?:for you|stories|articles|reading|reads|videos)|related(?: (?:stories|articles|news|topics?|content|posts|links|coverage|reading|to this))?|"
    r"(?:you (?:may|might)(?: also)? (?:like|enjoy|be interested in)|read (?:next|more|also|on)|up next|what to read next|also read|see also|don['’]t miss|must reads?)|"
    r"(?:more|other|further|latest|top|also)(?: (?:stories|news|headlines|articles|coverage|reading))?(?: (?:from|on|in|by|about|like) .{2,60})|"
    r"(?:more|other|further|latest|top|today['’]?s|trending|popular|best|featured)(?: \w+)? (?:stories|news|headlines|articles|reads|videos|posts|topics)(?: today| now)?|"
    r"most[- ](?:read|popular|viewed|shared|commented|watched|recent|clicked)(?: (?:stories|articles|news|in|on|from|today|now|this)(?: .{2,30})?)?|trending(?: now| today| stories| topics| in .{2,30}| on .{2,30})?|"
    r"popular(?: now| today| in .{2,30}| on .{2,30})?|in other news|also in the news|elsewhere on .{2,40}|around the web|from around the web|from our (?:partners|sponsors|network)|"
    r"we recommend(?: .{2,30})?|sponsored (?:stories|links|content)|promoted (?:stories|content|links)|(?:editor['’]?s|our) picks?|picked for you|latest|the latest|just in|top picks|"
    r"tags|topics"
    r")[\W_]*"
)
_PAGE_END = re.compile(
    r"(?i)[\W_]*(?:(?:\d+ )?comments?(?: \(\d+\))?|discuss(?:ion)?|leave a (?:reply|comment)(?: cancel reply)?|join the (?:conversation|discussion)|"
    r"privacy preference cent(?:er|re)|manage (?:my )?(?:cookie )?(?:consent|preferences).{0,30}|cookies? (?:list|settings|policy|consent|notice|preference cent(?:er|re))|"
    r"cookies? on .{2,40}|we value your privacy|about (?:the )?authors?|post navigation|site (?:index|map)|footer|newsletter sign[- ]?up)[\W_]*"
)


def is_sentence(line: str) -> bool:
    """Whether a line reads like running text: it ends like a sentence, or is too long for a headline."""
    if len(line) >= 160:
        return True
    words = line.count(" ") + 1
    return bool(_END.search(line)) and (words >= 4 or (not line.isascii() and len(line) >= 12))


def is_clutter(line: str) -> bool:
    """Whether a line anywhere in a page is certainly not the article."""
    if len(line) > _LONGEST:
        return False
    if _CLUTTER.fullmatch(line) or (line.count(" | ") >= 3 and _is_menu(line)):
        return True
    return bool(_LABELLED_LINE.fullmatch(line)) and not line.endswith((".", "”", '"'))


def _is_menu(line: str) -> bool:
    """Whether words between bars are a site's sections, and not, say, the states where a thing was sold."""
    parts = [part.strip() for part in line.split(" | ")]
    named = sum(part.split(" ")[-1].casefold() in _MENU_WORDS for part in parts)
    return named >= 2 and all(part.count(" ") <= 3 for part in parts)


def is_tail_heading(line: str) -> bool:
    """Whether a line may stand over a list of other articles."""
    return len(line) <= 80 and bool(_TAIL_HEADING.fullmatch(line) or _PAGE_END.fullmatch(line))


def is_page_end(line: str) -> bool:
    """Whether a line is the heading over comments, cookies and the like, behind the article."""
    return len(line) <= 80 and bool(_PAGE_END.fullmatch(line))
