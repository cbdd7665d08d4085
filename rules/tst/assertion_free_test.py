"""A test runs code and checks nothing.

Why it matters: it fails only when the code crashes; a wrong result, a wrong state or no effect at all pass.

Instead: assert what the code is to do. Where running without an error is the point, say so in the name, docstring or
a comment (`test_parse_does_not_raise`), or name your own assertions in the setting `tests.assertion-functions`.

Known limits: helpers, fixtures, decorators and base classes are followed, four steps deep, through the files of the
repository. A call that cannot be followed counts as a check when its name says so (`assert_...`, `check_...`,
`verify_...`) or when it comes from a module that supports tests. Tests whose name, docstring or comments promise that
nothing is raised are low, and those that expect an exception and do not insist on it are left to `optional-exception`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from integrity.facts.doubts import OPTIONAL
from integrity.facts.verdicts import Effect, Unproven
from integrity.model import Severity
from integrity.rule import SUSPENDED, UNCHECKED, Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests, suspended, unproven

RULE = Rule(
    code="TST002",
    name="assertion-free-test",
    severity=Severity.MEDIUM,
    message="{name} checks nothing: it fails only when the code under test raises",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        def test_total():
            assert total([1, 2]) == 3


        def test_refuses():
            with pytest.raises(ValueError):
                total(None)


        def test_through_a_helper():
            expect_total([1, 2], 3)


        def expect_total(numbers, result):
            assert total(numbers) == result
        """,
        _TESTS,
    ),
    Example(
        """
        @pytest.fixture
        def cart():
            cart = Cart()
            yield cart
            assert cart.closed


        def test_closes(cart):
            cart.add(1)
        """,
        _TESTS,
    ),
    Example("def test_layout(image_regression):\n    image_regression.check(draw())\n", _TESTS),
    # A helper, a fixture and a base class of other files check for these.
    Example(
        """
        from tests.helpers import run_case


        def test_case():
            run_case(1)
        """,
        _TESTS,
        files={"tests/__init__.py": "", "tests/helpers.py": "def run_case(n):\n    assert total(n)\n"},
    ),
    Example(
        "def test_closes(cart):\n    cart.add(1)\n",
        _TESTS,
        files={
            "conftest.py": "import pytest\n\n\n@pytest.fixture\ndef cart():\n    yield Cart()\n    assert closed()\n"
        },
    ),
    Example(
        "def test_closes(cart):\n    cart.add(1)\n",
        _TESTS,
        files={
            "conftest.py": "pytest_plugins = ['shop.testing']\n",
            "shop/__init__.py": "",
            "shop/testing.py": (
                "import pytest\n\n\n@pytest.fixture\ndef cart():\n    yield Cart()\n    assert closed()\n"
            ),
        },
    ),
    Example(
        """
        from tests.base import Base


        class TestCart(Base):
            def test_add(self):
                cart.add(1)
        """,
        _TESTS,
        files={
            "tests/__init__.py": "",
            "tests/base.py": "class Base:\n    def teardown_method(self):\n        assert cart.closed\n",
        },
    ),
    Example("from .support import run_case\n\n\ndef test_case():\n    run_case(1)\n", _TESTS),
    # Not a test file.
    "def test_total():\n    total([1])\n",
]
INVALID = [
    Example(
        """
        def test_total():  # <- TST002
            result = total([1, 2])
            print(result)


        class TestCart:
            def test_add(self, cart):  # <- TST002
                cart.add(1)
        """,
        _TESTS,
    ),
    # Its name says that it checks, but it does not.
    Example(
        """
        from tests.helpers import check_total


        def test_total():  # <- TST002
            check_total(1)
        """,
        _TESTS,
        files={"tests/__init__.py": "", "tests/helpers.py": "def check_total(n):\n    print(total(n))\n"},
    ),
    # Low.
    Example("def test_smoke():  # <- TST002\n    total([1])\n", _TESTS),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a test."""
    globs = file.context.assertion_functions
    told = {definition.qualname for _, definition in flaws_of_tests(file, OPTIONAL)}
    found = [(UNCHECKED, *one) for one in unproven(file, Effect.ACTS)]
    found += [(SUSPENDED, *one) for one in suspended(file)]
    for premise, test, definition in sorted(found, key=lambda one: one[1].definition):
        if definition.qualname not in told and not _asserts(test, globs):
            yield RULE.at(
                definition.span,
                symbol=definition.qualname,
                severity=Severity.LOW if test.smoke else None,
                name=definition.name,
                premise=premise,
            )


def _asserts(test: Unproven, globs: tuple[str, ...]) -> bool:
    """Whether the configuration says that something the test calls is an assertion."""
    return any(
        fnmatchcase(name, glob) or fnmatchcase(name.rpartition(".")[2], glob) for name in test.calls for glob in globs
    )
