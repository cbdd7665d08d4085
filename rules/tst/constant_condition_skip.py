"""A test is skipped under a condition that always holds, as in `skipif(True, ...)`.

Why it matters: it looks like a test that is skipped here and there. It is skipped everywhere.

Instead: write the condition that is meant, or repair the test.

Known limits: literals count, and so does text that holds one, as pytest evaluates it. Names that the module binds
once, to a literal, count as well, but are medium: somebody may flip that switch by hand. A comparison of the running
Python with a version that the project no longer supports is left to `stale-skip`. A test that does nothing but
`assert False` is left alone: it is there to be skipped.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.switches import Condition, Form
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._reasons import stated
from .._switches import switches

RULE = Rule(
    code="TST102",
    name="constant-condition-skip",
    severity=Severity.HIGH,
    message="{what} is never run: the condition of its skip always holds{reason}",
    since="0.1",
    verdict="disabled",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import sys

        import pytest

        ONLINE = find_network()


        @pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
        def test_total():
            assert total([1, 2]) == 3


        @pytest.mark.skipif(not ONLINE, reason="needs a network")
        def test_remote():
            assert total([1, 2]) == 3


        @pytest.mark.skipif(True, reason="to see that the plugin leaves marks alone")
        def test_is_skipped():
            assert False


        @pytest.mark.skipif(False, reason="switched on again")
        def test_sum():
            assert total([1]) == 1
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import unittest

        import pytest

        RUN_SLOW = False


        @pytest.mark.skipif(True, reason="the rounding is not settled yet")  # <- TST102
        def test_total():
            assert total([1, 2]) == 3


        @pytest.mark.skipif("1", reason="the rounding is not settled yet")  # <- TST102
        def test_sum():
            assert total([1]) == 1


        @unittest.skipUnless(RUN_SLOW, "takes an hour")  # <- TST102
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
        if switch.condition in (Condition.ALWAYS, Condition.SWITCH):
            severity = Severity.MEDIUM if switch.condition is Condition.SWITCH else None
            yield RULE.at(switch.span, symbol=symbol, severity=severity, what=what, reason=stated(switch))
