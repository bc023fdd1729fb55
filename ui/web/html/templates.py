"""The one way from values to HTML: templates in which everything is inert that is not markup of ours already."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rag.types import ResolvedDate
from ui import format
from ui.web import markup, texts


def render(template: str, **values: Any) -> str:
    """A template of this folder (`turn.html`), filled in."""
    return _environment().get_template(template).render(**values)


def part(template: str, name: str, *values: Any) -> str:
    """One macro of a template, as a plain text, which may be joined with other HTML."""
    return str(getattr(_environment().get_template(template).module, name)(*values))


def shown(value: object) -> Markup:
    """A value as HTML that does nothing; what is markup already stays."""
    return value if isinstance(value, Markup) else Markup(markup.inert("" if value is None else str(value)))  # noqa: S704


def _said(english: str, /, **values: object) -> Markup:
    return Markup(texts.say(english, **{name: shown(value) for name, value in values.items()}))  # noqa: S704


def _resolved(dates: Sequence[ResolvedDate]) -> str:
    return format.resolved(dates, markup.one_line)


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
    of_markup = {name: getattr(markup, name) for name in "one_line source_line anchor day opener marker source".split()}
    inert = of_markup | {"span": format.span, "moment": format.moment, "resolved": _resolved}
    environment.globals |= {name: _as_markup(function) for name, function in inert.items()}
    environment.filters["one_line"] = environment.globals["one_line"]
    environment.globals |= {"say": _said, "counted": texts.counted, "of_core": texts.of_core}
    environment.globals["story_link"] = markup.story_link
    return environment


def _as_markup(function: Any) -> Any:
    """For functions whose result is inert HTML already."""
    return lambda *arguments, **named: Markup(function(*arguments, **named))  # noqa: S704
