"""The change that a restore would make to a file, as a unified diff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integrity.git.linediff import Hunk, hunks
from integrity.report.layout import Pen, Style
from integrity.report.printable import printable
from integrity.restore.plan import Item
from integrity.source import decode

_CONTEXT = 3  # lines around a change


def render(item: Item, *, color: bool) -> str:
    """The diff of one file, "" when nothing would be written."""
    if item.after is None:
        return ""
    pen = Pen(color=color)
    old, new = (_lines(content or b"") for content in (item.before, item.after))
    path = printable(item.path)
    lines = [pen(Style.STRONG, f"--- a/{path}"), pen(Style.STRONG, f"+++ b/{path}")]
    for group in _groups(hunks(old, new)):
        lines += _section(group, old, new, pen)
    return "\n".join(lines) + "\n"


def _lines(content: bytes) -> list[str]:
    text = decode(content).text
    return text.removesuffix("\n").split("\n") if text else []


def _groups(found: Sequence[Hunk]) -> Iterator[list[Hunk]]:
    """Hunks whose contexts touch, together."""
    group: list[Hunk] = []
    for hunk in found:
        if group and hunk.old_start - group[-1].old_end > 2 * _CONTEXT:
            yield group
            group = []
        group.append(hunk)
    if group:
        yield group


def _section(group: Sequence[Hunk], old: Sequence[str], new: Sequence[str], pen: Pen) -> Iterator[str]:
    first, last = group[0], group[-1]
    start, end = max(0, first.old_start - _CONTEXT), min(len(old), last.old_end + _CONTEXT)
    before, after = first.old_start - start, end - last.old_end
    added = last.new_end - first.new_start + before + after
    yield pen(Style.LOW, f"@@ -{start + 1},{end - start} +{first.new_start - before + 1},{added} @@")
    place = start
    for hunk in group:
        yield from (f" {printable(line)}" for line in old[place : hunk.old_start])
        yield from (pen(Style.HIGH, f"-{printable(line)}") for line in old[hunk.old_start : hunk.old_end])
        yield from (pen(Style.GOOD, f"+{printable(line)}") for line in new[hunk.new_start : hunk.new_end])
        place = hunk.old_end
    yield from (f" {printable(line)}" for line in old[place:end])
