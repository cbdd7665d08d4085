"""An assertion stands in a `with pytest.raises(...)` block, behind the call that is to raise.

Why it matters: when the call raises, as it should, the rest of the block is left out.

Instead: put the assertion behind the block.

Known limits: assertions that call something may be what is to raise, and are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.doubts import AFTER_RAISER
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST026",
    name="assertion-after-raiser",
    severity=Severity.MEDIUM,
    message="`{text}` is not reached when the code above it raises, as the block expects",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        def test_refuses():
            with pytest.raises(ValueError) as caught:
                total(None)
            assert "None" in str(caught.value)
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import pytest


        def test_refuses():
            state = State()
            with pytest.raises(ValueError):
                total(state)
                assert state.empty  # <- TST026
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a place."""
    for flaw, definition in flaws_of_tests(file, AFTER_RAISER):
        yield RULE.at(flaw.span, symbol=definition.qualname, name=definition.name, text=flaw.text)
