"""A result is compared with another one of the same call.

Why it matters: what is expected was computed by the code under test, so that both are wrong together.

Instead: write down what is expected.

Known limits: two names must be compared of which one says that it is what is expected. Tests whose name says that they
call twice on purpose are left alone: determinism, caching, equality, order and the like.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.doubts import SAME_CALL
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST030",
    name="same-call-compared",
    severity=Severity.MEDIUM,
    message="`{text}` compares two results of the same call",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def test_total():
            assert total([1, 2]) == total([2, 1])


        def test_total_is_deterministic():
            assert total([1, 2]) == total([1, 2])
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_total():
            expected = total([1, 2])
            result = total([1, 2])
            assert result == expected  # <- TST030
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a place."""
    for flaw, definition in flaws_of_tests(file, SAME_CALL):
        yield RULE.at(flaw.span, symbol=definition.qualname, name=definition.name, text=flaw.text)
