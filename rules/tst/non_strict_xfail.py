"""A test is expected to fail, and may pass as well: `xfail` without `strict=True`.

Why it matters: the test can neither fail nor pass, so that it tells nothing. When the defect is repaired nobody hears
of it, and when another one is added nobody hears of that.

Instead: write `strict=True`, or set `xfail_strict = true` for the project; name the exception with `raises=`.

Known limits: marks with a condition, with `raises=` or with `run=False` are left alone, and so are all where pytest's
configuration is strict. A mark in `pytest.param` is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.switches import Condition, Form, Where
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._switches import switches

RULE = Rule(
    code="TST105",
    name="non-strict-xfail",
    severity=Severity.LOW,
    message="{what} may fail or pass, as it likes: the expected failure is not strict",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        @pytest.mark.xfail(strict=True, reason="GH-12")
        def test_total():
            assert total([1, 2]) == 3


        @pytest.mark.xfail(raises=ValueError, reason="GH-12")
        def test_sum():
            assert total([1]) == 1
        """,
        _TESTS,
    ),
    Example(
        """
        import pytest


        @pytest.mark.xfail(reason="GH-12")
        def test_total():
            assert total([1, 2]) == 3
        """,
        Context(test=True, collected=True, strict_xfail=True),
    ),
]
INVALID = [
    Example(
        """
        import pytest


        @pytest.mark.xfail(reason="GH-12")  # <- TST105
        def test_total():
            assert total([1, 2]) == 3
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a mark."""
    if file.context.strict_xfail:
        return
    for switch, symbol, what in switches(file, Form.XFAIL):
        mark = switch.where in (Where.MARK, Where.MODULE)
        open_ended = switch.condition is Condition.NONE and switch.strict is not True and not switch.raises
        if mark and open_ended and switch.runs:
            yield RULE.at(switch.span, symbol=symbol, fix="strict-xfail", what=what)
