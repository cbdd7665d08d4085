"""A test, or the set-up of its class, skips as its first statement, whatever happens.

Why it matters: nothing behind that statement ever runs. Unlike a mark it is not seen by those who look for marks.

Instead: repair the test, delete it, or skip it under a condition.

Known limits: low where the reason names an issue, an address or a date; medium where a single test gives a reason in
words, as those do that take an inherited test back which makes no sense for a subclass. A docstring, imports and
`pass` in front of the statement are looked through.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.switches import Form, Switch, Where
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._reasons import is_placeholder, is_traced, stated
from .._switches import switches

RULE = Rule(
    code="TST107",
    name="skip-first",
    severity=Severity.HIGH,
    message="{what} skips itself before anything else{reason}",
    since="0.1",
    verdict="disabled",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        def test_total(store):
            if store is None:
                pytest.skip("no store")
            assert total([1, 2]) == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import unittest

        import pytest


        def test_total():
            '''The sum of all.'''
            pytest.skip("the rounding is not settled yet")  # <- TST107
            assert total([1, 2]) == 3


        class CartTest(unittest.TestCase):
            def setUp(self):
                raise unittest.SkipTest("no store")  # <- TST107

            def test_add(self):
                self.assertEqual(total([1]), 1)
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a statement."""
    for switch, symbol, what in switches(file, Form.SKIP):
        if switch.where is Where.FIRST:
            yield RULE.at(
                switch.span, symbol=symbol, severity=_severity(switch, symbol, what), what=what, reason=stated(switch)
            )


def _severity(switch: Switch, symbol: str, what: str) -> Severity | None:
    """What the reason leaves of it; None for all."""
    if is_traced(switch):
        return Severity.LOW
    single = what == symbol.rpartition(".")[2]
    return Severity.MEDIUM if single and not is_placeholder(switch) else None
