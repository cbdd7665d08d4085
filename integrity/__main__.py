"""`python -m integrity`, and the console script."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    _forget_working_directory()
    from integrity.cli.main import run

    sys.exit(run())


def _forget_working_directory() -> None:
    """Drop what `python -m` puts first on the path: modules of the scanned repository must not stand in for ours."""
    if sys.path and os.path.realpath(sys.path[0]) == os.path.realpath(os.curdir):
        del sys.path[0]


if __name__ == "__main__":
    main()
