"""HTML bytes to a tree of bounded size, without anything that a reader of the page does not see."""

from __future__ import annotations

import re

from lxml import etree, html
from lxml.html import HtmlElement

from ingest.normalise import decode
from rag.errors import SourceError

MAX_DEPTH = 1_000  # Tags within tags; real pages stay below 100.
MAX_TAGS = 60_000  # Opening and closing; articles stay below 20,000, and the time grows with the square.
MAX_ATTRIBUTES = 1_000  # In one tag; the time to read them grows with the square.
MAX_CHARACTERS = 20_000_000

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})")
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{4000,}")
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'")
_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
# Tags without an end, or whose end may be left out, do not nest.
_FLAT = frozenset(
    (
        "area base br col embed hr img input link meta param source track wbr p li dt dd td th tr thead tbody tfoot"
        " option optgroup colgroup html head body rp rt"
    ).split()
)
_RAW = re.compile(r"(?is)<(script|style|textarea)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)")  # what holds no tags

_UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0(?![.\d]*[1-9])"
    r"|(?:left|top|right|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*[01](?:px)?\b|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|(?:^|;)\s*(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|$|!)",
    re.IGNORECASE,
)
_UNSEEN_CLASSES = frozenset(
    "sr-only visually-hidden visuallyhidden screen-reader-text screen-reader-only offscreen u-hidden is-hidden hidden hide d-none".split()
)
_UNSEEN_TAGS = (
    *(
        "script",
        "style",
        "template",
        "noscript",
        "svg",
        "iframe",
        "object",
        "embed",
        "canvas",
        "math",
        "audio",
        "video",
    ),
    *("button", "select", "textarea", "input", "datalist", "map"),
)
_BESIDE = re.compile(
    r"(?i)(?:^|[\s_-])(?:related|recommend(?:ed|ations?)?|read-?(?:also|more|next)|also-?read|readmore|most-?(?:read|popular|viewed)|trending|"
    r"share(?:bar|-?(?:bar|buttons?|tools?|links?|count|this))?|sharing|social(?:-?(?:bar|media|share|links?|icons?))?|newsletter(?:-?\w+)?|sign-?up|"
    r"subscribe|promo|advert(?:isement)?|ads?|ad-(?:slot|unit|container|wrapper)|sponsor(?:ed)?|outbrain|taboola|comments?|comment-?(?:list|section)|"
    r"disqus|cookie(?:s|-\w+)?|consent|gdpr|breadcrumbs?|tags|topics|onward|paywall|more-?(?:from|stories|on|news)|follow-?us|author-?(?:bio|box|card)|"
    r"byline|dateline|timestamp|toolbar|pager|pagination|popup|modal)(?:$|[\s_-])"
)
_MAIN_TAGS = frozenset(("html", "body", "main", "article"))
_SCREENED = 50  # Screened elements that are weighed against the page; a page has a handful.
_LAYOUT_CELL = 400  # Characters in one cell from which a table is layout.
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_SIMPLE = re.compile(r"(?:[a-zA-Z][\w-]*)?([.#])([\w-]+)")


def parse(content: bytes) -> HtmlElement | None:
    """The tree of a page, or None when it holds no tags. Raises SourceError when it is no page or a bomb."""
    declared = _CHARSET.search(content[:4096])
    text = decode(content, declared[1].decode("ascii") if declared else None)
    if len(text) > MAX_CHARACTERS:
        raise SourceError(f"the page is longer than {MAX_CHARACTERS:,} characters, which no article is")
    _check_shape(text)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "ignore"), parser=parser)
    except etree.ParserError:
        return None  # nothing but white space and comments
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise SourceError("the page cannot be read as HTML; save it again from the browser") from error


def _check_shape(text: str) -> None:
    text = _RAW.sub(" ", text)
    if any(len(_VALUE.sub("", match[0]).split()) > MAX_ATTRIBUTES for match in _LONG_TAG.finditer(text)):
        raise SourceError(f"the page has a tag with more than {MAX_ATTRIBUTES:,} attributes, which no article has")
    depth = 0
    for tags, match in enumerate(_TAG.finditer(text), start=1):
        if match[2].lower() not in _FLAT:
            depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > MAX_DEPTH:
            raise SourceError(f"the page nests tags more than {MAX_DEPTH:,} levels deep, which no article does")
        if tags > MAX_TAGS:
            raise SourceError(f"the page has more than {MAX_TAGS:,} tags, which no article has")


def remove_unseen(tree: HtmlElement) -> None:
    """Takes out of the tree what is not shown: scripts, hidden elements, and what a style sheet in it hides."""
    hidden = _hidden_names(tree)
    _drop(list(tree.iter(*_UNSEEN_TAGS)))
    _drop([element for element in tree.iter(etree.Element) if element.tag not in _MAIN_TAGS and _is_hidden(element)])
    screened = [
        element
        for element in tree.iter(etree.Element)
        if element.tag not in _MAIN_TAGS and _is_screened(element, hidden)
    ]
    _drop(_without_main_part(tree, screened))


def _without_main_part(tree: HtmlElement, elements: list[HtmlElement]) -> list[HtmlElement]:
    """Those that are not the article itself, which a script of the page shows once it is loaded.

    That is one with a headline and most of the page's running text; hidden words alone never count as it.
    """
    whole = _running_text(tree)
    main = [
        element
        for element in elements[:_SCREENED]
        if next(element.iter("h1"), None) is not None and 2 * _running_text(element) > whole
    ]
    return [element for element in elements if not any(element is other for other in main)]


def remove_beside(tree: HtmlElement) -> None:
    """Takes out blocks that name themselves as not the article: related stories, sharing, sign-up, comments."""
    doomed = []
    for element in tree.iter(
        "div", "section", "aside", "ul", "ol", "p", "span", "nav", "footer", "figure", "form", "h2", "h3", "h4"
    ):
        names = f"{element.get('class', '')} {element.get('id', '')}"
        named = bool(_BESIDE.search(names)) or element.tag in ("nav", "aside")
        if named and not _holds_article(element):
            doomed.append(element)
    _drop(doomed)


def unwrap_layout_tables(tree: HtmlElement) -> None:
    """Turns tables that lay out a page, as old pages do, into plain blocks; tables of figures stay."""
    layout = [
        table
        for table in tree.iter("table")
        if next(table.iterdescendants("table", "p", "h1", "h2"), None) is not None
        or any(len(cell.text_content()) > _LAYOUT_CELL for cell in table.iter("td"))
    ]
    for table in layout:
        for element in [table, *table.iter("tbody", "thead", "tfoot", "tr", "td", "th")]:
            element.tag = "div"


def _drop(doomed: list[HtmlElement]) -> None:
    for element in doomed:
        if element.getparent() is not None:
            element.drop_tree()


def _holds_article(element: HtmlElement) -> bool:
    """Whether a block, whatever its name, holds too much running text to be beside the article."""
    if next(element.iter("article", "main", "h1"), None) is not None:
        return True
    return sum(1 for paragraph in element.iter("p") if len(paragraph.text_content()) > 120) >= 4


def _running_text(element: HtmlElement) -> int:
    """Characters in the paragraphs of an element that are no mere labels."""
    return sum(length for paragraph in element.iter("p") if (length := len(paragraph.text_content())) > 60)


def _is_hidden(element: HtmlElement) -> bool:
    """Whether an element itself says that it is not shown."""
    attributes = element.attrib
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    if element.tag == "dialog" and "open" not in attributes:
        return True
    return bool(_UNSEEN_STYLE.search(attributes.get("style", "")))


def _is_screened(element: HtmlElement, hidden: frozenset[str]) -> bool:
    """Whether an element is kept from view by a class, a style sheet in the page, or for readers of screens."""
    attributes = element.attrib
    if attributes.get("aria-hidden", "").lower() == "true":
        return True
    classes = attributes.get("class", "").split()
    if not _UNSEEN_CLASSES.isdisjoint(classes):
        return True
    return bool(hidden) and (any(f".{name}" in hidden for name in classes) or f"#{attributes.get('id', '')}" in hidden)


def _hidden_names(tree: HtmlElement) -> frozenset[str]:
    """ ".class" and "#id" that a style sheet in the page hides; only plain rules, none for print or keyframes."""
    names: set[str] = set()
    for sheet in tree.iter("style"):
        if "print" in sheet.get("media", ""):
            continue
        text = re.sub(r"/\*.*?\*/", "", (sheet.text or "")[:200_000], flags=re.DOTALL)
        for match in _RULE.finditer(_without_at_rules(text)):
            if _UNSEEN_STYLE.search(match[2]):
                parts = (_SIMPLE.fullmatch(part.strip()) for part in match[1].split(","))
                names.update(part[1] + part[2] for part in parts if part)
    return frozenset(names)


def _without_at_rules(sheet: str) -> str:
    """The sheet without blocks like `@media print {…}`, whose rules hold only sometimes."""
    kept: list[str] = []
    depth = 0
    for piece in re.split(r"([{}])", sheet):
        if depth == 0 and "@" in piece and piece.rsplit(";", 1)[-1].lstrip().startswith("@"):
            depth = 1
            opened = False
            continue
        if depth == 0:
            kept.append(piece)
        elif piece == "{":
            depth += 1 if opened else 0
            opened = True
        elif piece == "}":
            depth -= 1
    return "".join(kept)
