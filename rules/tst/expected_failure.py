"""A test of unittest is expected to fail.

Why it matters: the mark has no reason, so that it tells nobody what is wrong, or when it may go.

Instead: repair what is broken, and say in a comment beside the mark which issue it waits for.

Known limits: a comment beside the mark, or right above it, counts as the reason. unittest fails the run when such a
test passes; pytest does so as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.switches import Form
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._reasons import is_placeholder
from .._switches import switches

RULE = Rule(
    code="TST109",
    name="expected-failure",
    severity=Severity.LOW,
    message="{what} is expected to fail: nobody says why",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import unittest


        class CartTest(unittest.TestCase):
            @unittest.expectedFailure  # GH-12
            def test_add(self):
                self.assertEqual(total([1]), 1)
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import unittest


        class CartTest(unittest.TestCase):
            @unittest.expectedFailure  # <- TST109
            def test_add(self):
                self.assertEqual(total([1]), 1)
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a mark."""
    for switch, symbol, what in switches(file, Form.EXPECTED_FAILURE):
        if is_placeholder(switch):
            yield RULE.at(switch.span, symbol=symbol, what=what)
