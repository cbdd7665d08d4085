"""A test is parametrized with no values at all.

Why it matters: pytest reports such a test as skipped, with a reason that nobody wrote, and the run stays green.

Instead: give it cases, or delete it. `empty_parameter_set_mark = "fail_at_collect"` makes pytest refuse such tests.

Known limits: only collections that are written out as empty count; what is computed is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.switches import Form
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._switches import switches

RULE = Rule(
    code="TST110",
    name="empty-parametrize",
    severity=Severity.MEDIUM,
    message="{what} has no cases to run with, so that it is skipped",
    since="0.1",
    verdict="disabled",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest

        CASES = load_cases()


        @pytest.mark.parametrize("numbers", CASES)
        def test_total(numbers):
            assert total(numbers) == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import pytest


        @pytest.mark.parametrize("numbers", [])  # <- TST110
        def test_total(numbers):
            assert total(numbers) == 3
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a mark."""
    for switch, symbol, what in switches(file, Form.NO_CASES):
        yield RULE.at(switch.span, symbol=symbol, what=what)
