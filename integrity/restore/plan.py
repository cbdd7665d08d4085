"""What a restore would do, file by file; plain data for the reports and for applying it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from integrity.git.log import Commit
from integrity.model import Finding

RESTORE, MERGE, SKIP, UNRESTORABLE = "restore", "merge", "skip", "unrestorable"


@dataclass(frozen=True)
class Source:
    """The version that a file returns to.

    Attributes:
        commit: the commit that made it.
        path: where it lay then.
        blob: its object id.
        mode: six octal digits.
        depth: number of commits to the path between it and today's version.
    """

    commit: Commit
    path: str
    blob: str
    mode: str
    depth: int = 0


@dataclass(frozen=True, kw_only=True)
class Item:
    """What is to be done with one damaged file.

    Attributes:
        path: relative to the root.
        action: "restore" the version as it is, "merge" it with later edits, "skip" for now, or "unrestorable".
        reason: why this version, or why nothing is done, and what would help.
        damage: what the rules found; empty for a deleted file.
        damaged_by: the commit that brought the damage in, None when none did (not committed) or it is not known.
        broken_by: an earlier commit from which on the file was damaged in another way, None when there is none.
        source: the version to return to, None when there is none.
        tests_now: number of live tests.
        tests_after: number of live tests in the result; as now when nothing is done.
        lines_now: number of lines.
        lines_after: number of lines in the result.
        kept_edits: number of later edits carried over.
        conflicts: number of later edits that could not be.
        notes: what was kept and what was not, a line each.
        unresolved: imports of the result that name what does not exist today, as in "line 3: a.b has no c".
        lost: qualified names of the tests that are lost for good.
        before: the bytes now, None for a deleted file.
        after: the bytes to write, None when nothing is done.
    """

    path: str
    action: str
    reason: str
    damage: tuple[Finding, ...] = ()
    damaged_by: Commit | None = None
    broken_by: Commit | None = None
    source: Source | None = None
    tests_now: int = 0
    tests_after: int = 0
    lines_now: int = 0
    lines_after: int = 0
    kept_edits: int = 0
    conflicts: int = 0
    notes: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    before: bytes | None = field(default=None, repr=False)
    after: bytes | None = field(default=None, repr=False)

    @property
    def doable(self) -> bool:
        """Whether applying the plan writes this file."""
        return self.action in {RESTORE, MERGE}


@dataclass(frozen=True)
class Plan:
    """A plan for every damaged file, in order of path.

    Attributes:
        head: the id of the commit whose history was searched, "" when there is none.
        items: one a file.
        notes: what holds for the whole, such as a history that is not complete.
    """

    head: str
    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()

    @property
    def doable(self) -> Sequence[Item]:
        """The files that applying the plan writes."""
        return [item for item in self.items if item.doable]

    @property
    def tests_regained(self) -> int:
        """Live tests after applying the plan that are not live now."""
        return sum(item.tests_after - item.tests_now for item in self.doable)
