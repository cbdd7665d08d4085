"""A failed assertion is caught and forgotten, so that the test passes.

Why it matters: `except Exception` catches AssertionError, too. When the handler only prints, logs, passes or returns,
the one line that was to fail the test does nothing.

Instead: let it out. Put into the `try` only what may raise, name the exception, and assert behind it; or expect it with
`pytest.raises`.

Known limits: a handler that does anything else, such as noting the failure in a list, is taken to tell it later, and so
is one inside a loop, which may try again; `integrity diff` looks closer at both. What `pytest.fail` raises passes
`except Exception`. Critical where nothing else is asserted in the test; medium where something is.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.flaws import SWALLOWED, SWALLOWED_RETURN
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST007",
    name="swallowed-assertion",
    severity=Severity.CRITICAL,
    message="`{text}` cannot fail the test: its failure is caught and forgotten",
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
                assert total([1, 2]) == 3
            except ValueError:
                pass


        def test_reports():
            try:
                assert total([1, 2]) == 3
            except AssertionError as error:
                raise AssertionError("with a better message") from error


        def test_collects():
            failures = []
            for numbers in ([1, 2], [3]):
                try:
                    assert total(numbers) == 3
                except AssertionError as error:
                    failures.append(error)
            assert not failures
        """,
        _TESTS,
    ),
    Example(
        """
        import pytest


        def test_refuses():
            try:
                total(None)
                pytest.fail("no error")
            except Exception:
                pass
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import contextlib
        import unittest


        def test_total():
            try:
                result = total([1, 2])
                assert result == 3  # <- TST007
                assert result > 0
            except Exception as error:
                print(f"failed: {error}")


        def test_quiet():
            with contextlib.suppress(AssertionError):
                assert total([1, 2]) == 3  # <- TST007


        class TotalTests(unittest.TestCase):
            def test_total(self):
                try:
                    self.assertEqual(total([1, 2]), 3)  # <- TST007
                except:
                    return False


        def test_noted():
            done = True
            try:
                assert total([1, 2]) == 3  # <- TST007
            except AssertionError:
                time.sleep(1)
                done = False
        """,
        _TESTS,
    ),
    # Medium.
    Example(
        """
        def test_total():
            assert total([]) == 0
            try:
                assert total([1, 2]) == 3  # <- TST007
            except AssertionError:
                pass
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a handler, on the first assertion whose failure it catches."""
    for flaw, definition in flaws_of_tests(file, SWALLOWED, SWALLOWED_RETURN):
        severity = None if flaw.sole else Severity.MEDIUM
        yield RULE.at(
            flaw.span, symbol=definition.qualname, verdict=None if flaw.sole else "", severity=severity, text=flaw.text
        )
