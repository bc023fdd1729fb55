"""A page's styles: what its own style sheets and `style` attributes declare for each element."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import tinycss2
from cssselect2 import ElementWrapper, Matcher, SelectorError, compile_selector_list
from lxml.html import HtmlElement

from ingest.css_values import HEIGHT, WIDTH, Tokens, pixels
from rag.errors import SourceError

Declared = dict[str, Tokens]  # Each property's tokens, in cascade order; includes custom properties.

SHEETS_MOST = 2_000_000  # Characters in all style sheets of a page; real pages need fewer than 600,000.
STEPS_MOST = 3_000_000  # Elements that selectors may be tested against in a page; real ones need fewer than 300,000.
STEPS_A_SELECTOR = 300  # This many steps take as long as compiling one selector.
_TOO_MUCH = "the style sheets in the page are too involved to tell what is shown; save the article as plain text"
_READ = frozenset(
    (
        "display visibility content-visibility opacity filter color -webkit-text-fill-color background background-color"
        " font font-size letter-spacing transform scale translate zoom clip clip-path position left right top bottom inset"
        " text-indent margin margin-left margin-top width height max-width max-height overflow overflow-x overflow-y"
    ).split()
)


class _Counted(ElementWrapper):  # type: ignore[misc]
    """A cssselect2 element that counts the elements that selectors are tested against. Each page has its own class."""

    left = STEPS_MOST

    @classmethod
    def take(cls, count: int) -> None:
        """Raises SourceError if a page's selectors take too much work, as only a hostile page's do."""
        cls.left -= count
        if cls.left < 0:
            raise SourceError(_TOO_MUCH)

    def _chain(self, step: str) -> Iterator[ElementWrapper]:
        one = getattr(self, step)
        while one is not None:
            self.take(1)
            yield one
            one = getattr(one, step)

    ancestors = property(lambda self: self._chain("parent"))
    previous_siblings = property(lambda self: self._chain("previous"))


def read_styles(tree: HtmlElement) -> Iterator[tuple[HtmlElement, Declared]]:
    """Every element in page order, with its declarations. Raises SourceError for a hostile page."""
    names = frozenset(name for tag in tree.iter() for name in (*tag.get("class", "").split(), tag.get("id", "")))
    counted: Any = type("_Counted", (_Counted,), {})
    matcher = Matcher()
    for prelude, declarations in _rules(tree):
        for part in _split(prelude):
            if not _names_others(part, names):
                counted.take(STEPS_A_SELECTOR)
                _add(matcher, part, declarations)
    always = sum(map(len, matcher.namespace_selectors.values())) + len(matcher.other_selectors)
    for wrapper in counted.from_html_root(tree).iter_subtree():
        element = wrapper.etree_element
        counted.take(always + len(matcher.lower_local_name_selectors.get(element.tag, ())))
        matched = matcher.match(wrapper)
        counted.take(len(matched))
        yield element, _cascade(matched, element)


def _add(matcher: Matcher, selector: Tokens, declarations: Tokens) -> None:
    try:
        for compiled in compile_selector_list(selector):
            if compiled.pseudo_element is None:
                matcher.add_selector(compiled, declarations)
    except (SelectorError, NotImplementedError, SyntaxError, RecursionError, MemoryError):
        return  # browsers also drop a selector they cannot read


def _names_others(selector: Tokens, names: frozenset[str]) -> bool:
    """Whether a selector asks for a class or id that the page lacks, uses `:has()`, or is too long."""
    for before, token in zip([None, *selector], selector, strict=False):
        named = token.type == "hash" or (token.type == "ident" and before == ".")
        if (named and token.value not in names) or (token.type == "function" and token.lower_name == "has"):
            return True
    return len(selector) > 60


def _split(tokens: Tokens) -> Iterator[Tokens]:
    part: Tokens = []
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _rules(tree: HtmlElement) -> Iterator[tuple[Tokens, Tokens]]:
    """Selectors, and the declarations that matter here, of all style sheets in the page that apply to a screen."""
    if sum(len(sheet.text or "") for sheet in tree.iter("style")) > SHEETS_MOST:
        raise SourceError(_TOO_MUCH)
    for sheet in tree.iter("style"):
        if applies(tinycss2.parse_component_value_list(sheet.get("media", ""), skip_comments=True)):
            yield from _of(tinycss2.parse_stylesheet(sheet.text or "", skip_comments=True, skip_whitespace=True), [], 0)


def _of(rules: list[Any], around: Tokens, depth: int) -> Iterator[tuple[Tokens, Tokens]]:
    """The rules in a sheet, or inside another rule with the selector `around`."""
    declarations = [rule for rule in rules if rule.type == "declaration" and _matters(rule)]
    if declarations and around:
        yield around, declarations
    for rule in rules if depth < 6 else ():  # nobody nests deeper
        if rule.type == "qualified-rule":
            inside = _block(rule.content)
            yield from _of(inside, _nested(around, rule.prelude), depth + 1)
        elif rule.type == "at-rule" and rule.content is not None and _holds(rule):
            yield from _of(_block(rule.content), around, depth + 1)


def _block(content: Tokens | str) -> list[Any]:
    found: list[Any] = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    return found


def _matters(rule: Any) -> bool:
    return rule.lower_name in _READ or rule.name.startswith("--")


def _nested(around: Tokens, prelude: Tokens) -> Tokens:
    """The selector of a nested rule: https://www.w3.org/TR/css-nesting-1/."""
    if not around:
        return prelude
    outer, inner = f":is({tinycss2.serialize(around)})", tinycss2.serialize(prelude)
    joined = inner.replace("&", outer) if "&" in inner else f"{outer} {inner}"
    return tinycss2.parse_component_value_list(joined[:1_000], skip_comments=True)  # type: ignore[no-any-return]


def _holds(rule: Any) -> bool:
    name = rule.lower_at_keyword
    return name in ("supports", "layer", "container", "scope") or (name == "media" and applies(rule.prelude))


def applies(query: Tokens) -> bool:
    """Whether a media query applies to a window of the size above; its other conditions are assumed to hold."""
    return any(_holds_for(part) for part in _split([token for token in query if token.type != "whitespace"]))


def _holds_for(query: Tokens) -> bool:
    words = [token.lower_value for token in query if token.type == "ident"]
    blocks = (token.content for token in query if token.type == "() block")
    features = ([token for token in block if token.type != "whitespace"] for block in blocks)
    held = not {"print", "speech"} & set(words) and all(map(_feature, features))
    return held != ("not" in words[:1])


def _feature(tokens: Tokens) -> bool:
    """Tests `min-width: 600px`, `width >= 600px` or the like against the window."""
    name = next((token.lower_value for token in tokens if token.type == "ident"), "")
    value = next((found for token in tokens if (found := pixels(token, 16)) is not None), None)
    have = WIDTH if name.endswith("width") else HEIGHT
    if value is None or not name.endswith(("width", "height")):
        return not any(token.type == "ident" and token.lower_value in ("dark", "portrait", "none") for token in tokens)
    signs = "".join(str(token.value) for token in tokens if token.type == "literal")
    least = name.startswith("min") or ">" in signs
    most = name.startswith("max") or "<" in signs
    return not (least and have < value) and not (most and have > value)


@lru_cache(4096)
def _attribute(style: str) -> tuple[Any, ...]:
    return tuple(rule for rule in _block(style[:10_000]) if rule.type == "declaration" and _matters(rule))


def _cascade(matched: list[Any], element: HtmlElement) -> Declared:
    """The winning value of each property: https://www.w3.org/TR/css-cascade-4/#cascade-sort."""
    rules = [declaration for _, _, _, declarations in matched for declaration in declarations]
    if style := element.get("style"):
        rules += _attribute(style)
    found: Declared = {}
    for rule in sorted(rules, key=lambda rule: bool(rule.important)):
        name = rule.name if rule.name.startswith("--") else rule.lower_name
        found.pop(name, None)  # keeps shorthands and their longhands in order
        found[name] = rule.value
    return found
