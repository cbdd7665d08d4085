"""Rules as SARIF describes them: help, default level, tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from integrity.model import Severity, Verdict
from integrity.registry.declaration import LoadedRule
from integrity.registry.documentation import explain
from integrity.score import group_of

LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_PROBLEMS = {"error": "error", "warning": "warning", "note": "recommendation"}
_DESCRIPTION = 1_024  # characters, GitHub's limit


class Described(msgspec.Struct, frozen=True):
    """What a report says of a rule.

    Attributes:
        code: of the rule.
        name: its kebab-case name.
        severity: of its findings, unless a finding says otherwise.
        summary: what it finds, in a line.
        documentation: its text, "" when the rule is not installed.
        markdown: everything a user should know, as Markdown.
        restorable: whether what it finds can be brought back from history.
        enabled: whether it runs without being asked for.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    documentation: str = ""
    markdown: str = ""
    restorable: bool = False
    enabled: bool = True


def describe(loaded: LoadedRule) -> Described:
    """What reports say of an installed rule."""
    rule = loaded.rule
    return Described(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        summary=loaded.summary,
        documentation=loaded.documentation,
        markdown=explain(loaded),
        restorable=rule.restorable,
        enabled=rule.enabled,
    )


def described(verdict: Verdict, rules: Sequence[Described]) -> list[Described]:
    """The rules and, from findings, those that are not among them; in order of code."""
    known = {
        finding.code: Described(finding.code, finding.name, finding.severity, finding.name)
        for finding in reversed(verdict.findings)
    }
    known |= {rule.code: rule for rule in rules}
    return [known[code] for code in sorted(known)]


def rule_object(rule: Described) -> dict[str, Any]:
    """A rule as a `reportingDescriptor`."""
    level = LEVELS[rule.severity]
    help_text = {"text": rule.documentation or rule.summary, "markdown": rule.markdown or rule.summary}
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": _shortened(rule.documentation or rule.summary)},
        "help": help_text,
        "defaultConfiguration": {"level": level, "enabled": rule.enabled},
        "properties": {"tags": _tags(rule), "problem.severity": _PROBLEMS[level]},
    }


def _tags(rule: Described) -> list[str]:
    tags = ["test-integrity", group_of(rule.code), rule.code[:3], "restorable" if rule.restorable else ""]
    return [tag for tag in tags if tag]


def _shortened(text: str) -> str:
    return text if len(text) <= _DESCRIPTION else text[: _DESCRIPTION - 3] + "..."
