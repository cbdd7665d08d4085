"""Keeps two writers apart. The system drops the lock of a process that dies, so none is ever stale."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integrity.apply.change import ApplyError

_PATIENCE = 5.0  # seconds; a git process that outlived its killed caller holds the lock until it ends
_PAUSE = 0.02

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def exclusive(place: Path) -> Iterator[int]:
    """Hold the lock file at `place` while the context lasts; gives its descriptor, for child processes to inherit.

    Raises:
        ApplyError: another process holds it.
        OSError: it cannot be created.
    """
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        _wait(descriptor, place)
        yield descriptor
    finally:
        os.close(descriptor)


def _wait(descriptor: int, place: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return _take(descriptor)
        except OSError as error:
            if time.monotonic() > deadline:
                raise ApplyError(
                    f"another `integrity restore` is writing to this work tree ({place} is locked); wait until it ends"
                ) from error
        time.sleep(_PAUSE)
