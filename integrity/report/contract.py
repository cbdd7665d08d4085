r"""The JSON that scripts rely on: keys, their order and their meaning are a promise.

The text is pure ASCII, so that no terminal, pipe or locale can spoil it. A byte of a file name that is not UTF-8 is
written as a backslash, `x` and two hexadecimal digits (the Latin-1 name caf\xe9.py is `"caf\\xe9.py"`), because strict
parsers refuse lone surrogates.
"""

from __future__ import annotations

from typing import Any

import msgspec

import integrity
from integrity.model import Finding, Verdict
from integrity.report.ascii_json import dumps
from integrity.report.counts import by_rule, by_severity

VERSION = 1


def render(verdict: Verdict, command: str = "scan") -> str:
    """The verdict as indented JSON with a line feed at the end; equal verdicts give equal bytes.

    Args:
        verdict: what to report.
        command: the command that was run.
    """
    return dumps(_document(verdict, command))


def _document(verdict: Verdict, command: str) -> dict[str, Any]:
    return {
        "version": VERSION,
        "tool": {"name": "integrity", "version": integrity.__version__},
        "command": command,
        "snapshot": msgspec.to_builtins(verdict.snapshot),
        "findings": [_described(finding) for finding in verdict.findings],
        "gaps": msgspec.to_builtins(verdict.gaps),
        "summary": _summary(verdict),
        "score": msgspec.to_builtins(verdict.score),
        "census": msgspec.to_builtins(verdict.census),
    }


def _summary(verdict: Verdict) -> dict[str, Any]:
    return {
        "by_code": {rule.code: rule.findings for rule in by_rule(verdict)},
        "by_severity": {severity.value: number for severity, number in by_severity(verdict.findings).items()},
        "suppressed": verdict.suppressed,
        "baselined": sum(verdict.baselined.values()),
    }


def _described(finding: Finding) -> dict[str, Any]:
    described: dict[str, Any] = msgspec.to_builtins(finding)
    del described["anchor"], described["fix"]
    return described
