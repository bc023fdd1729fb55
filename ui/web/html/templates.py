"""The one way from values to HTML: templates in which everything is inert that is not markup of ours already."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ui.web import markup, texts


def render(template: str, **values: Any) -> str:
    """A template of this folder (`turn.html`), filled in."""
    return _environment().get_template(template).render(**values)


def shown(value: object) -> Markup:
    """A value as HTML that does nothing; what is markup already stays."""
    return value if isinstance(value, Markup) else Markup(markup.inert("" if value is None else str(value)))  # noqa: S704


def _said(english: str, /, **values: object) -> Markup:
    return Markup(texts.say(english, **{name: shown(value) for name, value in values.items()}))  # noqa: S704


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=shown,
    )
    # Those whose result is inert HTML already.
    ours = (markup.one_line, markup.source_line, markup.anchor, markup.also_in, markup.resolved_dates, markup.day)
    ours += (markup.days, markup.opener, markup.marker, markup.source)  # type: ignore[assignment]
    environment.globals |= {function.__name__: _as_markup(function) for function in ours}
    environment.globals |= {"say": _said, "counted": texts.counted, "of_core": texts.of_core}
    return environment


def _as_markup(function: Any) -> Any:
    @functools.wraps(function)
    def wrapped(*arguments: Any, **named: Any) -> Markup:
        return Markup(function(*arguments, **named))  # noqa: S704

    return wrapped


def macro(template: str, name: str) -> Callable[..., str]:
    """A part of a template, to be called: `asked` of the parts of `turn.html`, which are in `turn_parts.html`."""
    made = getattr(_parts(template), name)
    return lambda *values: str(made(*values))  # a plain text, which may be joined with other HTML


@functools.cache
def _parts(template: str) -> Any:
    return _environment().get_template(template.replace(".html", "_parts.html")).module
