"""A test, or a class of tests, is skipped without a condition.

Why it matters: it is counted, it is reported as skipped among others, and nobody looks at it again. What it tested can
break unseen.

Instead: repair it, delete it, or say when it is to be skipped: `skipif`, `skipUnless`, `pytest.importorskip`.

Known limits: low where the reason names an issue, an address or a date, so that somebody can follow it up. Only marks
count here; calls that skip, and whole modules, have rules of their own. A mark in `pytest.param` skips one case, and
is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.switches import Condition, Form, Where
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._reasons import is_traced, stated
from .._switches import switches

RULE = Rule(
    code="TST101",
    name="unconditional-skip",
    severity=Severity.MEDIUM,
    message="{what} is skipped, whatever happens{reason}",
    since="0.1",
    verdict="disabled",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import sys

        import pytest


        @pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
        def test_total():
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


        @pytest.mark.skip(reason="the rounding is not settled yet")  # <- TST101
        def test_total():
            assert total([1, 2]) == 3


        @pytest.mark.skip  # <- TST101
        def test_sum():
            assert total([1]) == 1


        @unittest.skip("see https://bugs.example.org/12")  # <- TST101
        class CartTest(unittest.TestCase):
            def test_add(self):
                self.assertEqual(total([1]), 1)
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a mark."""
    for switch, symbol, what in switches(file, Form.SKIP):
        if switch.condition is Condition.NONE and switch.where in (Where.MARK, Where.ALIAS):
            severity = Severity.LOW if is_traced(switch) else None
            yield RULE.at(switch.span, symbol=symbol, severity=severity, what=what, reason=stated(switch))
