"""What a page's reader does not see: elements hidden by a style, an attribute or a well-known class.

Styles are parsed by tinycss2 and matched by cssselect2. The effect of external style sheets, scripts or pictures behind
the words is unknown: if a style present in the page hides the words, they are taken to be hidden.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

import tinycss2
from lxml.html import HtmlElement

from ingest import css_values
from ingest.css import Declared, read_styles

SMALLEST_LETTERS = 3.0  # Pixels; anything smaller is unreadable.
FAINTEST = 0.05  # Opacity below which words are unreadable.
_CLASSES = frozenset(
    "sr-only visually-hidden visuallyhidden screen-reader-text screen-reader-only offscreen u-hidden is-hidden hidden hide d-none".split()
)  # names used for hiding by common style sheets (Bootstrap, WordPress, Foundation), which are external
_ON_WIDE_SCREENS = re.compile(r"(?:(?:sm|md|lg|xl):|d-(?:sm|md|lg|xl)-)(?:block|flex|grid|inline.*|table.*)")
_SHOWN = frozenset(("html", "body", "main", "article"))  # if one is hidden, a script shows it
_OFFSETS = "left right top bottom inset text-indent margin margin-left margin-top translate".split()
_WHITE: css_values.Colour = (1.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True)
class _Look:
    """How words in an element look. `behind`: the background colour, None for a picture."""

    size: float = 16.0
    colour: css_values.Colour = (0.0, 0.0, 0.0, 1.0)
    behind: css_values.Colour | None = _WHITE
    visible: bool = True
    custom: Declared = field(default_factory=dict)

    @property
    def seen(self) -> bool:
        hidden = not self.visible or self.size < SMALLEST_LETTERS or self.colour[3] < FAINTEST
        return not hidden and (self.behind is None or not css_values.alike(self.colour, self.behind))


@dataclass(frozen=True)
class Unseen:
    """What is not seen: elements with everything in them, and elements whose own words are unreadable."""

    gone: list[HtmlElement]
    unreadable: list[HtmlElement]


def find_unseen(tree: HtmlElement, shown: Collection[HtmlElement] = ()) -> Unseen:
    """What is not seen; `shown` are taken to be visible, except for anything hidden inside them."""
    gone: list[HtmlElement] = []
    looks: dict[HtmlElement, _Look] = {}
    for element, declared in read_styles(tree):
        parent = element.getparent()
        if parent is not None and parent not in looks:
            continue  # inside a hidden element
        before = looks[parent] if parent is not None else _Look()
        free = element.tag in _SHOWN or element in shown
        look = _look(before, element, declared)
        if not free and (says_hidden(element) or (declared and _is_gone(declared, look))):
            gone.append(element)
        else:
            looks[element] = look if look.seen or not free else _Look(custom=look.custom)
    return Unseen(gone, [element for element, look in looks.items() if not look.seen])


def says_hidden(element: HtmlElement) -> bool:
    """Whether an element's attribute or class says that it is not shown."""
    attributes = element.attrib
    classes = attributes.get("class", "").split()
    return (
        attributes.get("hidden", "until-found") != "until-found"
        or attributes.get("aria-hidden", "").lower() == "true"
        or "popover" in attributes
        or (element.tag == "dialog" and "open" not in attributes)
        or (not _CLASSES.isdisjoint(classes) and not any(map(_ON_WIDE_SCREENS.fullmatch, classes)))
    )


def _look(before: _Look, element: HtmlElement, declared: Declared) -> _Look:
    if not declared and "bgcolor" not in element.attrib and element.tag != "font":
        return before
    own = {name: value for name, value in declared.items() if name.startswith("--")}
    custom = before.custom | own if own else before.custom
    values = {name: css_values.substitute(value, custom) for name, value in declared.items() if name not in own}
    size, words, behind, visible = before.size, before.colour, before.behind, before.visible
    attributes = element.attrib
    if "color" in attributes:
        words = _named(attributes["color"]) or words
    if "bgcolor" in attributes:
        behind = _named(attributes["bgcolor"]) or behind
    for name, value in values.items():
        if name in ("font-size", "font"):
            sized = css_values.shorthand_size(value) if name == "font" else value
            size = css_values.letter_size(sized, before.size)
        elif name in ("color", "-webkit-text-fill-color"):
            words = css_values.colour(value, before.colour) or words
        elif name in ("background", "background-color"):
            behind = _painted(value, before.behind)
        elif name == "visibility":
            visible = _word(value) not in ("hidden", "collapse")
    return _Look(size, words, behind, visible, custom)


def _painted(value: css_values.Tokens, before: css_values.Colour | None) -> css_values.Colour | None:
    if any(token.type == "url" or (token.type == "function" and token.lower_name == "url") for token in value):
        return None
    found = css_values.colour(value, None)
    if found is None or (before is None and found[3] < 0.5):
        return before
    return css_values.over(found, before or _WHITE)


def _named(text: str) -> css_values.Colour | None:
    return css_values.colour(tinycss2.parse_component_value_list(text[:40]), None)


def _word(value: css_values.Tokens) -> str:
    return value[0].lower_value if value and value[0].type == "ident" else ""


def _is_gone(declared: Declared, look: _Look) -> bool:
    shown = (item for item in declared.items() if not item[0].startswith("--"))
    values = {name: css_values.substitute(value, look.custom) for name, value in shown}
    size = look.size
    faint = [css_values.number(values[name]) for name in ("opacity", "scale", "zoom") if name in values]
    faint += [css_values.number([a for a in token.arguments if a.type != "whitespace"]) for token in values.get("filter", [])
              if token.type == "function" and token.lower_name == "opacity"]  # fmt: skip
    spacing = [css_values.pixels(token, size) for token in values.get("letter-spacing", [])]
    return (
        _word(values.get("display", [])) == "none"
        or _word(values.get("content-visibility", [])) == "hidden"
        or any(value is not None and value < FAINTEST for value in faint)
        or any(value is not None and value <= -size / 2 for value in spacing)  # the letters lie on top of each other
        or any(css_values.is_away(values[name], size) for name in _OFFSETS if name in values)
        or css_values.is_transformed_away(values.get("transform", []), size)
        or any(css_values.is_cut(values[name], size) for name in ("clip", "clip-path") if name in values)
        or _has_no_room(values, size)
    )


def _has_no_room(values: Declared, size: float) -> bool:
    """Whether an element has no height or width; a pixel counts as none if overflow is cut off."""
    cut = any(_word(values.get(name, [])) in ("hidden", "clip") for name in ("overflow", "overflow-x", "overflow-y"))
    for name in ("height", "width", "max-height", "max-width"):
        room = css_values.pixels(values[name][0], size) if len(values.get(name, [])) == 1 else None
        if room is not None and room <= (1 if cut else 0):
            return True
    return False
