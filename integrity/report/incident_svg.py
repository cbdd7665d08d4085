"""The timeline of an incident as a picture: plain SVG without scripts, styles or links, so that it can be embedded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from integrity.incident.story import DELETED, OVERWRITTEN, REPAIRED
from integrity.report.incident_timeline import DAMAGED, SERIES, Bar
from integrity.report.printable import printable

_COLORS = {DAMAGED: "#c62828", REPAIRED: "#2e7d32", OVERWRITTEN: "#ef8f00", DELETED: "#757575"}
_ROW, _BAR, _LABEL, _PLOT, _NOTE = 18, 12, 90, 420, 290  # pixels
_TOP = 28


def svg(bars: Sequence[Bar]) -> str:
    """One row a period, one piece a series; the numbers stand beside the bars, so that colour is not needed."""
    width, height = _LABEL + _PLOT + _NOTE, _TOP + _ROW * len(bars) + 6
    scale = _PLOT / max((bar.total for bar in bars), default=1)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'role="img" font-family="sans-serif" font-size="11">'
    )
    title = "<title>Files damaged, repaired, overwritten and deleted over time</title>"
    rows = (line for place, bar in enumerate(bars) for line in _row(bar, _TOP + place * _ROW, scale))
    return "\n".join([head, title, *_legend(), *rows, "</svg>"]) + "\n"


def _legend() -> Iterator[str]:
    for place, series in enumerate(SERIES):
        left = _LABEL + place * 100
        yield f'<rect x="{left}" y="6" width="10" height="10" fill="{_COLORS[series]}"/>'
        yield _text(left + 14, 15, series)


def _row(bar: Bar, top: int, scale: float) -> Iterator[str]:
    baseline = top + 10
    yield _text(0, baseline, bar.label)
    left = float(_LABEL)
    for series, files in bar.counts.items():
        size = max(1.0, files * scale)
        yield f'<rect x="{left:.1f}" y="{top}" width="{size:.1f}" height="{_BAR}" fill="{_COLORS[series]}"/>'
        left += size
    yield _text(int(left) + 6, baseline, ", ".join(f"{files:,} {series}" for series, files in bar.counts.items()))


def _text(left: int, baseline: int, text: str) -> str:
    return f'<text x="{left}" y="{baseline}" fill="#333333">{escape(printable(text))}</text>'
