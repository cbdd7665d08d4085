"""What holds for every test: git sees neither the user's settings nor the repository the tests are run from."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.support.browser import CHROMIUM
from tests.support.environment import git_variables
from tests.support.repository import ISOLATION

# How fast examples are drawn depends on what else the machine does: no test may fail for that.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in git_variables():
        monkeypatch.delenv(name)
    for name, value in ISOLATION.items():
        monkeypatch.setenv(name, value)


# Tests that need a browser are collected where one is installed: there is nothing that they could check elsewhere.
collect_ignore = [] if CHROMIUM else ["test_report_browser.py"]


def pytest_report_header() -> str:
    """Say which browser is used, so that its absence does not go unnoticed."""
    return f"browser: {CHROMIUM or 'none found, so that test_report_browser.py is not collected'}"
