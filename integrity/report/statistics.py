"""Findings counted by rule, the most frequent first."""

from __future__ import annotations

from integrity.model import Verdict
from integrity.report.counts import RuleCount, by_rule
from integrity.report.phrases import footer, plural, severities
from integrity.report.printable import printable


def render(verdict: Verdict) -> str:
    """One line a rule (count, code, name, severities, files), then one line of totals."""
    rules = sorted(by_rule(verdict), key=lambda rule: (-rule.findings, rule.code))
    rows = [_cells(rule) for rule in rules]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([*lines, footer(verdict)]) + "\n"


def _cells(rule: RuleCount) -> tuple[str, ...]:
    severity = severities(rule.severities) if len(rule.severities) > 1 else rule.worst.value
    count, files = f"{rule.findings:,}", f"in {plural(rule.files, 'file')}"
    return (count, printable(rule.code), printable(rule.name), severity, files)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    count, *rest = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
    return "  ".join([count.strip().rjust(widths[0]), *rest]).rstrip()
