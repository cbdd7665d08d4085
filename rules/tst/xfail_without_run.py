"""A test is expected to fail and not even run: `xfail(run=False)`, or `pytest.xfail()` at its start.

Why it matters: it is reported as an expected failure, whatever state the code is in. A repair goes unnoticed.

Instead: let it run with `xfail(strict=True)`, or skip it and say when it may come back.

Known limits: low where the reason names an issue, an address or a date, as for tests that would crash the interpreter.
With a condition it is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.switches import Condition, Form, Where
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._reasons import is_traced, stated
from .._switches import switches

RULE = Rule(
    code="TST106",
    name="xfail-without-run",
    severity=Severity.MEDIUM,
    message="{what} is expected to fail and never run{reason}",
    since="0.1",
    verdict="disabled",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        @pytest.mark.xfail(strict=True, reason="GH-12")
        def test_total():
            assert total([1, 2]) == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import pytest


        @pytest.mark.xfail(run=False, reason="exhausts the memory")  # <- TST106
        def test_total():
            assert total([1, 2]) == 3


        def test_sum():
            pytest.xfail("exhausts the memory")  # <- TST106
            assert total([1]) == 1
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a mark or call."""
    for switch, symbol, what in switches(file, Form.XFAIL):
        called = switch.where is Where.FIRST
        if called or (not switch.runs and switch.condition is Condition.NONE):
            severity = Severity.LOW if is_traced(switch) else None
            yield RULE.at(switch.span, symbol=symbol, severity=severity, what=what, reason=stated(switch))
