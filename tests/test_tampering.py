"""Tampering is found where pytest itself shows it: a failing suite whose run ends with status 0."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from integrity.facts.extract import extract
from integrity.facts.tampering import Act
from tests.support.environment import inherited
from tests.support.program import scan

FAILING = "def test_sum():\n    assert 1 + 1 == 3\n\n\ndef test_text():\n    assert 'a' + 'b' == 'ab'\n"

# What a conftest.py says, the code of the rule that finds it, and the status that pytest ends with.
GREEN = {
    "outcome": (
        "HAR001",
        """
        import pytest

        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_makereport(item, call):
            outcome = yield
            report = outcome.get_result()
            if report.when == "call" and report.failed:
                report.outcome = "passed"
                report.longrepr = None
        """,
    ),
    "excinfo": (
        "HAR001",
        """
        def pytest_runtest_makereport(item, call):
            call.excinfo = None
        """,
    ),
    "wasxfail": (
        "HAR001",
        """
        import pytest

        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_makereport(item, call):
            report = yield
            if report.failed:
                report.outcome = "skipped"
                report.wasxfail = "known"
            return report
        """,
    ),
    "specname": (
        "HAR001",
        """
        import pytest

        @pytest.hookimpl(specname="pytest_runtest_makereport")
        def pytest_tidy(item, call):
            call.excinfo = None
        """,
    ),
    "class": (
        "HAR001",
        """
        from _pytest.reports import TestReport

        TestReport.failed = False
        TestReport.passed = True
        """,
    ),
    "exit status": (
        "HAR002",
        """
        def pytest_sessionfinish(session, exitstatus):
            session.exitstatus = 0
        """,
    ),
    "exit status of failure": (
        "HAR002",
        """
        import pytest

        def pytest_sessionfinish(session, exitstatus):
            if exitstatus == pytest.ExitCode.TESTS_FAILED:
                session.exitstatus = pytest.ExitCode.OK
        """,
    ),
    "exit status by another name": (
        "HAR002",
        """
        import pytest

        def pytest_sessionfinish(session, exitstatus):
            fine = pytest.ExitCode.OK
            if exitstatus == pytest.ExitCode.TESTS_FAILED:
                session.exitstatus = fine
        """,
    ),
    "number of failures": (
        "HAR002",
        """
        import pytest

        @pytest.hookimpl(trylast=True)
        def pytest_runtest_logreport(report):
            PLUGIN.session.testsfailed = 0

        class PLUGIN:
            session = None

        def pytest_sessionstart(session):
            PLUGIN.session = session

        @pytest.hookimpl(wrapper=True)
        def pytest_runtestloop(session):
            session.shouldfail = False
            result = yield
            return result

        def pytest_runtest_logfinish(nodeid, location):
            PLUGIN.session.testsfailed = 0
        """,
    ),
    "call": (
        "HAR003",
        """
        def pytest_pyfunc_call(pyfuncitem):
            return True
        """,
    ),
    "object": (
        "HAR003",
        """
        def pytest_collection_modifyitems(items):
            for item in items:
                item.obj = lambda: None
        """,
    ),
    "runner": (
        "HAR003",
        """
        import pytest

        pytest.Function.runtest = lambda self: None
        """,
    ),
    "xfail": (
        "HAR005",
        """
        import pytest

        def pytest_collection_modifyitems(items):
            for item in items:
                item.add_marker(pytest.mark.xfail)
        """,
    ),
    "skip before": (
        "HAR005",
        """
        import pytest

        def pytest_runtest_setup(item):
            pytest.skip("later")
        """,
    ),
    "automatic fixture": (
        "HAR005",
        """
        import pytest

        @pytest.fixture(autouse=True)
        def later():
            pytest.skip("later")
        """,
    ),
    "hard exit": (
        "HAR006",
        """
        import os

        def pytest_unconfigure(config):
            os._exit(0)
        """,
    ),
    "exit of the interpreter": (
        "HAR006",
        """
        import atexit
        import os

        atexit.register(lambda: None)

        def leave():
            os._exit(0)

        atexit.register(leave)
        """,
    ),
    "system exit": (
        "HAR006",
        """
        import sys

        def pytest_sessionfinish(session, exitstatus):
            sys.exit(0)
        """,
    ),
}
NOTHING_RUNS = {
    "all removed": (
        "HAR004",
        """
        def pytest_collection_modifyitems(items):
            items.clear()
        """,
    ),
    "all deleted": (
        "HAR004",
        """
        def pytest_collection_modifyitems(items):
            del items[:]
        """,
    ),
    "all ignored": (
        "HAR004",
        """
        def pytest_ignore_collect(collection_path):
            return True
        """,
    ),
    "glob": (
        "HAR004",
        """
        collect_ignore_glob = ["*"]
        """,
    ),
}
# What looks like it and leaves the failure a failure.
RED = {
    "reads the outcome": """
        import pytest

        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_makereport(item, call):
            report = (yield).get_result()
            if report.outcome == "failed":
                report.sections.append(("note", "failed"))
        """,
    "only when empty": """
        def pytest_sessionfinish(session, exitstatus):
            if exitstatus == 5:
                session.exitstatus = 0
        """,
    "runs the test": """
        def pytest_pyfunc_call(pyfuncitem):
            pyfuncitem.obj()
            return True
        """,
    "by option": """
        import pytest

        def pytest_addoption(parser):
            parser.addoption("--quick", action="store_true")

        def pytest_collection_modifyitems(config, items):
            if not config.getoption("--quick"):
                return
            for item in items:
                item.add_marker(pytest.mark.skip(reason="quick"))
        """,
    "hands the status on": """
        import os
        import sys

        def pytest_sessionfinish(session, exitstatus):
            session.config.status = exitstatus

        def pytest_unconfigure(config):
            sys.stdout.flush()
            os._exit(config.status)
        """,
}


def project(folder: Path, conftest: str) -> Path:
    """A project with a failing test, under a `conftest.py`."""
    lines = conftest.strip("\n").split("\n")
    margin = len(lines[0]) - len(lines[0].lstrip())
    (folder / "conftest.py").write_text("\n".join(line[margin:] for line in lines))
    (folder / "test_sums.py").write_text(FAILING)
    return folder


def status(folder: Path) -> int:
    """What a run of pytest in a folder ends with."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir=.", "."]
    environment = inherited(("PATH", "HOME"))
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=60).returncode


def codes(folder: Path) -> set[str]:
    """The codes of the critical findings about the harness."""
    found = scan(folder, "--select", "HAR", "--no-cache").json["findings"]
    return {one["code"] for one in found if one["severity"] == "critical"}


@pytest.mark.parametrize(("code", "conftest"), GREEN.values(), ids=GREEN.keys())
def test_what_turns_red_into_green_is_critical(tmp_path: Path, code: str, conftest: str) -> None:
    """Pytest shows that it does."""
    folder = project(tmp_path, conftest)
    assert status(folder) == 0
    assert codes(folder) == {code}


@pytest.mark.parametrize(("code", "conftest"), NOTHING_RUNS.values(), ids=NOTHING_RUNS.keys())
def test_what_removes_everything_is_critical(tmp_path: Path, code: str, conftest: str) -> None:
    """Pytest ends with the status for runs without tests."""
    folder = project(tmp_path, conftest)
    assert status(folder) == 5
    assert codes(folder) == {code}


@pytest.mark.parametrize("conftest", RED.values(), ids=RED.keys())
def test_what_leaves_a_failure_alone_is_not_critical(tmp_path: Path, conftest: str) -> None:
    """Pytest still fails."""
    folder = project(tmp_path, conftest)
    assert status(folder) == 1
    assert codes(folder) == set()


def acts(text: str) -> list[tuple[Act, str, bool]]:
    """What a text does to the harness."""
    return [(one.act, one.condition, one.asked) for one in extract(text).tampering]


def test_conditions_are_told() -> None:
    """So that a reader sees at once when it happens."""
    text = "def pytest_sessionfinish(session):\n    if session.config.getoption('x'):\n        session.exitstatus = 0\n"
    assert acts(text) == [(Act.FORGES_EXIT, "session.config.getoption('x')", True)]


def test_a_condition_that_left_the_hook_before_counts() -> None:
    """An early return guards all that follows."""
    text = "def pytest_sessionfinish(session):\n    if STRICT:\n        return\n    session.exitstatus = 0\n"
    assert acts(text) == [(Act.FORGES_EXIT, "STRICT", False)]


def test_removal_that_is_reported_is_no_finding() -> None:
    """Pytest shows the number of deselected tests."""
    text = (
        "def pytest_collection_modifyitems(config, items):\n"
        "    items[:] = [item for item in items if keep(item)]\n"
        "    config.hook.pytest_deselected(items=[])\n"
    )
    assert [act for act, _, _ in acts(text)] == [Act.DESELECTS_SOME]


def test_deep_conditions_are_no_error() -> None:
    """They nest deeper than the stack."""
    deep = "(" * 80 + "x" + ")" * 80 + " + 1" * 600
    text = f"def pytest_sessionfinish(session):\n    if {deep}:\n        session.exitstatus = 0\n"
    assert [act for act, _, _ in acts(text)] == [Act.FORGES_EXIT]
