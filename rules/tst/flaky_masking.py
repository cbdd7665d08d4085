"""A test that fails is run again, until it passes.

Why it matters: a defect that shows in one run of three passes two runs of three. Whoever relies on the suite relies on
luck.

Instead: find out what it depends on; where that is a network, put the retry into the code that uses it.

Known limits: the marks of pytest-rerunfailures and flaky count, and loops of a test itself: a `try` that leaves
the loop when its assertions hold, and goes on when they fail. A loop that waits for another thread or process looks the
same, so that the finding is low; it is medium where nothing shows that the last failure is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.retries import RETRIED
from integrity.facts.switches import Form
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._switches import switches
from .._tests import flaws_of_tests

RULE = Rule(
    code="TST112",
    name="flaky-masking",
    severity=Severity.LOW,
    message="{what} is {how}",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def test_total():
            assert total([1, 2]) == 3


        def test_each():
            for number in range(3):
                try:
                    assert total([number]) == number
                except AssertionError as error:
                    raise AssertionError(number) from error


        def test_connects():
            for _ in range(3):
                try:
                    shop = connect()
                    break
                except ConnectionError:
                    continue
            assert shop.total() == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import pytest


        @pytest.mark.flaky(reruns=3)  # <- TST112
        def test_total():
            assert total([1, 2]) == 3


        def test_sum():
            for attempt in range(3):  # <- TST112
                try:
                    assert total([1]) == 1
                    break
                except AssertionError:
                    if attempt == 2:
                        raise


        def test_tax():
            for _ in range(3):  # <- TST112
                try:
                    assert total([2], tax=1) == 3
                    break
                except AssertionError:
                    pass


        def test_rest():
            while True:  # <- TST112
                try:
                    assert total([2]) == 2
                except Exception as error:
                    note(error)
                else:
                    return
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a mark or loop."""
    for switch, symbol, what in switches(file, Form.FLAKY):
        yield RULE.at(switch.span, symbol=symbol, what=what, how="run again until it passes")
    for flaw, definition in flaws_of_tests(file, RETRIED):
        what = f"what {definition.name} asserts"
        if flaw.certain:
            yield RULE.at(flaw.span, symbol=definition.qualname, what=what, how="tried again until it passes")
        else:
            how = "tried again, and passes as well when it never holds"
            yield RULE.at(flaw.span, symbol=definition.qualname, severity=Severity.MEDIUM, what=what, how=how)
