"""What holds for every test: git sees neither the user's settings nor the repository the tests are run from."""

from __future__ import annotations

import pytest

from tests.support.environment import git_variables
from tests.support.repository import ISOLATION


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in git_variables():
        monkeypatch.delenv(name)
    for name, value in ISOLATION.items():
        monkeypatch.setenv(name, value)
