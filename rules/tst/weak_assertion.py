"""All assertions of a test only ask whether something is there, or of what type it is.

Why it matters: a wrong result is a result as well.

Instead: assert the value.

Known limits: off by default, since such tests of factories and registries may be all that is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.doubts import WEAK
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST031",
    name="weak-assertion",
    severity=Severity.LOW,
    message="{name} only asks whether there is something: `{text}`",
    since="0.1",
    enabled=False,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def test_total():
            result = total([1, 2])
            assert result is not None
            assert result == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_total():
            result = total([1, 2])
            assert result is not None  # <- TST031
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a place."""
    for flaw, definition in flaws_of_tests(file, WEAK):
        yield RULE.at(flaw.span, symbol=definition.qualname, name=definition.name, text=flaw.text)
