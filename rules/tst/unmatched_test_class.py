"""A class of tests has a name that no runner looks for.

Why it matters: pytest collects classes by name (`python_classes`, "Test" in front unless configured) and `TestCase`
classes by their base. Any other class of tests is passed over without a word, often since a mass rename turned
`TestLogin` into `LoginTests`.

Instead: rename the class, derive it from `unittest.TestCase`, or extend `python_classes`.

Known limits: only classes that hold functions named like tests, whose ancestors are all known, from which nothing
derives and which nothing mentions, in a file that the runner visits. Medium where the name says that others are meant
to derive from it, or does not speak of tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from integrity.collection import strays
from integrity.model import Severity, Span
from integrity.rule import Context, Example, Hit, Rule, Suite

from .._wording import counted, listed

RULE = Rule(
    code="TST203",
    name="unmatched-test-class",
    severity=Severity.HIGH,
    message="no runner collects {name}, whose name does not match python_classes: {number} never run ({tests})",
    since="0.1",
    verdict="uncollected",
    restorable=True,
)

_SPEAKING = re.compile(r"(?i:tests?)$|Tests?[A-Z]|(?i:suite|spec)$|^(?i:tests?)")
_FOR_OTHERS = re.compile(r"Base|Mixin|Abstract|Interface|Common")
_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        "",
        _TESTS,
        files={
            "tests/__init__.py": "",
            "tests/base.py": """
            class LoginTests:
                def test_login(self):
                    assert login()
            """,
            "tests/test_login.py": """
            import unittest
            from tests.base import LoginTests

            class TestLogin(LoginTests):
                client = 1

            class LogoutTests(unittest.TestCase):
                def test_logout(self):
                    self.assertTrue(logout())

            class UserTests:
                def test_user(self):
                    assert user()

            class TestUser(UserTests):
                pass

            """,
            "tests/test_client.py": """
            class Client:
                def test_connection(self):
                    return self.ping()

            def test_client():
                assert Client().test_connection()
            """,
        },
    ),
    Example(
        "",
        _TESTS,
        files={
            "pytest.ini": "[pytest]\npython_classes = Test *Tests\n",
            "tests/test_login.py": """
            class LoginTests:
                def test_login(self):
                    assert login()
            """,
        },
    ),
    Example(
        "",
        _TESTS,
        files={
            "tests/test_login.py": """
            from vendor import Unknown

            class LoginTests(Unknown):
                def test_login(self):
                    assert login()
            """,
        },
    ),
]
INVALID = [
    Example(
        "",
        _TESTS,
        files={
            "tests/test_login.py": """
            class LoginTests:  # <- TST203
                def test_login(self):
                    assert login()

                def test_again(self):
                    assert login()
            """,
        },
    ),
    Example(
        "",
        _TESTS,
        files={
            "tests/__init__.py": "",
            "tests/base.py": "class Base:\n    pass\n",
            "tests/test_login.py": """
            from tests.base import Base

            class LoginSpec(Base):  # <- TST203
                def test_login(self):
                    assert login()
            """,
        },
    ),
]


def check(suite: Suite) -> Iterator[Hit]:
    """One hit a class."""
    for stray in strays.classes(suite):
        certain = _SPEAKING.search(stray.symbol) and not _FOR_OTHERS.search(stray.symbol)
        yield RULE.at(
            Span(stray.line),
            path=stray.path,
            symbol=stray.symbol,
            severity=None if certain else Severity.MEDIUM,
            name=stray.symbol,
            number=counted(len(stray.tests), "test"),
            tests=listed(stray.tests),
        )
