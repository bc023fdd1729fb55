"""The only way from values to HTML: templates in which everything is inert unless it is our own markup."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ui import format
from ui.web import markup, texts


def render(template: str, **values: Any) -> str:
    """A filled-in template of this folder, e.g. `turn.html`."""
    return _environment().get_template(template).render(**values)


def part(template: str, name: str, *values: Any) -> str:
    """One macro of a template, as plain text that can be joined with other HTML."""
    return str(getattr(_environment().get_template(template).module, name)(*values))


def shown(value: object) -> Markup:
    """A value as inert HTML; what is already markup stays as it is."""
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
    of_markup = {name: getattr(markup, name) for name in "one_line source_line day".split()}
    inert = of_markup | {"span": format.span, "moment": format.moment}
    inert["resolved"] = functools.partial(format.resolved, shown=markup.one_line)
    environment.globals |= {name: _as_markup(function) for name, function in inert.items()}
    environment.filters["one_line"] = environment.globals["one_line"]
    plain = (markup.story_link, markup.link_to, markup.spoken_source, markup.language_name, format.how_checked)
    environment.globals |= {function.__name__: function for function in (*plain, texts.counted, texts.of_core)}
    environment.globals |= {"say": _said, "page_language": texts.language}
    links = environment.get_template("links.html").module
    environment.globals |= {name: getattr(links, name) for name in "opener source marker anchor".split()}
    return environment


def _as_markup(function: Any) -> Any:
    """For functions whose result is already inert HTML."""
    return lambda *arguments, **named: Markup(function(*arguments, **named))  # noqa: S704
