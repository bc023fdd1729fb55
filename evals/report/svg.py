"""Drawing with matplotlib into SVG that stands in a page: it takes the page's colours and font, and scales.

Drawn are stand-in colours, which no plot uses otherwise; in the text of the SVG they become the page's own, so that one
drawing serves light and dark.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context, rcdefaults, rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, QUIET, LINE, ACCENT, SECOND, PAPER = "#010101", "#020202", "#030303", "#040404", "#050505", "#060606"
WIDTH = 5.2
"""Inches of every plot; the page scales it."""
PER_CENT = [0.0, 0.25, 0.5, 0.75, 1.0]
_PAGE = {
    INK: "currentColor",
    QUIET: "var(--quiet)",
    LINE: "var(--line)",
    ACCENT: "var(--accent)",
    SECOND: "var(--second)",
    PAPER: "var(--paper)",
}
_LOOK: dict[Any, object] = {
    "font.size": 9,
    "svg.fonttype": "none",
    "text.parse_math": False,
    "text.color": INK,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": LINE,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.labelsize": 9,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "grid.color": LINE,
    "grid.linewidth": 0.8,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.major.pad": 5,
    "ytick.major.pad": 5,
}
_UNDATED = {"Date": None, "Creator": None, "Format": None, "Type": None}


@dataclass(frozen=True)
class Plot:
    """A plot with its values as a table, or the reason why there is none.

    Attributes:
        name: part of the ids in the page.
        says: what it shows, for those who do not see it and for those who want it in a sentence.
        svg: its SVG element; empty when `missing` says why there is none.
    """

    name: str
    title: str
    says: str
    svg: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    missing: str = ""


def draw(name: str, height: float, paint: Callable[[Figure], None]) -> str:
    """An SVG element, the same for the same values. `height` in inches; `name` keeps ids of plots apart."""
    with rc_context(), warnings.catch_warnings():
        # Text stays text, and the reader's browser has the glyphs that matplotlib's own font has not.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font", UserWarning)
        rcdefaults()
        rcParams.update(_LOOK)
        rcParams["svg.hashsalt"] = name
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        paint(figure)
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata=_UNDATED)
    return _for_page(written.getvalue(), name)


def _for_page(text: str, name: str) -> str:
    text = re.sub(r"<style[^>]*>.*?</style>|<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = text[text.index("<svg") :]
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    return re.sub(r"<[^>]*>", lambda tag: _tag_for_page(tag.group(), name, used), text).strip()


def _tag_for_page(tag: str, name: str, used: set[str]) -> str:
    """One tag with the page's colours and font, and with ids that no other plot of the page has."""
    if tag.startswith("<svg"):
        box = re.search(r'viewBox="[^"]*"', tag)
        return f'<svg {box.group() if box else ""} aria-hidden="true">'
    tag = re.sub(r' id="([^"]*)"', lambda one: f' id="{name}-{one[1]}"' if one[1] in used else "", tag)
    tag = re.sub(r'(?:xlink:)?href="#', f'href="#{name}-', tag).replace("url(#", f"url(#{name}-")
    tag = re.sub(r' ?font-family: [^;"]*;?', "", tag)
    for sentinel, colour in _PAGE.items():
        tag = tag.replace(sentinel, colour)
    return tag


def grid(axes: Axes, across: bool = False, along: bool = False) -> None:
    """Thin lines across (for the values of x) or along (for those of y), and no box."""
    axes.grid(visible=across, axis="x")
    axes.grid(visible=along, axis="y")
    for spine in axes.spines.values():
        spine.set_visible(False)


def in_per_cent(axes: Axes, x: bool = False, y: bool = False) -> None:
    """Ticks at 0, 25, 50, 75 and 100 per cent."""
    labels = [f"{100 * tick:.0f} %" for tick in PER_CENT]
    if x:
        axes.set_xticks(PER_CENT, labels)
    if y:
        axes.set_yticks(PER_CENT, labels)
