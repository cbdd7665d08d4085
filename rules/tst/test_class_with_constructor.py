"""A class of tests defines `__init__` or `__new__`.

Why it matters: pytest cannot make such a class and leaves out all of its tests, with no more than a warning.

Instead: use `setup_method`, or a fixture.

Known limits: only classes that define the constructor themselves, bear the name of a test class, hold tests and have
no bases from elsewhere count. With `__test__ = False` they are left alone. Low where the file mentions the class
elsewhere, or all that is named like a test says that it returns something: it may be a helper with an unlucky name.
Medium at most, since four of the five such classes that were read in the incident's repository are helpers with one
method that happens to be named like a test.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.collection import matches
from integrity.facts.model import Definition
from integrity.facts.straying import CONSTRUCTOR
from integrity.facts.switches import Form
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._switches import strays
from .._tests import named_tests
from .._wording import counted

RULE = Rule(
    code="TST202",
    name="test-class-with-constructor",
    severity=Severity.MEDIUM,
    message="{name} has a constructor, so that pytest leaves out its {count}",
    since="0.1",
    verdict="uncollected",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import unittest


        class CartTest(unittest.TestCase):
            def __init__(self, name):
                super().__init__(name)
                self.cart = None

            def test_total(self):
                self.assertEqual(total([1, 2]), 3)


        class TestResult:
            def __init__(self, name):
                self.name = name
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        class TestCart:
            def __init__(self):  # <- TST202
                self.cart = []

            def test_total(self):
                assert total(self.cart) == 0
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a class, on its constructor."""
    definitions = file.facts.definitions
    for stray, one in strays(file, CONSTRUCTOR):
        if _is_test_class(file, one.parent):
            owner = definitions[one.parent]
            yield RULE.at(
                stray.span,
                symbol=owner.qualname,
                severity=None if stray.certain else Severity.LOW,
                verdict=None if stray.certain else "",
                name=owner.name,
                count=counted(len(named_tests(file, one.parent)), "test"),
            )


def _is_test_class(file: File, index: int) -> bool:
    """Whether a class would be collected if it had no constructor."""
    one = file.facts.definitions[index]
    told = any(switch.form is Form.OPT_OUT and switch.definition in (index, -1) for switch in file.facts.switches)
    if not one.is_class or told or not matches(one.name, file.context.python_classes) or not named_tests(file, index):
        return False
    return all(base == "object" or _is_plain(file, base) for base in one.bases) and _is_reached(file, one)


def _is_plain(file: File, base: str) -> bool:
    """Whether a base is a class of the file without bases of its own."""
    return any(one.is_class and one.qualname == base and not one.bases for one in file.facts.definitions)


def _is_reached(file: File, one: Definition) -> bool:
    """Whether it stands at module level, or in classes that do."""
    while one.parent >= 0:
        one = file.facts.definitions[one.parent]
        if not one.is_class:
            return False
    return True
