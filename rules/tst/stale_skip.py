"""A skip depends on a version of Python that the project no longer supports.

Why it matters: the condition has become a constant. Where it always holds the test is never run, although it looks as
if it were.

Instead: delete the condition, or the test.

Known limits: only comparisons of `sys.version_info` with a pair of numbers are read, against the lowest Python that
the project says it supports. Medium where the test is never run. Dates in reasons, and whether issues are closed, are
not looked at: the result would depend on the day.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.switches import Form
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._switches import switches

RULE = Rule(
    code="TST114",
    name="stale-skip",
    severity=Severity.LOW,
    message="{what} is judged by Python {version}, which the project {meaning}",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import sys

        import pytest


        @pytest.mark.skipif(sys.version_info < (3, 12), reason="needs a newer Python")
        def test_total():
            assert total([1, 2]) == 3
        """,
        Context(test=True, collected=True, minimum_python="3.10"),
    ),
]
INVALID = [
    Example(
        """
        import sys

        import pytest


        @pytest.mark.skipif(sys.version_info < (3, 8), reason="needs a newer Python")  # <- TST114
        def test_total():
            assert total([1, 2]) == 3


        @pytest.mark.skipif(sys.version_info >= (3, 8), reason="only for the old parser")  # <- TST114
        def test_sum():
            assert total([1]) == 1
        """,
        Context(test=True, collected=True, minimum_python="3.10"),
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a mark."""
    for switch, symbol, what in switches(file, Form.SKIP, Form.XFAIL):
        if switch.bound is None:
            continue
        always = switch.bound.holds_from(file.context.minimum_python)
        if always is None:
            continue
        off = always and switch.form is Form.SKIP
        yield RULE.at(
            switch.span,
            symbol=symbol,
            severity=Severity.MEDIUM if off else None,
            verdict="disabled" if off else "",
            what=what,
            version=f"{switch.bound.sign} {switch.bound.major}.{switch.bound.minor}",
            meaning="always is: it is never run" if off else "always is" if always else "never is",
        )
