"""SARIF 2.1.0, held against the schema that OASIS publishes and against GitHub's limits."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given

from integrity.model import Gap, Related, Severity, Verdict
from integrity.registry.loader import load
from integrity.report import sarif
from integrity.report.outputs import Options, render
from tests.support import verdicts
from tests.support.schemas import faults

RULES = Options(rules=load().rules)


def run_of(verdict: Verdict, options: Options = RULES) -> dict[str, Any]:
    """The only run of the log of a verdict, after the schema accepted it."""
    log = render(verdict, "sarif", options)
    assert faults(log, "sarif-2.1.0.json") == []
    (run,) = json.loads(log)["runs"]
    return dict(run)


def result_of(**fields: Any) -> dict[str, Any]:
    """The result of one finding."""
    (result,) = run_of(verdicts.verdict([verdicts.finding(**fields)]))["results"]
    return dict(result)


def place_of(result: dict[str, Any]) -> dict[str, Any]:
    """The physical location of a result."""
    return dict(result["locations"][0]["physicalLocation"])


@pytest.mark.parametrize("build", [verdicts.clean, verdicts.mixed, lambda: verdicts.many(3000)])
def test_the_schema_accepts_every_kind_of_verdict(build: Any) -> None:
    """Nothing found, a little, and a lot; as many results as findings."""
    verdict = build()
    assert len(run_of(verdict)["results"]) == len(verdict.findings)


@given(verdicts.any_verdict())
def test_the_schema_accepts_whatever_a_repository_holds(verdict: Verdict) -> None:
    """File names, messages and symbols of any text, and ranges that end before they begin."""
    run = run_of(verdict, Options())
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == [one.code for one in verdict.findings]


def test_every_installed_rule_is_described() -> None:
    """Help, level, tags and kind of problem, found or not; results point at their rule."""
    run = run_of(verdicts.mixed())
    rules = run["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == sorted({*(one.rule.code for one in load().rules)})
    assert all(rule["help"]["markdown"].startswith(f"# {rule['id']} {rule['name']}") for rule in rules)
    assert all(len(rule["fullDescription"]["text"]) <= 1024 for rule in rules)
    assert all(0 < len(rule["properties"]["tags"]) <= 10 for rule in rules)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_a_rule_has_its_severity_and_its_family() -> None:
    """As GitHub filters by them."""
    rules = {rule["id"]: rule for rule in run_of(verdicts.clean())["tool"]["driver"]["rules"]}

    assert rules["COR001"]["defaultConfiguration"] == {"level": "error", "enabled": True}
    assert rules["COR001"]["properties"] == {
        "tags": ["test-integrity", "corruption", "COR", "restorable"],
        "problem.severity": "error",
    }
    assert rules["IMP101"]["defaultConfiguration"] == {"level": "note", "enabled": False}
    assert rules["IMP101"]["properties"]["problem.severity"] == "recommendation"


def test_a_rule_that_is_not_installed_is_described_by_its_findings() -> None:
    """A pack may be gone when an old verdict is reported."""
    (rule,) = run_of(verdicts.verdict([verdicts.finding()]), Options())["tool"]["driver"]["rules"]
    assert (rule["id"], rule["name"]) == ("COR001", "commented-out-module")


def test_severities_become_levels() -> None:
    """Critical and high are errors; the exact severity stays as a property."""
    results = [result_of(severity=severity) for severity in Severity]
    assert [result["level"] for result in results] == ["error", "error", "warning", "note"]
    assert [result["properties"]["severity"] for result in results] == ["critical", "high", "medium", "low"]


def test_a_place_is_relative_and_one_based() -> None:
    """No absolute URI, no file scheme; the end of a column is exclusive, as in our own JSON."""
    result = result_of(path="a b/c#d.py", line=3, column=5, end_line=3, end_column=9, symbol="TestX.test_y")

    assert place_of(result) == {
        "artifactLocation": {"uri": "a%20b/c%23d.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9},
    }
    assert result["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "TestX.test_y"}]


def test_a_file_name_that_looks_like_a_scheme_or_is_not_utf8_keeps_its_bytes() -> None:
    """Whoever decodes the URI gets the name that the file system has."""
    names = {"http:evil.py": b"http:evil.py", verdicts.UNDECODABLE: b"caf\xe9.py"}
    for name, expected in names.items():
        uri = place_of(result_of(path=name))["artifactLocation"]["uri"]
        assert ":" not in uri
        assert unquote_to_bytes(uri) == expected


def test_fingerprints_do_not_depend_on_lines() -> None:
    """GitHub follows an alert by them when code moves."""
    here, there = result_of(line=3, end_line=3), result_of(line=300, end_line=300)
    assert here["partialFingerprints"] == there["partialFingerprints"]
    assert here["partialFingerprints"] == {
        "primaryLocationLineHash": "0123456789abcdef:1",
        "integrity/v1": "0123456789abcdef",
    }


def test_the_steps_of_an_import_are_a_code_flow() -> None:
    """In their order, without findings that were folded in; related places list everything."""
    related = (
        Related("a.py", 1, "a is imported first"),
        Related("b.py", 2, "b runs this line"),
        Related("b.py", 9, "also IMP001: more"),
    )
    result = result_of(code="CYC002", name="crashing-cycle", related=related)
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]

    assert [step["location"]["message"]["text"] for step in steps] == ["a is imported first", "b runs this line"]
    assert [place["id"] for place in result["relatedLocations"]] == [1, 2, 3]
    assert "codeFlows" not in result_of(code="COR001", related=related)


def test_gaps_and_notes_are_notifications() -> None:
    """What could not be checked is an error of the tool, with its file."""
    invocation = run_of(verdicts.verdict(gaps=[Gap("a b.py", "no permission")], notes=("a submodule",)))["invocations"][
        0
    ]
    gap, note = invocation["toolExecutionNotifications"]

    assert (gap["level"], gap["message"]["text"]) == ("error", "not checked: no permission")
    assert place_of(gap)["artifactLocation"]["uri"] == "a%20b.py"
    assert (note["level"], note["message"]["text"]) == ("note", "a submodule")


def test_text_that_looks_like_a_link_is_none() -> None:
    """SARIF makes links of `[text](number)`; a backslash prevents it."""
    assert result_of(message="x[0] and [click](1)")["message"]["text"] == r"x[0] and \[click](1)"


def test_more_results_than_github_reads_are_cut_and_counted() -> None:
    """The most serious stay, in their order, and a notification says how many are missing."""
    low = [verdicts.finding(severity=Severity.LOW, line=line) for line in range(1, sarif.RESULTS + 1)]
    serious = [verdicts.finding(path="z.py", line=line) for line in (1, 2)]
    (run,) = json.loads(sarif.render(verdicts.verdict([*low, *serious])))["runs"]
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    lines = [place_of(result)["region"]["startLine"] for result in run["results"]]

    assert lines == [*range(1, sarif.RESULTS - 1), 1, 2]
    assert notice["message"]["text"] == "2 results left out, the least serious: GitHub reads 25,000 of a run."


def test_more_places_than_github_reads_are_cut_and_counted() -> None:
    """The message says so."""
    related = tuple(Related("a.py", line, "here") for line in range(1, 1003))
    result = result_of(message="swallowed", related=related)

    assert len(result["relatedLocations"]) == sarif.LOCATIONS
    assert result["message"]["text"] == "swallowed (2 further places left out)"
