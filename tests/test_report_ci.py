"""Formats that CI servers read, each held against a schema or read back by an independent parser."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from junitparser import JUnitXml, TestCase, TestSuite

from integrity.model import Gap, Related, Severity, Verdict
from integrity.report.outputs import Options, render
from integrity.report.printable import printable
from integrity.report.table_csv import COLUMNS
from tests.support import verdicts
from tests.support.schemas import faults

TestCase.__test__ = TestSuite.__test__ = False
SCHEMAS = {"gitlab": "gitlab-code-quality.json", "rdjson": "rdformat.json"}


def cases_of(verdict: Verdict, failing: Severity = Severity.HIGH) -> list[tuple[str, TestCase]]:
    """Every case with the name of its suite, as junitparser reads them."""
    report = JUnitXml.fromstring(render(verdict, "junit", Options(failing=failing)).encode())
    return [(str(suite.name), case) for suite in report for case in suite]


def rows_of(verdict: Verdict) -> list[dict[str, str]]:
    """The table as the csv module reads it."""
    return list(csv.DictReader(io.StringIO(render(verdict, "csv"))))


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("build", [verdicts.clean, verdicts.mixed, lambda: verdicts.many(500)])
def test_the_schema_accepts_every_kind_of_verdict(name: str, build: Any) -> None:
    """Nothing found, a little, and a lot."""
    assert faults(render(build(), name), SCHEMAS[name]) == []


def test_a_gitlab_entry_says_what_where_and_how_bad() -> None:
    """The code is part of the description; the identity is the finding's."""
    (entry,) = json.loads(render(verdicts.verdict([verdicts.finding(message="gutted")]), "gitlab"))

    assert entry == {
        "description": "COR001: gutted",
        "check_name": "commented-out-module",
        "fingerprint": "0123456789abcdef",
        "severity": "blocker",
        "location": {"path": "tests/test_login.py", "lines": {"begin": 1, "end": 230}},
    }


def test_gitlab_gets_gaps_too() -> None:
    """Two gaps of one file are two entries, with identities of their own."""
    gaps = [Gap("a.py", "no permission"), Gap("a.py", "rule TST001 failed")]
    entries = json.loads(render(verdicts.verdict(gaps=gaps), "gitlab"))

    assert [entry["description"] for entry in entries] == [
        "Not checked: no permission",
        "Not checked: rule TST001 failed",
    ]
    assert len({entry["fingerprint"] for entry in entries}) == 2


def test_rdjson_has_the_severities_and_related_places_of_reviewdog() -> None:
    """Lines only, because this format counts columns in bytes."""
    found = [verdicts.finding(severity=one, line=line, end_line=1) for line, one in enumerate(Severity, 1)]
    related = (Related("b.py", 7, "here too"),)
    document = json.loads(render(verdicts.verdict([*found, verdicts.finding(path="z.py", related=related)]), "rdjson"))

    assert document["source"] == {"name": "integrity"}
    assert [one["severity"] for one in document["diagnostics"][:4]] == ["ERROR", "ERROR", "WARNING", "INFO"]
    assert [one["location"]["range"]["end"]["line"] for one in document["diagnostics"][:4]] == [1, 2, 3, 4]
    assert document["diagnostics"][4]["related_locations"] == [
        {"message": "here too", "location": {"path": "b.py", "range": {"start": {"line": 7}, "end": {"line": 7}}}}
    ]


def test_junit_fails_what_fails_the_gate() -> None:
    """Less serious findings are skipped with a message, gaps are errors, and the sums are right."""
    report = JUnitXml.fromstring(render(verdicts.mixed(), "junit").encode())
    kinds = [(case.name, [type(result).__name__ for result in case.result]) for _, case in cases_of(verdicts.mixed())]

    assert kinds == [
        ("could be checked", ["Error"]),
        ("could be checked", ["Error"]),
        ("ENV001 direct-environment-access at 9:12", ["Skipped"]),
        ("COR004 syntax-error at 118:23", ["Failure"]),
        ("SUP001 unused-suppression at 40:17", ["Skipped"]),
        ("ENV001 direct-environment-access at 1203:5", ["Skipped"]),
        ("COR001 commented-out-module at 1:1", ["Failure"]),
    ]
    assert (report.tests, report.failures, report.errors, report.skipped) == (7, 2, 2, 3)


def test_junit_follows_the_failing_severity() -> None:
    """Critical findings fail whatever it is."""
    found = verdicts.verdict(verdicts.finding(severity=one, line=line) for line, one in enumerate(Severity, 1))
    for failing, expected in ((Severity.CRITICAL, "FSSS"), (Severity.MEDIUM, "FFFS"), (Severity.LOW, "FFFF")):
        assert "".join(type(case.result[0]).__name__[0] for _, case in cases_of(found, failing)) == expected


def test_a_clean_verdict_is_one_passing_case() -> None:
    """A report without cases makes many servers fail."""
    ((suite, case),) = cases_of(verdicts.clean())
    assert (suite, case.result) == ("integrity", [])
    assert str(case.name).startswith("Clean: 271 files")


@given(verdicts.any_verdict())
def test_junit_is_well_formed_whatever_a_repository_holds(verdict: Verdict) -> None:
    """One case for each finding and gap, its text as it was written."""
    cases = [case for _, case in cases_of(verdict)]
    messages = sorted(str(case.result[0].message) for case in cases if case.result)
    fails = {Severity.CRITICAL, Severity.HIGH}
    expected = [printable(gap.reason) for gap in verdict.gaps]
    expected += [
        printable(one.message) if one.severity in fails else f"{one.severity.value}: {printable(one.message)}"
        for one in verdict.findings
    ]
    assert messages == sorted(expected)


def test_csv_has_a_row_for_everything() -> None:
    """The head names the columns; gaps come first."""
    rows = rows_of(verdicts.mixed())

    assert tuple(rows[0]) == COLUMNS
    assert [row["severity"] for row in rows] == ["not checked"] * 2 + ["medium", "high", "low", "low", "critical"]
    assert rows[-1]["message"] == verdicts.mixed().findings[-1].message
    assert (rows[-1]["line"], rows[-1]["restorable"]) == ("1", "yes")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_spreadsheet_runs_a_cell(text: str) -> None:
    """Neither a name nor a message begins as a formula does."""
    found = verdicts.finding(path=text, message=text, symbol=text, name=text)
    (row,) = rows_of(verdicts.verdict([found]))

    assert not any(cell.lstrip("\t\r\n ").startswith(("=", "+", "-", "@")) for cell in row.values())
    assert row["path"].removeprefix("'") == printable(text)


@given(verdicts.any_verdict())
def test_csv_keeps_its_shape_whatever_it_holds(verdict: Verdict) -> None:
    """Every row has every column, and nothing in it is unprintable."""
    text = render(verdict, "csv")
    rows = list(csv.reader(io.StringIO(text), strict=True))

    assert text.replace("\n", "").isprintable()
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert len(rows) == 1 + len(verdict.findings) + len(verdict.gaps)


@pytest.mark.parametrize(
    ("build", "options", "value", "color"),
    [
        (verdicts.clean, Options(), "100.0 % (A)", "#2e7d32"),
        (verdicts.mixed, Options(), "98.7 % (A), failing", "#c62828"),
        (verdicts.mixed, Options(failures=()), "98.7 % (A)", "#2e7d32"),
        (verdicts.clean, Options(failures=("the score",)), "100.0 % (A), failing", "#c62828"),
    ],
)
def test_the_badge_shows_score_and_gate(build: Any, options: Options, value: str, color: str) -> None:
    """Well-formed SVG with a name for screen readers; red when the gate is not met, whatever the score."""
    picture = ElementTree.fromstring(render(build(), "badge", options))  # noqa: S314 - our own text
    space = "{http://www.w3.org/2000/svg}"

    assert picture.attrib["aria-label"] == f"test integrity: {value}"
    assert [text.text for text in picture.iter(f"{space}text")] == ["test integrity", value]
    assert picture.findall(f"{space}g/{space}rect")[1].attrib["fill"] == color
    assert {element.tag.removeprefix(space) for element in picture.iter()} == {
        "svg",
        "title",
        "clipPath",
        "rect",
        "g",
        "text",
    }
