"""A file defines tests that no runner collects: the share of those it does.

Why it matters: whatever the reason, a function that is named like a test and not collected protects nothing. The ratio
says so in one number a file, so that a drop can be seen.

Instead: look at the findings about the file's tests, or rename functions that are none.

Known limits: a metric, no verdict: helpers may bear any name. Only files that the runner visits, with three test
definitions or more, of which less than nine in ten are collected.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.collection import strays
from integrity.model import Severity, Span
from integrity.rule import Context, Example, Hit, Rule, Suite

from .._wording import counted, listed

RULE = Rule(
    code="TST220",
    name="collectability",
    severity=Severity.LOW,
    message="{collected} of {number} are collected; left out: {tests}",
    since="0.1",
    explained_by=("TST203", "TST205"),
)

_FEWEST = 3
_SHARE = 0.9
_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        "",
        _TESTS,
        files={
            "tests/test_total.py": """
            def test_a():
                assert total() == 1

            def test_b():
                assert total() == 2

            class TestTotal:
                def test_total(self):
                    assert total() == 3
            """,
            "tests/test_more.py": """
            class Helper:
                def test_total(self):
                    return 3

            def test_helper():
                assert Helper().test_total()
            """,
        },
    )
]
INVALID = [
    Example(
        "",
        _TESTS,
        files={
            "tests/test_total.py": """
            def test_a():
                assert total() == 1

            class Helper:
                def test_b(self):  # <- TST220
                    assert total() == 2

            def test_c():
                assert Helper().test_b()
            """,
        },
    )
]


def check(suite: Suite) -> Iterator[Hit]:
    """One hit a file, on the first test that is left out."""
    for stray, number in strays.ratios(suite):
        collected = number - len(stray.tests)
        if number >= _FEWEST and collected < _SHARE * number:
            yield RULE.at(
                Span(stray.line),
                path=stray.path,
                collected=f"{collected:,}",
                number=counted(number, "test definition"),
                tests=listed(stray.tests),
            )
