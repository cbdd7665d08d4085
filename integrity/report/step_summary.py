"""The page that GitHub Actions shows for a step: the whole verdict as a table in GitHub's Markdown."""

from __future__ import annotations

import re

from integrity.model import Finding, Gap, Verdict
from integrity.report.counts import most_serious_first
from integrity.report.phrases import census, headline, plural, score
from integrity.report.printable import printable

LIMIT = 1_000_000  # bytes; GitHub refuses a summary of more than 1 MiB as a whole
_CELL = 1_000  # characters
_RESERVE = 1_000  # bytes for table heads and for the lines that say how many rows are left out
_NOTES = 20
_MARKUP = re.compile(r"[\\`*_\[\]<>|~$&#]")
_FINDINGS_HEAD = "| Severity | Code | Place | Message |\n| --- | --- | --- | --- |\n"
_GAPS_HEAD = "| Not checked | Reason |\n| --- | --- |\n"


def step_summary(verdict: Verdict) -> str:
    """The verdict as Markdown: totals, gaps, and findings (most serious first), in under a million bytes."""
    room = LIMIT - _RESERVE
    parts = [_head(verdict)]
    for title, rows in _tables(verdict):
        used = sum(len(part.encode()) for part in parts)
        parts.append(_table(title, rows, room - used))
    return "\n".join(parts)


def _tables(verdict: Verdict) -> list[tuple[str, list[str]]]:
    gaps = [_gap(gap) for gap in verdict.gaps]
    findings = [_finding(finding) for finding in most_serious_first(verdict.findings)]
    return [(head, rows) for head, rows in ((_GAPS_HEAD, gaps), (_FINDINGS_HEAD, findings)) if rows]


def _head(verdict: Verdict) -> str:
    remarks = [f"- {_cell(note)}\n" for note in verdict.notes[:_NOTES]]
    totals = f"{_cell(headline(verdict))}\n\nTests: {census(verdict.score.tests)}\n"
    return f"## integrity: {_cell(score(verdict.score))}\n\n{totals}" + "".join(["\n", *remarks] if remarks else [])


def _table(head: str, rows: list[str], room: int) -> str:
    """As many rows as fit into `room` bytes, and a line about the others."""
    kept, used = [], len(head)
    for row in rows:
        used += len(row.encode())
        if used > room:
            break
        kept.append(row)
    more = len(rows) - len(kept)
    remainder = f"\n{plural(more, 'row')} left out: the table would be too large for GitHub.\n" if more else ""
    return "".join([head, *kept, remainder])


def _finding(finding: Finding) -> str:
    place = f"{finding.path}:{finding.line}:{finding.column}"
    cells = (finding.severity.value, finding.code, place, finding.message)
    return f"| {' | '.join(_cell(cell) for cell in cells)} |\n"


def _gap(gap: Gap) -> str:
    return f"| {_cell(gap.path)} | {_cell(gap.reason)} |\n"


def _cell(text: str) -> str:
    """Foreign text as plain text of a table cell: printable, on one line, of bounded length, no Markdown in it."""
    short = text if len(text) <= _CELL else text[: _CELL - 3] + "..."
    return _MARKUP.sub(r"\\\g<0>", printable(short))
