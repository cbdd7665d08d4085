"""An assertion is made on a tuple, as in `assert (total == 3, "wrong total")`, which is always true.

Why it matters: the parentheses turn condition and message into a tuple of two, and a tuple that holds anything is true.
The test passes whatever the condition says.

Instead: write `assert total == 3, "wrong total"`, with parentheses around the message only.

Known limits: none known. Python warns of it when it compiles the file, but the test still passes.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.assertions import TUPLE
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws

RULE = Rule(
    code="TST005",
    name="tuple-assertion",
    severity=Severity.CRITICAL,
    message="`{text}` asserts a tuple, which is always true",
    since="0.1",
    verdict="hollow",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example('def test_total():\n    assert total() == 3, ("wrong total", total())\n', _TESTS),
    # Not a test file.
    'def run():\n    assert (total() == 3, "wrong total")\n',
]
INVALID = [
    Example(
        """
        import unittest


        def test_total():
            assert (total() == 3, "wrong total")  # <- TST005


        class TotalTests(unittest.TestCase):
            def test_total(self):
                self.assertTrue((total() == 3, "wrong total"))  # <- TST005
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit an assertion."""
    for flaw, definition in flaws(file, TUPLE):
        yield RULE.at(
            flaw.span,
            symbol=definition.qualname,
            verdict=None if flaw.sole else "",
            fix="untuple" if flaw.text.startswith("assert") else "",
            text=flaw.text,
        )
