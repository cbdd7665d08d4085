"""A test stands inside another function, which never uses it, so that nothing can ever run it.

Why it matters: when a tool loses the indentation of a file, each test ends up inside the one before it. The file
parses, one test of it is collected and passes, and all the others are local functions that nobody calls.

Instead: bring the file back from history, or move the test out to where the runner collects it.

Known limits: a function is swallowed when its nearest scope is a function that never uses its name, or a test class in
such a function, and its decorators are only those of pytest, mock and unittest; functions registered by other
decorators, returned, called or handed on are not. Over ten healthy projects (3,540 files) this finds one test, in
numpy's test_randomstate.py, which indeed never runs, and two functions in test data, reported as low.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integrity.facts.collection import swallowed_tests
from integrity.facts.model import Definition
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._wording import counted, listed

RULE = Rule(
    code="COR005",
    name="swallowed-test",
    severity=Severity.CRITICAL,
    message="{tests} swallowed by {owner}, never collected: {names}",
    since="0.1",
    restorable=True,
)

_SHOWN = 20

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import unittest

        import pytest


        def test_runs_what_it_defines():
            def test_inner():
                return 1

            assert test_inner() == 1


        def test_registers(app):
            @app.route("/test")
            def test_view():
                return "ok"

            assert app.client().get("/test").ok


        def test_local_class():
            class LocalTest(unittest.TestCase):
                def test_method(self):
                    self.assertTrue(run())

            assert unittest.TestResult().wasSuccessful()


        @pytest.fixture
        def make_test():
            def test_made():
                return 2

            return test_made
        """,
        _TESTS,
    ),
    # Not a test file.
    """
    def build():
        def test_value(value):
            return value > 0

        yield
    """,
]
INVALID = [
    Example(
        """
        class TestCart:
            cart = ()

            def test_empty(self):
                assert not self.cart

                def test_one(self):  # <- COR005
                    assert len(self.cart) == 1

                    def test_two(self):
                        assert len(self.cart) == 2
        """,
        _TESTS,
    ),
    # With its class.
    Example(
        """
        def make_cart():
            return Cart()

            class TestTotal:
                def test_none(self):  # <- COR005
                    assert make_cart().total() == 0
        """,
        _TESTS,
    ),
    Example(
        """
        import pytest


        def helper():
            @pytest.mark.slow
            def test_slow():  # <- COR005
                assert compute() == 1
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a file, on its first swallowed test."""
    swallowed = swallowed_tests(file.facts)
    if not swallowed or not file.context.test:
        return
    definitions = file.facts.definitions
    first, owners = swallowed[0], [_owner(definitions, one) for one in swallowed]
    yield RULE.at(
        first.span,
        symbol=first.qualname,
        severity=_severity(owners[0], len(swallowed), file.context),
        related=tuple((one.span.line, one.qualname) for one in swallowed[1 : _SHOWN + 1]),
        tests=counted(len(swallowed), "test"),
        owner=owners[0].qualname + (" and others" if len(set(owners)) > 1 else ""),
        names=listed([one.name for one in swallowed]),
    )


def _owner(definitions: Sequence[Definition], swallowed: Definition) -> Definition:
    """The function that swallowed a test, or its class."""
    around = definitions[swallowed.parent]
    return definitions[around.parent] if around.is_class else around


def _severity(owner: Definition, count: int, context: Context) -> Severity:
    """Critical where one test swallows another, or several are gone, which nobody writes on purpose."""
    if context.data:
        return Severity.LOW
    return Severity.CRITICAL if count > 1 or owner.name.startswith("test") else Severity.HIGH
