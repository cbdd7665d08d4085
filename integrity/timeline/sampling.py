"""Which commits of a history to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timezone

from integrity.git.log import Commit

POINTS = 30


def sampled(line: Sequence[Commit], every: str) -> list[Commit]:
    """The chosen commits of a first-parent line, oldest first; the newest is always among them.

    Args:
        line: newest first, not empty.
        every: "week" for the last commit of each calendar week (UTC), or a number N for every N-th counted back from
            the newest.
    """
    if every == "week":
        last: dict[tuple[int, int], Commit] = {}
        for commit in line:
            last.setdefault(_week(commit), commit)
        chosen: Iterable[Commit] = last.values()
    else:
        chosen = line[:: int(every)]
    return list(chosen)[::-1]


def usual(line: Sequence[Commit]) -> str:
    """Every N-th commit, so that there are about as many points as a screen shows."""
    return str(max(1, -(-len(line) // POINTS)))


def _week(commit: Commit) -> tuple[int, int]:
    year, week, _ = datetime.fromtimestamp(commit.time, timezone.utc).isocalendar()
    return year, week
