"""Which commits brought damage in: the history of one content, followed back through its predecessors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from integrity.git.log import Change, Log
from integrity.history.lineage import origin
from integrity.snapshot.readers import Entry

Damaged = Callable[[Entry], bool | None]


class Step(NamedTuple):
    """One commit on the way to a content.

    Attributes:
        change: what it did.
        before: the content it found, None when it brought the file.
    """

    change: Change
    before: Entry | None

    @property
    def after(self) -> Entry:
        """The content it left."""
        return Entry(self.change.path, self.change.new)


def decline(log: Log, today: Entry, damaged: Damaged) -> list[Step]:
    """The commits through which a content has been damaged without a break, newest first.

    Args:
        log: the history.
        today: the damaged content, as some commit holds it.
        damaged: whether a content is damaged, None where nobody can tell, as of a missing object.

    Returns:
        Down to the step that found a sound content, or to the last known damaged one; empty when no commit in the
        history holds `today`.
    """
    steps: list[Step] = []
    known = 0
    for step in _steps(log, today, damaged):
        steps.append(step)
        if damaged(step.after):
            known = len(steps)
        if step.before is None or damaged(step.before) is False:
            break
    return steps[:known]


def culprit(steps: list[Step], damaged: Damaged) -> Change | None:
    """The newest of these steps that brought in the damage in question, None when none did."""
    found = None
    for step in steps:
        if damaged(step.after):
            found = step.change
        if step.before is None or damaged(step.before) is False:
            break
    return found


def _steps(log: Log, today: Entry, damaged: Damaged) -> Iterator[Step]:
    """The commits that led to a content, newest first; moves are followed."""
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
        yield Step(change, before)
        if before is None:
            return
        current, since = before, change.order
