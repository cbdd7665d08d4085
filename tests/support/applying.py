"""What applying and undoing must leave alone or bring back: the whole visible state of a repository, to compare."""

from __future__ import annotations

import os
import stat
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from integrity.apply import Change
from integrity.git.repository import Repository
from tests.support.repository import GitRepository

NOW = datetime(2025, 9, 6, 12, 30, tzinfo=timezone.utc)


class State(NamedTuple):
    """Everything a user could notice.

    Attributes:
        files: kind and permission bits, and the bytes, of everything in the work tree, folders included.
        entries: of the index, with their flags.
        refs: every ref but this tool's own (the stash is one), HEAD, and HEAD's reflog.
    """

    files: dict[str, tuple[int, bytes]]
    entries: bytes
    refs: tuple[bytes, ...]


def state(repository: GitRepository) -> State:
    """The state of a repository with a work tree."""
    refs = repository.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    own = tuple(line for line in refs if not line.startswith(b"refs/integrity/"))
    folder = Path(repository.text("rev-parse", "--absolute-git-dir"))
    head = [(folder / name).read_bytes() for name in ("HEAD", "logs/HEAD") if (folder / name).exists()]
    files = {str(place.relative_to(repository.path)): _entry(place) for place in _everything(repository.path)}
    return State(files, repository.git("ls-files", "-s", "-v", "-z"), (*own, *head))


def _everything(root: Path) -> list[Path]:
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        found += [Path(folder, name) for name in (*folders, *files) if name != ".git"]
    return found


def _entry(place: Path) -> tuple[int, bytes]:
    mode = place.lstat().st_mode
    return mode, place.read_bytes() if stat.S_ISREG(mode) else b""


def found(path: Path) -> Repository:
    """The repository around `path`, which must be there."""
    repository = Repository.discover(path)
    assert repository is not None
    return repository


def change(path: str, content: bytes, expected: bytes | None, mode: int | None = None) -> Change:
    """A change of one file."""
    return Change(path, content, mode, expected)
