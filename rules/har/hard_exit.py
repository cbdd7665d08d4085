"""A hook ends the process with the status of success.

Why it matters: `os._exit(0)` leaves at once. The summary may say "1 failed", but the status that CI reads is 0.

Instead: let pytest end the process. Where threads keep it from ending, hand its own status on:
`os._exit(session.exitstatus)`.

Known limits: only the literal status 0 in hooks and in functions registered with `atexit`; tests and fixtures that end
the process are TST021.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.tampering import Act, Tamper
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._harness import acts, when

RULE = Rule(
    code="HAR006",
    name="hard-exit",
    severity=Severity.CRITICAL,
    message="`{text}` ends the run with the status of success, whatever failed{when}",
    since="0.1",
)

_TESTS = Context(test=True)

VALID = [
    Example(
        """
        import os


        def pytest_sessionfinish(session, exitstatus):
            os._exit(exitstatus)


        def pytest_unconfigure(config):
            if config.child_pid == 0:
                os._exit(0)
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import os


        def pytest_unconfigure(config):
            os._exit(0)  # <- HAR006
        """,
        _TESTS,
    ),
    Example(
        """
        import atexit
        import os


        def leave():
            os._exit(0)  # <- HAR006


        atexit.register(leave)
        """,
        _TESTS,
    ),
    # Medium.
    Example(
        """
        import pytest


        def pytest_collection_modifyitems(config, items):
            if config.getoption("--count"):
                pytest.exit(str(len(items)), returncode=0)  # <- HAR006
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a call."""
    for one in acts(file, Act.ENDS_PROCESS):
        if file.context.test:
            yield RULE.at(one.span, symbol=one.symbol, severity=_severity(one), text=one.text, when=when(one))


def _severity(one: Tamper) -> Severity:
    if not one.condition:
        return Severity.CRITICAL
    return Severity.MEDIUM if one.asked else Severity.HIGH
