"""A whole module of tests is skipped without a condition.

Why it matters: one line takes every test of the file away, those that somebody will add included, and the run stays
green.

Instead: skip the tests that need it, say when (`skipif`, `pytest.importorskip`), or delete the module.

Known limits: skips under an `if` or `try`, as those for a platform, a version or a missing import, are left alone.
Medium where the reason names an issue, an address or a date.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.switches import Form, Where
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._reasons import is_traced, stated
from .._switches import UNCONDITIONAL, switches

RULE = Rule(
    code="TST104",
    name="module-wide-skip",
    severity=Severity.HIGH,
    message="the whole file is off: {what} is skipped{reason}",
    since="0.1",
    verdict="disabled",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import sys

        import pytest

        pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
        if sys.version_info < (3, 12):
            pytest.skip("needs a newer Python", allow_module_level=True)
        json = pytest.importorskip("orjson")


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

        pytestmark = [pytest.mark.slow, pytest.mark.skip(reason="the rounding is not settled yet")]  # <- TST104


        def test_total():
            assert total([1, 2]) == 3
        """,
        _TESTS,
    ),
    Example(
        """
        import pytest

        pytest.skip("the rounding is not settled yet", allow_module_level=True)  # <- TST104


        def test_total():
            assert total([1, 2]) == 3
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a mark or call."""
    for switch, symbol, what in switches(file, Form.SKIP):
        if switch.where is Where.MODULE and switch.condition in UNCONDITIONAL[:1]:
            severity = Severity.MEDIUM if is_traced(switch) else None
            yield RULE.at(switch.span, symbol=symbol, severity=severity, what=what, reason=stated(switch))
