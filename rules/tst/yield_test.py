"""A test is a generator: it holds `yield`.

Why it matters: calling a generator function runs nothing of its body. unittest drops the generator, and the test
passes; pytest refused such tests for years and now fails to collect them.

Instead: make a fixture of it, or parametrize it.

Known limits: high in a `unittest.TestCase`, where the test passes without having run; low elsewhere. Decorators of the
project, as those of Tornado and Twisted, may run the generator, and those tests are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.straying import YIELDS
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._switches import strays
from .._tests import tests

RULE = Rule(
    code="TST212",
    name="yield-test",
    severity=Severity.LOW,
    message="{name} holds `yield`, so that calling it runs nothing of it",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import unittest

        from tornado.testing import gen_test


        class CartTest(unittest.TestCase):
            @gen_test
            def test_total(self):
                result = yield total([1, 2])
                self.assertEqual(result, 3)
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import unittest


        class CartTest(unittest.TestCase):
            def test_total(self):  # <- TST212
                result = yield total([1, 2])
                self.assertEqual(result, 3)


        def test_sum():  # <- TST212
            result = yield total([1, 2])
            assert result == 3
        """,
        _TESTS,
    ),
]


_PLAIN = frozenset({"unittest.TestCase", "TestCase"})


def check(file: File) -> Iterator[Hit]:
    """One hit a test."""
    for stray, definition in strays(file, YIELDS):
        if not stray.certain or definition not in tests(file):
            continue
        owner = file.facts.definitions[definition.parent] if definition.parent >= 0 else None
        silent = owner is not None and len(owner.bases) == 1 and _PLAIN.issuperset(owner.bases)
        yield RULE.at(
            stray.span,
            symbol=definition.qualname,
            severity=Severity.HIGH if silent else None,
            verdict="hollow" if silent else "",
            name=definition.name,
        )
