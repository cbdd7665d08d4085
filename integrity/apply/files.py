"""Puts files in place so that at every instant each is whole: the old one or the new one.

All new contents are first written beside their destinations, under names that follow from the run and the path; so a
full disk is met before anything was replaced, and what a killed run leaves is found again. Then each is renamed over
its destination. As with `git checkout`, a hard link is broken: other names keep the old content.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from integrity.apply.change import ApplyError
from integrity.errors import UnreadableError
from integrity.snapshot.readers import Locator, read_file

_UNLIMITED = 1 << 62
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class Present(NamedTuple):
    """What a file holds, and the permission bits of its mode."""

    content: bytes
    mode: int


@dataclass(frozen=True)
class Move:
    """One file to bring from one state to another.

    Attributes:
        path: relative to the root.
        now: what is there, None for nothing.
        content: what shall be there, None for nothing.
        mode: permission bits; None for those of a new file.
        executable: whether a new file is to be executable; only where `mode` is None.
    """

    path: str
    now: Present | None
    content: bytes | None
    mode: int | None
    executable: bool = False


@dataclass(frozen=True)
class Tree:
    """A work tree, and the run that writes to it.

    Attributes:
        root: of the work tree.
        stamp: what tells this run from others, fit for a file name.
    """

    root: Path
    stamp: str

    def place(self, path: str) -> Path:
        """Where a path lies, whatever the locale."""
        return Path(os.fsdecode(Locator(self.root)(path)))

    def temporary(self, path: str) -> Path:
        """Where the new content of a path is written before it takes its place."""
        digest = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return self.place(path).with_name(f".integrity-{self.stamp}-{digest}.tmp")

    def look(self, path: str) -> Present | None:
        """What is at a path, None for nothing.

        Raises:
            UnreadableError: it is no regular file, or cannot be read.
        """
        place = self.place(path)
        try:
            mode = stat.S_IMODE(place.lstat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise UnreadableError(f"cannot be read: {error.strerror}") from error
        return Present(read_file(os.fsencode(place), _UNLIMITED), mode)

    def missing_folders(self, paths: Iterable[str]) -> list[str]:
        """The folders that must be made for files at these paths, outermost first."""
        folders = {folder for path in paths for folder in parents(path)}
        return sorted(folder for folder in folders if not self.place(folder).is_dir())

    def perform(self, moves: Sequence[Move]) -> None:
        """Make every move; when one fails, those before it stand and no temporary file is left.

        Raises:
            ApplyError: a file cannot be written, or is no longer what it was when the move was worked out.
        """
        writes = [move for move in moves if move.content is not None]
        try:
            for move in writes:
                with _blaming(move.path):
                    self._prepare(move)
            for move in moves:
                with _blaming(move.path):
                    self._complete(move)
            self._settle(moves)
        finally:
            self.discard(move.path for move in writes)

    def discard(self, paths: Iterable[str]) -> None:
        """Remove the temporary files of these paths."""
        for path in paths:
            with suppress(FileNotFoundError, NotADirectoryError):
                self.temporary(path).unlink()

    def remove_folders(self, folders: Iterable[str]) -> None:
        """Remove those folders that are empty."""
        for folder in sorted(folders, reverse=True):
            with suppress(OSError):
                self.place(folder).rmdir()
                _sync_folder(self.place(folder).parent)

    def _prepare(self, move: Move) -> None:
        """Write the new content beside the destination."""
        temporary = self.temporary(move.path)
        temporary.parent.mkdir(parents=True, exist_ok=True)
        self.discard([move.path])  # an earlier run with the same stamp was killed
        permissions = 0o600 if move.mode is not None else 0o777 if move.executable else 0o666
        with os.fdopen(os.open(temporary, _CREATE, permissions), "wb") as file:
            file.write(move.content or b"")
            file.flush()
            if move.mode is not None:
                _adopt(temporary, self.place(move.path), move.mode)
            os.fsync(file.fileno())

    def _complete(self, move: Move) -> None:
        """Put the prepared content in place, or remove the file."""
        if self.look(move.path) != move.now:
            raise ApplyError(f"{printable(move.path)} was changed by someone else just now")
        if move.content is not None:
            self.temporary(move.path).replace(self.place(move.path))
        elif move.now is not None:
            self.place(move.path).unlink()

    def _settle(self, moves: Sequence[Move]) -> None:
        """Make the renames durable, the folders that were made for them included."""
        folders = {self.place(move.path).parent for move in moves}
        folders |= {self.place(folder).parent for move in moves for folder in parents(move.path)}
        for folder in sorted(folders):
            _sync_folder(folder)


def parents(path: str) -> list[str]:
    """The folders that a path lies in, outermost first, without the root."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]


def printable(path: str) -> str:
    """A path for a message of one line: quoted where it would break the line or is not text."""
    return path if path.isprintable() else ascii(path)


@contextmanager
def _blaming(path: str) -> Iterator[None]:
    """Tell which file it was that failed."""
    try:
        yield
    except OSError as error:
        raise ApplyError(f"{printable(path)} cannot be written: {error.strerror or error}") from error
    except UnreadableError as error:
        raise ApplyError(f"{printable(path)} {error}") from error


def _adopt(temporary: Path, place: Path, mode: int) -> None:
    """Give a new file the owner of the one that it replaces, as far as that is allowed, and a mode."""
    if sys.platform != "win32":
        with suppress(OSError):
            owner = place.lstat()
            os.chown(temporary, owner.st_uid, owner.st_gid)
    temporary.chmod(mode)


def _sync_folder(folder: Path) -> None:
    """Make what was renamed in a folder durable, where the system can."""
    if sys.platform == "win32":
        return
    with suppress(FileNotFoundError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
