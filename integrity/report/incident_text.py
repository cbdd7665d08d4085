"""The story of the damage for people at a terminal: waves, a timeline, then the totals and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integrity.incident.story import DELETED, OVERWRITTEN, REPAIRED, Story, Wave
from integrity.report import incident_words as words
from integrity.report.incident_timeline import DAMAGED, Bar, timeline
from integrity.report.layout import Pen, Style, hanging
from integrity.report.phrases import plural
from integrity.report.printable import printable
from integrity.report.steps import mended

_DEEDS_SHOWN = 5
_PATTERNS_SHOWN = 4
_SCRIPTS_SHOWN = 10
_PATHS_SHOWN = 3
_SIGNS = {
    DAMAGED: ("#", Style.HIGH),
    REPAIRED: ("+", Style.GOOD),
    OVERWRITTEN: ("o", Style.MEDIUM),
    DELETED: ("-", Style.DIM),
}
_LABEL = 10  # columns
_NARROW = 12  # columns; a shorter bar shows nothing


def render(story: Story, *, width: int = 100, color: bool = False) -> str:
    """The whole story; foreign text in it is printable and on one line.

    Args:
        story: what is told.
        width: columns to wrap at.
        color: whether to write ANSI colours.
    """
    pen = Pen(color=color)
    if not story.waves:
        return "\n".join(_clean(story, width, pen)) + "\n"
    largest = words.largest(story)
    shown = [_wave(story, wave, width, pen) for wave in largest]
    sections = [
        *shown,
        _others(story, largest, width),
        _plot(story, width, pen),
        _scripts(story, width, pen),
        _totals(story, width, pen),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _clean(story: Story, width: int, pen: Pen) -> list[str]:
    title, *rest = words.totals(story)
    lines = [pen(Style.MEDIUM if story.unread else Style.GOOD, title), *(f"  {printable(text)}" for text in rest)]
    return lines + _notes(story, width, pen)


def _wave(story: Story, wave: Wave, width: int, pen: Pen) -> list[str]:
    title = f"{words.period(wave)}  {words.headline(wave)}"
    lines = [pen(Style.STRONG, line) for line in hanging(title, width)]
    for label, text in _facts(story, wave):
        first, *rest = hanging(printable(text), width - _LABEL - 2)
        lines.append(f"  {pen(Style.DIM, label)}{' ' * (_LABEL - len(label))}{first}")
        lines += [" " * (_LABEL + 2) + line for line in rest]
    return lines


def _facts(story: Story, wave: Wave) -> Iterator[tuple[str, str]]:
    """What there is to say of a wave, with a label where the subject changes."""
    yield "by", words.people(wave)
    yield from _labelled("damage", _some([words.patterns([one]) for one in wave.patterns], _PATTERNS_SHOWN, "kind"))
    before = words.kinds(wave)
    if before:
        yield "before", before
    yield from _labelled("since", [words.outcome(story, one) for one in wave.outcomes])
    stood = words.stood(story, wave)
    if stood:
        yield "stood", stood
    yield from _labelled("commits", _some([words.deed_line(deed) for deed in wave.deeds], _DEEDS_SHOWN, "commit"))
    yield from _labelled("files", _some(sorted({harm.path for harm in wave.harms}), _PATHS_SHOWN, "file"))


def _labelled(label: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The lines, the label at the first."""
    for number, line in enumerate(lines):
        yield ("" if number else label), line


def _some(lines: Sequence[str], most: int, noun: str) -> list[str]:
    """The first lines, and how many more there are; one more is shown rather than announced."""
    if len(lines) <= most + 1:
        return list(lines)
    return [*lines[:most], f"and {plural(len(lines) - most, f'more {noun}')} (json lists all)"]


def _others(story: Story, shown: Sequence[Wave], width: int) -> list[str]:
    """What is left out."""
    rest = [wave for wave in story.waves if wave not in shown]
    if not rest:
        return []
    files = len({harm.path for wave in rest for harm in wave.harms})
    commits = sum(len(wave.deeds) for wave in rest)
    text = f"{plural(len(rest), 'smaller event')}: {plural(commits, 'commit')} damaged {plural(files, 'file')}"
    return hanging(f"And {text} (json lists all)", width)


def _plot(story: Story, width: int, pen: Pen) -> list[str]:
    """One bar a period, one sign a file or several."""
    bars = timeline(story)
    label = max(len(bar.label) for bar in bars)
    space = width - label - 6
    notes = [_counts(bar) for bar in bars]
    if space - max(map(len, notes)) < _NARROW:
        notes = [_signed(bar) for bar in bars]
    room = max(_NARROW, space - max(map(len, notes)))
    scale = max(1.0, max(bar.total for bar in bars) / (room - len(_SIGNS)))
    legend = ", ".join(f"{sign} {series}" for series, (sign, _) in _SIGNS.items())
    lines = [
        pen(Style.STRONG, "Timeline"),
        *(pen(Style.DIM, line) for line in hanging(f"{legend} (days in UTC)", width)),
    ]
    for bar, note in zip(bars, notes, strict=True):
        drawn, length = _drawn(bar, scale, pen)
        lines.append(f"  {bar.label.ljust(label)}  {drawn}{' ' * max(0, room - length)}  {pen(Style.DIM, note)}")
    return lines


def _drawn(bar: Bar, scale: float, pen: Pen) -> tuple[str, int]:
    """The bar and its length; whatever happened at all is at least one sign long."""
    parts = [(series, max(1, round(files / scale))) for series, files in bar.counts.items()]
    return "".join(pen(_SIGNS[series][1], _SIGNS[series][0] * size) for series, size in parts), sum(
        size for _, size in parts
    )


def _counts(bar: Bar) -> str:
    return ", ".join(f"{files:,} {series}" for series, files in bar.counts.items())


def _signed(bar: Bar) -> str:
    """The same in fewer columns."""
    return " ".join(f"{files:,}{_SIGNS[series][0]}" for series, files in bar.counts.items())


def _scripts(story: Story, width: int, pen: Pen) -> list[str]:
    """Files that name a marker."""
    if not story.scripts:
        return []
    lines = [pen(Style.STRONG, "Files that name a marker of the damage")]
    for text in _some([words.script(one) for one in story.scripts], _SCRIPTS_SHOWN, "file"):
        lines += [f"  {line}" for line in hanging(printable(text), width - 2)]
    return lines


def _totals(story: Story, width: int, pen: Pen) -> list[str]:
    title, *rest = words.totals(story)
    lines = [pen(Style.CRITICAL if story.standing else Style.MEDIUM, title)]
    lines += [f"  {line}" for text in rest for line in hanging(printable(text), width - 2)]
    if story.standing:
        advice = f"Next: `integrity restore --dry-run` shows {mended(len(story.standing))}"
        lines += [pen(Style.STRONG, line) for line in hanging(advice, width)]
    return lines + _notes(story, width, pen)


def _notes(story: Story, width: int, pen: Pen) -> list[str]:
    return [pen(Style.DIM, line) for note in story.notes for line in hanging(f"Note: {printable(note)}", width)]
