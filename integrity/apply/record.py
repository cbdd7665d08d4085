"""The record of an application: for every file what was there, what shall be there, and the same for the index.

It is stored as `record.json` in the tree of the backup's commit, beside the bytes it speaks of: `before/PATH` and
`after/PATH` as in the work tree, `index/PATH` and `staged/PATH` as in the index. So a run can be undone, or completed,
from its backup alone, and `git show REF:before/PATH` helps even without this program.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrity.apply.change import ApplyError
from integrity.git.writing import IndexEntry

_VERSION = 1
NAME = "record.json"


@dataclass(frozen=True)
class FileRecord:
    """One file.

    Attributes:
        before: the id of its bytes as a blob, None when it did not exist.
        before_mode: its permission bits then.
        after: the id of the bytes that it shall hold.
        after_mode: the permission bits that it shall have, None for those of a new file.
        executable: whether it shall be executable.
        index: its entry in the index, None for none.
        staged: the entry that it shall have; equal to `index` when nothing is staged.
    """

    before: str | None
    before_mode: int
    after: str
    after_mode: int | None
    executable: bool
    index: IndexEntry | None
    staged: IndexEntry | None


@dataclass(frozen=True)
class Record:
    """One application.

    Attributes:
        worktree: the work tree's git directory relative to the common one.
        head: the commit that HEAD was at, "" for none.
        branch: the branch that HEAD named, "" for none.
        folders: those that did not exist.
        files: by path.
    """

    worktree: str
    head: str
    branch: str
    folders: tuple[str, ...]
    files: Mapping[str, FileRecord]

    def encode(self) -> bytes:
        """The record as JSON in ASCII."""
        files = {path: _row(file) for path, file in self.files.items()}
        data = {"version": _VERSION, "worktree": self.worktree, "head": self.head, "branch": self.branch}
        return json.dumps({**data, "folders": self.folders, "files": files}, indent=1).encode()

    @classmethod
    def decode(cls, text: bytes, ref: str) -> Record:
        """Read what `encode` wrote.

        Raises:
            ApplyError: it is something else.
        """
        try:
            data = json.loads(text)
            if data["version"] != _VERSION:
                raise ApplyError(f"{ref} was made by another version of integrity; undo it with that one")
            files = {path: _file(row) for path, row in data["files"].items()}
            return cls(data["worktree"], data["head"], data["branch"], tuple(data["folders"]), files)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ApplyError(
                f"{ref} is not a backup of integrity, or is damaged; `--undo --list` shows others"
            ) from error


def _row(file: FileRecord) -> dict[str, Any]:
    return {
        "before": file.before,
        "before_mode": file.before_mode,
        "after": file.after,
        "after_mode": file.after_mode,
        "executable": file.executable,
        "index": file.index,
        "staged": file.staged,
    }


def _file(row: dict[str, Any]) -> FileRecord:
    index, staged = (IndexEntry(*row[key]) if row[key] else None for key in ("index", "staged"))
    return FileRecord(**{**row, "index": index, "staged": staged})
