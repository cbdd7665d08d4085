"""The one place where the tests read the environment they run in."""

from __future__ import annotations

import os
from collections.abc import Iterable


def inherited(names: Iterable[str]) -> dict[str, str]:
    """Those of the variables that are set."""
    return {name: os.environ[name] for name in names if name in os.environ}


def without_git() -> dict[str, str]:
    """Every variable but those that tell git what to do."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def git_variables() -> list[str]:
    """The names of the variables that tell git what to do."""
    return [name for name in os.environ if name.startswith("GIT_")]
