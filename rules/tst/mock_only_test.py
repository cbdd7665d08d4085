"""A test calls nothing but mocks that it has made itself.

Why it matters: what was to be tested has been replaced. The assertions repeat what the test told its mock three lines
before, and they hold whatever the code does.

Instead: call the code under test, and let the mock stand only for what that code calls.

Known limits: a test counts when it mentions nothing but its own variables, builtins and mocks: no import, no fixture,
no attribute of its class. Tests in which the real code is there but idle are not found.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.flaws import MOCK_ONLY
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST020",
    name="mock-only-test",
    severity=Severity.HIGH,
    message="{name} calls nothing but mocks that it has made itself",
    since="0.1",
    verdict="hollow",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        from unittest.mock import Mock

        from shop import Cart


        def test_total():
            store = Mock()
            store.prices.return_value = [1, 2]
            assert Cart(store).total() == 3


        def test_fixture(cart):
            store = Mock()
            assert cart.total(store) == store.total()
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        from unittest.mock import Mock


        def test_total():  # <- TST020
            cart = Mock()
            cart.total.return_value = 3
            assert cart.total() == 3
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a test."""
    for flaw, definition in flaws_of_tests(file, MOCK_ONLY):
        yield RULE.at(flaw.span, symbol=definition.qualname, name=definition.name)
