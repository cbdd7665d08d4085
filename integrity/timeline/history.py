"""Puts a timeline together: chooses the commits, measures them, and finds where something fell."""

from __future__ import annotations

from integrity.engine import Scan
from integrity.errors import TargetError
from integrity.git.line import commits, first_parents, tags
from integrity.git.log import Commit
from integrity.git.repository import Repository
from integrity.timeline.falls import falls
from integrity.timeline.gauge import Gauge
from integrity.timeline.points import Timeline
from integrity.timeline.sampling import sampled, usual


def history(scan: Scan, repository: Repository, *, since: str = "", every: str = "", whole: bool = False) -> Timeline:
    """The timeline that ends at the revision of a scan.

    Args:
        scan: of the newest commit; its cache must be open.
        repository: where the history lies.
        since: the id of the oldest commit, "" for the whole history.
        every: "week", "tag", a number, or "" for as many commits as a screen shows.
        whole: whether to scan every commit as a whole, imports included.

    Raises:
        TargetError: there is no commit to judge, or no tag although tags are asked for.
        GitError: git cannot read the history.
    """
    tip = scan.snapshot.revision or repository.resolve("HEAD")
    line = _line(repository, since, tip)
    labels = tags(repository, tip)
    if every == "tag" and not labels:
        raise TargetError(f"no tag leads to {tip[:12]}; take --every week, or leave it out")
    spacing = every or usual(line)
    chosen = _tagged(repository, labels, tip, since) if spacing == "tag" else sampled(line, spacing)
    if since and chosen[0].id != since:
        chosen.insert(0, line[-1])
    gauge = Gauge(scan, repository, labels, whole)
    points = tuple(gauge.points(chosen))
    if not any(point.score for point in points):
        raise TargetError(f"no commit of the history of {tip[:12]} holds Python code that can be scored")
    found = tuple(falls(gauge, points))
    return Timeline(tip, spacing, len(line), points, found, gauge.work, whole)


def _line(repository: Repository, since: str, tip: str) -> list[Commit]:
    """The commits of the first-parent line, newest first, down to the oldest one that is asked for.

    Raises:
        TargetError: there is none between the two.
    """
    line = first_parents(repository, tip, since)
    if since and not line and since != tip:
        raise TargetError(
            f"no commit lies between {since[:12]} and {tip[:12]}; write the older one first, as in OLD..NEW"
        )
    return line + (commits(repository, [since]) if since else [])


def _tagged(repository: Repository, labels: dict[str, list[str]], tip: str, since: str) -> list[Commit]:
    """The tagged commits by date, and the newest one; those that `since` holds already are left out."""
    left_out = tags(repository, since) if since else {}
    chosen = commits(repository, sorted({tip, *labels} - set(left_out)))
    return sorted(chosen, key=lambda commit: (commit.id == tip, commit.time, commit.id))
