"""A comparison stands as a statement of its own: the `assert` is missing.

Why it matters: it reads like a check, and its result is dropped.

Instead: put `assert` in front of it.

Known limits: medium unless it compares for equality or identity with something written out, because other comparisons
may be made to see that they do not raise. Those inside `try`, and where an exception or a warning is expected, are left
alone. In ten healthy projects (24,803 tests) four are high; in every one the `assert` is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.bodies import COMPARISON, OBSCURE_COMPARISON
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST016",
    name="bare-comparison",
    severity=Severity.HIGH,
    message="`{text}` compares, and nobody looks at the result",
    since="0.1",
    verdict="hollow",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        def test_total():
            assert total([1, 2]) == 3
            with pytest.raises(TypeError):
                total([1, 2]) < None
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_total():
            assert total([]) == 0
            total([1, 2]) == 3  # <- TST016
            total([1]) < total([1, 2])  # <- TST016
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a statement."""
    for flaw, definition in flaws_of_tests(file, COMPARISON, OBSCURE_COMPARISON):
        if flaw.certain:
            severity = None if flaw.kind == COMPARISON else Severity.MEDIUM
            yield RULE.at(
                flaw.span,
                symbol=definition.qualname,
                verdict=None if flaw.sole else "",
                severity=severity,
                text=flaw.text,
            )
