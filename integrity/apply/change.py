"""What goes into an application, and what comes out of it and of its undoing; plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from integrity.errors import IntegrityError

COMPLETE = "complete"
INTERRUPTED = "interrupted"
UNDONE = "undone"


class ApplyError(IntegrityError):
    """Files cannot be written or brought back: what, where, and what to do next."""


@dataclass(frozen=True)
class Change:
    """One file to write.

    Attributes:
        path: relative to the root, `/`-separated; bytes that are not UTF-8 as surrogate escapes.
        content: the bytes it shall hold.
        mode: 0o100644 or 0o100755; None keeps the mode it has.
        expected: the bytes it held when the change was worked out, None when there was no such file.
    """

    path: str
    content: bytes
    mode: int | None
    expected: bytes | None


@dataclass(frozen=True)
class Applied:
    """A finished application.

    Attributes:
        backup: the ref under which the state from before is kept, "" when there was nothing to do.
        paths: the files of the application, sorted.
    """

    backup: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Undone:
    """A finished undoing.

    Attributes:
        backup: the ref that it went back to.
        restored: the files that were brought back, or removed as they had not existed; sorted.
        kept: files and index entries that were left alone, and why.
    """

    backup: str
    restored: tuple[str, ...]
    kept: Mapping[str, str]


@dataclass(frozen=True)
class Backup:
    """A saved state.

    Attributes:
        ref: its full name.
        time: when it was saved, in UTC.
        files: how many files it holds.
        state: COMPLETE, INTERRUPTED or UNDONE.
    """

    ref: str
    time: datetime
    files: int
    state: str
