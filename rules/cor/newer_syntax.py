"""The file is written for a newer Python than the one that checks it.

Why it matters: this is not damage, and it is told apart from damage. But a project that declares support for an older
Python cannot be imported there.

Instead: nothing, when the project requires that Python; otherwise raise `requires-python`, or write the older form.

Known limits: newer than the Python that runs this program; on a newer one nothing is found, whatever the project
declares. The constructs are rewritten to older ones, line for line, so that the whole file is checked as usual. `except
A, b:` is taken for Python 2 when `b` is a lower-case name, though Python 3.14 reads it as two types. Told from damage
as a newer Python tells it for every one of 1,140 files of one damaged repository that Python 3.11 refuses.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.model import Syntax
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

RULE = Rule(
    code="COR012",
    name="newer-syntax",
    severity=Severity.LOW,
    message="{construct} needs Python {needs}{promise}",
    since="0.1",
)

# Python 3.15 is newer than all that can run this; what counts as newer on an older one is up to that one.
VALID = [
    "name = f'{1}'\n",
    "lazy = import_module('json')\n",
    'SAMPLE = """\nlazy import json\n"""\n',
]
INVALID = [
    "lazy import json  # <- COR012\n",
    Example(
        """
        import os

        lazy from json import dumps  # <- COR012
        lazy import re


        def text(value):
            return dumps(value)
        """,
        Context(minimum_python="3.10"),
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit, on the first newer construct."""
    parse = file.facts.parse
    if parse.syntax is not Syntax.NEWER:
        return
    minimum = file.context.minimum_python
    broken = bool(minimum) and _version(minimum) < _version(parse.needs)
    yield RULE.at(
        parse.span,
        severity=Severity.MEDIUM if broken else Severity.LOW,
        construct=parse.message,
        needs=parse.needs,
        promise=f", but the project declares support for {minimum}" if broken else "",
    )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2])
