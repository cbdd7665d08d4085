"""SARIF 2.1.0, the OASIS standard for results of static analysis that GitHub code scanning and editors read.

Every limit of GitHub's is kept here and said, because GitHub drops what is over it without a word
(https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

import integrity
from integrity.model import Finding, Related, Verdict
from integrity.report.ascii_json import dumps
from integrity.report.counts import most_serious_first
from integrity.report.phrases import plural
from integrity.report.sarif_rules import LEVELS, Described, described, rule_object

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RESULTS = 25_000  # GitHub reads no more of a run
LOCATIONS = 1_000  # nor of a result
_ROOT = "%SRCROOT%"
_TRACED = frozenset({"CYC", "IMP"})  # families whose related places are the steps of an import
_FOLDED = "also "
_LINK = re.compile(r"\[(?=[^\]]*\]\([^)]*\))")
_NOTIFICATIONS = {
    "not-checked": "Something could not be checked, so that the result is incomplete.",
    "left-out": "Results were left out because readers take no more.",
    "remark": "A remark about what was scanned.",
}


def render(verdict: Verdict, rules: Sequence[Described] = ()) -> str:
    """The verdict as one run of a SARIF log.

    Args:
        verdict: what to report.
        rules: the installed rules; those of findings that are not among them are described as far as findings tell.
    """
    run = _run(verdict, described(verdict, rules))
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _run(verdict: Verdict, rules: list[Described]) -> dict[str, Any]:
    index = {rule.code: position for position, rule in enumerate(rules)}
    kept = _kept(verdict.findings)
    return {
        "tool": {"driver": _driver(rules)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(verdict, len(verdict.findings) - len(kept))],
        "results": [_result(finding, index[finding.code]) for finding in kept],
        "properties": {
            "score": msgspec.to_builtins(verdict.score),
            "snapshot": msgspec.to_builtins(verdict.snapshot),
            "suppressed": verdict.suppressed,
        },
    }


def _driver(rules: list[Described]) -> dict[str, Any]:
    return {
        "name": "integrity",
        "fullName": "integrity: a checker of test integrity for Python",
        "version": integrity.__version__,
        "semanticVersion": integrity.__version__,
        "rules": [rule_object(rule) for rule in rules],
        "notifications": [_notification_object(name, text) for name, text in _NOTIFICATIONS.items()],
    }


def _notification_object(name: str, text: str) -> dict[str, Any]:
    message = {"text": text}
    return {"id": name, "shortDescription": message, "fullDescription": message, "help": message}


def _kept(findings: tuple[Finding, ...]) -> list[Finding]:
    """As many findings as readers take, the most serious of them, in their order."""
    if len(findings) <= RESULTS:
        return list(findings)
    return sorted(most_serious_first(findings)[:RESULTS], key=lambda finding: finding.order)


def _invocation(verdict: Verdict, left_out: int) -> dict[str, Any]:
    """What became of the scan itself: gaps, remarks, and what this report leaves out."""
    notifications = [
        _notification("not-checked", "error", f"not checked: {gap.reason}", gap.path) for gap in verdict.gaps
    ]
    if left_out:
        text = f"{plural(left_out, 'result')} left out, the least serious: GitHub reads {RESULTS:,} of a run."
        notifications.append(_notification("left-out", "warning", text))
    notifications += [_notification("remark", "note", note) for note in verdict.notes]
    # Always successful: GitHub refuses the whole run otherwise, and with it everything that was found.
    return {"executionSuccessful": True, "toolExecutionNotifications": notifications}


def _notification(name: str, level: str, text: str, path: str = "") -> dict[str, Any]:
    descriptor = {"id": name, "index": list(_NOTIFICATIONS).index(name)}
    places = {"locations": [{"physicalLocation": {"artifactLocation": _artifact(path)}}]} if path else {}
    return {"descriptor": descriptor, "level": level, "message": _message(text), **places}


def _result(finding: Finding, index: int) -> dict[str, Any]:
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": _message(finding.message + _remainder(finding)),
        "locations": [_location(finding)],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{finding.fingerprint[:16]}:1",  # in the form of those that GitHub computes
            "integrity/v1": finding.fingerprint,
        },
        **dict(_explanations(finding)),
        "properties": {"severity": finding.severity.value, "restorable": finding.restorable},
    }


def _explanations(finding: Finding) -> Iterator[tuple[str, Any]]:
    """The related places: all of them as a list, and the steps of an import also as a path through the code."""
    related = finding.related[:LOCATIONS]
    if related:
        yield "relatedLocations", [_related(one, number) for number, one in enumerate(related, 1)]
    steps = [one for one in related if not one.message.startswith(_FOLDED)] if finding.code[:3] in _TRACED else []
    if steps:
        yield "codeFlows", [{"threadFlows": [{"locations": [{"location": _related(one)} for one in steps]}]}]


def _remainder(finding: Finding) -> str:
    more = len(finding.related) - LOCATIONS
    return f" ({plural(more, 'further place')} left out)" if more > 0 else ""


def _location(finding: Finding) -> dict[str, Any]:
    logical = {"logicalLocations": [{"fullyQualifiedName": finding.symbol}]} if finding.symbol else {}
    return {
        "physicalLocation": {"artifactLocation": _artifact(finding.path), "region": _region(finding)},
        **logical,
    }


def _related(related: Related, number: int | None = None) -> dict[str, Any]:
    place = {"artifactLocation": _artifact(related.path), "region": {"startLine": related.line}}
    numbered = {} if number is None else {"id": number}
    return {**numbered, "physicalLocation": place, "message": _message(related.message)}


def _region(finding: Finding) -> dict[str, int]:
    """The marked place; an end before its beginning, which readers refuse, is left out."""
    start = {"startLine": finding.line, "startColumn": finding.column}
    if (finding.end_line, finding.end_column) < (finding.line, finding.column):
        return start
    return {**start, "endLine": finding.end_line, "endColumn": finding.end_column}


def _artifact(path: str) -> dict[str, str]:
    """A file by its relative, percent-encoded URI; the bytes of a name that is not UTF-8 are kept."""
    try:
        name = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that no file name holds
        name = path.encode("utf-8", "surrogatepass")
    return {"uri": quote(name), "uriBaseId": _ROOT}


def _message(text: str) -> dict[str, str]:
    """Text in which nothing is a link to a related place."""
    return {"text": _LINK.sub(r"\\[", text)}
