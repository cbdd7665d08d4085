"""A file of tests that no runner visits, because of its name or of the configuration.

Why it matters: the runner looks into files by name (`python_files`), and stays out of folders and files that the
configuration names. The tests of such a file are there for whoever reads it, and never run.

Instead: rename the file, extend `python_files`, or take it out of `collect_ignore`, `--ignore` or `norecursedirs`.

Known limits: only files among the tests that hold an assertion and that nothing imports by name. Low where the
configuration keeps the runner out on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.collection import strays
from integrity.model import Severity, Span
from integrity.rule import Context, Example, Hit, Rule, Suite

from .._wording import counted, listed

RULE = Rule(
    code="TST205",
    name="unmatched-test-file",
    severity=Severity.MEDIUM,
    message="no runner visits this file, {reason}: {number} never run ({tests})",
    since="0.1",
    verdict="uncollected",
)

_TESTS = Context(test=True, collected=True)
_NAME = "whose name does not match python_files"
_KEPT_OUT = "which the configuration leaves out"

VALID = [
    Example(
        "",
        _TESTS,
        files={
            "tests/cases.py": "class TestCases:\n    def test_total(self):\n        assert total()\n",
            "tests/test_total.py": "from .cases import TestCases\n\n\ndef test_sum():\n    assert total()\n",
            "tests/helpers.py": "def total():\n    return 3\n",
            "app/checks.py": "def test_connection():\n    assert connect()\n",
        },
    ),
    Example(
        "",
        _TESTS,
        files={
            "pytest.ini": "[pytest]\npython_files = check_*.py\n",
            "tests/check_total.py": "def test_total():\n    assert total() == 3\n",
        },
    ),
]
INVALID = [
    Example(
        "",
        _TESTS,
        files={
            "tests/total_tests.py": """
            def test_total():  # <- TST205
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
            "tests/conftest.py": "collect_ignore = ['test_total.py']\n",
            "tests/test_total.py": """
            def test_total():  # <- TST205
                assert total() == 3
            """,
        },
    ),
]


def check(suite: Suite) -> Iterator[Hit]:
    """One hit a file, on its first test."""
    for stray in strays.files(suite):
        yield RULE.at(
            Span(stray.line),
            path=stray.path,
            severity=None if stray.detail else Severity.LOW,
            reason=_NAME if stray.detail else _KEPT_OUT,
            number=counted(len(stray.tests), "test"),
            tests=listed(stray.tests),
        )
