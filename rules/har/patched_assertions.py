"""An assertion function of the test framework is replaced.

Why it matters: every test that uses it asserts what the replacement does. One that does nothing makes them all pass.

Instead: write a helper of your own with a name of its own; patch inside one test with `monkeypatch`, which undoes it.

Known limits: assignments (also by `setattr`) to the assertions of `unittest`, `pytest`, `numpy.testing` and mocks, and
to `AssertionError`. Aliases for older Pythons are left alone; a replacement that does something is medium.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.tampering import Act, Tamper
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._harness import acts, when

RULE = Rule(
    code="HAR007",
    name="patched-assertions",
    severity=Severity.CRITICAL,
    message="`{text}` replaces an assertion that tests rely on{what}{when}",
    since="0.1",
)

_TESTS = Context(test=True)

VALID = [
    Example(
        """
        import unittest

        if not hasattr(unittest.TestCase, "assertItemsEqual"):
            unittest.TestCase.assertItemsEqual = unittest.TestCase.assertCountEqual


        class CartCase(unittest.TestCase):
            def assertTotal(self, cart, total):
                self.assertEqual(cart.total, total)
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import unittest

        unittest.TestCase.assertEqual = lambda self, first, second, msg=None: None  # <- HAR007
        """,
        _TESTS,
    ),
    # Medium.
    Example("import unittest\n\nunittest.TestCase.assertEqual = logging_equal  # <- HAR007\n", _TESTS),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a statement."""
    for one in acts(file, Act.BLINDS_ASSERTION, Act.PATCHES_ASSERTION):
        what = " by nothing" if one.act is Act.BLINDS_ASSERTION else ""
        yield RULE.at(one.span, symbol=one.symbol, severity=_severity(one), text=one.text, what=what, when=when(one))


def _severity(one: Tamper) -> Severity:
    if one.act is Act.PATCHES_ASSERTION:
        return Severity.MEDIUM
    return Severity.HIGH if one.condition else Severity.CRITICAL
