"""A test returns its verdict instead of asserting it.

Why it matters: no runner looks at what a test returns. `return total() == 3` passes whatever `total` gives.

Instead: assert it.

Known limits: a test counts when it returns a truth value by its form (a comparison, a negation, `True` or `False`) and
holds no assertion. It is medium where the file itself uses the function, which may be a helper by the name of a test,
or looks at the verdict when it runs as a script.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.verdicts import Effect
from integrity.model import Severity
from integrity.rule import UNCHECKED, Context, Example, File, Hit, Rule

from .._tests import unproven

RULE = Rule(
    code="TST010",
    name="returned-verdict",
    severity=Severity.HIGH,
    message="{name} returns its verdict, which no runner looks at, and asserts nothing",
    since="0.1",
    verdict="hollow",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def test_total():
            assert total([1, 2]) == 3
            return True


        def is_total(numbers):
            return total(numbers) == 3


        def test_all():
            def key(number):
                return number > 0

            assert total([1, 2], key) == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_total():  # <- TST010
            return total([1, 2]) == 3


        async def test_runs():  # <- TST010
            try:
                await run()
                print("passed")
                return True
            except RuntimeError:
                return False
        """,
        _TESTS,
    ),
    # Medium: a callback.
    Example(
        """
        def test_callback(message):  # <- TST010
            print(message)
            return True


        register("interaction", test_callback)
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a test."""
    for test, definition in unproven(file, Effect.RETURNED):
        severity = Severity.MEDIUM if test.used else None
        yield RULE.at(
            definition.span, symbol=definition.qualname, severity=severity, name=definition.name, premise=UNCHECKED
        )
