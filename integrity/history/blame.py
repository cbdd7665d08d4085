"""Which commit brought a damage in: the history of one content, followed back through its predecessors."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from integrity.git.log import Change, Log
from integrity.history.lineage import origin
from integrity.snapshot.readers import Entry

Damaged = Callable[[Entry], bool | None]


def culprit(log: Log, today: Entry, damaged: Damaged) -> Change | None:
    """The change that turned a sound content into a damaged one, or brought the file damaged as it was.

    Args:
        log: the history.
        today: the damaged content, as some commit holds it.
        damaged: whether a content bears the damage in question, None where nobody can tell, as of a missing object.

    Returns:
        None when no commit in the history holds that content.
    """
    found = None
    for change, before in _predecessors(log, today, damaged):
        if damaged(Entry(change.path, change.new)):
            found = change
        if before is None or damaged(before) is False:
            break
    return found


def _predecessors(log: Log, today: Entry, damaged: Damaged) -> Iterator[tuple[Change, Entry | None]]:
    """The changes that led to a content, newest first, each with the content before it; moves are followed."""
    current, since = today, -1
    while True:
        made = [one for one in log.changes(current.path) if one.new == current.blob and one.order > since]
        if not made:
            return
        sides = [one for one in made if one.order == made[0].order]
        change = next((one for one in sides if one.old and damaged(Entry(one.path, one.old)) is not False), sides[0])
        source = None if change.old else origin(log, change)
        if source:
            current, since = Entry(source.path, source.new), source.order - 1
            continue
        before = Entry(change.path, change.old) if change.old else None
        yield change, before
        if before is None:
            return
        current, since = before, change.order
