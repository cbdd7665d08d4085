"""The healthy version of a damaged file, with what was honestly changed since the damage."""

from __future__ import annotations

from dataclasses import dataclass

from integrity.restore.mergejudge import Accept, Sides
from integrity.restore.testmerge import merge_tests
from integrity.restore.textmerge import merge_text


@dataclass(frozen=True)
class Merge:
    """The result of a merge.

    Attributes:
        text: the restored text, None when no clean one was found.
        level: how it was made: "plain" when nothing was changed since the damage, "text" by lines, "tests" by
            definitions.
        kept_edits: edits carried over: hunks on the level "text"; definitions, statements and imports on "tests".
        conflicts: what collides, at least 1 when there is no text.
        notes: what was kept, what was dropped and why, a line each.
    """

    text: str | None
    level: str
    kept_edits: int = 0
    conflicts: int = 0
    notes: tuple[str, ...] = ()


def merge(healthy: str, damaged: str, today: str, accept: Accept) -> Merge:
    """Restore a text and keep the honest edits made since it was damaged.

    Args:
        healthy: the version from history to return to.
        damaged: the version as the damage left it.
        today: the file now.
        accept: tells whether a text is sound: it parses and no rule finds damage in it. Asked seldom.

    Raises:
        GitError: git, which compares the texts, fails or is not installed.
    """
    if today == damaged:
        return Merge(healthy, "plain")
    sides = Sides(healthy, damaged, today)
    by_lines = merge_text(sides, accept)
    if by_lines.text is not None:
        return Merge(by_lines.text, "text", by_lines.kept, 0, tuple(by_lines.notes))
    by_tests = merge_tests(Sides(by_lines.healthy, damaged, today), accept)
    if by_tests.text is not None:
        return Merge(by_tests.text, "tests", by_lines.carried + by_tests.kept, 0, tuple(by_tests.notes))
    notes = (*by_lines.notes, *by_tests.notes)
    return Merge(None, "tests", 0, max(1, by_tests.conflicts), notes)
