r"""The JSON that scripts rely on: keys, their order and their meaning are a promise.

The text is pure ASCII, so that no terminal, pipe or locale can spoil it. A byte of a file name that is not UTF-8 is
written as a backslash, `x` and two hexadecimal digits (the Latin-1 name caf\xe9.py is `"caf\\xe9.py"`), because strict
parsers refuse lone surrogates.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

import integrity
from integrity.model import Verdict
from integrity.report.counts import by_rule, by_severity
from integrity.report.printable import escape

VERSION = 1
_NOT_ASCII = re.compile(r"[^ -~]")
_FIRST_SURROGATE, _LAST_SURROGATE = "\ud800", "\udfff"


def render(verdict: Verdict, command: str = "scan") -> str:
    """The verdict as indented JSON with a line feed at the end; equal verdicts give equal bytes.

    Args:
        verdict: what to report.
        command: the command that was run.
    """
    # The standard library's fast encoder cannot indent; msgspec can, but refuses the lone surrogates taken out here.
    text = json.dumps(_document(verdict, command), ensure_ascii=False, separators=(",", ":"))
    return msgspec.json.format(_NOT_ASCII.sub(_ascii, text), indent=2) + "\n"


def _document(verdict: Verdict, command: str) -> dict[str, Any]:
    return {
        "version": VERSION,
        "tool": {"name": "integrity", "version": integrity.__version__},
        "command": command,
        "snapshot": msgspec.to_builtins(verdict.snapshot),
        "findings": msgspec.to_builtins(verdict.findings),
        "gaps": msgspec.to_builtins(verdict.gaps),
        "summary": _summary(verdict),
        "score": msgspec.to_builtins(verdict.score),
    }


def _summary(verdict: Verdict) -> dict[str, Any]:
    return {
        "by_code": {rule.code: rule.findings for rule in by_rule(verdict)},
        "by_severity": {severity.value: number for severity, number in by_severity(verdict.findings).items()},
        "suppressed": verdict.suppressed,
        "baselined": 0,
    }


def _ascii(match: re.Match[str]) -> str:
    """One character that is not printable ASCII, as a string in JSON writes it."""
    character = match[0]
    if _FIRST_SURROGATE <= character <= _LAST_SURROGATE:
        return "\\" + escape(character)
    return json.dumps(character)[1:-1] if character != "\x7f" else r"\u007f"
