"""Finds the commits at which the score or the number of live tests fell most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from integrity.git.line import commits, first_parents
from integrity.timeline.gauge import Gauge
from integrity.timeline.points import Fall, Point

KINDS = ("score", "tests")
_EACH = 3


def falls(gauge: Gauge, points: Sequence[Point]) -> Iterator[Fall]:
    """For the score and for the live tests, the greatest falls between neighbours, traced to one commit each.

    Args:
        gauge: measures the commits in between.
        points: the chosen ones, oldest first.
    """
    scored = [point for point in points if point.score]
    for kind in KINDS:
        between = [Fall(kind, before, after) for before, after in pairwise(scored)]
        greatest = sorted((fall for fall in between if fall.loss > 0), key=lambda fall: -fall.loss)[:_EACH]
        yield from sorted(_traced(gauge, greatest), key=lambda fall: -fall.loss)


def _traced(gauge: Gauge, found: Iterable[Fall]) -> list[Fall]:
    """Each fall narrowed down to one commit; one that turns out to be no fall is left out."""
    traced = [_narrowed(gauge, fall) for fall in found]
    return list({fall.after.commit.id: fall for fall in traced if fall.loss > 0}.values())


def _narrowed(gauge: Gauge, fall: Fall) -> Fall:
    """Halve the line between two commits, and go on in the half where more is lost, until it holds one commit."""
    line = first_parents(gauge.repository, fall.after.commit.id, fall.before.commit.id)[::-1]
    parent = line[0].parents[:1] if line else ()
    if parent and parent[0] != fall.before.commit.id:  # a tag beside the line is no predecessor of anything on it
        fall = Fall(fall.kind, gauge.points(commits(gauge.repository, parent))[0], fall.after)
    while len(line) > 1:
        middle = (len(line) - 1) // 2
        point = gauge.points([line[middle]])[0]
        if not point.score:
            del line[middle]
            continue
        older, newer = Fall(fall.kind, fall.before, point), Fall(fall.kind, point, fall.after)
        if older.loss >= newer.loss:
            fall, line = older, line[: middle + 1]
        else:
            fall, line = newer, line[middle + 1 :]
    return fall
