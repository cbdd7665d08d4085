"""A test reads an attribute of `self` that nothing ever sets.

Why it matters: the test fails with an AttributeError before it tests anything, whatever the code under test does. The
usual cause is a setup method that was renamed, deleted or moved to another class while the tests stayed, or a `setUp`
in a class that is no `unittest.TestCase`, which no runner calls.

Instead: set the attribute in a setup method or an autouse fixture of the class, or use a fixture as an argument.

Known limits: only classes that a test runner collects, and of which everything they derive from can be read. Set means
set anywhere: in the class, its bases, a class that derives from it, on any object in one of their files, on
`request.cls`; and what the file mentions in a string is left alone. On fifteen well-kept projects nothing was
found.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity
from integrity.rule import Context, Demands, Example, Hit, Rule, did_you_mean

RULE = Rule(
    code="IMP007",
    name="unset-test-attribute",
    severity=Severity.HIGH,
    message="nothing sets {attribute!r}, which tests of {owner} read from self{hint}",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

_IDLE = "; only a setUp() sets it, which nothing calls, because {owner} is no unittest.TestCase"

VALID = [
    Example(
        "",
        _TESTS,
        files={
            "tests/base.py": """
            class Base:
                def setup_method(self):
                    self.client = 1
            """,
            "tests/test_app.py": """
            import unittest
            from other import Unknown
            from tests.base import Base

            class TestApp(Base):
                name = "x"

                def test_app(self):
                    assert self.client and self.name and self.helper()

                def helper(self):
                    return self.__class__

            class TestUnknown(Unknown):
                def test_it(self):
                    assert self.anything

            class CaseTest(unittest.TestCase):
                def setUp(self):
                    self.user = 1

                def test_it(self):
                    self.assertTrue(self.id(), self.user)

            class TestCalled:
                def setup_method(self):
                    self.setUp()

                def setUp(self):
                    self.account = 1

                def test_it(self):
                    assert self.account
            """,
        },
    ),
    Example(
        "",
        _TESTS,
        files={
            "tests/test_shared.py": """
            import unittest
            import other
            import pytest

            class TestFixture:
                @pytest.fixture(autouse=True)
                def setUp(self):
                    self.values = [1]

                def test_it(self):
                    assert self.values

            class TestShared:
                def setUp(self):
                    self.limit = 1

                def test_it(self):
                    self.assertTrue(self.limit)
                    self.assertIdentical(self.limit, 1)

            class SharedCase(TestShared, other.TestCase):
                pass

            class TestLimits:
                def setUp(self):
                    self.amount = 1

                def test_it(self):
                    self.assertTrue(self.amount)

            class LimitsCase(TestLimits, unittest.TestCase):
                pass

            class TestNested:
                class Inner(unittest.TestCase):
                    def test_it(self):
                        self._log("x")

                def setup_method(self):
                    self.setUp()

                def setUp(self):
                    self.Inner._log = print
            """,
        },
    ),
]

INVALID = [
    Example(
        "",
        _TESTS,
        files={
            "tests/test_app.py": """
            import unittest

            class TestApp:
                def setup_method(self):
                    self.client = 1

                def test_app(self):
                    assert self.clients  # <- IMP007

            class CaseTest(unittest.TestCase):
                def test_it(self):
                    self.assertTrue(self.golden_user_context)  # <- IMP007

            class TestIdle:
                def setUp(self):  # <- TST206
                    self.user = 1

                def test_it(self):
                    assert self.user  # <- IMP007
            """,
        },
    ),
]


def check(demands: Demands) -> Iterator[Hit]:
    """Every such attribute, once a class."""
    for one in demands.unset:
        hint = _IDLE.format(owner=one.owner) if one.idle else did_you_mean(one.name, one.known)
        yield RULE.at(one.span, path=one.path, symbol=one.owner, attribute=one.name, owner=one.owner, hint=hint)
