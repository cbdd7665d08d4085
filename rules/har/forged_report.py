"""A hook turns the report of a failed test into that of a passed one.

Why it matters: the run ends with status 0 and a clean JUnit file although tests failed. Nobody can see it from outside.

Instead: leave reports as they are. A test that may fail for a known reason gets `xfail` with a reason, in the open.

Known limits: a report is followed under any name inside hooks, not through helper functions. Changes that depend on an
`xfail` or on reruns are left alone. In `pytest_runtest_logreport` they are high, because the run still fails and only
the log and the JUnit file lie; so are those that depend on anything beyond the state of the report itself, and
they are medium where somebody has to ask for them by an option, a variable or a mark.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.tampering import Act, Tamper
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._harness import acts, when

RULE = Rule(
    code="HAR001",
    name="forged-report",
    severity=Severity.CRITICAL,
    message="`{text}` reports a failed test as {what}{when}",
    since="0.1",
)

_TESTS = Context(test=True)

VALID = [
    Example(
        """
        import pytest


        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_makereport(item, call):
            outcome = yield
            report = outcome.get_result()
            if report.outcome == "failed":
                report.extra = [screenshot(item)]
        """,
        _TESTS,
    ),
    Example(
        """
        def pytest_runtest_makereport(item, call):
            report = TestReport.from_item_and_call(item, call)
            if hasattr(report, "wasxfail") and not call.excinfo:
                report.outcome = "passed"
            return report
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import pytest


        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_makereport(item, call):
            outcome = yield
            report = outcome.get_result()
            if report.when == "call" and report.failed:
                report.outcome = "passed"  # <- HAR001
                report.longrepr = None
        """,
        _TESTS,
    ),
    Example("def pytest_runtest_makereport(item, call):\n    call.excinfo = None  # <- HAR001\n", _TESTS),
    Example("def pytest_runtest_makereport(item, call):\n    call.wasxfail = 'known'  # <- HAR001\n", _TESTS),
    Example("from _pytest.reports import TestReport\n\nTestReport.failed = False  # <- HAR001\n", _TESTS),
    # High.
    Example(
        """
        def pytest_runtest_logreport(report):
            if "Timeout" in str(report.longrepr):
                report.outcome = "passed"  # <- HAR001
        """,
        _TESTS,
    ),
    # Medium.
    Example(
        """
        def pytest_runtest_makereport(item, call):
            if item.get_closest_marker("soft"):
                call.excinfo = None  # <- HAR001
        """,
        _TESTS,
    ),
    Example(
        """
        import pytest


        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_makereport(item, call):
            outcome = yield
            report = outcome.get_result()
            found = next((one for one in LIMITS if one in str(report.longrepr)), None)
            if report.failed and found is not None:
                report.outcome = "skipped"  # <- HAR001
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a statement."""
    for one in acts(file, Act.FORGES_REPORT, Act.FORGES_LOG, Act.EXCUSES_REPORT, Act.PATCHES_REPORT):
        what = "skipped or expected to fail" if one.act is Act.EXCUSES_REPORT else "passed"
        yield RULE.at(one.span, symbol=one.symbol, severity=_severity(one), text=one.text, what=what, when=when(one))


def _severity(one: Tamper) -> Severity:
    if not one.condition:
        return Severity.HIGH if one.act is Act.FORGES_LOG else Severity.CRITICAL
    return Severity.MEDIUM if one.asked or one.act is Act.EXCUSES_REPORT else Severity.HIGH
