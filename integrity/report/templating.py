"""The templates of the reports: everything that is put into them is escaped, whatever their name ends with."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

__all__ = ["Markup", "template"]


def template(name: str) -> Template:
    """A template of this package by its file name."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    # Autoescape for every template: the usual choice by file name would leave out what is not called .html.
    return Environment(
        loader=PackageLoader("integrity.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
