"""Reads the files of a snapshot, from disk or from git's objects, in whichever process asks."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from integrity.errors import UnreadableError
from integrity.git.objects import BlobReader, ObjectStore, hash_blob

_KINDS = (
    (stat.S_ISDIR, "is a directory, not a file"),
    (stat.S_ISLNK, "is a symbolic link, not a file"),
    (stat.S_ISFIFO, "is a named pipe, not a file"),
    (stat.S_ISSOCK, "is a socket, not a file"),
)
# Never wait for a writer to a pipe, never follow a link put there since the listing; Windows has neither.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class Entry(NamedTuple):
    """One file to check: its path, `/`-separated and relative to the root, and the id of its content."""

    path: str
    blob: str


@dataclass(frozen=True)
class ReaderSpec:
    """What is needed to read a snapshot's files; small and picklable.

    Attributes:
        root: the folder that paths are relative to.
        limit: the size in bytes above which a file is not read.
        object_format: "sha1" or "sha256".
        store: where the blobs lie; None when the files are read from disk.
    """

    root: Path
    limit: int
    object_format: str = "sha1"
    store: ObjectStore | None = None

    def open(self) -> FileReader | ObjectReader:
        """A reader, to be used as a context manager."""
        return FileReader(self) if self.store is None else ObjectReader(BlobReader(self.store))


class FileReader:
    """Reads files from disk."""

    def __init__(self, spec: ReaderSpec) -> None:
        self._spec = spec
        self._locate = Locator(spec.root)

    def __enter__(self) -> FileReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """There is nothing to close."""

    def read(self, entry: Entry) -> bytes:
        """The bytes of a file.

        Raises:
            UnreadableError: it cannot be read, is no regular file any more, or is over the limit.
        """
        return read_file(self._locate(entry.path), self._spec.limit)

    def identity(self, entry: Entry, content: bytes) -> str:
        """The id to store results under: the entry's, unless `content` means something else than that blob.

        Git may have turned line feeds into CR LF on the way to disk; decoded, both are the same text.
        """
        own = hash_blob(content, self._spec.object_format)
        if own == entry.blob or b"\r\n" not in content or b"\r\r\n" in content:
            return own
        plain = hash_blob(content.replace(b"\r\n", b"\n"), self._spec.object_format)
        return plain if plain == entry.blob else own


class ObjectReader:
    """Reads files from git's objects."""

    def __init__(self, blobs: BlobReader) -> None:
        self._blobs = blobs

    def __enter__(self) -> ObjectReader:
        self._blobs.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._blobs.__exit__(kind, error, trace)

    def read(self, entry: Entry) -> bytes:
        """The bytes of a file.

        Raises:
            UnreadableError: the blob is missing or damaged.
        """
        return self._blobs.read(entry.blob)

    def identity(self, entry: Entry, content: bytes) -> str:  # noqa: ARG002 - the same interface as FileReader
        """The id to store results under: what git keeps under an id is its content."""
        return entry.blob


class Locator:
    """Turns paths of a snapshot into places on disk, as bytes, so that the locale has no say."""

    def __init__(self, root: Path) -> None:
        self._base = os.path.join(os.fsencode(root), b"")  # noqa: PTH118 - bytes

    def __call__(self, path: str) -> bytes:
        """The place of `path`."""
        return self._base + path.encode("utf-8", "surrogateescape")


def read_file(place: bytes, limit: int) -> bytes:
    """The bytes of the regular file at `place`, if it has at most `limit`.

    Raises:
        UnreadableError: it has more, is not a regular file, or cannot be read.
    """
    try:
        descriptor = os.open(place, _FLAGS)
        try:
            problem = obstacle(os.fstat(descriptor), limit)
            content = b"" if problem else FileIO(descriptor, closefd=False).readall()
        finally:
            os.close(descriptor)
    except OSError as error:
        raise UnreadableError(_why(place, error)) from error
    if problem or len(content) > limit:
        raise UnreadableError(problem or too_large(len(content), limit))
    return content


def obstacle(status: os.stat_result, limit: int) -> str:
    """Why a file with this status is not read, "" when it is."""
    if not stat.S_ISREG(status.st_mode):
        return next((text for test, text in _KINDS if test(status.st_mode)), "is not a regular file")
    return too_large(status.st_size, limit) if status.st_size > limit else ""


def too_large(size: int, limit: int) -> str:
    """The reason for not reading a file of `size` bytes."""
    shown, allowed = _megabytes(size), _megabytes(limit)
    if shown == allowed:
        shown, allowed = f"{size:,} bytes", f"{limit:,} bytes"
    return f"is {shown}, over max-file-size ({allowed})"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


def _why(place: bytes, error: OSError) -> str:
    """The reason for a failure to open; opening a directory, link or socket fails in words of the system's own."""
    try:
        kind = obstacle(os.lstat(place), 1 << 62)
    except OSError:
        kind = ""
    return kind or f"cannot be read: {error.strerror or error}"
