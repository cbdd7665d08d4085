"""A class in the tests is equal to everything: its `__eq__` returns True.

Why it matters: `assert result == expected` holds whatever the result is, when either is such an object.

Instead: compare values; where anything will do, `unittest.mock.ANY` says so to the reader.

Known limits: classes whose name says what they are (Any, Every, Wild, Always, Match, Equal) are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.doubts import EQUALS_ANYTHING
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws

RULE = Rule(
    code="TST033",
    name="always-equal",
    severity=Severity.LOW,
    message="{owner} is equal to everything, so that every comparison with it holds",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        class AnyPrice:
            def __eq__(self, other):
                return True
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        class Price:
            def __eq__(self, other):  # <- TST033
                return True


        def test_total():
            assert total([1, 2]) == Price()
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a class."""
    for flaw, definition in flaws(file, EQUALS_ANYTHING):
        if flaw.certain:
            owner = definition.qualname.rpartition(".")[0]
            yield RULE.at(flaw.span, symbol=owner, owner=owner)
