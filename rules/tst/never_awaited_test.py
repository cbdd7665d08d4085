"""A test is a coroutine, and its runner never awaits it.

Why it matters: calling `async def test_total` only makes a coroutine object. `unittest.TestCase` drops it, with no more
than a warning, and the test passes without having run.

Instead: derive the class from `unittest.IsolatedAsyncioTestCase`.

Known limits: classes whose only base is `unittest.TestCase` itself, and methods that nothing but marks and patches
decorate. Coroutines outside of such classes fail or run, depending on the plugins. Medium in a module without docstring
that imports nothing but a test framework, as the samples of those do.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.flaws import NEVER_AWAITED
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import claims_nothing, flaws_of_tests

RULE = Rule(
    code="TST011",
    name="never-awaited-test",
    severity=Severity.CRITICAL,
    message="{name} is a coroutine in a plain TestCase, which never awaits it",
    since="0.1",
    verdict="hollow",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import unittest
        from support import run


        class AsyncTests(unittest.IsolatedAsyncioTestCase):
            async def test_total(self):
                self.assertEqual(await total([1, 2]), 3)


        class DecoratedTests(unittest.TestCase):
            @run.in_loop
            async def test_total(self):
                self.assertEqual(await total([1, 2]), 3)
        """,
        _TESTS,
    ),
    Example(
        """
        from twisted.trial import unittest


        class TotalTests(unittest.TestCase):
            async def test_total(self):
                self.assertEqual(await total([1, 2]), 3)
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import unittest

        from shop import total


        class TotalTests(unittest.TestCase):
            async def test_total(self):  # <- TST011
                self.assertEqual(await total([1, 2]), 3)
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a test."""
    for flaw, definition in flaws_of_tests(file, NEVER_AWAITED):
        severity = Severity.MEDIUM if claims_nothing(file) else None
        yield RULE.at(flaw.span, symbol=definition.qualname, severity=severity, name=definition.name)
