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
    stakes = _stakes(survey, harms)
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


def _stakes(survey: Survey, harms: Sequence[Harm]) -> dict[str, int]:
    """How many tests the damage of a path took, by its path, at most."""
    found: dict[str, int] = {}
    for harm in harms:
        found[harm.path] = max(found.get(harm.path, 0), harm.tests_before, harm.named)
    return found


def _before(
    survey: Survey, changes: Sequence[Change], fates: dict[Entry, Fate], stakes: dict[str, int]
) -> Iterator[tuple[Entry, Fate]]:
    """The fate of every damaged version that the changes of one commit replaced."""
    arrived = {change.new: change for change in changes if change.new and not change.old}
    named = {_name(change.path): change for change in arrived.values()}
    for change in changes:
        old = survey.of(change.path, change.old)
        if old is None or not (old.damaged or old.unread):
            continue
        heir = change if change.new else _moved(survey, change, arrived, named)
        yield Entry(change.path, change.old), _fate(survey, change, heir, fates, stakes)


def _moved(survey: Survey, gone: Change, arrived: dict[str, Change], named: dict[str, Change]) -> Change | None:
    """The file that a removed one became, None when it is simply gone."""
    namesake = named.get(_name(gone.path))
    state = survey.of(namesake.path, namesake.new) if namesake else None
    return arrived.get(gone.old) or (namesake if state and state.damaged else None)


def _fate(
    survey: Survey, change: Change, heir: Change | None, fates: dict[Entry, Fate], stakes: dict[str, int]
) -> Fate:
    after = survey.of(heir.path, heir.new) if heir else None
    if heir is None or after is None:
        return Fate(DELETED, change.path, change.order)
    if after.damaged or after.unread:
        return fates.get(Entry(heir.path, heir.new), Fate(UNKNOWN, heir.path))
    stake = max(stakes.get(change.path, 0), _lost(survey, change))
    return Fate(REPAIRED if _regained(after, stake) else OVERWRITTEN, heir.path, change.order)


def _lost(survey: Survey, change: Change) -> int:
    state: State | None = survey.of(change.path, change.old)
    return state.lost if state else 0


def _regained(after: State, stake: int) -> bool:
    """Whether a sound version gives back what the damage took."""
    return after.tests >= stake * _REGAINED


def _name(path: str) -> str:
    return path.rpartition("/")[2]
