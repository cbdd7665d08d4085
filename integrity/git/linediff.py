"""Differences between two texts, line by line, by git's own algorithm: near-linear, where `difflib` is quadratic."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from integrity.errors import GitError
from integrity.git.format import reason
from integrity.git.repository import ask

_HEADER = re.compile(rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_DIFF = (
    *(
        "diff",
        "--no-index",
        "--unified=0",
        "--inter-hunk-context=0",
        "--diff-algorithm=histogram",
        "--indent-heuristic",
    ),
    *("--text", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--src-prefix=a/", "--dst-prefix=b/"),
)


class Hunk(NamedTuple):
    """Lines `old_start` up to, not including, `old_end` became lines `new_start` to `new_end`; counted from 0."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def hunks(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """What changed from one list of lines to another, in order; no two hunks touch.

    Args:
        old: lines without line feeds in them.
        new: likewise.

    Raises:
        GitError: git failed.
        GitMissingError: there is no git to run.
    """
    with tempfile.TemporaryDirectory(prefix="integrity-") as folder:
        for name, lines in (("old", old), ("new", new)):
            (Path(folder) / name).write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass"))
        answer = ask(["-C", folder, *_DIFF, "--", "old", "new"])
    if answer.status not in {0, 1}:
        raise GitError(f"git cannot compare two texts: {reason(answer.complaint)}")
    return [_hunk(match) for match in _HEADER.finditer(answer.output)]


def _hunk(match: re.Match[bytes]) -> Hunk:
    """A hunk from its header; an empty side is numbered by the line before it."""
    old_start, new_start = int(match[1]), int(match[3])
    old_count, new_count = (int(count) if count is not None else 1 for count in (match[2], match[4]))
    old_from = old_start - 1 if old_count else old_start
    new_from = new_start - 1 if new_count else new_start
    return Hunk(old_from, old_from + old_count, new_from, new_from + new_count)
