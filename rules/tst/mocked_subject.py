"""A test calls a function that it has itself replaced by a mock.

Why it matters: what comes back is what the test has put there. The function could be deleted and the test would pass.

Instead: call the real function, and patch only what it needs from elsewhere.

Known limits: patches of a dotted name or of an attribute (`patch.object`) are matched with calls by that name. Spies
(`wraps=`, `side_effect=`) and replacements by something of the project (`new=`) are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.mocked import MOCKED_SUBJECT
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws_of_tests

RULE = Rule(
    code="TST028",
    name="mocked-subject",
    severity=Severity.MEDIUM,
    message="`{text}` calls what the test has replaced by a mock",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        from unittest.mock import patch

        import shop


        def test_total():
            assert shop.prices() == []
            with patch("shop.prices", return_value=[1, 2]):
                assert shop.total() == 3
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        from unittest.mock import patch

        import shop


        def test_total():
            with patch("shop.total", return_value=3):
                assert shop.total() == 3  # <- TST028
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a place."""
    for flaw, definition in flaws_of_tests(file, MOCKED_SUBJECT):
        yield RULE.at(flaw.span, symbol=definition.qualname, name=definition.name, text=flaw.text)
