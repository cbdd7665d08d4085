"""A hook makes a run with failed tests end with the exit status of success.

Why it matters: CI looks at the exit status and at nothing else. The log says "1 failed", the check is green.

Instead: leave `session.exitstatus` alone. Where a run that finds no tests is to pass, ask for status 5 only.

Known limits: literal values in hooks are seen, helpers are not followed. A change only for runs that find no tests is
low; one that depends on anything beyond the state of the run is high, and medium where somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.tampering import Act, Tamper
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._harness import acts, when

RULE = Rule(
    code="HAR002",
    name="forged-exit-status",
    severity=Severity.CRITICAL,
    message="`{text}` makes a run {what} end with the status of success{when}",
    since="0.1",
)

_TESTS = Context(test=True)

VALID = [
    Example(
        """
        def pytest_sessionfinish(session, exitstatus):
            if exitstatus == 0:
                upload_report()
            if session.config.getoption("--require-all") and session.testscollected < 10:
                session.exitstatus = 1
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def pytest_sessionfinish(session, exitstatus):
            session.exitstatus = 0  # <- HAR002
        """,
        _TESTS,
    ),
    Example(
        """
        import pytest


        def pytest_sessionfinish(session, exitstatus):
            if exitstatus == pytest.ExitCode.TESTS_FAILED:
                session.exitstatus = pytest.ExitCode.OK  # <- HAR002
        """,
        _TESTS,
    ),
    Example("def pytest_runtest_logfinish(nodeid):\n    SESSION.testsfailed = 0  # <- HAR002\n", _TESTS),
    # Low.
    Example(
        """
        def pytest_sessionfinish(session, exitstatus):
            if exitstatus == 5:
                session.exitstatus = 0  # <- HAR002
        """,
        _TESTS,
    ),
    # Medium.
    Example(
        """
        def pytest_sessionfinish(session, exitstatus):
            if session.config.getoption("--report-only"):
                session.exitstatus = 0  # <- HAR002
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a statement."""
    for one in acts(file, Act.FORGES_EXIT, Act.ADMITS_EMPTY):
        what = "that finds no test" if one.act is Act.ADMITS_EMPTY else "with failed tests"
        yield RULE.at(one.span, symbol=one.symbol, severity=_severity(one), text=one.text, what=what, when=when(one))


def _severity(one: Tamper) -> Severity:
    if one.act is Act.ADMITS_EMPTY:
        return Severity.LOW
    if not one.condition:
        return Severity.CRITICAL
    return Severity.MEDIUM if one.asked else Severity.HIGH
