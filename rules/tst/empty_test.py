"""A test does nothing: its body is `pass`, `...` or a docstring.

Why it matters: it is counted, it is green, and whatever it was named for can break unseen.

Instead: bring its body back from history, write it, or delete the test.

Known limits: tests that are skipped, or expected to fail, are left to other rules. A test with parameters may exist
for its fixtures, one in a class with unknown bases may switch an inherited test off, and one with a decorator of the
project may be run by it: these are medium. So are tests that only assign literals, and those of a module that holds
nothing else and claims nothing, as the samples of test frameworks do. In ten healthy projects (24,803 tests) 21 are
high; every one is empty.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.verdicts import Effect
from integrity.model import Severity
from integrity.rule import UNCHECKED, Context, Example, File, Hit, Rule

from .._tests import is_sample, unproven

RULE = Rule(
    code="TST001",
    name="empty-test",
    severity=Severity.HIGH,
    message="{name} does nothing",
    since="0.1",
    verdict="hollow",
    restorable=True,
    explained_by=("TST013",),
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        def test_total():
            assert total([1, 2]) == 3


        @pytest.mark.skipif(PRINTERLESS, reason="needs a printer, GH-12")
        def test_prints():
            pass


        def make_test():
            pass


        @function_tool
        def test_tool():
            return "result"
        """,
        _TESTS,
    ),
    # Not a test file.
    "def test_total():\n    pass\n",
    # Damaged on purpose.
    Example("def test_total():\n    pass\n", Context(test=True, collected=True, data=True)),
]
INVALID = [
    Example(
        '''
        def test_total():
            assert total([1, 2]) == 3


        def test_none():  # <- TST001
            """A cart without items costs nothing."""


        class TestCart:
            def test_add(self):  # <- TST001
                pass
        ''',
        _TESTS,
    ),
    Example("def test_starts(server):  # <- TST001\n    ...\n\n\ndef test_total():\n    assert total() == 3\n", _TESTS),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a test."""
    found = list(unproven(file, Effect.EMPTY, Effect.IDLE))
    sample = bool(found) and is_sample(file, [test for test, _ in found])
    for test, definition in found:
        yield RULE.at(
            definition.span,
            symbol=definition.qualname,
            severity=None if test.certain and test.effect is Effect.EMPTY and not sample else Severity.MEDIUM,
            verdict=None if test.certain else "",
            name=definition.name,
            premise="" if test.certain else UNCHECKED,
        )
