"""An assertion holds whatever the code does: it asserts a constant.

Why it matters: `assert True` is what tests are emptied to. The test is counted, it is green, and it checks nothing.

Instead: bring the assertion back from history, or write one about the result.

Known limits: high where such assertions are all that a test consists of; medium where the test runs something before,
so that it can still crash, and low where other assertions of the test are sound. `assert False`, which marks what must
not be reached, is none of these.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.assertions import CONSTANT
from integrity.facts.model import Definition
from integrity.facts.verdicts import Effect
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws, unproven

RULE = Rule(
    code="TST003",
    name="constant-assertion",
    severity=Severity.HIGH,
    message="`{text}` holds whatever the code does{extent}",
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


        def test_never_returns():
            try:
                total(None)
            except TypeError:
                return
            assert False, "no error"
        """,
        _TESTS,
    ),
    # Not a test file.
    "assert True\n",
]
INVALID = [
    Example(
        '''
        import unittest


        def test_total():
            """Totals of carts."""
            assert True  # <- TST003


        def test_sum():
            assert total([1, 2]) == 3
            assert 1 == 1  # <- TST003


        class CartTests(unittest.TestCase):
            def test_add(self):
                total([1])
                self.assertTrue(True)  # <- TST003
        ''',
        _TESTS,
    ),
    Example(
        "def test_total():\n    assert 'total'  # <- TST003\n\n\ndef test_sum():\n    assert add(1) == 2\n", _TESTS
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit an assertion."""
    found = list(flaws(file, CONSTANT))
    effects = {definition: test.effect for test, definition in unproven(file, *Effect)} if found else {}
    for flaw, definition in found:
        severity, extent = _weight(definition, effects)
        yield RULE.at(
            flaw.span,
            symbol=definition.qualname,
            severity=severity,
            verdict=None if severity is Severity.HIGH else "",
            text=flaw.text,
            extent=extent,
        )


def _weight(definition: Definition, effects: dict[Definition, Effect]) -> tuple[Severity, str]:
    effect = effects.get(definition)
    if effect is Effect.CONSTANT:
        return Severity.HIGH, ", and nothing else is in the test"
    if effect is Effect.CONSTANT_AFTER_ACTS:
        return Severity.MEDIUM, ", and nothing else is asserted in the test"
    return Severity.LOW, ""
