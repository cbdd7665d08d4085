"""What several reports count in a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from integrity.model import Finding, Severity, Verdict


class RuleCount(msgspec.Struct, frozen=True):
    """The findings of one rule.

    Attributes:
        code: the rule's code.
        name: its kebab-case name.
        findings: how many there are.
        files: in how many files.
        severities: number of findings by severity, most serious first, present ones only.
        restorable: whether any of them can be restored from git history.
    """

    code: str
    name: str
    findings: int
    files: int
    severities: dict[Severity, int]
    restorable: bool

    @property
    def family(self) -> str:
        """The letters of the code."""
        return self.code.rstrip("0123456789")

    @property
    def worst(self) -> Severity:
        """The most serious severity among the findings."""
        return next(iter(self.severities))


class FileCount(msgspec.Struct, frozen=True):
    """The findings of one file, and their number by severity, most serious first, present ones only."""

    path: str
    findings: tuple[Finding, ...]
    severities: dict[Severity, int]

    @property
    def order(self) -> tuple[int, str]:
        """The file with the most serious finding first, then by path."""
        return (next(iter(self.severities)).rank, self.path)

    @property
    def damage(self) -> tuple[list[int], str]:
        """The most damaged file first: most critical findings, then most high ones, and so on; then by path."""
        return ([-self.severities.get(severity, 0) for severity in Severity], self.path)


def by_severity(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Number of findings by severity, most serious first, present ones only."""
    found = Counter(finding.severity for finding in findings)
    return {severity: found[severity] for severity in Severity if severity in found}


def by_rule(verdict: Verdict) -> list[RuleCount]:
    """The findings of each rule, in order of code."""
    return [_rule_count(code, found) for code, found in sorted(_grouped(verdict, "code").items())]


def by_file(verdict: Verdict) -> list[FileCount]:
    """The findings of each file that has any, in order of path."""
    groups = sorted(_grouped(verdict, "path").items())
    return [FileCount(path, tuple(found), by_severity(found)) for path, found in groups]


def most_serious_first(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in order of severity, then in their total order."""
    return sorted(findings, key=lambda finding: (finding.severity.rank, finding.order))


def _grouped(verdict: Verdict, attribute: str) -> dict[str, list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for finding in verdict.findings:
        groups.setdefault(getattr(finding, attribute), []).append(finding)
    return groups


def _rule_count(code: str, found: list[Finding]) -> RuleCount:
    files = len({finding.path for finding in found})
    restorable = any(finding.restorable for finding in found)
    return RuleCount(code, found[0].name, len(found), files, by_severity(found), restorable)
