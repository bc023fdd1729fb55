"""Building blocks of every tab: the page's look, HTML with its scripts, and data sent by a browser."""

from __future__ import annotations

import hashlib
import importlib.resources
import re
from collections.abc import Callable
from typing import Any

import gradio as gr

from rag.library import Library
from ui.web.texts import ENGLISH, language, say, spoken

Update = dict[Any, Any]  # New values by component.
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
AT_ONCE: dict[str, Any] = {**QUIET, "queue": False}  # For cheap events that should not wait behind questions.
_TEXTS = ("label", "value", "placeholder", "info")  # Component properties that hold text.


def asset(name: str) -> str:
    return (importlib.resources.files(__package__) / name).read_text(encoding="utf-8")


CSS = asset("page.css") + asset("library.css")
# Script files; each is sent once, however many components use it.
_SCRIPTS = (
    "answers chips conversations download find jump keep_focus library library_panel live panel preview skip sources suggestions visit"
).split()
_QUEUE = "(window.datelineQueue ??= [])"


def page_script(library: Library, on_server: bool) -> str:
    """All scripts, for the first component of the page: it runs the queued ones, and later ones as they arrive."""
    parts = [f"{name}(element, trigger, watch, props) {{\n{asset(f'{name}.js')}}}" for name in _SCRIPTS]
    scripts = f"{asset('say.js')}const scripts = {{{', '.join(parts)}}};\n"
    name = hashlib.sha256(str(library.path.resolve()).encode()).hexdigest()[:12]  # a browser's data, by library
    scripts = scripts.replace("STORAGE", f"dateline-{name}").replace("'ON_SERVER'", str(on_server).lower())
    run = "const run = ([name, ...given]) => scripts[name](...given);"
    return f"{scripts}{run}\n{_QUEUE}.forEach(run);\nwindow.datelineQueue = {{push: run}};\n"


def html(value: str | Callable[[], str] = "", *scripts: str, inline: str = "", **options: Any) -> gr.HTML:
    """An HTML component with that content; a function is called each time a page is loaded, in its reader's language.

    `scripts` are names of files run once it exists, with its `element`, and Gradio's `trigger`, `watch` and `props`;
    `inline` is a script of this component only.
    """
    first = value() if callable(value) else value
    runs = "".join(f"{_QUEUE}.push(['{name}', element, trigger, watch, props]);" for name in scripts)
    # Gradio recognises a component's events by their quoted names.
    triggers = [line for name in scripts for line in asset(f"{name}.js").splitlines() if "trigger(" in line]
    runs += "".join(f" // '{event}'" for event in sorted(set(re.findall(r"'(\w+)'", "\n".join(triggers)))))
    component = gr.HTML(first, js_on_load=inline + runs or None, apply_default_css=False, **options)
    component.dateline_render = value if callable(value) else None  # type: ignore[attr-defined]
    return component


class SpokenBlocks(gr.Blocks):
    """A page in the language that each reader's browser requests; only that language is sent."""

    _as_built: Any = None

    @property
    def config(self) -> Any:
        built = self._as_built
        return built and {**built, "components": [self._translated(one) for one in built["components"]]}

    @config.setter
    def config(self, value: Any) -> None:
        self._as_built = value

    def _translated(self, component: dict[str, Any]) -> dict[str, Any]:
        props = dict(component["props"])
        render = getattr(self.blocks.get(component["id"]), "dateline_render", None)
        if language() != ENGLISH:
            props |= {name: say(props[name]) for name in _TEXTS if isinstance(props.get(name), str)}
        return {**component, "props": {**props, "value": render()} if render else props}

    async def call_function(self, block_fn: Any, processed_input: list[Any], *more: Any, **named: Any) -> Any:
        """Gradio's call of an event handler, once for each of its steps."""
        request = named.get("requests") or (more[1] if len(more) > 1 else None)
        one = request[0] if isinstance(request, list) and request else request
        headers = getattr(one, "headers", None) or {}
        with spoken(str(headers.get("accept-language") or "")):
            return await super().call_function(block_fn, processed_input, *more, **named)


def pressed(event: gr.EventData) -> dict[str, Any]:
    """The `data-*` values of a pressed button, as a browser sends them; they may be made up."""
    return event._data if isinstance(event._data, dict) else {}


def toast(title: str, words: str, *, wrong: bool = False) -> None:
    """A brief message in a corner of the page, for queued events only: for others Gradio shows none, and it never shows titles."""
    (gr.Warning if wrong else gr.Info)(f"{title}. {words}")


_INK, _PAPER, _QUIET = ("#1b2126", "#e9e7e1"), ("#fdfcf9", "#14181b"), ("#55606a", "#a5b0b8")
_SOFT, _LINE, _EDGE = ("#f3f1ea", "#1e2428"), ("#d9d8d2", "#363e44"), ("#8b949b", "#6d7880")
_ACCENT, _ACCENT_HOVER, _RED = ("#0b5563", "#7fd0dd"), ("#083f4a", "#a6e0e9"), ("#9a1c1c", "#ffb4ab")
# Colours of Gradio theme properties, light and dark: every text contrasts with its background at least 4.5 to 1.
_COLOURS = {
    _INK: "body_text_color block_label_text_color block_title_text_color button_secondary_text_color accordion_text_color",
    _PAPER: "body_background_fill background_fill_primary block_background_fill block_label_background_fill "
    "button_secondary_background_fill button_cancel_background_fill",
    _SOFT: "background_fill_secondary button_secondary_background_fill_hover button_cancel_background_fill_hover",
    _QUIET: "body_text_color_subdued block_info_text_color input_placeholder_color",
    _LINE: "border_color_primary block_border_color",
    _EDGE: "input_border_color button_secondary_border_color",
    _ACCENT: "border_color_accent link_text_color link_text_color_visited link_text_color_active "
    "input_border_color_focus button_primary_background_fill button_primary_border_color",
    _ACCENT_HOVER: "link_text_color_hover button_primary_background_fill_hover",
    _RED: "button_cancel_text_color button_cancel_border_color",
    ("#b91c1c", "#ef4444"): "error_border_color",
    ("#ffffff", _SOFT[1]): "input_background_fill",
    ("#ffffff", _PAPER[1]): "button_primary_text_color",
}
_OF_PROPERTY = {name: colours for colours, names in _COLOURS.items() for name in names.split()}


def theme() -> gr.themes.Base:
    """Ink on paper, one blue-green, and the reader's own fonts, so none are downloaded."""
    light = {name: colours[0] for name, colours in _OF_PROPERTY.items()}
    dark = {f"{name}_dark": colours[1] for name, colours in _OF_PROPERTY.items()}
    fonts = ("ui-sans-serif", "system-ui", "sans-serif")
    made = gr.themes.Base(font=fonts, font_mono="monospace", text_size="md", radius_size="sm")
    return made.set(**light, **dark, color_accent=_ACCENT[0], button_border_width="1px")


def colours_alone() -> str:
    """The theme's colours as styles, for a page without Gradio."""
    pairs = ((name.replace("_", "-"), ", ".join(colours)) for name, colours in _OF_PROPERTY.items())
    return f":root {{ {' '.join(f'--{name}: light-dark({both});' for name, both in pairs)} }}\n"


def as_number(value: object) -> int:
    """A number sent by a browser, which may send anything; -1 if it is not one."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
