"""A test prints that it has passed, and checks nothing.

Why it matters: the line says "passed" in every log, whatever the code under test did before.

Instead: assert the result, and leave the verdict to the runner.

Known limits: a test counts when it holds no assertion and prints a word of success (passed, success, ok, verified) or a
check mark, or when printing is all that it does. Medium where other functions of the file use what it returns, as
scripts do that tests were made of.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.verdicts import Effect
from integrity.model import Severity
from integrity.rule import UNCHECKED, Context, Example, File, Hit, Rule

from .._tests import unproven

RULE = Rule(
    code="TST019",
    name="printed-verdict",
    severity=Severity.HIGH,
    message="{name} prints a verdict, and checks nothing",
    since="0.1",
    verdict="hollow",
    restorable=True,
    explained_by=("TST013",),
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def test_total():
            assert total([1, 2]) == 3
            print("total passed")


        class CartTest:
            def test_history(self):
                assert self.shop.log(1) == []
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_total():  # <- TST019
            total([1, 2])
            print("total passed")
        """,
        _TESTS,
    ),
    # Medium.
    Example(
        """
        import sys


        def test_total():  # <- TST019
            print("total works", total([1, 2]))
            return {"status": "success"}


        def main():
            sys.exit(test_total()["status"] != "success")
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a test."""
    for fact, definition in unproven(file, Effect.PRINTED):
        severity = Severity.MEDIUM if fact.used else None
        yield RULE.at(
            definition.span, symbol=definition.qualname, severity=severity, name=definition.name, premise=UNCHECKED
        )
