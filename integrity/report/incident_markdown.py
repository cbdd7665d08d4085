"""The story of the damage in Markdown, to paste into a post-mortem: totals, a timeline as SVG, then every event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from integrity.incident.story import Script, Story, Wave
from integrity.report import incident_words as words
from integrity.report.incident_svg import svg
from integrity.report.incident_timeline import Bar, timeline
from integrity.report.phrases import plural
from integrity.report.printable import printable

_MARKUP = re.compile(r"[\\`*_\[\]<>|~$&#!@]|:(?=//|[\w+-]+:)|\bw(?=ww\.)")
_FILES_SHOWN = 25
_COMMITS_SHOWN = 50
_CELL = 300  # characters


def render(story: Story) -> str:
    """The whole story; foreign text in it is printable, on one line, and never Markdown or HTML."""
    parts = ["# Damage in the history of this repository\n", _summary(story)]
    if story.waves:
        shown = words.largest(story)
        parts += ["## Timeline\n", *_timeline(story), "## Events\n", *(_wave(story, wave) for wave in shown)]
        parts += _others([wave for wave in story.waves if wave not in shown])
    if story.scripts:
        parts += ["## Files that name a marker of the damage\n", _scripts(story.scripts)]
    return "\n".join(parts)


def _summary(story: Story) -> str:
    lines = [
        f"Commit: {_code(story.head)}" + (f", commits since {_plain(story.since)}" if story.since else ""),
        *(_plain(line) for line in words.totals(story)),
        *(_plain(note) for note in story.notes),
    ]
    return "".join(f"- {line}\n" for line in lines)


def _timeline(story: Story) -> Iterator[str]:
    """The numbers, and the picture folded away: not every reader of Markdown draws SVG."""
    bars = timeline(story)
    yield _table(("Period (UTC)", "Files"), map(_period, bars))
    yield f"<details><summary>The timeline as a picture</summary>\n\n{svg(bars)}\n</details>\n"


def _others(waves: Sequence[Wave]) -> Iterator[str]:
    """The smaller events, one line each."""
    if not waves:
        return
    rows = (
        (
            _plain(words.period(wave)),
            _plain(words.headline(wave)),
            _plain(wave.last.author),
            _code(words.short(wave.last)),
        )
        for wave in waves
    )
    yield "### Smaller events\n"
    yield _table(("When (UTC)", "What", "Author", "Newest commit"), rows)


def _period(bar: Bar) -> tuple[str, str]:
    return bar.label, ", ".join(f"{files:,} {series}" for series, files in bar.counts.items())


def _wave(story: Story, wave: Wave) -> str:
    facts = [
        ("By", words.people(wave)),
        ("Damage", words.patterns(wave.patterns)),
        ("Before", words.kinds(wave)),
        *(("Since", words.outcome(story, one)) for one in wave.outcomes),
        ("Stood", words.stood(story, wave)),
    ]
    listed = "".join(f"- {label}: {_plain(text)}\n" for label, text in facts if text)
    head = f"### {_plain(words.period(wave))} UTC: {_plain(words.headline(wave))}\n"
    return "\n".join([head, listed, _commits(wave), _files(story, wave)])


def _commits(wave: Wave) -> str:
    rows = (
        (
            _code(words.short(deed.commit)),
            words.minute(deed.commit.time),
            _plain(deed.commit.author),
            _plain(", ".join(deed.tools)),
            f"{len(deed.harms):,}",
            f"{deed.tests_lost:,}",
            _plain(deed.commit.subject),
        )
        for deed in wave.deeds[:_COMMITS_SHOWN]
    )
    head = ("Commit", "Date (UTC)", "Author", "Tools named", "Files", "Tests lost", "Subject")
    return _table(head, rows) + _rest(len(wave.deeds) - _COMMITS_SHOWN, "commit")


def _files(story: Story, wave: Wave) -> str:
    harms = sorted(wave.harms, key=lambda one: (one.path, one.order))
    rows = (
        (
            _code(harm.path),
            _code(words.short(story.commits[harm.order])),
            f"{harm.tests_before} -> {harm.tests_after}",
            harm.fate.end,
        )
        for harm in harms[:_FILES_SHOWN]
    )
    table = _table(("File", "Commit", "Live tests", "Since"), rows)
    rest = _rest(len(harms) - _FILES_SHOWN, "file")
    return f"<details><summary>{plural(wave.files, 'file')}</summary>\n\n{table}{rest}\n</details>\n"


def _rest(more: int, noun: str) -> str:
    return f"\nand {plural(more, f'more {noun}')}; `--output-format json` lists all.\n" if more > 0 else ""


def _scripts(scripts: Sequence[Script]) -> str:
    return "".join(f"- {_plain(words.script(one))}\n" for one in scripts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _plain(text: str) -> str:
    """Foreign text as plain text: printable, on one line, of bounded length, no Markdown or HTML in it."""
    short = text if len(text) <= _CELL else text[: _CELL - 3] + "..."
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", printable(short))


def _code(text: str) -> str:
    """Foreign text in the font for code, likewise."""
    return f"<code>{_plain(text)}</code>"
