"""The story of the damage for people at a terminal: waves, a timeline, then the totals and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from integrity.incident.story import DELETED, OVERWRITTEN, REPAIRED, STANDING, Script, Story, Wave
from integrity.report import incident_words as words
from integrity.report.incident_timeline import DAMAGED, Bar, timeline
from integrity.report.layout import Pen, Style, hanging
from integrity.report.phrases import plural
from integrity.report.printable import printable

_WAVES_SHOWN = 20
_DEEDS_SHOWN = 5
_FATES_SHOWN = 4
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
    shown = [_wave(story, wave, width, pen) for wave in story.waves[:_WAVES_SHOWN]]
    sections = [
        *shown,
        _others(story),
        _plot(story, width, pen),
        _scripts(story, width, pen),
        _totals(story, width, pen),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _clean(story: Story, width: int, pen: Pen) -> list[str]:
    examined = f"{plural(story.examined, 'version')} examined"
    if story.unread:
        return [
            pen(Style.MEDIUM, f"No damage found: {examined}, {story.unread:,} could not be."),
            *_notes(story, width, pen),
        ]
    return [pen(Style.GOOD, f"No damage in this history: {examined}."), *_notes(story, width, pen)]


def _wave(story: Story, wave: Wave, width: int, pen: Pen) -> list[str]:
    title = f"{words.period(wave)}  {words.headline(wave)}"
    lines = [pen(Style.STRONG, line) for line in hanging(title, width)]
    for label, text in _facts(story, wave):
        first, *rest = hanging(printable(text), width - _LABEL - 2)
        lines.append(f"  {pen(Style.DIM, label.ljust(_LABEL))}{first}")
        lines += [" " * (_LABEL + 2) + line for line in rest]
    return lines


def _facts(story: Story, wave: Wave) -> Iterator[tuple[str, str]]:
    """What there is to say of a wave, with a label where the subject changes."""
    yield "by", words.people(wave)
    yield from _labelled("damage", _some([words.patterns([one]) for one in wave.patterns], _PATTERNS_SHOWN, "kind"))
    before = words.kinds(wave)
    if before:
        yield "before", before
    fates = [words.fate(story, *one) for one in wave.fates]
    yield from _labelled("since", _some(fates, _FATES_SHOWN, "outcome"))
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


def _others(story: Story) -> list[str]:
    """What is left out."""
    rest = story.waves[_WAVES_SHOWN:]
    if not rest:
        return []
    files = len({harm.path for wave in rest for harm in wave.harms})
    commits = sum(len(wave.deeds) for wave in rest)
    return [f"And {plural(len(rest), 'older event')}: {plural(commits, 'commit')} damaged {plural(files, 'file')}; "
            "see --output-format json."]  # fmt: skip


def _plot(story: Story, width: int, pen: Pen) -> list[str]:
    """One bar a period, one character a file or several."""
    bars = timeline(story)
    notes = [_counts(bar) for bar in bars]
    label = max(len(bar.label) for bar in bars)
    room = max(10, width - label - max(map(len, notes)) - 6)
    scale = max(1.0, max(bar.total for bar in bars) / room)
    legend = ", ".join(f"{sign} {series}" for series, (sign, _) in _SIGNS.items())
    unit = "one file" if scale == 1.0 else f"{scale:,.0f} files"
    lines = [pen(Style.STRONG, "Timeline") + pen(Style.DIM, f" (UTC; {legend}; a sign is about {unit})")]
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


def _scripts(story: Story, width: int, pen: Pen) -> list[str]:
    """Files that name a marker."""
    if not story.scripts:
        return []
    lines = [pen(Style.STRONG, "Files whose code or text names a marker of the damage")]
    for text in _some([_script(one) for one in story.scripts], _SCRIPTS_SHOWN, "file"):
        lines += [f"  {line}" for line in hanging(printable(text), width - 2)]
    return lines


def _script(script: Script) -> str:
    when = "before the damage: a likely culprit" if script.before else "after the damage"
    gone = "" if script.present else ", gone today"
    added = f", added by {words.short(script.added)} of {words.minute(script.added.time)}" if script.added else ""
    return f"{script.path}:{script.line} names `{script.marker}` since {when}{added}{gone}"


def _totals(story: Story, width: int, pen: Pen) -> list[str]:
    fates = Counter(harm.fate.end for harm in {harm.path: harm for harm in reversed(story.harms)}.values())
    title = f"{plural(story.files, 'file')} damaged by {plural(len(story.deeds), 'commit')}, {plural(story.tests_lost, 'live test')} lost"
    lines = [pen(Style.CRITICAL, title)]
    lines += [f"  {text}" for text in (
        ", ".join(f"{fates[end]:,} {name}" for end, name in _OUTCOMES.items() if fates[end]),
        f"{plural(story.examined, 'version')} examined" + (f", {story.unread:,} could not be" if story.unread else ""),
    )]  # fmt: skip
    if story.standing:
        lines.append(
            pen(
                Style.STRONG,
                f"Next: `integrity restore --dry-run` plans the return of {plural(len(story.standing), 'damaged file')}",
            )
        )
    return lines + _notes(story, width, pen)


_OUTCOMES = {
    STANDING: "still damaged",
    REPAIRED: "repaired",
    OVERWRITTEN: "overwritten without their tests",
    DELETED: "deleted",
}


def _notes(story: Story, width: int, pen: Pen) -> list[str]:
    return [pen(Style.DIM, line) for note in story.notes for line in hanging(f"Note: {printable(note)}", width)]
