"""The JSON contract."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given

import integrity
from integrity.model import Gap, Severity, SnapshotInfo, Verdict
from integrity.report import contract
from tests.support import verdicts

SHARE = {"compliant": int, "files": int, "percent": float}
CENSUS = {
    "known": int,
    "live": int,
    "hollow": int,
    "disabled": int,
    "uncollected": int,
    "lost": int,
    "unknown_files": int,
}
FINDING = {
    "code": str,
    "name": str,
    "severity": str,
    "message": str,
    "path": str,
    "line": int,
    "column": int,
    "end_line": int,
    "end_column": int,
    "symbol": str,
    "fingerprint": str,
    "restorable": bool,
    "related": [{"path": str, "line": int, "message": str}],
}
CONTRACT = {
    "version": int,
    "tool": {"name": str, "version": str},
    "command": str,
    "snapshot": {"kind": str, "revision": str | None, "files": int, "tests": int},
    "findings": [FINDING],
    "gaps": [{"path": str, "reason": str}],
    "summary": {
        "by_code": {"COR001": int, "COR004": int, "ENV001": int, "SUP001": int},
        "by_severity": {"critical": int, "high": int, "medium": int, "low": int},
        "suppressed": int,
        "baselined": int,
    },
    "score": {
        "overall": float,
        "grade": str,
        "scopes": {"production": {**SHARE, "tests": CENSUS}, "tests": {**SHARE, "tests": CENSUS}},
        "groups": {"corruption": {**SHARE, "weight": float}, "environment": {**SHARE, "weight": float}},
        "tests": CENSUS,
    },
    "census": {},
}


def mismatches(value: Any, schema: Any, where: str = "$") -> list[str]:
    """Where a parsed document departs from the schema: keys and their order, and types."""
    if isinstance(schema, dict):
        if not isinstance(value, dict) or list(value) != list(schema):
            return [f"{where}: keys {list(value)}, not {list(schema)}"]
        return [fault for key in schema for fault in mismatches(value[key], schema[key], f"{where}.{key}")]
    if isinstance(schema, list):
        return [fault for index, item in enumerate(value) for fault in mismatches(item, schema[0], f"{where}[{index}]")]
    fits = isinstance(value, schema) and (schema is not int or not isinstance(value, bool))
    return [] if fits else [f"{where}: {value!r} is not {schema}"]


def test_every_key_stands_where_the_contract_puts_it() -> None:
    """All keys, in their order, with their types."""
    document = json.loads(contract.render(verdicts.mixed()))

    assert mismatches(document, CONTRACT) == []


def test_the_envelope_names_tool_command_and_format_version() -> None:
    """A script can tell what wrote the document."""
    document = json.loads(contract.render(verdicts.clean(), command="score"))

    assert document["version"] == 1
    assert document["tool"] == {"name": "integrity", "version": integrity.__version__}
    assert document["command"] == "score"


def test_a_finding_is_written_field_by_field() -> None:
    """Values arrive unchanged, severity as its word."""
    found = verdicts.finding(severity=Severity.HIGH, symbol="TestX.test_y", restorable=True)
    document = json.loads(contract.render(verdicts.verdict([found])))

    assert document["findings"] == [
        {
            "code": "COR001",
            "name": "commented-out-module",
            "severity": "high",
            "message": "212 of 230 lines are commented-out code",
            "path": "tests/test_login.py",
            "line": 1,
            "column": 1,
            "end_line": 230,
            "end_column": 1,
            "symbol": "TestX.test_y",
            "fingerprint": "0123456789abcdef",
            "restorable": True,
            "related": [],
        }
    ]


def test_the_summary_counts_what_is_there_and_nothing_else() -> None:
    """Codes in order of code, severities most serious first, absent ones left out."""
    found = [
        verdicts.finding(code="ENV001", severity=Severity.LOW),
        verdicts.finding(code="COR001", severity=Severity.MEDIUM),
        verdicts.finding(code="ENV001", severity=Severity.MEDIUM, line=2),
    ]
    summary = json.loads(contract.render(verdicts.verdict(found, suppressed=7)))["summary"]

    assert list(summary["by_code"].items()) == [("COR001", 1), ("ENV001", 2)]
    assert list(summary["by_severity"].items()) == [("medium", 2), ("low", 1)]
    assert (summary["suppressed"], summary["baselined"]) == (7, 0)


def test_a_clean_verdict_has_empty_lists_and_unrounded_figures() -> None:
    """Nothing is left out when there is nothing to say, and percentages are not rounded."""
    document = json.loads(contract.render(verdicts.verdict(snapshot=SnapshotInfo("revision", "ab" * 20, 1, 2))))

    assert (document["findings"], document["gaps"]) == ([], [])
    assert document["summary"] == {"by_code": {}, "by_severity": {}, "suppressed": 0, "baselined": 0}
    assert document["snapshot"] == {"kind": "revision", "revision": "ab" * 20, "files": 1, "tests": 2}
    assert document["score"]["overall"] == 98.765
    assert document["score"]["tests"]["hollow"] == 0


def test_undecodable_file_names_are_written_as_escapes() -> None:
    """A byte that is not UTF-8 becomes a backslash, x and two digits, which every parser accepts."""
    report = contract.render(verdicts.verdict(gaps=[Gap(verdicts.UNDECODABLE, "\ud800 é 🙂 \x7f")]))

    assert msgspec.json.decode(report)["gaps"] == [{"path": r"caf\xe9.py", "reason": "\\ud800 é 🙂 \x7f"}]


def test_layout_is_two_spaces_and_a_final_line_feed() -> None:
    """People read it too, and tools expect text files to end in a line feed."""
    lines = contract.render(verdicts.mixed()).split("\n")

    assert lines[:3] == ["{", '  "version": 1,', '  "tool": {']
    assert lines[-2:] == ["}", ""]


@pytest.mark.parametrize("build", [verdicts.mixed, verdicts.clean])
def test_equal_verdicts_give_equal_text(build: Any) -> None:
    """Built twice, rendered twice, byte for byte the same."""
    assert contract.render(build()) == contract.render(build())


@given(verdicts.any_verdict())
def test_any_text_survives_in_printable_ascii(verdict: Verdict) -> None:
    """The report is ASCII, strict parsers take it, and encodable text comes back as it was."""
    report = contract.render(verdict)
    document = msgspec.json.decode(report)

    assert set(report) <= {"\n", *map(chr, range(0x20, 0x7F))}
    assert [found["path"] for found in document["findings"]] == [_escaped(found.path) for found in verdict.findings]
    assert [gap["reason"] for gap in document["gaps"]] == [_escaped(gap.reason) for gap in verdict.gaps]


def _escaped(text: str) -> str:
    """What Python itself makes of lone surrogates, with the bytes of undecodable names as two digits."""
    return text.encode("utf-8", "backslashreplace").decode().replace(r"\udce9", r"\xe9")
