"""A test runs something and then skips itself, whatever the outcome.

Why it matters: whether its first half worked or not, the report says "skipped"; its second half never runs.

Instead: assert what the first half shows, or skip under a condition.

Known limits: only statements at the first level of a test count, which nothing but an exception can keep from running.
Low where the reason names an issue, an address or a date.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.switches import Form, Where
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._reasons import is_traced, stated
from .._switches import switches

RULE = Rule(
    code="TST111",
    name="mid-test-skip",
    severity=Severity.MEDIUM,
    message="{what} always ends in a skip, after it has run something{reason}",
    since="0.1",
    verdict="disabled",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        def test_total(store):
            store.fill()
            if not store.filled:
                pytest.skip("no store")
            assert total(store) == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import pytest


        def test_total(store):
            store.fill()
            pytest.skip("the rounding is not settled yet")  # <- TST111
            assert total(store) == 3
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a statement."""
    for switch, symbol, what in switches(file, Form.SKIP, Form.XFAIL):
        if switch.where is Where.LATER:
            severity = Severity.LOW if is_traced(switch) else None
            yield RULE.at(switch.span, symbol=symbol, severity=severity, what=what, reason=stated(switch))
