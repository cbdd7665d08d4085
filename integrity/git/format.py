"""Parses what git prints. Paths are text with `/`, in UTF-8; other bytes survive as surrogate escapes."""

from __future__ import annotations

import re
from typing import NamedTuple

LINK_MODE = "120000"
SUBMODULE_MODE = "160000"
EMPTY_BLOBS = frozenset(
    {
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
    }
)  # the id of an empty blob in each object format
_INDEX_ENTRY = re.compile(r"(.) ([0-7]{6}) ([0-9a-f]+) ([0-3])\t([^\0]*)\0")
_VOUCHED = frozenset("HMRCK")
_TREE_ENTRY = re.compile(r"([0-7]{6}) [a-z]+ ([0-9a-f]+)\t([^\0]*)\0")
_UNOPENED = re.compile(r"could not open directory '(.*)': (.*)")


class Listed(NamedTuple):
    """One line of a listing of the index or of a tree.

    Attributes:
        path: relative to the root.
        mode: six octal digits, as git writes it.
        blob: the object id.
        stage: 0, or 1 to 3 while a merge is unresolved.
        vouched: whether git compares the file in the work tree with this entry (false for skip-worktree and
            assume-unchanged).
    """

    path: str
    mode: str
    blob: str
    stage: int = 0
    vouched: bool = True


def records(output: bytes) -> list[str]:
    """The NUL-terminated records of git's output, as text."""
    return output.decode("utf-8", "surrogateescape").split("\0")[:-1]


def index_entries(output: bytes) -> list[Listed]:
    """Parse the records of `ls-files -s -v -z`: `TAG MODE BLOB STAGE<TAB>PATH`.

    Tag S means skip-worktree, one in lower case assume-unchanged.
    """
    fields = _INDEX_ENTRY.findall(output.decode("utf-8", "surrogateescape"))
    return [Listed(path, mode, blob, int(stage), tag in _VOUCHED) for tag, mode, blob, stage, path in fields]


def tree_entries(output: bytes) -> list[Listed]:
    """Parse the records of `ls-tree -r -z`: `MODE KIND ID<TAB>PATH`."""
    fields = _TREE_ENTRY.findall(output.decode("utf-8", "surrogateescape"))
    return [Listed(path, mode, object_id) for mode, object_id, path in fields]


def unopened_folders(complaint: str) -> list[tuple[str, str]]:
    """The folders that `ls-files -o` warns it could not list, and why."""
    return [(folder.rstrip("/"), why) for folder, why in _UNOPENED.findall(complaint)]


def reason(complaint: str) -> str:
    """The first error among git's complaints, without its prefix."""
    lines = [line for line in complaint.splitlines() if line.strip()] or ["it said nothing"]
    errors = [line for line in lines if line.startswith(("fatal: ", "error: "))]
    return (errors or lines)[0].split(": ", 1)[-1]
