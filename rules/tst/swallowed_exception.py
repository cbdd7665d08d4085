"""A test catches and forgets whatever its code raises, and asserts nothing.

Why it matters: a test without assertions can still fail when the code under test raises. This one cannot fail at all.

Instead: let the exception out, and assert the result.

Known limits: all that a test runs must stand inside a handler of Exception, or of everything, that only passes, prints,
logs or returns.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.verdicts import Effect
from integrity.model import Severity
from integrity.rule import UNCHECKED, Context, Example, File, Hit, Rule

from .._tests import unproven

RULE = Rule(
    code="TST014",
    name="swallowed-exception",
    severity=Severity.HIGH,
    message="whatever fails in {name} is caught and forgotten, and it asserts nothing",
    since="0.1",
    verdict="hollow",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def test_total():
            try:
                result = total([1, 2])
            except Exception as error:
                raise AssertionError("no total") from error
            assert result == 3


        def test_refuses():
            errors = []
            try:
                total(None)
            except Exception as error:
                errors.append(error)
            assert errors
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_total():  # <- TST014
            try:
                total([1, 2])
            except Exception as error:
                print(f"not available: {error}")
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a test."""
    for _, definition in unproven(file, Effect.SWALLOWED):
        yield RULE.at(definition.span, symbol=definition.qualname, name=definition.name, premise=UNCHECKED)
