"""What every tab is made of: the page's look, HTML with its scripts, and what a browser sent."""

from __future__ import annotations

import functools
import hashlib
import importlib.resources
import re
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from rag.library import Library
from ui.web.texts import ENGLISH, language, say, spoken

Update = dict[Any, Any]
"""New values by component."""
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
AT_ONCE: dict[str, Any] = {**QUIET, "queue": False}
"""For what costs next to nothing, and should not wait behind questions."""
_TEXTS = ("label", "value", "placeholder", "info")
"""Properties of components that hold a text."""


def asset(name: str) -> str:
    """The text of a file beside this one: `panel.js`."""
    return (importlib.resources.files(__package__) / name).read_text(encoding="utf-8")


CSS = asset("page.css") + asset("library.css")


_SCRIPTS = (
    "answers chips conversations download find jump keep_focus library library_panel live panel preview skip sources suggestions visit"
).split()
"""Files of scripts; each is sent once, however many components it is for."""
_RUN = "const run = ([name, ...given]) => scripts[name](...given);"
_QUEUE = "(window.datelineQueue ??= [])"


def page_script(library: Library, on_server: bool) -> str:
    """All scripts, for the first component of the page: it runs those that wait, and from then on each as it comes."""
    parts = [f"{name}(element, trigger, watch, props) {{\n{asset(f'{name}.js')}}}" for name in _SCRIPTS]
    scripts = f"{asset('say.js')}const scripts = {{{', '.join(parts)}}};\n"
    scripts = scripts.replace("STORAGE", storage_name(library)).replace("'ON_SERVER'", str(on_server).lower())
    return f"{scripts}{_RUN}\n{_QUEUE}.forEach(run);\nwindow.datelineQueue = {{push: run}};\n"


def html(value: str | Callable[[], str] = "", *scripts: str, inline: str = "", **options: Any) -> gr.HTML:
    """HTML of ours.

    Args:
        value: what it shows; a function is called each time a page is loaded, in its reader's language.
        scripts: names of files that run when it is there, with its `element`, and Gradio's `trigger`, `watch` and `props`.
        inline: a script of this component alone.
    """
    first = value() if callable(value) else value
    runs = "".join(f"{_QUEUE}.push(['{name}', element, trigger, watch, props]);" for name in scripts)
    # Gradio knows by their quoted names which events a component has.
    runs += "".join(f" // '{event}'" for event in sorted({one for name in scripts for one in _events(name)}))
    component = gr.HTML(first, js_on_load=inline + runs or None, apply_default_css=False, **options)
    component.dateline_render = value if callable(value) else None  # type: ignore[attr-defined]
    return component


def _events(script: str) -> Iterator[str]:
    """What a script may trigger."""
    for line in asset(f"{script}.js").splitlines():
        if "trigger(" in line:
            yield from re.findall(r"'(\w+)'", line)


class SpokenBlocks(gr.Blocks):
    """A page in the language that each reader's browser asks for; only that language is sent."""

    _as_built: Any = None

    @property
    def config(self) -> Any:
        """What a browser builds the page from."""
        if self._as_built is None:
            return None
        return {**self._as_built, "components": [self._translated(one) for one in self._as_built["components"]]}

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
        """As Gradio calls what happens on an event, once for each of its steps."""
        request = named.get("requests") or (more[1] if len(more) > 1 else None)
        one = request[0] if isinstance(request, list) and request else request
        headers = getattr(one, "headers", None) or {}
        with spoken(str(headers.get("accept-language") or "")):
            return await super().call_function(block_fn, processed_input, *more, **named)


def storage_name(library: Library) -> str:
    """The name under which a browser keeps what it keeps: one a library."""
    return f"dateline-{hashlib.sha256(str(library.path.resolve()).encode()).hexdigest()[:12]}"


def pressed(event: gr.EventData) -> dict[str, Any]:
    """The `data-*` values of a button, which a browser sends and may have made up."""
    return event._data if isinstance(event._data, dict) else {}


def toast(title: str, words: str, *, wrong: bool = False) -> None:
    """A passing word in a corner of the page, for events that wait in the queue: of others Gradio shows none, and titles never."""
    (gr.Warning if wrong else gr.Info)(f"{title}. {words}")


def sendable(text: str) -> str:
    """The text without lone surrogates, which no tokenizer, database or browser takes."""
    return text.encode("utf-8", "replace").decode()


_INK, _PAPER, _QUIET, _LINE, _SOFT = "#1b2126", "#fdfcf9", "#55606a", "#d9d8d2", "#f3f1ea"
_INK_DARK, _PAPER_DARK, _QUIET_DARK, _LINE_DARK, _SOFT_DARK = "#e9e7e1", "#14181b", "#a5b0b8", "#363e44", "#1e2428"
_ACCENT, _ACCENT_HOVER, _ACCENT_DARK, _ACCENT_DARK_HOVER = "#0b5563", "#083f4a", "#7fd0dd", "#a6e0e9"


def theme() -> gr.themes.Base:
    """Ink on paper, one blue-green, the reader's own fonts; every pair of colours at least 4.5 to 1."""
    both = {
        "body_background_fill": (_PAPER, _PAPER_DARK),
        "background_fill_primary": (_PAPER, _PAPER_DARK),
        "background_fill_secondary": (_SOFT, _SOFT_DARK),
        "body_text_color": (_INK, _INK_DARK),
        "body_text_color_subdued": (_QUIET, _QUIET_DARK),
        "border_color_primary": (_LINE, _LINE_DARK),
        "border_color_accent": (_ACCENT, _ACCENT_DARK),
        "link_text_color": (_ACCENT, _ACCENT_DARK),
        "link_text_color_hover": (_ACCENT_HOVER, _ACCENT_DARK_HOVER),
        "link_text_color_visited": (_ACCENT, _ACCENT_DARK),
        "link_text_color_active": (_ACCENT, _ACCENT_DARK),
        "block_background_fill": (_PAPER, _PAPER_DARK),
        "block_border_color": (_LINE, _LINE_DARK),
        "block_info_text_color": (_QUIET, _QUIET_DARK),
        "block_label_background_fill": (_PAPER, _PAPER_DARK),
        "block_label_text_color": (_INK, _INK_DARK),
        "block_title_text_color": (_INK, _INK_DARK),
        "input_background_fill": ("#ffffff", _SOFT_DARK),
        "input_border_color": ("#8b949b", "#6d7880"),
        "input_border_color_focus": (_ACCENT, _ACCENT_DARK),
        "input_placeholder_color": (_QUIET, _QUIET_DARK),
        "button_primary_background_fill": (_ACCENT, _ACCENT_DARK),
        "button_primary_background_fill_hover": (_ACCENT_HOVER, _ACCENT_DARK_HOVER),
        "button_primary_text_color": ("#ffffff", _PAPER_DARK),
        "button_primary_border_color": (_ACCENT, _ACCENT_DARK),
        "button_secondary_background_fill": (_PAPER, _PAPER_DARK),
        "button_secondary_background_fill_hover": (_SOFT, _SOFT_DARK),
        "button_secondary_text_color": (_INK, _INK_DARK),
        "button_secondary_border_color": ("#8b949b", "#6d7880"),
        "button_cancel_background_fill": (_PAPER, _PAPER_DARK),
        "button_cancel_background_fill_hover": (_SOFT, _SOFT_DARK),
        "button_cancel_text_color": ("#9a1c1c", "#ffb4ab"),
        "button_cancel_border_color": ("#9a1c1c", "#ffb4ab"),
        "accordion_text_color": (_INK, _INK_DARK),
    }
    dark = {f"{name}_dark": colours[1] for name, colours in both.items()}
    return gr.themes.Base(
        # Names of the system's fonts: nothing is fetched.
        font=("ui-sans-serif", "system-ui", "sans-serif"),
        font_mono="monospace",
        text_size="md",
        radius_size="sm",
    ).set(
        **{name: colours[0] for name, colours in both.items()}, **dark, color_accent=_ACCENT, button_border_width="1px"
    )


@functools.cache
def colours_alone() -> str:
    """The theme's colours as styles, for a page without Gradio."""
    of = vars(theme())
    pairs = {name: (str(of[name]), str(of.get(f"{name}_dark"))) for name in of}
    told = [
        f"--{name.replace('_', '-')}: light-dark({', '.join(pair)});"
        for name, pair in pairs.items()
        if _are_colours(pair)
    ]
    return f":root {{ {' '.join(told)} }}\n"


def _are_colours(pair: tuple[str, str]) -> bool:
    return all(one.startswith("#") for one in pair)
