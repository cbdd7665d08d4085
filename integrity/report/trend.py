"""A history as the coordinates of a small line chart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from integrity.report.options import Point
from integrity.report.phrases import percent

WIDTH, HEIGHT = 640, 140
_PAD = 6
_SPAN = 5.0  # points of the score, or per cent of the live tests: less fills no chart, lest noise look like a cliff


@dataclass(frozen=True)
class Chart:
    """One line.

    Attributes:
        title: what it shows.
        line: the `points` of an SVG polyline in a box of `WIDTH` by `HEIGHT`.
        dots: x, y and the text of every point.
        low: the least value.
        high: the greatest value, which is at the top.
        last: the newest value, as text.
        first_label: of the oldest point.
        last_label: of the newest point.
    """

    title: str
    line: str
    dots: tuple[tuple[str, str, str], ...]
    low: str
    high: str
    last: str
    first_label: str
    last_label: str


def charts(points: Sequence[Point]) -> list[Chart]:
    """The score and the number of live tests over time; nothing for fewer than two points."""
    if len(points) < 2:  # noqa: PLR2004 - a line needs two
        return []
    live = [float(point.live) for point in points]
    return [
        _chart("Score", points, [point.overall for point in points], percent, _SPAN),
        _chart("Live tests", points, live, "{:,.0f}".format, max(live) * _SPAN / 100),
    ]


def _chart(
    title: str, points: Sequence[Point], values: Sequence[float], shown: Callable[[float], str], span: float
) -> Chart:
    low, high = min(values), max(values)
    bottom = max(0.0, min(low, high - span))
    places = [_place(number, value, len(values), bottom, high) for number, value in enumerate(values)]
    dots = [
        (x, y, f"{point.label}: {shown(value)}") for (x, y), point, value in zip(places, points, values, strict=True)
    ]
    return Chart(
        title,
        " ".join(f"{x},{y}" for x, y in places),
        tuple(dots),
        shown(low),
        shown(high),
        shown(values[-1]),
        points[0].label,
        points[-1].label,
    )


def _place(number: int, value: float, count: int, low: float, high: float) -> tuple[str, str]:
    x = _PAD + (WIDTH - 2 * _PAD) * number / (count - 1)
    share = (value - low) / (high - low) if high > low else 0.5
    return f"{x:.1f}", f"{HEIGHT - _PAD - (HEIGHT - 2 * _PAD) * share:.1f}"
