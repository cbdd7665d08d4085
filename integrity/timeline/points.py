"""The values of a timeline; plain data for any report."""

from __future__ import annotations

from dataclasses import dataclass, field

from integrity.git.log import Commit
from integrity.model import Score


@dataclass(frozen=True)
class Point:
    """One commit and what was measured at it.

    Attributes:
        commit: the commit.
        labels: the tags on it.
        files: number of Python files.
        score: None where it could not be scored.
        gaps: number of files of it that could not be checked; each counts against the score.
        reason: why there is no score, "" when there is one.
    """

    commit: Commit
    labels: tuple[str, ...] = ()
    files: int = 0
    score: Score | None = None
    gaps: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Fall:
    """A commit at which a figure is lower than at its predecessor on the line.

    Attributes:
        kind: "score" or "tests".
        before: the commit before it on the line.
        after: the commit itself.
    """

    kind: str
    before: Point
    after: Point

    @property
    def loss(self) -> float:
        """By how much it fell: points of the score, or live tests."""
        return value(self.before, self.kind) - value(self.after, self.kind)


@dataclass(frozen=True)
class Work:
    """What a timeline has cost.

    Attributes:
        commits: number of commits that were judged, those between two chosen ones included.
        versions: number of files, summed over those commits.
        distinct: number of different files (path and content) among them.
        parsed: number of contents that had to be parsed, because no earlier run had.
    """

    commits: int
    versions: int
    distinct: int
    parsed: int


@dataclass(frozen=True)
class Timeline:
    """A history.

    Attributes:
        tip: the newest commit.
        every: how the commits were chosen: "week", "tag" or a number.
        line: number of commits on the first-parent line.
        points: the chosen commits, oldest first.
        falls: where the score and the number of live tests fell most, the greatest loss of each first.
        work: what it has cost.
        whole: whether rules about the whole repository, such as those about imports, have a part in it.
    """

    tip: str
    every: str
    line: int
    points: tuple[Point, ...]
    falls: tuple[Fall, ...] = ()
    work: Work = field(default_factory=lambda: Work(0, 0, 0, 0))
    whole: bool = False


def value(point: Point, kind: str) -> float:
    """The score or the number of live tests of a point that has a score."""
    if point.score is None:
        return 0.0
    return point.score.overall if kind == "score" else float(point.score.tests.live)
