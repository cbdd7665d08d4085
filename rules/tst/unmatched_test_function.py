"""A function looks like a test to its readers and has a name that no runner looks for.

Why it matters: `check_total`, `tests_total` and `testTotal` (where `python_functions` asks for `test_`) hold
assertions that have never been made.

Instead: give it the name of a test, or call it from one.

Known limits: only functions of a test module that hold an assertion, take no arguments, have no decorator, and that
nothing in the repository mentions or imports. Functions put aside under names such as `_test_total` are another rule's.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.collection import strays
from integrity.model import Severity, Span
from integrity.rule import Context, Example, Hit, Rule, Suite

RULE = Rule(
    code="TST204",
    name="unmatched-test-function",
    severity=Severity.MEDIUM,
    message="nothing calls {name}, and no runner collects it: its name does not match python_functions",
    since="0.1",
    verdict="uncollected",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        "",
        _TESTS,
        files={
            "tests/helpers.py": "def check_sum(found):\n    assert found == 3\n",
            "tests/test_total.py": """
            def check_total():
                assert total() == 3

            def test_total():
                check_total()

            def check_nothing():
                return 3

            def check_value(value):
                assert value
            """,
        },
    ),
]
INVALID = [
    Example(
        "",
        _TESTS,
        files={
            "tests/test_total.py": """
            def check_total():  # <- TST204
                assert total() == 3

            def test_sum():
                assert total() == 3
            """,
        },
    ),
    Example(
        "",
        _TESTS,
        files={
            "pytest.ini": "[pytest]\npython_functions = test_*\n",
            "tests/test_total.py": """
            def testTotal():  # <- TST204
                assert total() == 3

            def test_sum():
                assert total() == 3
            """,
        },
    ),
]


def check(suite: Suite) -> Iterator[Hit]:
    """One hit a function."""
    for stray in strays.functions(suite):
        yield RULE.at(Span(stray.line), path=stray.path, symbol=stray.symbol, name=stray.symbol)
