"""Which commits brought damage into which files: one pass over the changes, oldest first."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from integrity.git.log import Change, Log
from integrity.incident.state import State
from integrity.incident.story import BROUGHT, REWROTE, SPREAD, Harm
from integrity.incident.survey import Survey

_SOUND = State()
_LETTERS = re.compile(r"[^\W\d_]")
_DISTINCT = 5  # letters; a shorter marker, such as `#` or `TODO`, stands in files that have no part in it
_END_OF_PYTHON_2 = 1_587_340_800  # 2020-04-20, when its last version was released; seconds since 1970


@dataclass(frozen=True)
class _Scene:
    """One commit.

    Attributes:
        order: its place in the log.
        sides: its changes by path, one a parent that differs.
        parents: how many it has.
    """

    order: int
    sides: dict[str, list[Change]]
    parents: int

    def own(self) -> Iterator[tuple[str, list[Change]]]:
        """The paths to which the commit itself gave their content; a merge that took over a parent's did not."""
        return ((path, sides) for path, sides in self.sides.items() if len(sides) >= max(1, self.parents))

    @cached_property
    def removed(self) -> frozenset[str]:
        """The blobs of the files that went away."""
        return frozenset(side.old for sides in self.sides.values() for side in sides if not side.new)

    @cached_property
    def gone(self) -> dict[str, Change]:
        """A file that went away, by its name without folders."""
        return {_name(path): sides[0] for path, sides in self.sides.items() if not sides[0].new}


def harms(log: Log, survey: Survey) -> list[Harm]:
    """What each commit did to each file, oldest first; the fates are left open.

    Args:
        log: the history.
        survey: the changes in question and the states of what they made and replaced.
    """
    found: list[Harm] = []
    last: dict[str, State] = {}
    for scene in _scenes(log, survey.changes):
        found += _done(log, survey, scene, last)
        last |= {
            path: state
            for path, sides in scene.sides.items()
            if (state := survey.of(path, sides[0].new)) and not state.unread
        }
    return found


def _scenes(log: Log, changes: Sequence[Change]) -> Iterator[_Scene]:
    """The commits that changed anything, oldest first."""
    for order, group in groupby(reversed(changes), key=lambda one: one.order):
        sides: dict[str, list[Change]] = {}
        for change in group:
            sides.setdefault(change.path, []).append(change)
        yield _Scene(order, dict(sorted(sides.items())), len(log.commits[order].parents))


def _done(log: Log, survey: Survey, scene: _Scene, last: dict[str, State]) -> Iterator[Harm]:
    """The damage of one commit; `last` holds the last readable state of each path."""
    for path, sides in scene.own():
        after = survey.of(path, sides[0].new)
        if after is None or not after.damaged:
            continue
        if any(side.old for side in sides):
            before = [_before(survey, side, last) for side in sides]
            harm = _changed(scene.order, path, before, after)
        else:
            harm = _born(log, survey, scene, sides[0], after)
        if harm and not _was_python_2(log, harm):
            yield harm


def _was_python_2(log: Log, harm: Harm) -> bool:
    """Whether nothing was damaged when it was done, because Python 2 reads the text."""
    return log.commits[harm.order].time < _END_OF_PYTHON_2 and all(one.python_2 for one in harm.patterns)


def _before(survey: Survey, side: Change, last: dict[str, State]) -> State:
    """The state that a change replaced; where that version cannot be read, the last one that could."""
    state = survey.of(side.path, side.old)
    return last.get(side.path, _SOUND) if state and state.unread else state or _SOUND


def _changed(order: int, path: str, before: Sequence[State], after: State) -> Harm | None:
    """What became of a file that was there, None when nothing is worse than before."""
    known = frozenset[str]().union(*(state.codes for state in before))
    fresh = tuple(pattern for pattern in after.patterns if pattern.code not in known)
    tests = max(state.tests for state in before)
    regained = after.tests - tests > after.lost
    if not fresh or (known and regained):
        return None
    return Harm(order, path, REWROTE if known else BROUGHT, fresh, "", tests, after.tests, after.lost)


def _born(log: Log, survey: Survey, scene: _Scene, birth: Change, after: State) -> Harm | None:
    """What a file means that is damaged from its first version on: nothing new when it was moved, or else a copy."""
    gone = scene.gone.get(_name(birth.path))
    before = (survey.of(gone.path, gone.old) if gone else None) or _SOUND
    if birth.new in scene.removed or before.codes >= after.codes:
        return None  # moved, perhaps edited on the way
    holder = None if gone else _holder(log, birth)
    kind = SPREAD if holder else BROUGHT
    origin = holder.path if holder else ""
    return Harm(scene.order, birth.path, kind, after.patterns, origin, before.tests, after.tests, after.lost)


def _holder(log: Log, birth: Change) -> Change | None:
    """The newest change before a birth that had its content."""
    holders = log.holders(birth.new)
    place = bisect_right(holders, birth.order, key=lambda one: one.order)
    return holders[place] if place < len(holders) else None


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def markers(found: Sequence[Harm]) -> dict[str, int]:
    """Each marker that can be looked for, with the place in the log of the oldest commit that wrote it."""
    oldest: dict[str, int] = {}
    for harm in found:
        for pattern in harm.patterns:
            if len(_LETTERS.findall(pattern.marker)) >= _DISTINCT and pattern.marker.isprintable():
                oldest[pattern.marker] = max(harm.order, oldest.get(pattern.marker, -1))
    return oldest
