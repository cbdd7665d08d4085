"""What there is to choose from: every path of a work tree, an index, a revision or a plain folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from integrity.git.format import LINK_MODE, SUBMODULE_MODE, Listed
from integrity.git.objects import ObjectStore
from integrity.git.repository import Repository
from integrity.model import Gap
from integrity.snapshot.readers import Locator
from integrity.snapshot.walk import ToolFolders, walk

Kind = Literal["file", "link", "submodule", "unmerged"]


class Item(NamedTuple):
    """One path. A file whose `blob` is "" must be read to learn its id; a link's `blob` is "" when it is on disk."""

    path: str
    kind: Kind = "file"
    blob: str = ""


class Listing(NamedTuple):
    """The paths in order, the folders that could not be listed, and the commit that a work tree stands on."""

    items: list[Item]
    gaps: list[Gap]
    head: str = ""


def of_folder(root: Path, folders: list[str]) -> Listing:
    """Everything under `folders`, relative to `root`, without git."""
    found = walk(root, folders)
    files, links = map(Item, found.files), (Item(path, "link") for path in found.links)
    return _listing([*files, *links], found.gaps)


def of_revision(repository: Repository, revision: str) -> Listing:
    """Everything in the tree of a revision given by its id.

    Raises:
        GitError: a part of the tree is missing or damaged.
    """
    entries = ObjectStore.of(repository).tree(revision)
    return _listing(Item(entry.path, _kind(entry), entry.blob) for entry in entries)


def of_index(repository: Repository) -> Listing:
    """Everything in the index, as the next commit would hold it.

    Raises:
        GitError: the index is damaged.
    """
    return _listing(Item(entry.path, _kind(entry), entry.blob) for entry in repository.index())


def of_worktree(repository: Repository) -> Listing:
    """Tracked files that are there, and untracked ones that neither git ignores nor a tool owns.

    Raises:
        GitError: the index is damaged.
    """
    known = repository.worktree()
    tracked = [_on_disk(entry, known.doubtful) for entry in known.tracked]
    owned = ToolFolders(repository.root)
    fresh = [_untracked(path) for path in known.untracked if not owned.hold(path)]
    gaps = [Gap(folder, f"cannot be listed: {why}") for folder, why in known.unopened]
    disk = _Disk(repository.root)
    settled = (disk.settled(item) for item in (*tracked, *fresh))
    return _listing((item for item in settled if item), gaps)._replace(head=known.head)


def _listing(items: Iterable[Item], gaps: Iterable[Gap] = ()) -> Listing:
    """In order, once a path: an unmerged path has an entry a side."""
    return Listing(sorted({item.path: item for item in items}.values()), sorted(gaps))


def _kind(entry: Listed) -> Kind:
    if entry.stage:
        return "unmerged"
    if entry.mode == SUBMODULE_MODE:
        return "submodule"
    return "link" if entry.mode == LINK_MODE else "file"


def _on_disk(entry: Listed, doubtful: frozenset[str]) -> Item:
    """The item for a tracked file; git's word on its content is taken only where git compared the two."""
    kind = _kind(entry)
    trusted = entry.vouched and entry.path not in doubtful
    if kind == "submodule" or (trusted and kind != "unmerged"):
        return Item(entry.path, kind, entry.blob)
    return Item(entry.path)


def _untracked(path: str) -> Item:
    """Git marks a nested repository, which it does not enter, with a slash."""
    return Item(path.rstrip("/"), "submodule") if path.endswith("/") else Item(path)


class _Disk:
    """Looks at paths under a root; asks once a folder whether a symbolic link lies above it."""

    def __init__(self, root: Path) -> None:
        self._locate = Locator(root)
        self._real: dict[bytes, bool] = {}

    def settled(self, item: Item) -> Item | None:
        """The item as it is on disk; None when it is not there, or only through a symbolic link above it."""
        if item.blob or item.kind == "submodule":
            return item
        place = self._locate(item.path)
        try:
            status = os.lstat(place)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            return item  # reading it will tell why
        if not self._is_real(os.path.dirname(place)):  # noqa: PTH120
            return None
        return Item(item.path, "link") if stat.S_ISLNK(status.st_mode) else item

    def _is_real(self, folder: bytes) -> bool:
        if folder not in self._real:
            self._real[folder] = os.path.realpath(folder) == os.path.normpath(folder)
        return self._real[folder]
