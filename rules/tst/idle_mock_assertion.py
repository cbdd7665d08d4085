"""An assertion about a mock is not called, or is misspelt so that the mock takes it and says nothing.

Why it matters: `sent.assert_called_once` without parentheses only looks the method up, and `sent.called_once_with(1)`
is a call like any other to a mock. Neither can fail.

Instead: write `sent.assert_called_once()` and `sent.assert_called_once_with(1)`.

Known limits: since Python 3.12 a mock refuses the misspelt names, unless it is told to be unsafe. Names that begin with
`assert` but are none of its assertions are refused by every supported version, and left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from integrity.facts.assertions import UNCALLED
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws

RULE = Rule(
    code="TST009",
    name="idle-mock-assertion",
    severity=Severity.CRITICAL,
    message="`{text}` asserts nothing about the mock",
    since="0.1",
    verdict="hollow",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def test_sends(mailer):
            mailer.send(1)
            mailer.transport.assert_called_once()
            mailer.transport.assert_called_once_with(1)
            assert mailer.transport.called
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_sends(mailer):
            mailer.send(1)
            mailer.transport.assert_called_once  # <- TST009
            mailer.transport.called_once_with(1)  # <- TST009
            assert mailer.transport.called_with(1)  # <- TST009
            assert mailer.transport.assert_called_once  # <- TST009
        """,
        _TESTS,
    ),
]

_UNCALLED = re.compile(r"\.assert_(?:not_)?(?:called|awaited)(?:_once)?(?: *#.*)?$")


def check(file: File) -> Iterator[Hit]:
    """One hit a statement."""
    for flaw, definition in flaws(file, UNCALLED):
        if flaw.certain:
            yield RULE.at(
                flaw.span,
                symbol=definition.qualname,
                verdict=None if flaw.sole else "",
                fix="call" if _UNCALLED.search(flaw.text) else "",
                text=flaw.text,
            )
