"""`python -m integrity`, and the console script."""

from __future__ import annotations

import gc
import os
import sys

# Almost all objects of a scan live to its end, and each search for garbage would go through all of them: searching
# after every 700 of them, as is Python's default, took a third of the time of a whole scan with a warm cache.
_YOUNG = 200_000


def main() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(_YOUNG, 20, 20)
    _forget_working_directory()
    from integrity.cli.main import run

    sys.exit(run())


def _forget_working_directory() -> None:
    """Drop what `python -m` puts first on the path: modules of the scanned repository must not stand in for ours."""
    if sys.path and os.path.realpath(sys.path[0]) == os.path.realpath(os.curdir):
        del sys.path[0]


if __name__ == "__main__":
    main()
