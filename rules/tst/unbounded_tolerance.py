"""A comparison tolerates every number, because its tolerance is infinite or a hundred times the value.

Why it matters: it looks like a numeric check, and no result is outside of it.

Instead: state the error that the method may have.

Known limits: tolerances written out as literals, as `float("inf")` or as the constant of math or numpy.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.assertions import TOLERANCE
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws

RULE = Rule(
    code="TST022",
    name="unbounded-tolerance",
    severity=Severity.HIGH,
    message="`{text}` tolerates every number",
    since="0.1",
    verdict="hollow",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        def test_total():
            assert total([0.1, 0.2]) == pytest.approx(0.3, rel=1e-9)
            assert total([0.1, 0.2]) == pytest.approx(0.3, abs=0.5)
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import math

        import numpy
        import pytest


        def test_total():
            assert total([0.1, 0.2]) == pytest.approx(0.3, abs=math.inf)  # <- TST022
            numpy.testing.assert_allclose(total([0.1, 0.2]), 0.3, rtol=1000)  # <- TST022
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit an assertion."""
    for flaw, definition in flaws(file, TOLERANCE):
        if flaw.certain:
            yield RULE.at(flaw.span, symbol=definition.qualname, verdict=None if flaw.sole else "", text=flaw.text)
