"""What a set of findings changes in which files, and the writing of it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from integrity.apply.files import Move, Tree
from integrity.fixes.editing import Edit, FixError, Text
from integrity.fixes.kinds import edit_of
from integrity.model import Finding
from integrity.rule import FIXES

Read = Callable[[str], bytes]
"""Gives the content of a path of the work tree; raises IntegrityError."""


class Change(NamedTuple):
    """The repair of one file.

    Attributes:
        path: relative to the repository root.
        before: its bytes.
        after: its bytes after the repair.
        mended: the findings that are repaired.
    """

    path: str
    before: bytes
    after: bytes
    mended: tuple[Finding, ...]

    def diff(self) -> str:
        """The change as a unified diff; bytes that are no UTF-8 are escaped."""
        old, new = map(_lines, (self.before, self.after))
        lines = difflib.unified_diff(old, new, f"a/{self.path}", f"b/{self.path}")
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


class Plan(NamedTuple):
    """All repairs.

    Attributes:
        changes: one a file, in order of path.
        refused: path and reason of the files that are left alone.
    """

    changes: tuple[Change, ...]
    refused: tuple[tuple[str, str], ...]


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", "backslashreplace").splitlines(keepends=True)


def is_safe(finding: Finding) -> bool:
    """Whether the repair of a finding cannot change what a run of the tests says."""
    return FIXES.get(finding.fix.partition(":")[0], False)


def plan(findings: Iterable[Finding], read: Read, *, unsafe: bool) -> Plan:
    """Work out the repairs of findings.

    Args:
        findings: those that stand.
        read: reads the files.
        unsafe: whether to make repairs that can change what a run of the tests says, too.
    """
    wanted: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.fix and (unsafe or is_safe(finding)):
            wanted.setdefault(finding.path, []).append(finding)
    changes, refused = [], []
    for path, found in sorted(wanted.items()):
        try:
            change = _change(path, read(path), found)
        except FixError as error:
            refused.append((path, error.lines[0]))
        else:
            changes += [change] if change else []
    return Plan(tuple(changes), tuple(refused))


def perform(changes: Iterable[Change], root: Path, stamp: str) -> None:
    """Write the repairs, each file in one step.

    Raises:
        IntegrityError: a file cannot be written, or is no longer what it was when the repair was worked out.
    """
    tree = Tree(root, stamp)
    moves = []
    for change in changes:
        now = tree.look(change.path)
        if now is None or now.content != change.before:
            raise FixError(f"{change.path} was changed by someone else just now; run the scan again")
        moves.append(Move(change.path, now, change.after, now.mode))
    tree.perform(moves)


def _change(path: str, content: bytes, findings: list[Finding]) -> Change | None:
    text = Text(content)
    edits: list[Edit] = []
    mended: list[Finding] = []
    for kind, group in _merged(findings):
        first = group[0]
        start, end = text.offset(first.line, first.column), text.offset(first.end_line, first.end_column)
        edit = edit_of(kind, text, start, end)
        if edit and not any(edit.start < other.end and other.start < edit.end for other in edits):
            edits.append(edit)
            mended += group
    return Change(path, content, text.edited(edits), tuple(mended)) if edits else None


def _merged(findings: list[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """The kinds of repair with their findings, those of one place and name together."""
    groups: dict[tuple[int, int, str], list[Finding]] = {}
    for one in findings:
        groups.setdefault((one.line, one.column, one.fix.partition(":")[0]), []).append(one)
    for (_, _, name), group in sorted(groups.items(), key=lambda item: item[0]):
        arguments = sorted({argument for one in group if (argument := one.fix.partition(":")[2])})
        yield (f"{name}:{','.join(arguments)}" if arguments else name), group
