"""Why a file must not be written, and why nothing may be written to a repository at the moment."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from integrity.apply.change import ApplyError
from integrity.apply.files import Tree, parents
from integrity.git import writing
from integrity.git.format import LINK_MODE, SUBMODULE_MODE, Listed
from integrity.git.repository import Repository

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_OPERATIONS = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
}
_FORBIDDEN = frozenset({"", ".", ".."})
_ADDED = ".A"  # intent to add: nothing in the index, a file in the work tree


def refusals(repository: Repository, paths: Iterable[str], *, include_dirty: bool) -> dict[str, str]:
    """The paths that must not be written, and why; the same few git processes whatever their number.

    Args:
        repository: which.
        paths: relative to the root.
        include_dirty: whether files with uncommitted changes, and untracked ones, may be written.

    Raises:
        GitError: git cannot list the index or compare it.
    """
    state = _State(Tree(repository.root, ""), writing.entries(repository), writing.changed(repository))
    found = {path: state.reason(path, include_dirty=include_dirty) for path in paths}
    return {path: reason for path, reason in found.items() if reason}


def check_repository(repository: Repository, *, stage: bool) -> None:
    """Whether anything may be written at the moment.

    A merge or rebase in progress forbids it: aborting it would throw away what was restored, and continuing would make
    the restored files part of somebody else's commit.

    Raises:
        ApplyError: the repository is bare, amid a merge or the like, or its index is held by another process.
    """
    if repository.bare:
        raise ApplyError(f"{repository.root} is a bare repository without files to restore; use a clone of it")
    for name, operation in _OPERATIONS.items():
        if (repository.git_dir / name).exists():
            advice = f"finish it (git {operation} --continue) or abort it (git {operation} --abort) first"
            raise ApplyError(f"a {operation} is in progress in {repository.root}; {advice}")
    if stage:
        check_index(repository)


def check_index(repository: Repository) -> None:
    """Whether the index may be written.

    Raises:
        ApplyError: another process holds it.
    """
    lock = repository.git_dir / "index.lock"
    if lock.exists():
        raise ApplyError(
            f"another git process is changing the index ({lock} exists); wait until it ends, or remove that file if "
            "there is none"
        )


def unsafe(tree: Tree, path: str) -> str:
    """Why writing to a path could reach something else than a file of this work tree, "" when it cannot."""
    parts = path.split("/")
    if "\0" in path or _FORBIDDEN & set(parts) or (os.sep != "/" and os.sep in path):
        return "is outside the repository"
    if ".git" in {part.casefold() for part in parts}:
        return "belongs to git itself"
    for folder in parents(path):
        reason = _barrier(tree, folder)
        if reason:
            return reason
    return _no_file(tree, path)


def _barrier(tree: Tree, folder: str) -> str:
    """Why nothing below a folder may be written."""
    place = tree.place(folder)
    if place.is_symlink():
        return "lies behind a symbolic link"
    if os.path.lexists(place) and not place.is_dir():
        return "lies in a folder whose place is taken by a file"
    if os.path.lexists(place / ".git"):
        return "belongs to a repository of its own (a submodule?); restore it there"
    return ""


def _no_file(tree: Tree, path: str) -> str:
    """Why what is at a path is not a file that can be replaced."""
    place = tree.place(path)
    try:
        mode = place.lstat().st_mode
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"cannot be looked at: {error.strerror}"
    if stat.S_ISLNK(mode):
        return "is a symbolic link"
    return "" if stat.S_ISREG(mode) else "is not a regular file"


@dataclass(frozen=True)
class _State:
    """What git knows.

    Attributes:
        tree: the work tree.
        index: its entries by path.
        changed: what differs between HEAD, index and work tree.
    """

    tree: Tree
    index: Mapping[str, Sequence[Listed]]
    changed: Mapping[str, str]

    def reason(self, path: str, *, include_dirty: bool) -> str:
        """Why a path must not be written, "" when it may be."""
        always = unsafe(self.tree, path) or self._unwritable(path) or self._indexed(path)
        return always or ("" if include_dirty else self._dirty(path))

    def _unwritable(self, path: str) -> str:
        place = self.tree.place(path)
        if os.path.lexists(place) and not (place.lstat().st_mode & _WRITABLE and os.access(place, os.R_OK)):
            return "is read-only"
        folder = next(above for above in place.parents if above.is_dir())
        return "" if os.access(folder, os.W_OK | os.X_OK) else "lies in a folder that cannot be written to"

    def _indexed(self, path: str) -> str:
        """Why the state of the index forbids it."""
        for folder in parents(path):
            modes = {entry.mode for entry in self.index.get(folder, ())}
            if modes:
                return "belongs to a submodule; restore it there" if SUBMODULE_MODE in modes else _TAKEN
        for entry in self.index.get(path, ()):
            if entry.stage:
                return "has an unresolved merge conflict; resolve it first"
            if not entry.vouched:
                return "is marked skip-worktree or assume-unchanged in the index; clear the mark first"
            if entry.mode in {LINK_MODE, SUBMODULE_MODE}:
                return "is a symbolic link or a submodule in the index"
        return "was added with --intent-to-add; add it fully first" if self.changed.get(path) == _ADDED else ""

    def _dirty(self, path: str) -> str:
        both = self.changed.get(path, "..")
        staged, unstaged = both[0], both[1]
        if staged != "." and unstaged != ".":
            return "has staged and unstaged changes"
        if staged != "." or unstaged != ".":
            return "has staged changes" if staged != "." else self._lone_change(path)
        exists = os.path.lexists(self.tree.place(path))
        return "is not tracked by git" if exists and path not in self.index else ""

    def _lone_change(self, path: str) -> str:
        """An unstaged deletion is what bringing a file back is for."""
        return "has unstaged changes" if os.path.lexists(self.tree.place(path)) else ""


_TAKEN = "lies in a folder whose place is taken by a file in the index"
