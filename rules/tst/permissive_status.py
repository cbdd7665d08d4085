"""A status is accepted whether it says success or failure, as in `status in [200, 500]`.

Why it matters: a server that fails on every request passes. Such lists grow one code at a time, each time a test is
red.

Instead: assert the one status that is right, in one test for each case.

Known limits: a list counts when it holds codes of both 2xx and 5xx. A choice of both `True` and `False` is medium, and
so is a list whose only failure is 503, which a health check answers on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.assertions import PERMISSIVE, STATUS, UNAVAILABLE
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws

RULE = Rule(
    code="TST015",
    name="permissive-status",
    severity=Severity.HIGH,
    message="`{text}` accepts success and failure alike",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def test_answers(client):
            assert client.get("/").status_code in (200, 204)
            assert client.get("/none").status_code in (404, 410)
            assert client.get("/down").status_code in [500, 503]
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def test_answers(client):
            response = client.get("/")
            assert response.status_code in [200, 404, 500]  # <- TST015
            assert response.ok in (True, False)  # <- TST015
            assert client.get("/health").status_code in (200, 503)  # <- TST015
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit an assertion."""
    for flaw, definition in flaws(file, PERMISSIVE, STATUS, UNAVAILABLE):
        if flaw.certain:
            severity = None if flaw.kind == STATUS else Severity.MEDIUM
            yield RULE.at(flaw.span, symbol=definition.qualname, severity=severity, text=flaw.text)
