"""The Reviewdog Diagnostic Format, which reviewdog turns into review comments on any forge.

Columns are left out: this format counts them in bytes of UTF-8, and findings count characters.
"""

from __future__ import annotations

from typing import Any

from integrity.model import Finding, Gap, Severity, Verdict
from integrity.report.ascii_json import dumps

_SEVERITIES = {
    Severity.CRITICAL: "ERROR",
    Severity.HIGH: "ERROR",
    Severity.MEDIUM: "WARNING",
    Severity.LOW: "INFO",
}


def render(verdict: Verdict) -> str:
    """Every gap and every finding as one diagnostic."""
    diagnostics = [*map(_gap, verdict.gaps), *map(_finding, verdict.findings)]
    return dumps({"source": {"name": "integrity"}, "diagnostics": diagnostics})


def _finding(finding: Finding) -> dict[str, Any]:
    related = [{"message": one.message, "location": _location(one.path, one.line, one.line)} for one in finding.related]
    return {
        "message": finding.message,
        "location": _location(finding.path, finding.line, finding.end_line),
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.code},
        **({"related_locations": related} if related else {}),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {"message": f"not checked: {gap.reason}", "location": {"path": gap.path}, "severity": "WARNING"}


def _location(path: str, first: int, last: int) -> dict[str, Any]:
    return {"path": path, "range": {"start": {"line": first}, "end": {"line": max(first, last)}}}
