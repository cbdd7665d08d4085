"""The file is written for a newer Python than the one that checks it.

Why it matters: this is not damage, and it is told apart from damage. But a project that declares support for an older
Python cannot be imported there.

Instead: nothing, when the project requires that Python; otherwise raise `requires-python`, or write the older form.

Known limits: the newer constructs are rewritten to equivalent older ones, line for line, so that the whole file is
checked as usual; columns inside such a construct may be off.
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

VALID = ["x = f'{1}'\n"]
INVALID = [Example("name = t'{1}'  # <- COR012\n", Context(minimum_python="3.14"))]


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
