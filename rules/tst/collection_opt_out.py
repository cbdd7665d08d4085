"""Tests are kept out of the collection: `__test__ = False`, `test_total = None`, an empty `load_tests`.

Why it matters: unlike a skip this leaves no trace in any report. The tests are there for whoever reads the file, and
for no runner.

Instead: skip them with a reason, so that they are reported, or delete them.

Known limits: classes without tests of their own, which only bear a name that begins with "Test", are left alone, and
so are those from which others in the file derive or whose name says that they are meant for that: Base, Abstract,
Mixin; and `test_total = None` where no base class can define that test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from integrity.facts.switches import Form, Switch, Where
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import named_tests
from .._wording import counted

RULE = Rule(
    code="TST108",
    name="collection-opt-out",
    severity=Severity.MEDIUM,
    message="{what} is kept out of the collection{how}",
    since="0.1",
    verdict="uncollected",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        class TestResult:
            __test__ = False

            def __init__(self, name):
                self.name = name


        class TestBase:
            __test__ = False

            def test_total(self):
                assert total([1, 2]) == 3


        class TestCart(TestBase):
            __test__ = True


        class TestRequest:
            test_flag = None

            def test_send(self):
                assert send(self).test_flag


        def test_total():
            assert total([1, 2]) == 3


        test_total.__test__ = True
        total.cache.__test__ = False
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        class TestCart:
            __test__ = False  # <- TST108

            def test_total(self):
                assert total([1, 2]) == 3
        """,
        _TESTS,
    ),
    Example(
        """
        class TestCart:
            def test_total(self):
                assert total([1, 2]) == 3

            def test_sum(self):
                assert sum([1, 2]) == 3

            test_sum.__test__ = False  # <- TST108


        def test_one():
            assert total([1]) == 1


        TestCart.test_total.__test__ = False  # <- TST108
        test_one.__test__ = False  # <- TST108
        """,
        _TESTS,
    ),
    Example(
        """
        class TestCart:
            def test_total(self):
                assert total([1, 2]) == 3


        TestCart.__test__ = False  # <- TST108
        """,
        _TESTS,
    ),
    Example(
        """
        import unittest

        from shop.tests import CartTests


        class SmallCartTests(CartTests):
            test_total = None  # <- TST108

            def test_sum(self):
                self.assertEqual(total([1]), 1)


        def load_tests(loader, tests, pattern):  # <- TST108
            return unittest.TestSuite()
        """,
        _TESTS,
    ),
]


_BASE = re.compile(r"base|abstract|mixin|common|shared|generic|helper|interface|contract|suite", re.IGNORECASE)


def check(file: File) -> Iterator[Hit]:
    """One hit a statement."""
    if not file.context.collected or file.context.data:
        return
    for switch in file.facts.switches:
        if switch.form is Form.OPT_OUT:
            yield from _of(file, switch)


def _of(file: File, switch: Switch) -> Iterator[Hit]:
    definitions = file.facts.definitions
    if switch.where is Where.UNSET:
        owner, name = definitions[switch.definition], switch.text.partition("=")[0].strip()
        if owner.bases:
            symbol, how = f"{owner.qualname}.{name}", ", although a base class may define it"
            yield RULE.at(switch.span, symbol=symbol, verdict="", what=name, how=how)
        return
    if switch.definition >= 0 and not definitions[switch.definition].is_class and switch.where is not Where.LOADER:
        one = definitions[switch.definition]
        if one in named_tests(file, one.parent):
            yield RULE.at(switch.span, symbol=one.qualname, what=one.name, how="")
        return
    everything = switch.definition < 0 or switch.where is Where.LOADER
    concerned = named_tests(file, -1 if everything else switch.definition)
    if not concerned or (not everything and _is_base(file, switch.definition)):
        return
    what = "the module" if everything else definitions[switch.definition].name
    symbol = "" if everything else definitions[switch.definition].qualname
    yield RULE.at(switch.span, symbol=symbol, what=what, how=f" with {counted(len(concerned), 'test')}")


def _is_base(file: File, index: int) -> bool:
    """Whether a class is there for others to derive from."""
    name = file.facts.definitions[index].name
    derived = any(name in one.bases for one in file.facts.definitions)
    return derived or bool(_BASE.search(name))
