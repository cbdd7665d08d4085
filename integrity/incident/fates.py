"""What became of damage: one pass over the changes, newest first, so that every change knows what followed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from integrity.git.log import Change
from integrity.incident.state import State
from integrity.incident.story import DELETED, OVERWRITTEN, REPAIRED, STANDING, UNKNOWN, Fate, Harm
from integrity.incident.survey import Survey
from integrity.snapshot.readers import Entry

_REGAINED = 0.5  # of the tests that the damage had taken: so many a repair must bring back


def told(survey: Survey, harms: Sequence[Harm]) -> list[Harm]:
    """The harms, each with its fate.

    Args:
        survey: the changes in question.
        harms: oldest first.
    """
    open_harms: dict[int, list[Harm]] = {}
    for harm in harms:
        open_harms.setdefault(harm.order, []).append(harm)
    stakes = _stakes(survey)
    fates = {entry: Fate(STANDING, path) for path, entry in survey.today.items()}
    done: list[Harm] = []
    for order, group in groupby(survey.changes, key=lambda one: one.order):
        changes = list(group)
        blobs = {change.path: change.new for change in changes}
        for harm in open_harms.get(order, ()):
            fate = fates.get(Entry(harm.path, blobs[harm.path]), Fate(UNKNOWN, harm.path))
            done.append(harm._replace(fate=fate))
        fates |= dict(_before(survey, changes, fates, stakes))
    return done


def _stakes(survey: Survey) -> dict[Entry, int]:
    """How many tests each damaged version keeps from running: those that were live before, or that its text names."""
    found: dict[Entry, int] = {}
    for change in reversed(survey.changes):
        after = survey.of(change.path, change.new)
        if after and (after.damaged or after.unread):
            before = survey.of(change.path, change.old) or State()
            known = found.get(Entry(change.path, change.old), 0)
            found[Entry(change.path, change.new)] = max(known, before.tests, after.lost)
    return found


def _before(
    survey: Survey, changes: Sequence[Change], fates: dict[Entry, Fate], stakes: dict[Entry, int]
) -> Iterator[tuple[Entry, Fate]]:
    """The fate of every damaged version that the changes of one commit replaced."""
    births = _Births(survey, changes)
    for change in changes:
        old, entry = survey.of(change.path, change.old), Entry(change.path, change.old)
        if old and (old.damaged or old.unread):
            heir = change if change.new else births.taken(change)
            yield entry, _fate(survey, change, heir, fates, max(stakes.get(entry, 0), old.lost))


class _Births:
    """The files that a commit brought, each of which at most one removed file can have become."""

    def __init__(self, survey: Survey, changes: Sequence[Change]) -> None:
        births = {change.path: change for change in changes if change.new and not change.old}
        self._by_blob: dict[str, list[Change]] = {}
        self._by_name: dict[str, Change] = {}
        self._taken: set[str] = set()
        for change in births.values():
            state = survey.of(change.path, change.new)
            if state and (state.damaged or state.unread):
                self._by_blob.setdefault(change.new, []).append(change)
                self._by_name[_name(change.path)] = change

    def taken(self, gone: Change) -> Change | None:
        """The file that a removed one became, None when it is simply gone: one of its name, or with its content."""
        namesake = self._by_name.get(_name(gone.path))
        same = self._by_blob.get(gone.old, [])
        while same and same[-1].path in self._taken:
            same.pop()
        found = next((one for one in (namesake, *same[-1:]) if one and one.path not in self._taken), None)
        if found:
            self._taken.add(found.path)
        return found


def _fate(survey: Survey, change: Change, heir: Change | None, fates: dict[Entry, Fate], stake: int) -> Fate:
    """What became of a damaged version.

    Args:
        survey: the states.
        change: what replaced or removed it.
        heir: what it became, None when it is gone.
        fates: what became of the versions that followed.
        stake: how many tests it kept from running.
    """
    after = survey.of(heir.path, heir.new) if heir else None
    if heir is None or after is None:
        return Fate(DELETED, change.path, change.order)
    if after.damaged or after.unread:
        return fates.get(Entry(heir.path, heir.new), Fate(UNKNOWN, heir.path))
    return Fate(REPAIRED if _regained(after, stake) else OVERWRITTEN, heir.path, change.order)


def _regained(after: State, stake: int) -> bool:
    """Whether a sound version gives back what the damage took."""
    return after.tests >= stake * _REGAINED


def _name(path: str) -> str:
    return path.rpartition("/")[2]
