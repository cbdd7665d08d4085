"""An assertion stands where nothing can reach it, behind `return` or under `if False`.

Why it matters: it reads like a check, and it never runs.

Instead: remove what stands in front of it, or the assertion.

Known limits: only what stands in the same block behind the statement counts. What follows an unconditional skip at the
top of a test is a skipped test, and what follows `raise` or a call of `fail` is loud enough. Critical where nothing
else is asserted, medium where something is.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.flaws import UNREACHABLE
from integrity.facts.vocabulary import SKIPS
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST008",
    name="unreachable-assertion",
    severity=Severity.CRITICAL,
    message="`{text}` is never reached: it stands behind {reason}",
    since="0.1",
    verdict="hollow",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        def test_total():
            if not available():
                return
            assert total([1, 2]) == 3


        def test_all():
            for numbers in ([1, 2], [3], []):
                if not numbers:
                    continue
                assert total(numbers) == 3


        def test_never():
            raise NotImplementedError
            assert total([1, 2]) == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_total():
            result = total([1, 2])
            return
            assert result == 3  # <- TST008


        def test_none():
            assert total([]) == 0
            if False:
                assert total([1, 2]) == 3  # <- TST008


        def test_all():
            for numbers in ([1, 2], [3]):
                continue
                assert total(numbers) == 3  # <- TST008
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a stretch of unreachable code, on its first assertion."""
    for flaw, definition in flaws_of_tests(file, UNREACHABLE):
        if flaw.reason not in SKIPS:
            severity = None if flaw.sole else Severity.MEDIUM
            yield RULE.at(
                flaw.span,
                symbol=definition.qualname,
                verdict=None if flaw.sole else "",
                severity=severity,
                text=flaw.text,
                reason=f"`{flaw.reason}`",
            )
