"""A test, or a class of tests, is hidden by a later one of the same name.

Why it matters: Python keeps the last definition of a name. The first is gone before any runner looks, and no report
shows it.

Instead: give one of them another name.

Known limits: both must stand in the same row of statements, so that branches for versions are left alone, and nothing
may use the first in between. Definitions under a decorator of the project, an overload or a property are left alone.
Medium where both are the same, letter by letter, so that nothing but the copy is lost. No verdict on a test is taken
from it, since the name still names a test that runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.collection import matches
from integrity.facts.model import Definition
from integrity.facts.straying import SHADOWED
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._switches import strays
from .._tests import named_tests
from .._wording import counted

RULE = Rule(
    code="TST201",
    name="shadowed-test",
    severity=Severity.CRITICAL,
    message="{what} is hidden by a later definition of the same name and never runs{same}",
    since="0.1",
    verdict="uncollected",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import sys

        if sys.version_info < (3, 12):
            def test_total():
                assert total([1, 2]) == 3
        else:
            def test_total():
                assert total((1, 2)) == 3


        class TestCart:
            def test_add(self):
                assert total([1]) == 1


        class TestCart(TestCart):
            def test_sum(self):
                assert total([1]) == 1
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_total():  # <- TST201
            assert total([1, 2]) == 3


        def test_total():
            assert total([]) == 0


        class TestCart:
            def test_add(self):  # <- TST201
                assert total([1]) == 1

            def test_add(self):
                assert total([2]) == 2


        class TestStore:  # <- TST201
            def test_fill(self):
                assert total([1]) == 1


        class TestStore:
            def test_empty(self):
                assert total([]) == 0
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a definition that is hidden."""
    for stray, definition in strays(file, SHADOWED):
        what = _what(file, definition)
        if what:
            yield RULE.at(
                stray.span,
                symbol=definition.qualname,
                severity=None if stray.certain else Severity.MEDIUM,
                related=((stray.line, "hides it"),),
                verdict="",
                what=what,
                same="" if stray.certain else "; both are the same",
            )


def _what(file: File, definition: Definition) -> str:
    """What is hidden, "" unless it would be tests."""
    definitions = file.facts.definitions
    if definition.is_class:
        index = next(index for index, one in enumerate(definitions) if one.span == definition.span)
        inside = [one for one in named_tests(file, index) if one.span.end_line <= definition.span.end_line]
        return f"{definition.name} with its {counted(len(inside), 'test')}" if inside else ""
    named = definition.name.startswith("test") or matches(definition.name, file.context.python_functions)
    fixture = any(name.rpartition(".")[2] == "fixture" for name in definition.decorators)
    return definition.name if named and not fixture else ""
