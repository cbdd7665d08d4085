"""A failed assertion is caught and turned into a skip.

Why it matters: the runner reports the test as skipped on exactly those days on which it should have failed.

Instead: put into the `try` only what acquires the resource, and catch only the exception that its absence raises.

Known limits: a handler of AssertionError, Exception or everything counts whose last word is a skip, around at least one
assertion. What `pytest.fail` and `pytest.raises` raise passes `except Exception`. Critical where nothing else is
asserted in the test; high where something is. Medium where the handler takes AssertionError alone and says that it is
expected (`pytest.xfail`), which the report shows.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.flaws import SWALLOWED_SKIP
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST012",
    name="skip-on-failure",
    severity=Severity.CRITICAL,
    message="`{text}` cannot fail the test: its failure becomes {what}",
    since="0.1",
    verdict="hollow",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import pytest


        def test_total():
            try:
                store = connect()
            except Exception:
                pytest.skip("no store")
            assert store.total() == 3


        def test_sum():
            try:
                assert connect().sum() == 3
            except ConnectionError:
                pytest.skip("no store")
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import pytest


        def test_total():
            try:
                store = connect()
                assert store.total() == 3  # <- TST012
            except Exception as error:
                pytest.skip(f"no store: {error}")
        """,
        _TESTS,
    ),
    # Medium.
    Example(
        """
        import pytest


        def test_total():
            message = send()
            assert message.total == 3
            try:
                assert message.has_cover  # <- TST012
            except AssertionError:
                pytest.xfail("the server forgets it")
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a handler, on the first assertion whose failure it catches."""
    for flaw, definition in flaws_of_tests(file, SWALLOWED_SKIP):
        verdict = None if flaw.sole and not flaw.reason else ""
        severity = Severity.MEDIUM if flaw.reason else None if flaw.sole else Severity.HIGH
        what = "an expected failure" if flaw.reason else "a skip"
        yield RULE.at(
            flaw.span, symbol=definition.qualname, verdict=verdict, severity=severity, text=flaw.text, what=what
        )
