"""The templates of the reports: everything put into them is escaped and printable, whatever their name ends with."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from integrity.report.printable import printable

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
        finalize=_printable,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _printable(value: Any) -> Any:
    """What a template writes for a value: text without characters that hide or reorder it, anything else as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return value if value.isprintable() else "\n".join(map(printable, value.split("\n")))
