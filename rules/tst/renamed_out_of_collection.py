"""A test bears a name that no runner looks for, as if to put it aside: `_test_total`, `xtest_total`.

Why it matters: it is a way to switch a test off that no report shows.

Instead: give it its name back; where it has to rest, skip it with a reason.

Known limits: it must hold an assertion, stand where a test could, and be mentioned nowhere else in the file. Medium in
classes, whose methods other modules may call.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.collection import matches
from integrity.facts.straying import RENAMED
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._switches import strays

RULE = Rule(
    code="TST113",
    name="renamed-out-of-collection",
    severity=Severity.HIGH,
    message="{name} looks like a test that was renamed so that no runner finds it",
    since="0.1",
    verdict="uncollected",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def test_total():
            _test_total([1, 2])


        def _test_total(numbers):
            assert total(numbers) == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_sum():
            assert total([1]) == 1


        def _test_total():  # <- TST113
            assert total([1, 2]) == 3


        class TestCart:
            def disabled_test_add(self):  # <- TST113
                assert total([1, 2]) == 3
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a function."""
    for stray, definition in strays(file, RENAMED):
        if matches(definition.name, file.context.python_functions):
            continue
        severity = Severity.MEDIUM if definition.parent >= 0 else None
        yield RULE.at(stray.span, symbol=definition.qualname, severity=severity, name=definition.name)
