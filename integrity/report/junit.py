"""JUnit XML, which every CI server reads: one suite a file, one case a finding.

A finding that fails the gate is a failure, one that does not is a skipped case with a message, a gap is an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as Xml

from integrity.model import Finding, Gap, Severity, Verdict
from integrity.report.counts import by_file
from integrity.report.phrases import headline
from integrity.report.printable import printable


def render(verdict: Verdict, failing: Severity = Severity.HIGH) -> str:
    """The verdict as XML; foreign text in it is printable and on one line.

    Args:
        verdict: what to report.
        failing: findings at least this serious are failures.
    """
    suites = [_suite(file.path, [_case(finding, failing) for finding in file.findings]) for file in by_file(verdict)]
    if verdict.gaps:
        suites.insert(0, _suite("not checked", map(_gap, verdict.gaps)))
    suites = suites or [_suite("integrity", [Xml.Element("testcase", classname="integrity", name=headline(verdict))])]
    root = Xml.Element("testsuites", {"name": "integrity", **_sums(suites)})
    root.extend(suites)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _suite(name: str, cases: Iterable[Xml.Element]) -> Xml.Element:
    suite = Xml.Element("testsuite", name=printable(name))
    suite.extend(cases)
    counts = {tag: len(suite.findall(f"testcase/{tag}")) for tag in ("failure", "error", "skipped")}
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(counts["failure"]))
    suite.set("errors", str(counts["error"]))
    suite.set("skipped", str(counts["skipped"]))
    return suite


def _sums(suites: list[Xml.Element]) -> dict[str, str]:
    return {
        key: str(sum(int(suite.attrib[key]) for suite in suites)) for key in ("tests", "failures", "errors", "skipped")
    }


def _case(finding: Finding, failing: Severity) -> Xml.Element:
    name = f"{finding.code} {finding.name} at {finding.line}:{finding.column}"
    case = _empty_case(finding.path, name, str(finding.line))
    message = printable(finding.message)
    if finding.severity.at_least(failing) or finding.severity is Severity.CRITICAL:
        failure = Xml.SubElement(case, "failure", message=message, type=finding.severity.value)
        failure.text = "\n".join(_lines(finding))
    else:
        Xml.SubElement(case, "skipped", message=f"{finding.severity.value}: {message}")
    return case


def _lines(finding: Finding) -> Iterable[str]:
    place = f"{finding.path}:{finding.line}:{finding.column}"
    yield printable(f"{place}: {finding.code} {finding.message}")
    yield from (printable(f"{one.path}:{one.line}: {one.message}") for one in finding.related)


def _gap(gap: Gap) -> Xml.Element:
    case = _empty_case(gap.path, "could be checked")
    Xml.SubElement(case, "error", message=printable(gap.reason), type="gap")
    return case


def _empty_case(path: str, name: str, line: str = "") -> Xml.Element:
    attributes = {"classname": printable(path), "name": printable(name), "file": printable(path)}
    return Xml.Element("testcase", {**attributes, **({"line": line} if line else {})})
