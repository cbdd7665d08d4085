"""A test returns before its first assertion, under a condition on what it has computed itself.

Why it matters: on the day on which the condition holds the test asserts nothing and is reported as passed.

Instead: assert the condition, or call `pytest.skip` so that the report says what happened.

Known limits: conditions on versions, platforms and features, and those on parameters, are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.doubts import IMPLICIT_SKIP
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST032",
    name="implicit-skip",
    severity=Severity.MEDIUM,
    message="{name} ends before its first assertion under a condition, and counts as passed",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        def test_total():
            store = find_store()
            if store is None:
                pytest.skip("no store")
            assert total(store) == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_total():
            store = find_store()
            if store is None:  # <- TST032
                return
            assert total(store) == 3
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a place."""
    for flaw, definition in flaws_of_tests(file, IMPLICIT_SKIP):
        yield RULE.at(flaw.span, symbol=definition.qualname, name=definition.name, text=flaw.text)
