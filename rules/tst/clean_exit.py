"""A test ends the whole run with the exit status of success.

Why it matters: `os._exit(0)` leaves at once. No later test runs, no failure of an earlier one is reported, and whoever
asked for the run is told that all is well. `pytest.exit(returncode=0)` does the same.

Instead: end the test, by `return` or `pytest.skip`; let a child process end, and assert its exit status.

Known limits: only the literal status 0 counts, and no file that starts processes, whose children end like this.
`sys.exit(0)` only raises an exception, which fails the test. Hooks of pytest are HAR006.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.bodies import EXITS
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws

RULE = Rule(
    code="TST021",
    name="clean-exit",
    severity=Severity.CRITICAL,
    message="`{text}` ends the whole run, as a success",
    since="0.1",
    verdict="hollow",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import os
        import sys


        def test_total():
            assert total([1, 2]) == 3
            os._exit(1)


        def test_leaves():
            with pytest.raises(SystemExit):
                sys.exit(0)
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import os

        import pytest


        def test_total():
            assert total([1, 2]) == 3
            os._exit(0)  # <- TST021


        def test_none():
            assert total([]) == 0
            pytest.exit("done", returncode=0)  # <- TST021
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a call."""
    for flaw, definition in flaws(file, EXITS):
        if flaw.certain and not definition.name.startswith("pytest_"):
            yield RULE.at(flaw.span, symbol=definition.qualname, verdict=None if flaw.sole else "", text=flaw.text)
