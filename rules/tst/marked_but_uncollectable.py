"""A function bears a mark of pytest, and its name keeps it out of the collection.

Why it matters: whoever wrote `@pytest.mark.parametrize` above a function meant it to be a test. It has never run.

Instead: give it the name of a test.

Known limits: the function must be mentioned nowhere else in the file and be no fixture. Medium where it holds no
assertion, and in classes, whose methods other modules may call.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.collection import matches
from integrity.facts.straying import MARKED
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._switches import strays

RULE = Rule(
    code="TST208",
    name="marked-but-uncollectable",
    severity=Severity.HIGH,
    message="{name} bears a mark of pytest and no runner collects it: its name is not that of a test",
    since="0.1",
    verdict="uncollected",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        @pytest.mark.parametrize("numbers", [[1, 2]])
        def test_total(numbers):
            check_total(numbers)


        @pytest.mark.slow
        def check_total(numbers):
            assert total(numbers) == 3


        @pytest.fixture
        @pytest.mark.slow
        def numbers():
            return [1, 2]
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import pytest


        @pytest.mark.parametrize("numbers", [[1, 2]])
        def total_of_numbers(numbers):  # <- TST208
            assert total(numbers) == 3
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a function."""
    for stray, definition in strays(file, MARKED):
        if not matches(definition.name, file.context.python_functions):
            doubtful = definition.parent >= 0 or not stray.certain
            yield RULE.at(
                stray.span,
                symbol=definition.qualname,
                severity=Severity.MEDIUM if doubtful else None,
                name=definition.name,
            )
