"""A test calls a coroutine function of its own file and does not await it.

Why it matters: the call only makes a coroutine. What the function was to do, or to check, never happens.

Instead: write `await` in front of it, or `asyncio.run(...)` around it.

Known limits: only functions of the same file that are defined once, undecorated, at module level or in the same class;
statements that do something with the coroutine are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.doubts import UNAWAITED
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST035",
    name="never-awaited-call",
    severity=Severity.HIGH,
    message="`{text}` makes a coroutine that nobody awaits: nothing of it runs",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import asyncio


        async def fill(store):
            store.filled = True


        def test_total(store):
            asyncio.run(fill(store))
            assert total(store) == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        async def fill(store):
            store.filled = True


        def test_total(store):
            fill(store)  # <- TST035
            assert total(store) == 3
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a place."""
    for flaw, definition in flaws_of_tests(file, UNAWAITED):
        yield RULE.at(flaw.span, symbol=definition.qualname, name=definition.name, text=flaw.text)
