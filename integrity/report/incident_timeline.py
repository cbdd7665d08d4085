"""How much was damaged and how much of it ended when: the numbers behind the timelines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from integrity.incident.story import DELETED, OVERWRITTEN, REPAIRED, Story

DAMAGED = "damaged"
SERIES = (DAMAGED, REPAIRED, OVERWRITTEN, DELETED)
_LATEST = 253_402_300_799  # the end of the year 9999; seconds since 1970
_MOST = 40  # periods; beyond that a plot does not fit on a screen


class Bar(NamedTuple):
    """One period.

    Attributes:
        label: its first day, or its month or year, as in "2025-09-06", "2025-09", "2025".
        counts: number of files by series, without zeros.
    """

    label: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """The number of files in all series."""
        return sum(self.counts.values())


def timeline(story: Story) -> list[Bar]:
    """The periods in which anything happened, oldest first: days where they fit, else weeks, months, or years."""
    events = _events(story)
    labels = [{label(time) for time, _, _ in events} for label in _LABELS]
    choice = next((place for place, found in enumerate(labels) if len(found) <= _MOST), len(_LABELS) - 1)
    counted: dict[str, dict[str, set[str]]] = {}
    for time, series, path in events:
        counted.setdefault(_LABELS[choice](time), {}).setdefault(series, set()).add(path)
    return [Bar(label, _numbers(paths)) for label, paths in sorted(counted.items())]


def _numbers(paths: dict[str, set[str]]) -> dict[str, int]:
    return {name: len(paths[name]) for name in SERIES if name in paths}


def _events(story: Story) -> list[tuple[int, str, str]]:
    """Time, series and path of every damage, and of the end of each stretch of it."""
    began = [(story.commits[harm.order].time, DAMAGED, harm.path) for harm in story.harms]
    ended = {harm.fate for harm in story.harms if harm.fate.order >= 0}
    return began + [(story.commits[fate.order].time, fate.end, fate.path) for fate in ended]


def within(time: float) -> float:
    """The time, or the latest one that a date can tell: a commit may claim any."""
    return min(time, _LATEST)


def _day(time: int) -> str:
    return _moment(time).strftime("%Y-%m-%d")


def _week(time: int) -> str:
    moment = _moment(time)
    return (moment - timedelta(days=moment.weekday())).strftime("%Y-%m-%d")


def _month(time: int) -> str:
    return _moment(time).strftime("%Y-%m")


def _year(time: int) -> str:
    return _moment(time).strftime("%Y")


def _moment(time: int) -> datetime:
    return datetime.fromtimestamp(within(time), timezone.utc)


_LABELS: tuple[Callable[[int], str], ...] = (_day, _week, _month, _year)
