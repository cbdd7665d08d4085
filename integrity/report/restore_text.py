"""A restore plan for people at a terminal: what each file returns to and why, then the totals and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from integrity.git.log import Commit
from integrity.model import Severity
from integrity.report.layout import SEVERITY_STYLES, Pen, Style, hanging
from integrity.report.phrases import plural
from integrity.report.printable import printable
from integrity.report.steps import listed
from integrity.restore.plan import MERGE, RESTORE, SKIP, UNRESTORABLE, Item, Plan, Source
from integrity.restore.reasons import describe

_LABELS = {RESTORE: Style.GOOD, MERGE: Style.GOOD, SKIP: Style.MEDIUM, UNRESTORABLE: Style.HIGH}
_ACTION = max(map(len, _LABELS)) + 2
_DAY = 86_400  # seconds
_UNRESOLVED_SHOWN = 3
_CULPRITS_SHOWN = 3
_NOTES_SHOWN = 5


def render(plan: Plan, *, width: int = 100, color: bool = False) -> str:
    """The whole plan; foreign text in it is printable and on one line.

    Args:
        plan: what would be done.
        width: columns to wrap at.
        color: whether to write ANSI colours.
    """
    pen = Pen(color=color)
    sections = [*(_item(item, width, pen) for item in plan.items), _totals(plan, width, pen)]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def next_steps(plan: Plan, *, diff: bool, width: int = 100, color: bool = False) -> str:
    """What to do after a plan that was only shown; "" when there is nothing to do.

    Args:
        plan: what would be done.
        diff: whether every change was shown as well.
        width: columns to wrap at.
        color: whether to write ANSI colours.
    """
    if not plan.doable:
        return ""
    writes = f"asks, saves what will change, then writes {plural(len(plan.doable), 'file')}"
    steps = [("the same without --dry-run", writes)]
    steps += [] if diff else [("the same with --diff", "shows every change")]
    return "\n" + "\n".join(listed(steps, width, Pen(color=color))) + "\n"


def harm(items: Sequence[Item]) -> str:
    """What befell the files of a plan, which never mixes the two: "damaged" or "deleted"."""
    return "damaged" if any(item.damage for item in items) else "deleted"


def _item(item: Item, width: int, pen: Pen) -> list[str]:
    lines = [pen(Style.STRONG, printable(item.path))]
    margin = " " * (2 + _ACTION)
    first, *rest = [line for text in _facts(item) for line in hanging(printable(text), width - len(margin))]
    label = pen(_LABELS[item.action], item.action)
    lines.append(f"  {label}{' ' * (_ACTION - len(item.action))}{first}")
    return lines + [margin + pen(Style.DIM, line) for line in rest]


def _facts(item: Item) -> Iterator[str]:
    """What there is to say of a file, one fact a line, the most important first."""
    if item.doable:
        yield _gain(item)
    else:
        yield item.reason
    yield _damage(item)
    if item.source:
        yield _origin(item, item.source)
    yield from item.notes
    for line in item.unresolved[:_UNRESOLVED_SHOWN]:
        yield f"does not resolve today: {line}"
    more = len(item.unresolved) - _UNRESOLVED_SHOWN
    if more > 0:
        yield f"and {plural(more, 'more import')} that do not resolve today (json lists all)"


def _gain(item: Item) -> str:
    parts = [f"tests {item.tests_now:,} -> {item.tests_after:,}", f"lines {item.lines_now:,} -> {item.lines_after:,}"]
    if item.kept_edits:
        parts.append(f"{plural(item.kept_edits, 'later edit')} kept")
    return ", ".join(parts)


def _damage(item: Item) -> str:
    what = ", ".join(f"{code} {name}" for code, name in dict.fromkeys((one.code, one.name) for one in item.damage))
    by = f"by {_told(item.damaged_by)}" if item.damaged_by else "not committed yet"
    text = f"damage: {what}, {by}" if what else f"deleted, {by}"
    return text + (f"; already broken since {describe(item.broken_by)}" if item.broken_by else "")


def _told(commit: Commit) -> str:
    return f'{describe(commit)} ({commit.author}) "{commit.subject}"'


def _origin(item: Item, source: Source) -> str:
    place = f" at {source.path}" if source.path != item.path else ""
    days = _days(source, item.damaged_by)
    age = f", {plural(days, 'day')} before the damage" if days else ""
    why = f"; {item.reason}" if item.doable else ""
    return f'source: {describe(source.commit)}{place} "{source.commit.subject}"{age}{why}'


def _days(source: Source, damaged_by: Commit | None) -> int:
    return max(0, (damaged_by.time - source.commit.time) // _DAY) if damaged_by else 0


def _totals(plan: Plan, width: int, pen: Pen) -> list[str]:
    notes = [pen(Style.DIM, line) for note in _notes(plan) for line in hanging(f"Note: {printable(note)}", width)]
    if not plan.items:
        return [pen(Style.GOOD, f"Nothing to restore{'' if notes else ': no damaged file here'}."), *notes]
    counts = Counter(item.action for item in plan.items)
    title = f"{len(plan.doable):,} of {plural(len(plan.items), 'file')} can be restored"
    title += f": {plural(plan.tests_regained, 'test')} regained" if plan.doable else ""
    lines = [pen(Style.GOOD if plan.doable else SEVERITY_STYLES[Severity.HIGH], title)]
    lines += [f"  {action:<{_ACTION}}{plural(counts[action], 'file')}" for action in _LABELS if counts[action]]
    lines += _culprits(plan.items, width)
    unresolved = sum(1 for item in plan.doable if item.unresolved)
    if unresolved:
        lines.append(f"  {plural(unresolved, 'restored file')} will import what does not exist today, as listed above")
    return lines + notes


def _notes(plan: Plan) -> Iterator[str]:
    """The first notes, and how many more there are."""
    yield from plan.notes[:_NOTES_SHOWN]
    more = len(plan.notes) - _NOTES_SHOWN
    if more > 0:
        yield f"{plural(more, 'more note')} (json lists all)"


def _culprits(items: Sequence[Item], width: int) -> Iterator[str]:
    """The commits that did most of the damage."""
    counted = Counter(item.damaged_by for item in items if item.damaged_by)
    ranked: Sequence[tuple[Commit, int]] = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0].id))
    done = harm(items)
    for commit, files in ranked[:_CULPRITS_SHOWN]:
        text = f"{plural(files, 'file')} {done} by {printable(_told(commit))}"
        yield from (f"  {line}" for line in hanging(text, width - 2))
    if len(ranked) > _CULPRITS_SHOWN:
        yield f"  and {plural(len(ranked) - _CULPRITS_SHOWN, 'more commit')}; `integrity incident` lists all"
