"""A class of tests has a `setUp` that nothing calls, because it is no `unittest.TestCase`.

Why it matters: `setUp`, `tearDown` and their like are methods of `unittest`. In any other class pytest collects the
tests and leaves them alone, so that the tests run on objects that were never made, or leave behind what was to be
cleaned up.

Instead: derive the class from `unittest.TestCase`, or name the method `setup_method`, `teardown_method`,
`setup_class` or `teardown_class`.

Known limits: only classes whose ancestors are all known and that nothing turns into a `TestCase`. A method with a
decorator, such as a fixture, is left alone, and so is one that the file calls itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.collection import strays
from integrity.model import Severity, Span
from integrity.rule import Context, Example, Hit, Rule, Suite

from .._wording import counted

RULE = Rule(
    code="TST206",
    name="uncalled-setup",
    severity=Severity.HIGH,
    message="nothing calls {method}: {owner} is no unittest.TestCase, so that {number} without it",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        "",
        _TESTS,
        files={
            "tests/__init__.py": "",
            "tests/base.py": """
            import unittest

            class Base(unittest.TestCase):
                def setUp(self):
                    self.client = 1

            class TestMixin:
                def setUp(self):
                    self.user = 1

                def test_user(self):
                    assert user()
            """,
            "tests/test_login.py": """
            import pytest
            from tests.base import Base, TestMixin

            class TestLogin(Base):
                def test_login(self):
                    assert self.client

            class TestBoth(TestMixin, Base):
                pass

            class TestFixture:
                @pytest.fixture(autouse=True)
                def setUp(self):
                    self.client = 1

                def test_client(self):
                    assert client()
            """,
        },
    ),
    Example(
        "",
        _TESTS,
        files={
            "tests/test_unknown.py": """
            from vendor import Unknown

            class TestUnknown(Unknown):
                def setUp(self):
                    self.client = 1

                def test_client(self):
                    assert client()
            """,
            "tests/test_called.py": """
            class TestCalled:
                def setup_method(self):
                    self.setUp()

                def setUp(self):
                    self.client = 1

                def test_client(self):
                    assert self.client
            """,
        },
    ),
]
INVALID = [
    Example(
        "",
        _TESTS,
        files={
            "tests/__init__.py": "",
            "tests/base.py": """
            class Base:
                def tearDown(self):  # <- TST206
                    self.client.close()
            """,
            "tests/test_login.py": """
            from tests.base import Base

            class TestLogin(Base):
                def setUp(self):  # <- TST206
                    self.client = 1

                def test_login(self):
                    assert login()
            """,
        },
    ),
]


def check(suite: Suite) -> Iterator[Hit]:
    """One hit a method."""
    for stray in strays.setups(suite):
        number = counted(len(stray.tests), "test")
        yield RULE.at(
            Span(stray.line),
            path=stray.path,
            symbol=stray.symbol,
            method=stray.symbol.rpartition(".")[2],
            owner=stray.detail,
            number=f"{number} {'runs' if len(stray.tests) == 1 else 'run'}",
        )
