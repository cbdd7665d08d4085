"""The score over time as one self-contained page: two charts, the commits where most was lost, and a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import integrity
from integrity.report import phrases
from integrity.report.history_text import change, day, loss, serious, spacing
from integrity.report.html import constant, policy
from integrity.report.options import Point as Mark
from integrity.report.printable import printable
from integrity.report.templating import Markup, template
from integrity.report.trend import charts
from integrity.timeline.points import Fall, Point, Timeline, value

_SHORT = 9


class _Row(NamedTuple):
    """A commit as the page shows it; `figures` is empty where it could not be scored."""

    date: str
    commit: str
    what: str
    figures: tuple[str, ...]
    files: str
    gaps: str
    reason: str
    serious: bool


class _Loss(NamedTuple):
    """A fall as the page shows it."""

    lost: str
    date: str
    commit: str
    before: str
    after: str
    author: str
    subject: str


def render(timeline: Timeline, project: str = "") -> str:
    """The page; equal timelines give equal bytes.

    Args:
        timeline: what to show.
        project: the name of the repository, for the heading.
    """
    style = constant("report.css")
    scored = [point for point in timeline.points if point.score]
    return template("history.html").render(
        version=integrity.__version__,
        project=printable(project),
        style=Markup(style),
        policy=policy(style),
        first=_named(scored[0]),
        last=_named(scored[-1]),
        shown=phrases.plural(len(timeline.points), "commit"),
        spacing=spacing(timeline),
        line=timeline.line,
        whole=timeline.whole,
        charts=charts([_mark(point) for point in scored]),
        losses=[_loss(fall) for fall in timeline.falls],
        rows=list(_rows(timeline.points)),
        work=timeline.work,
    )


def _mark(point: Point) -> Mark:
    return Mark(_name(point), value(point, "score"), int(value(point, "tests")))


def _name(point: Point) -> str:
    """The day, and the tags or the commit."""
    return f"{day(point)} {printable(', '.join(point.labels)) or point.commit.id[:_SHORT]}"


def _named(point: Point) -> dict[str, str]:
    score = point.score
    assert score is not None  # noqa: S101 - only scored points are named
    return {"name": _name(point), "score": phrases.score(score), "tests": phrases.census(score.tests)}


def _rows(points: Sequence[Point]) -> Iterator[_Row]:
    """The newest commit last, each compared with the one before it that has a score."""
    previous: Point | None = None
    for point in points:
        yield _row(point, previous)
        previous = point if point.score else previous


def _row(point: Point, previous: Point | None) -> _Row:
    figures: tuple[str, ...] = ()
    if point.score:
        tests = point.score.tests
        numbers = (tests.hollow, tests.disabled, tests.lost)
        figures = (
            phrases.score(point.score),
            change(point, previous, "score"),
            f"{tests.live:,}",
            change(point, previous, "tests"),
            *(f"{number:,}" if number else "" for number in numbers),
        )
    return _Row(
        day(point),
        point.commit.id[:_SHORT],
        printable(", ".join(point.labels) or point.commit.subject),
        figures,
        f"{point.files:,}",
        f"{point.gaps:,}" if point.gaps else "",
        printable(point.reason),
        bool(point.score and previous and serious(Fall("score", previous, point))),
    )


def _loss(fall: Fall) -> _Loss:
    lost, before, after = loss(fall)
    commit = fall.after.commit
    return _Loss(
        lost, day(fall.after), commit.id[:_SHORT], before, after, printable(commit.author), printable(commit.subject)
    )
