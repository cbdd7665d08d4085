"""GitLab's Code Quality report: a JSON array that merge requests show (https://docs.gitlab.com/ci/testing/code_quality/)."""

from __future__ import annotations

import hashlib
from typing import Any

from integrity.model import Finding, Gap, Severity, Verdict
from integrity.report.ascii_json import dumps

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
}


def render(verdict: Verdict) -> str:
    """Every gap and every finding as one entry; "[]" when there is nothing to say."""
    return dumps([*map(_gap, verdict.gaps), *map(_finding, verdict.findings)])


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "description": f"{finding.code}: {finding.message}",
        "check_name": finding.name,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": finding.path,
            "lines": {"begin": finding.line, "end": max(finding.line, finding.end_line)},
        },
    }


def _gap(gap: Gap) -> dict[str, Any]:
    """A gap, which is no defect but must not be missed; its identity is its path and its reason."""
    identity = f"gap\0{gap.path}\0{gap.reason}".encode("utf-8", "surrogatepass")
    return {
        "description": f"Not checked: {gap.reason}",
        "check_name": "not-checked",
        "fingerprint": hashlib.sha256(identity).hexdigest()[:32],
        "severity": "major",
        "location": {"path": gap.path, "lines": {"begin": 1}},
    }
