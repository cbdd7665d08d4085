"""What the user's PATHS mean: which files and folders of a listing were asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from integrity.errors import TargetError
from integrity.snapshot.listing import Item, Listing

_ROOT_MARKS = ("pyproject.toml", "integrity.toml")


@dataclass(frozen=True)
class Selection:
    """Folders and files, relative to the root and `/`-separated; the folder "" is the root itself."""

    folders: frozenset[str]
    files: frozenset[str]

    def holds(self, path: str) -> bool:
        """Whether a path was asked for: itself, or a folder above it."""
        if "" in self.folders or path in self.files:
            return True
        while path:
            if path in self.folders:
                return True
            path = path.rpartition("/")[0]
        return False


def real(path: Path) -> Path:
    """The absolute path, every symbolic link resolved, whether it exists or not.

    Raises:
        TargetError: the path cannot be: it holds a NUL, or the current folder is gone.
    """
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError) as error:
        raise TargetError(f"{str(path)!r} cannot be found: {error}") from error


def common_root(targets: Sequence[Path]) -> Path:
    """The root outside git: the nearest folder around all (real) targets with a configuration file, else around all.

    Raises:
        TargetError: they have no folder in common.
    """
    try:
        common = Path(os.path.commonpath([target if target.is_dir() else target.parent for target in targets]))
    except ValueError as error:
        raise TargetError("the paths have no folder in common; scan them one by one") from error
    around = (common, *common.parents)
    return next((place for place in around if any((place / mark).is_file() for mark in _ROOT_MARKS)), common)


def relative(target: Path, root: Path) -> str:
    """A real path relative to the root, "" for the root itself.

    Raises:
        TargetError: it lies outside.
    """
    if target == root or root in target.parents:
        text = os.fsencode(target.relative_to(root)).decode("utf-8", "surrogateescape").replace(os.sep, "/")
        return "" if text == "." else text
    raise TargetError(f"{target} lies outside {root}; scan it on its own")


def select(targets: Sequence[Path], root: Path, listing: Listing, source: str) -> Selection:
    """Which of the listing is meant by `targets` (real paths).

    Args:
        targets: what the user named; must exist on disk or in the listing.
        root: the folder that the listing's paths are relative to.
        listing: everything there is.
        source: "" when the listing is of the disk, else what it is of, as in "the index".

    Raises:
        TargetError: a target exists nowhere, lies outside the root or in a submodule, or is a link.
    """
    items = {item.path: item for item in listing.items}
    folders, files = set(), set()
    for target in targets:
        path = relative(target, root)
        if _is_file(target, path, items, source):
            files.add(path)
        else:
            folders.add(path)
    return Selection(frozenset(folders), frozenset(files))


def _is_file(target: Path, path: str, items: dict[str, Item], source: str) -> bool:
    """Whether a target is a file rather than a folder."""
    _refuse_inside_submodule(path, items)
    item = items.get(path)
    if item and item.kind == "link":
        raise TargetError(f"{path} is a symbolic link in {source or 'the work tree'}; name the file it leads to")
    if item:
        return item.kind != "submodule"
    if not path or any(known.startswith(f"{path}/") for known in items):
        return False
    if not os.path.lexists(target):
        place = f", neither on disk nor in {source}" if source else ""
        raise TargetError(f"no such file or folder: {target}{place}")
    return not source and not target.is_dir()


def _refuse_inside_submodule(path: str, items: dict[str, Item]) -> None:
    parts = path.split("/")
    for length in range(1, len(parts)):
        folder = "/".join(parts[:length])
        if folder in items and items[folder].kind == "submodule":
            raise TargetError(f"{path} lies in the repository {folder}, which has its own root; scan it on its own")
