"""The one place where this program reads its environment."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from integrity.report.outputs import FILE_WIDTH


def use_color(choice: str) -> bool:
    """Whether standard output gets colours.

    Args:
        choice: "always", "never", or "auto": on terminals, unless NO_COLOR is set; everywhere when FORCE_COLOR is
            (https://no-color.org, https://force-color.org).
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """The terminal's columns; a fixed width elsewhere, so that the same input gives the same bytes."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else FILE_WIDTH


def fitted(text: str) -> str:
    """Text that is meant to be read as it is, with the paragraphs that are too wide for the terminal wrapped anew."""
    if not sys.stdout.isatty():
        return text
    from integrity.report.layout import reflow

    return reflow(text, width())


def step_summary() -> Path | None:
    """The file whose content GitHub shows as the summary of the step, None outside GitHub Actions."""
    named = os.environ.get("GITHUB_STEP_SUMMARY")
    return Path(named) if named else None


def continuous_integration() -> bool:
    """Whether this runs in CI, as GitHub, GitLab and most others tell their jobs by setting CI."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}


def active_environment() -> str:
    """The folder of the virtual environment that is active, "" when none is."""
    return os.environ.get("VIRTUAL_ENV", "")
