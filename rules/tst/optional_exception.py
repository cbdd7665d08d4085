"""A test expects an exception, and passes as well when none is raised.

Why it matters: where every assertion stands in an `except`, nothing is asserted on the day on which the code stops to
raise. `try: call()` with `except ValueError: pass` and nothing else accepts both outcomes.

Instead: write `with pytest.raises(ValueError):`, or let the `try` end with `pytest.fail("no error")`.

Known limits: a `try` that ends in a failure, or has an `else`, is left alone, and so are tests that assert something
elsewhere. So are those to which hypothesis gives what it makes up (`@given`) and that assert nothing: they look for
errors that nobody expects.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.doubts import OPTIONAL
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST023",
    name="optional-exception",
    severity=Severity.MEDIUM,
    message="{name} passes as well when nothing is raised: `{text}` is as far as it gets",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        async def test_refuses_at_once():
            try:
                async with connect("expired") as shop:
                    await shop.ping()
                    pytest.fail("an expired token is accepted")
            except Refused as error:
                assert error.seconds < 1


        def test_refuses():
            with pytest.raises(ValueError):
                total(None)


        def test_refuses_too():
            try:
                total(None)
                pytest.fail("no error")
            except ValueError as error:
                assert "None" in str(error)
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_refuses():
            try:
                total(None)
            except ValueError as error:
                assert "None" in str(error)  # <- TST023


        def test_refuses_too():
            try:  # <- TST023
                total(None)
            except ValueError:
                pass
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a place."""
    for flaw, definition in flaws_of_tests(file, OPTIONAL):
        yield RULE.at(flaw.span, symbol=definition.qualname, name=definition.name, text=flaw.text)
