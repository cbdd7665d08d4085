"""An assertion is made about what a mock gives back that the test has made itself.

Why it matters: the test has told its mock what to return, and asserts that it does. That tests the mock.

Instead: call the code under test, and assert what it makes of the mock's answer.

Known limits: only calls of the mock itself, or of its attributes, by the name that the test gave it. Tests that call
nothing but mocks are left to `mock-only-test`.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.doubts import ECHO
from integrity.facts.flaws import MOCK_ONLY
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST029",
    name="stub-echo",
    severity=Severity.MEDIUM,
    message="`{text}` asserts what a mock of the test gives back",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        from unittest.mock import Mock

        import shop


        def test_total():
            store = Mock()
            store.prices.return_value = [1, 2]
            assert shop.total(store) == 3


        def test_is_open():
            store = Mock(spec=shop.Store)
            store.is_open = shop.Store.is_open.__get__(store)
            store.hour = 9
            assert store.is_open() is True
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        from unittest.mock import Mock

        import shop


        def test_total():
            store = Mock()
            store.prices.return_value = [1, 2]
            prices = store.prices()
            assert prices == [1, 2]  # <- TST029
            assert shop.total(store) == 3
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a place."""
    told = {definition.qualname for _, definition in flaws_of_tests(file, MOCK_ONLY)}
    for flaw, definition in flaws_of_tests(file, ECHO):
        if definition.qualname not in told:
            yield RULE.at(flaw.span, symbol=definition.qualname, name=definition.name, text=flaw.text)
