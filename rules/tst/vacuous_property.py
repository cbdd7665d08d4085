"""A property-based test is tried on no example, or on a single one.

Why it matters: a property shows its worth by hundreds of examples. `assume(False)` rejects each of them, and with
`max_examples=1` the first and simplest is the only one.

Instead: take the setting away, or write the example down.

Known limits: literals in `settings` and `assume`, on tests with `@given`.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.doubts import VACUOUS
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST034",
    name="vacuous-property",
    severity=Severity.MEDIUM,
    message="`{text}` leaves the property next to nothing to be tried on",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        from hypothesis import given, settings
        from hypothesis import strategies as st


        @settings(max_examples=500)
        @given(st.integers())
        def test_total(number):
            assert total([number]) == number
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        from hypothesis import assume, given, settings
        from hypothesis import strategies as st


        @settings(max_examples=1)  # <- TST034
        @given(st.integers())
        def test_total(number):
            assert total([number]) == number


        @given(st.integers())
        def test_sum(number):
            assume(False)  # <- TST034
            assert total([number]) == number
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a place."""
    for flaw, definition in flaws_of_tests(file, VACUOUS):
        yield RULE.at(flaw.span, symbol=definition.qualname, name=definition.name, text=flaw.text)
