"""Every assertion of a test stands under a condition on what the test itself has computed.

Why it matters: `if response.ok: assert ...` passes whenever the response is not, which is when it should fail.

Instead: assert the condition, too, or write a test for each case.

Known limits: conditions with an `else`, and those on versions, platforms, features and modules that may be missing, are
left alone; so are tests that call something that may assert.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.doubts import CONDITIONAL
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST024",
    name="conditional-assertion",
    severity=Severity.MEDIUM,
    message="{name} asserts something only under a condition on its own result, and passes otherwise",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import sys


        def test_total():
            result = total([1, 2])
            if sys.platform != "win32":
                assert result == 3


        def test_names():
            drawing = import_module("drawing")
            if drawing:
                assert drawing.names() == []


        def test_difference():
            result = total([1, 2])
            if result != 3:
                raise AssertionError(result)


        def test_sum():
            result = total([1, 2])
            assert result
            if result > 2:
                assert result == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_total():
            result = total([1, 2])
            if result:
                assert result == 3  # <- TST024
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a place."""
    for flaw, definition in flaws_of_tests(file, CONDITIONAL):
        yield RULE.at(flaw.span, symbol=definition.qualname, name=definition.name, text=flaw.text)
