"""What style values say about visibility: lengths in pixels, colours, and what moves, clips or shrinks away."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import tinycss2.color5

Tokens = list[Any]  # tinycss2 component values, without white space and comments.
Colour = tuple[float, float, float, float]  # Red, green, blue and alpha, 0 to 1.

AWAY = 999.0  # Pixels beyond the page's edge from which words are moved out of it; visible text never moves so far.
ALIKE = 0.08  # Largest difference in red, green or blue (0 to 1) at which words still blend into their background.
WIDTH, HEIGHT = 1280.0, 800.0  # Pixels of the assumed window.
_PIXELS = {"px": 1, "pt": 4 / 3, "pc": 16, "in": 96, "cm": 37.8, "mm": 3.78, "q": 0.945, "rem": 16,
           "vw": WIDTH / 100, "vh": HEIGHT / 100}  # fmt: skip
_LETTERS = {"em": 1.0, "ex": 0.5, "ch": 0.5, "lh": 1.2}
_SIZE_NAMES = {"xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32}
_DEEPEST = 8  # Nesting of functions that is followed.


def substitute(tokens: Iterable[Any], custom: Mapping[str, Tokens], depth: int = 0) -> Tokens:
    """The tokens of a value without white space, with each `var(--name)` substituted."""
    found: Tokens = []
    for token in tokens:
        if token.type == "function" and token.lower_name == "var" and depth < _DEEPEST:
            arguments = [part for part in token.arguments if part.type not in ("whitespace", "comment")]
            name = arguments[0].value if arguments and arguments[0].type == "ident" else ""
            found += substitute(custom.get(name, arguments[2:]), custom, depth + 1)[:50]
        elif token.type not in ("whitespace", "comment"):
            found.append(token)
    return found


def number(tokens: Tokens) -> float | None:
    """A number or a percentage as a share of one; None for anything else."""
    if len(tokens) != 1:
        return None
    if tokens[0].type == "percentage":
        return float(tokens[0].value) / 100
    return pixels(tokens[0], 0) if tokens[0].type in ("number", "function") else None


def pixels(token: Any, letters: float, depth: int = 0) -> float | None:
    """A length in pixels, given the font size; None for a percentage or anything that is not a length."""
    if token.type == "number":
        return float(token.value)
    if token.type == "dimension":
        unit = token.lower_unit
        scale = _PIXELS.get(unit) or _LETTERS.get(unit, 0) * letters or _PIXELS.get(unit[-2:])
        return float(token.value) * scale if scale else None
    if token.type == "() block" and depth < _DEEPEST:
        return _sum(token.content, letters, depth + 1)
    if token.type == "function" and depth < _DEEPEST:
        if token.lower_name == "calc":
            return _sum(token.arguments, letters, depth + 1)
        if token.lower_name in ("min", "max", "clamp"):
            found = [value for part in token.arguments if (value := pixels(part, letters, depth + 1)) is not None]
            return (min if token.lower_name == "min" else max)(found, default=None)
    return None


def _sum(tokens: Iterable[Any], letters: float, depth: int) -> float | None:
    """`calc`: a product if there is a star, otherwise a sum; percentages are of the window."""
    product, total, sign, times, values = 1.0, 0.0, 1.0, False, 0
    for token in tokens:
        if token.type == "literal":
            times = times or token.value == "*"
            sign = -1.0 if token.value == "-" else 1.0
        elif token.type == "percentage":
            values += 1
            total += sign * token.value * WIDTH / 100
        elif (value := pixels(token, letters, depth)) is not None:
            values += 1
            product *= value
            total += sign * value
    summed = product if times else total
    return None if not values else 0.0 if math.isnan(summed) else summed  # CSS, too, takes what is no number for 0


def letter_size(tokens: Tokens, before: float) -> float:
    """The font size in pixels set by `font-size`, where `before` is the inherited size."""
    if not tokens:
        return before
    token = tokens[0]
    if token.type == "percentage":
        return float(token.value) / 100 * before
    if token.type == "ident":
        scales = {"smaller": before / 1.2, "larger": before * 1.2, "initial": 16.0}
        return float(_SIZE_NAMES.get(token.lower_value, scales.get(token.lower_value, before)))
    value = pixels(token, before)
    return before if value is None else value


def shorthand_size(tokens: Tokens) -> Tokens:
    """The size in the `font` shorthand: its first length."""
    return next(([token] for token in tokens if token.type in ("dimension", "percentage", "number")
                 and not (token.type == "number" and token.value >= 100)), [])  # fmt: skip


def colour(tokens: Iterable[Any], before: Colour | None) -> Colour | None:
    """The first colour among tokens, even inside a gradient; `before` if there is no known one."""
    for token in tokens:
        if token.type == "function" and "gradient" in token.lower_name:
            return colour(token.arguments, before)
        try:
            found = tinycss2.color5.parse_color(token)
            if found is None or found == "currentcolor":
                continue
            red, green, blue = _red_green_blue(found)
        except (ValueError, NotImplementedError, TypeError, ZeroDivisionError):
            continue  # an unsupported colour space
        return float(red or 0), float(green or 0), float(blue or 0), float(found.alpha or 0)
    return before


def _red_green_blue(found: Any) -> tuple[float, ...]:
    """In sRGB; a colour of a perceptual space as the grey of its lightness, and one of a wider RGB as it is."""
    if found.space in ("hsl", "hwb"):
        found = found.to("srgb")
    if found.space in ("lab", "lch", "oklab", "oklch", "xyz-d50", "xyz-d65"):
        return (found.to("lab").coordinates[0] / 100,) * 3
    return tuple(found.coordinates)


def over(above: Colour, below: Colour) -> Colour:
    share = above[3]
    red, green, blue = (share * a + (1 - share) * b for a, b in zip(above[:3], below[:3], strict=True))
    return red, green, blue, 1.0


@lru_cache(4096)
def alike(words: Colour, behind: Colour) -> bool:
    """Whether words in one colour are indistinguishable from the other behind them."""
    return all(abs(a - b) < ALIKE for a, b in zip(over(words, behind)[:3], behind[:3], strict=True))


def is_away(tokens: Tokens, letters: float) -> bool:
    """Whether any of these offsets is off the page, to the left or above, or far to the other side."""
    found = (value for token in tokens if (value := pixels(token, letters)) is not None)
    shares = (token.value for token in tokens if token.type == "percentage")
    return any(value <= -AWAY or value >= 5 * AWAY for value in found) or any(abs(share) >= 500 for share in shares)


def is_transformed_away(tokens: Tokens, letters: float) -> bool:
    """Whether a `transform` shrinks words to nothing, turns them edge-on, or moves them off the page."""
    for token in tokens:
        if token.type != "function":
            continue
        name, arguments = token.lower_name, [part for part in token.arguments if part.type != "whitespace"]
        values = [float(part.value) for part in arguments if part.type in ("number", "percentage", "dimension")]
        sizes = (pixels(part, letters) for part in arguments if part.type == "function")
        values += [value for value in sizes if value is not None]
        edge_on = bool(values) and values[-1] % 180 == 90
        if (
            (name.startswith("scale") and any(abs(value) < 0.05 for value in values))
            or (name == "matrix" and len(values) == 6 and abs(values[0] * values[3] - values[1] * values[2]) < 0.003)
            or (name.startswith("matrix") and any(abs(value) >= AWAY for value in values))
            or (name.startswith("translate") and is_away(arguments, letters))
            or (edge_on and (name in ("rotatex", "rotatey") or name.startswith("skew")))
            or (edge_on and name == "rotate3d" and len(values) == 4 and values[2] == 0)
        ):
            return True
    return False


def is_cut(tokens: Tokens, letters: float) -> bool:
    """Whether a `clip` or `clip-path` leaves at most a pixel."""
    for token in tokens:
        if token.type != "function":
            continue
        name = token.lower_name
        arguments = [part for part in token.arguments if part.type in ("number", "percentage", "dimension")]
        sizes = [value for part in arguments if (value := pixels(part, letters)) is not None]
        shares = [part.value for part in arguments if part.type == "percentage"]
        radii = [part.value if part.type == "percentage" else pixels(part, letters) for part in arguments[:1]]
        if (
            (name in ("circle", "ellipse") and any(radius is not None and radius <= 1 for radius in radii))
            or (name == "inset" and (any(s >= 50 for s in shares) or any(s >= AWAY for s in sizes)))
            or (name == "rect" and len(sizes) == 4 and (sizes[2] - sizes[0] <= 1 or sizes[1] - sizes[3] <= 1))
            or (name == "polygon" and len({part.value for part in arguments}) == 1)
        ):
            return True
    return False
