"""The score over time in the terminal: two sparklines, a table, and the commits where something was lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone

from integrity.report import phrases
from integrity.report.layout import Pen, Style, cells, pad, wrap
from integrity.report.printable import printable
from integrity.timeline.points import Fall, Point, Timeline, value

_BARS = "▁▂▃▄▅▆▇█"
_SHORT = 9
_WIDTHS = (_SHORT, 9, 6, 7, 7, 6)
_SPAN = 5.0  # points of the score, or per cent of the live tests
_BIG_LOSS = 0.1  # of the score's points, or of the live tests: coloured


def render(timeline: Timeline, *, width: int, color: bool) -> str:
    """The history as lines of text, each ending in a line feed.

    Args:
        timeline: what to show.
        width: columns of the terminal.
        color: whether to use colours.
    """
    pen = Pen(color=color)
    lines = [*_sparklines(timeline, width, pen), "", *_table(timeline.points, width, pen)]
    lines += ["", *_falls(timeline.falls, width, pen)] if timeline.falls else ["", "Neither figure ever fell."]
    return "\n".join([*lines, "", *_closing(timeline, width)]) + "\n"


def spark(values: Sequence[float], span: float) -> str:
    """A bar for each value between the lowest and the highest of them.

    Args:
        values: in order of time.
        span: the least difference that the scale stands for, so that noise does not look like a cliff.
    """
    high = max(values)
    low = min(*values, high - span)
    steps = len(_BARS) - 1
    return "".join(_BARS[round((one - low) / (high - low) * steps)] if high > low else _BARS[-1] for one in values)


def day(point: Point) -> str:
    """The date of a commit, in UTC."""
    return datetime.fromtimestamp(point.commit.time, timezone.utc).strftime("%Y-%m-%d")


def _sparklines(timeline: Timeline, width: int, pen: Pen) -> Iterator[str]:
    scored = [point for point in timeline.points if point.score]
    shown = scored[-max(1, width - 48) :]
    for name, kind, spelt in (("score", "score", phrases.percent), ("live tests", "tests", "{:,.0f}".format)):
        values = [value(point, kind) for point in shown]
        least = _SPAN if kind == "score" else max(values) * _SPAN / 100
        span = f"{spelt(values[0])} to {spelt(values[-1])}, lowest {spelt(min(values))}"
        yield f"{name:<11} {pen(Style.STRONG, spark(values, least))}  {span}"


def _table(points: Sequence[Point], width: int, pen: Pen) -> Iterator[str]:
    head = _columns("date", "commit", "score", "change", "live", "change", "files")
    yield pen(Style.DIM, f"{head}  what")
    room = max(10, width - cells(head) - 2)
    previous: Point | None = None
    for point in points:
        yield _row(point, previous, room, pen)
        previous = point if point.score else previous


def _columns(*texts: str) -> str:
    date, *figures = texts
    return "  ".join([f"{date:<10}", *(f"{text:>{width}}" for text, width in zip(figures, _WIDTHS, strict=True))])


def _row(point: Point, previous: Point | None, room: int, pen: Pen) -> str:
    commit = point.commit.id[:_SHORT]
    if not point.score:
        return pen(Style.DIM, f"{day(point)}  {commit}  not scored: {printable(point.reason)}")
    changes = [change(point, previous, kind) for kind in ("score", "tests")]
    shown = f"{phrases.percent(point.score.overall)} {point.score.grade}"
    tests = f"{point.score.tests.live:,}"
    figures = _columns(day(point), commit, shown, changes[0], tests, changes[1], f"{point.files:,}")
    gaps = f"[{phrases.plural(point.gaps, 'gap')}] " if point.gaps else ""
    what = ", ".join(point.labels) or point.commit.subject
    line = f"{figures}  {_cut(gaps + printable(what), room)}"
    return pen(Style.HIGH, line) if previous and serious(Fall("score", previous, point)) else line


def change(point: Point, previous: Point | None, kind: str) -> str:
    """By how much a figure differs from that of an earlier commit, "" where it does not to the digit shown."""
    if previous is None:
        return ""
    difference = value(point, kind) - value(previous, kind)
    text = f"{difference:+.1f}" if kind == "score" else f"{difference:+,.0f}"
    return "" if text.strip("+-") in ("0", "0.0") else text


def serious(fall: Fall) -> bool:
    """Whether a commit lost a tenth of the score's hundred points, or of the live tests."""
    tests = value(fall.before, "tests") - value(fall.after, "tests")
    return fall.loss >= 100 * _BIG_LOSS or tests > _BIG_LOSS * value(fall.before, "tests")


def _falls(falls: Sequence[Fall], width: int, pen: Pen) -> Iterator[str]:
    yield pen(Style.STRONG, "Where most was lost, traced to one commit of the first-parent line")
    for fall in falls:
        commit = fall.after.commit
        lost, before, after = loss(fall)
        start = f"  {pad(lost, 20)}  {day(fall.after)}  {commit.id[:_SHORT]}  {before} to {after}  "
        yield start + _cut(printable(commit.subject), max(10, width - cells(start)))


def loss(fall: Fall) -> tuple[str, str, str]:
    """What was lost, and the figure before and after, as in "score -1.2 points", "98.7 %", "97.5 %"."""
    if fall.kind == "score":
        before, after = (phrases.percent(value(one, "score")) for one in (fall.before, fall.after))
        return f"score -{fall.loss:.1f} points", before, after
    before, after = (f"{value(one, 'tests'):,.0f}" for one in (fall.before, fall.after))
    return f"-{phrases.plural(int(fall.loss), 'live test')}", before, after


def spacing(timeline: Timeline) -> str:
    """How the commits were chosen, in words."""
    named = {"week": "the last of each week", "tag": "every tag", "1": "all"}
    return named.get(timeline.every, f"one in {timeline.every}")


def _closing(timeline: Timeline, width: int) -> Iterator[str]:
    for sentence in _sentences(timeline):
        yield from wrap(sentence, width)


def _sentences(timeline: Timeline) -> Iterator[str]:
    work = timeline.work
    yield (
        f"{phrases.plural(len(timeline.points), 'commit')} shown ({spacing(timeline)}); "
        f"the first-parent line has {timeline.line:,}."
    )
    if not timeline.whole:
        yield (
            f"{phrases.plural(work.versions, 'file')} in {phrases.plural(work.commits, 'commit')} judged: "
            f"{work.distinct:,} different ones, {work.parsed:,} of them parsed now."
        )
        yield (
            "Each file was judged on its own, by today's rules and configuration; --whole adds what only the whole "
            "repository tells (imports, cycles, which tests are collected), as `integrity score` does."
        )
    yield "Next: `integrity incident` names the damage, `integrity scan --rev COMMIT` lists a commit's findings."


def _cut(text: str, room: int) -> str:
    return text if cells(text) <= room else text[: room - 1].rstrip() + "…"
