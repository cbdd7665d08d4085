"""Every assertion of a test stands in a loop over something computed.

Why it matters: a loop over nothing asserts nothing. When the code under test gives back no items the test passes.

Instead: assert the number of items first, or parametrize the test.

Known limits: off by default, because most such loops run through something that cannot be empty. Loops over literals
and ranges are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.doubts import LOOPED
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST025",
    name="looped-assertion",
    severity=Severity.LOW,
    message="{name} asserts nothing when its loop has nothing to run through",
    since="0.1",
    enabled=False,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def test_total():
            for numbers in ([1, 2], [3]):
                assert total(numbers) == 3


        def test_items():
            items = find_items()
            assert len(items) == 2
            for item in items:
                assert item.price == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_items():
            for item in find_items():
                assert item.price == 3  # <- TST025
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a place."""
    for flaw, definition in flaws_of_tests(file, LOOPED):
        yield RULE.at(flaw.span, symbol=definition.qualname, name=definition.name, text=flaw.text)
