"""A fixture bears the name of a test, holds assertions, and nothing asks for it.

Why it matters: a fixture is only run for a test that asks for it. These assertions never run.

Instead: take `@pytest.fixture` away.

Known limits: a fixture that hands over a value, or that the file mentions elsewhere, is left alone; another file could
ask for any all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.straying import FIXTURE
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._switches import strays

RULE = Rule(
    code="TST210",
    name="fixture-decorated-test",
    severity=Severity.MEDIUM,
    message="{name} is a fixture that nothing asks for: as a test it never runs",
    since="0.1",
    verdict="uncollected",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest

        from tests.helpers import scope


        @pytest.fixture
        async def test_database():
            async with scope() as session:
                assert session
                yield session
        """,
        _TESTS,
    ),
    Example(
        """
        import pytest


        @pytest.fixture
        def test_store():
            store = make_store()
            assert store.empty
            return store


        def test_total(test_store):
            assert total(test_store) == 0
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import pytest


        @pytest.fixture
        def test_total():  # <- TST210
            assert total([1, 2]) == 3


        def test_sum():
            assert total([1]) == 1
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a fixture."""
    for stray, definition in strays(file, FIXTURE):
        yield RULE.at(stray.span, symbol=definition.qualname, name=definition.name)
