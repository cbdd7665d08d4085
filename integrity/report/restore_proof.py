"""What a restore has done, for people: the gain, the way back, and a message for the commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from integrity.report.layout import Pen, Style, hanging
from integrity.report.phrases import percent, plural
from integrity.report.printable import printable
from integrity.report.restore_text import harm
from integrity.restore.plan import Item
from integrity.restore.proof import Gain
from integrity.restore.reasons import describe

_FAILURES_SHOWN = 10
_SUBJECTS_SHOWN = 5


def render(gain: Gain, backup: str, *, width: int, color: bool) -> str:
    """The gain, and how to undo it."""
    pen = Pen(color=color)
    rows = [
        pen(Style.GOOD, f"Restored {plural(gain.files, 'file')}."),
        f"  live tests       {gain.live[0]:,} -> {gain.live[1]:,}",
        f"  damaged files    {gain.damaged[0]:,} -> {gain.damaged[1]:,}",
        f"  do not parse     {gain.unparsable[0]:,} -> {gain.unparsable[1]:,}",
        f"  score            {percent(gain.score[0])} -> {percent(gain.score[1])}",
        *hanging(
            f"Everything as it was before is saved in {backup}; `integrity restore --undo` brings it back.", width
        ),
    ]
    return "\n".join(rows) + "\n"


def render_collected(files: int, failed: Mapping[str, str], *, width: int, color: bool) -> str:
    """Which restored files pytest collects."""
    pen = Pen(color=color)
    style = Style.MEDIUM if failed else Style.GOOD
    lines = [pen(style, f"{files - len(failed):,} of {plural(files, 'restored file')} can be collected.")]
    for path, why in list(failed.items())[:_FAILURES_SHOWN]:
        lines += [f"  {line}" for line in hanging(f"{printable(path)}: {printable(why)}", width - 2)]
    if len(failed) > _FAILURES_SHOWN:
        lines.append(f"  and {len(failed) - _FAILURES_SHOWN:,} more")
    return "\n".join(lines) + "\n"


def commit_message(items: Sequence[Item]) -> str:
    """A message for the commit that holds the restored files."""
    tests = sum(item.tests_after - item.tests_now for item in items)
    culprits = Counter(item.damaged_by for item in items if item.damaged_by)
    lines = [f"Restore {plural(len(items), f'{harm(items)} file')} from history, {plural(tests, 'test')} regained", ""]
    ranked = sorted(culprits.items(), key=lambda pair: (-pair[1], pair[0].id))
    for commit, files in ranked[:_SUBJECTS_SHOWN]:
        lines.append(f"{plural(files, 'file')} {harm(items)} by {describe(commit)}: {printable(commit.subject)}")
    if len(ranked) > _SUBJECTS_SHOWN:
        lines.append(f"and {plural(len(ranked) - _SUBJECTS_SHOWN, 'more commit')}")
    return "\n".join(lines) + "\n"
