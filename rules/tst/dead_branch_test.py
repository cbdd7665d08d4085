"""A test is defined under a condition that never holds, as in `if False:`.

Why it matters: it is there for whoever reads the file, and for nobody else.

Instead: skip it with a reason, or delete it.

Known limits: literals and `TYPE_CHECKING` count as conditions that never hold; flags and versions do not.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.collection import matches
from integrity.facts.model import Definition
from integrity.facts.straying import DEAD
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._switches import strays
from .._tests import named_tests
from .._wording import counted

RULE = Rule(
    code="TST209",
    name="dead-branch-test",
    severity=Severity.HIGH,
    message="{what} is never defined: it stands under {condition}",
    since="0.1",
    verdict="uncollected",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import sys

        if sys.platform != "win32":
            def test_total():
                assert total([1, 2]) == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        if False:
            def test_total():  # <- TST209
                assert total([1, 2]) == 3
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a test, or a class of tests."""
    for stray, definition in strays(file, DEAD):
        what = _what(file, definition)
        if what:
            yield RULE.at(stray.span, symbol=definition.qualname, what=what, condition=stray.text)


def _what(file: File, definition: Definition) -> str:
    """What is never defined, "" unless it would be tests, or where the class around it says so already."""
    definitions = file.facts.definitions
    if definition.is_class:
        index = next(index for index, one in enumerate(definitions) if one.span == definition.span)
        inside = named_tests(file, index)
        return f"{definition.name} with its {counted(len(inside), 'test')}" if inside else ""
    named = definition.name.startswith("test") or matches(definition.name, file.context.python_functions)
    return definition.name if named and definition.parent < 0 else ""
