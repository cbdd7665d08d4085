"""A comparison as JSON: the contract of `scan` without a score, with both sides and what became of the tests."""

from __future__ import annotations

from typing import Any

import msgspec

import integrity
from integrity.diff.compare import Comparison
from integrity.model import Finding
from integrity.report.ascii_json import dumps
from integrity.report.contract import VERSION
from integrity.report.counts import by_rule, by_severity


def render(comparison: Comparison) -> str:
    """The comparison as indented JSON with a line feed at the end; equal comparisons give equal bytes."""
    verdict, tests = comparison.verdict, comparison.tests
    return dumps(
        {
            "version": VERSION,
            "tool": {"name": "integrity", "version": integrity.__version__},
            "command": "diff",
            "base": msgspec.to_builtins(comparison.before),
            "snapshot": msgspec.to_builtins(comparison.after),
            "tests": tests._asdict(),
            "findings": [_finding(finding) for finding in verdict.findings],
            "gaps": msgspec.to_builtins(verdict.gaps),
            "summary": {
                "by_code": {rule.code: rule.findings for rule in by_rule(verdict)},
                "by_severity": {one.value: number for one, number in by_severity(verdict.findings).items()},
                "suppressed": verdict.suppressed,
                "baselined": sum(verdict.baselined.values()),
                "files": comparison.files,
            },
        }
    )


def _finding(finding: Finding) -> dict[str, Any]:
    """A finding with `before`, `after` and `why`, which are empty where the rule is not about changes."""
    empty = {"before": "", "after": "", "why": ""}
    document: dict[str, Any] = msgspec.to_builtins(finding)
    return {**document, **{key: document.get(key, value) for key, value in empty.items()}}
