"""A test sleeps, and does nothing else.

Why it matters: it takes time like a test of something slow, and it tests nothing.

Instead: bring its body back from history, write it, or delete the test.

Known limits: tests that also run anything else are judged by that. Medium for tests with parameters, with decorators of
the project or in classes with unknown bases, where the time that it takes may be the point.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.verdicts import Effect
from integrity.model import Severity
from integrity.rule import UNCHECKED, Context, Example, File, Hit, Rule

from .._tests import unproven

RULE = Rule(
    code="TST018",
    name="idle-test",
    severity=Severity.HIGH,
    message="{name} only waits",
    since="0.1",
    verdict="hollow",
    restorable=True,
    explained_by=("TST013",),
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import time


        def test_expires():
            store = make_store(seconds=1)
            time.sleep(2)
            assert not store
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import asyncio


        async def test_expires():  # <- TST018
            await asyncio.sleep(0)
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a test."""
    for test, definition in unproven(file, Effect.SLEEP):
        yield RULE.at(
            definition.span,
            symbol=definition.qualname,
            severity=None if test.certain else Severity.MEDIUM,
            verdict=None if test.certain else "",
            name=definition.name,
            premise="" if test.certain else UNCHECKED,
        )
