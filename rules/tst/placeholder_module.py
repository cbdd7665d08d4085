"""Every test of a module is a placeholder: it asserts a constant, or does nothing.

Why it matters: this is what is left when the tests of a file are replaced to make a run green. The file keeps its name,
its docstring and its place in every report, and not one of its tests can fail.

Instead: bring the file back from history, or delete it, so that the gap can be seen.

Known limits: without history nobody can tell whether there ever were tests. Only what can be said for certain counts: a
module with one test that runs anything, or with fixtures that may check something, is none, and neither is one that
claims nothing, as the samples of test frameworks do: no docstring says what is tested, and nothing is imported.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.verdicts import Effect
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import is_sample, tests, unproven
from .._wording import counted, listed

RULE = Rule(
    code="TST013",
    name="placeholder-module",
    severity=Severity.CRITICAL,
    message="no test in this module can fail: {number} {amount} ({names})",
    since="0.1",
    verdict="hollow",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        "def test_total():\n    assert total([1, 2]) == 3\n\n\ndef test_none():\n    assert total([]) == 0\n", _TESTS
    ),
    # A test that imports what it is about can fail.
    Example("def test_imports():\n    import cart\n\n    assert cart.Cart\n", _TESTS),
    # Its fixture may check something.
    Example("def test_starts(server):\n    assert server.started\n", _TESTS),
]
INVALID = [
    Example(
        '''
        """Comprehensive tests of the cart."""

        import pytest


        class TestCart:
            def test_placeholder(self):  # <- TST013
                """Placeholder until the imports are repaired."""
                assert True

            def test_total(self):
                pass
        ''',
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit, on the first test."""
    found = [
        (test, definition)
        for test, definition in unproven(file, Effect.EMPTY, Effect.IDLE, Effect.CONSTANT)
        if test.certain or test.effect is Effect.CONSTANT
    ]
    if not found or len(tests(file)) > len(found) or is_sample(file, [test for test, _ in found]):
        return
    hollow = [definition for _, definition in found]
    yield RULE.at(
        hollow[0].span,
        number=counted(len(hollow), "test"),
        amount="asserts nothing but constants" if len(hollow) == 1 else "assert nothing but constants",
        names=listed([one.name for one in hollow]),
    )
