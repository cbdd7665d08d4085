"""An exception is expected by a statement that expects nothing: `pytest.raises(...)` without `with`.

Why it matters: `pytest.raises(ValueError)` on a line of its own makes a context manager and drops it. Nothing has to
raise.

Instead: write `with pytest.raises(ValueError):` and put the call inside.

Known limits: the forms with a callable, `pytest.raises(ValueError, total, None)`, expect something, and are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.bodies import INERT
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws

RULE = Rule(
    code="TST017",
    name="inert-raises",
    severity=Severity.HIGH,
    message="`{text}` expects nothing: it is not entered by `with`",
    since="0.1",
    verdict="hollow",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        def test_refuses():
            with pytest.raises(ValueError):
                total(None)
            pytest.raises(ValueError, total, None)
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import pytest


        def test_refuses():
            pytest.raises(ValueError)  # <- TST017
            assert total([]) == 0
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a statement."""
    for flaw, definition in flaws(file, INERT):
        if flaw.certain:
            yield RULE.at(flaw.span, symbol=definition.qualname, verdict=None if flaw.sole else "", text=flaw.text)
