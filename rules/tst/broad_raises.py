"""A test accepts any exception at all: `pytest.raises(Exception)` without `match`.

Why it matters: a NameError in the test itself, or an AttributeError from a typing slip, makes it pass.

Instead: name the exception, or what its message says with `match=`.

Known limits: where the exception is caught by `as` it may be looked at, and is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.doubts import BROAD
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST027",
    name="broad-raises",
    severity=Severity.LOW,
    message="`{text}` accepts every exception, that of a misspelt name included",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        def test_refuses():
            with pytest.raises(Exception, match="no numbers"):
                total(None)
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import pytest


        def test_refuses():
            with pytest.raises(Exception):  # <- TST027
                total(None)
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a place."""
    for flaw, definition in flaws_of_tests(file, BROAD):
        yield RULE.at(flaw.span, symbol=definition.qualname, name=definition.name, text=flaw.text)
