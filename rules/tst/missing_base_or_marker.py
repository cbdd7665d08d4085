"""A test lacks the base class, or the mark, that the project asks for in its folder.

Why it matters: the base class brings the isolation and the services that such tests rely on, and the mark decides when
they run. Without it the test runs elsewhere, or against nothing.

Instead: derive from the base class, or add the mark.

Known limits: only where the configuration says so, in `[tool.integrity.policy.required]`: globs to names of base
classes, and of marks with an `@` in front; one of them is enough. Bases are followed inside the file.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.model import Definition
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Policy, Rule

from .._tests import bases_of, marks_of, tests

RULE = Rule(
    code="TST302",
    name="missing-base-or-marker",
    severity=Severity.HIGH,
    message="{name} has none of what the policy of the project asks for here: {required}",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest

        from support import BaseE2ETest


        class TestCart(BaseE2ETest):
            def test_add(self):
                assert total([1]) == 1


        @pytest.mark.e2e
        def test_total():
            assert total([1, 2]) == 3
        """,
        Context(test=True, collected=True, policy=Policy(required=("BaseE2ETest", "@e2e"))),
    ),
]
INVALID = [
    Example(
        """
        def test_total():  # <- TST302
            assert total([1, 2]) == 3


        class TestCart:  # <- TST302
            def test_add(self):
                assert total([1]) == 1

            def test_sum(self):
                assert total([1, 2]) == 3
        """,
        Context(test=True, collected=True, policy=Policy(required=("BaseE2ETest", "@e2e"))),
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a class, and one a function outside of classes."""
    required = file.context.policy.required
    told: set[str] = set()
    for test in tests(file) if required else ():
        if _complies(file, test, required):
            continue
        shown = file.facts.definitions[test.parent] if test.parent >= 0 else test
        if shown.qualname not in told:
            told.add(shown.qualname)
            yield RULE.at(shown.span, symbol=shown.qualname, name=shown.name, required=" or ".join(required))


def _complies(file: File, test: Definition, required: tuple[str, ...]) -> bool:
    """Whether a test has one of the bases or marks."""
    has = {f"@{mark}" for mark in marks_of(file, test)} | bases_of(file, test)
    return not has.isdisjoint(required)
