"""A test that fails is run again, until it passes.

Why it matters: a defect that shows in one run of three passes two runs of three. Whoever relies on the suite relies on
luck.

Instead: find out what it depends on; where that is a network, put the retry into the code that uses it.

Known limits: the marks of pytest-rerunfailures and flaky are known, not loops that tests write themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.switches import Form
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._switches import switches

RULE = Rule(
    code="TST112",
    name="flaky-masking",
    severity=Severity.LOW,
    message="{what} is run again until it passes",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
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


        @pytest.mark.flaky(reruns=3)  # <- TST112
        def test_total():
            assert total([1, 2]) == 3
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a mark."""
    for switch, symbol, what in switches(file, Form.FLAKY):
        yield RULE.at(switch.span, symbol=symbol, what=what)
