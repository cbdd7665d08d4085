"""Lists a folder without git: every file that is not in a tool's or a package manager's own folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from integrity.model import Gap

_SKIPPED = frozenset({
    ".bzr", ".direnv", ".eggs", ".git", ".hg", ".hypothesis", ".integrity_cache", ".ipynb_checkpoints",
    ".mypy_cache", ".nox", ".pyre", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv",
    "__pycache__", "__pypackages__", "node_modules", "site-packages",
})  # fmt: skip


class Walked(NamedTuple):
    """Paths of files and of symbolic links under a root, and the folders that could not be listed."""

    files: list[str]
    links: list[str]
    gaps: list[Gap]


def walk(root: Path, folders: list[str]) -> Walked:
    """Walk `folders`, given relative to `root` ("" is the root itself), whatever their own names are."""
    found = Walked([], [], [])
    base = os.fsencode(root)
    for folder in folders:
        top = os.path.join(base, folder.encode("utf-8", "surrogateescape")) if folder else base  # noqa: PTH118
        for place, names, files in os.walk(top, onerror=lambda error: found.gaps.append(_unlisted(error, base))):
            names[:], links = _divided(place, names)
            found.links.extend(_relative(path, base) for path in links)
            for path in (os.path.join(place, name) for name in files):  # noqa: PTH118
                kind = found.links if os.path.islink(path) else found.files  # noqa: PTH114
                kind.append(_relative(path, base))
    return found


def _divided(place: bytes, names: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The names of the folders to enter, and the paths of those that are symbolic links."""
    paths = [(name, os.path.join(place, name)) for name in sorted(names)]  # noqa: PTH118
    links = [path for _, path in paths if os.path.islink(path)]  # noqa: PTH114
    entered = [name for name, path in paths if path not in links and not _own(os.fsdecode(name), path)]
    return entered, links


def _own(name: str, path: bytes) -> bool:
    """Whether a folder belongs to a tool: known by its exact name, or a virtual environment by its marker."""
    return name in _SKIPPED or os.path.lexists(os.path.join(path, b"pyvenv.cfg"))  # noqa: PTH118


class ToolFolders:
    """Tells whether a path lies in a folder that `walk` would not enter, asking once a folder."""

    def __init__(self, root: Path) -> None:
        self._root = os.fsencode(root)
        self._known: dict[str, bool] = {"": False}

    def hold(self, path: str) -> bool:
        """Whether any folder above `path` (relative to the root) is a tool's own."""
        return any(self._own(folder) for folder in _above(path))

    def _own(self, folder: str) -> bool:
        if folder not in self._known:
            place = os.path.join(self._root, folder.encode("utf-8", "surrogateescape"))  # noqa: PTH118
            self._known[folder] = _own(folder.rpartition("/")[2], place)
        return self._known[folder]


def _above(path: str) -> Iterator[str]:
    """The folders above `path`, the nearest first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _unlisted(error: OSError, base: bytes) -> Gap:
    place = os.fsencode(error.filename or base)
    return Gap(_relative(place, base) or ".", f"cannot be listed: {error.strerror or error}")


def _relative(place: bytes, base: bytes) -> str:
    relative = place[len(base) :].lstrip(os.fsencode(os.sep))
    return relative.replace(os.fsencode(os.sep), b"/").decode("utf-8", "surrogateescape")
