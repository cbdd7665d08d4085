"""One line a finding, `path:line:col: CODE [*] message`, for editors, grep and people in a hurry."""

from __future__ import annotations

from integrity.model import Finding, Gap, Verdict
from integrity.report.phrases import footer
from integrity.report.printable import printable


def render(verdict: Verdict) -> str:
    """Findings in their order, then gaps, then one line of totals; `[*]` marks what can be restored."""
    findings = [_finding(finding) for finding in verdict.findings]
    gaps = [_gap(gap) for gap in verdict.gaps]
    return "\n".join([*findings, *gaps, footer(verdict)]) + "\n"


def _finding(finding: Finding) -> str:
    mark = " [*]" if finding.restorable else ""
    place = f"{printable(finding.path)}:{finding.line}:{finding.column}"
    return f"{place}: {printable(finding.code)}{mark} {printable(finding.message)}"


def _gap(gap: Gap) -> str:
    return f"{printable(gap.path)}: gap: {printable(gap.reason)}"
