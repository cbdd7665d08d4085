"""The reports of one line a finding or a rule: concise and statistics."""

from __future__ import annotations

from hypothesis import given

from integrity.model import Gap, Severity, Verdict
from integrity.report import concise, statistics
from tests.support import verdicts


def test_concise_lists_findings_gaps_and_totals() -> None:
    """Findings in their order, then gaps, then one line of totals."""
    found = [
        verdicts.finding(path="b.py", line=2, restorable=True, message="gutted"),
        verdicts.finding(path="a.py", line=7, column=3, code="ENV001", message="reads HOME"),
    ]
    report = concise.render(verdicts.verdict(found, [Gap("c.py", "cannot be read")], suppressed=4))

    assert report.splitlines() == [
        "a.py:7:3: ENV001 reads HOME",
        "b.py:2:1: COR001 [*] gutted",
        "c.py: gap: cannot be read",
        "Found 2 findings in 2 files (1 gap, 4 suppressed). [*] 1 may come back from git history.",
    ]


def test_concise_says_what_was_checked_when_clean() -> None:
    """Silence would look like a crash."""
    assert concise.render(verdicts.clean()) == "Found no findings in 271 files.\n"


def test_concise_totals_agree_in_number() -> None:
    """One finding in one file is not "1 findings"."""
    assert concise.render(verdicts.verdict([verdicts.finding()])).endswith("\nFound 1 finding in 1 file.\n")


def test_concise_neutralises_foreign_text() -> None:
    """Escapes, newlines and bidirectional overrides are written out; undecodable bytes too."""
    found = verdicts.finding(path=verdicts.UNDECODABLE, message="\x1b[31mred\u202e\nnew\u2028line\x9b")
    line = concise.render(verdicts.verdict([found])).splitlines()[0]

    assert line == r"caf\xe9.py:1:1: COR001 \x1b[31mred\u202e\nnew\u2028line\x9b"


@given(verdicts.any_verdict())
def test_concise_is_one_printable_line_an_item(verdict: Verdict) -> None:
    """Whatever the repository holds, a line is an item and nothing in it is a control character."""
    lines = concise.render(verdict).removesuffix("\n").split("\n")

    assert len(lines) == len(verdict.findings) + len(verdict.gaps) + 1
    assert all(line.isprintable() for line in lines)


def test_statistics_puts_the_most_frequent_rule_first() -> None:
    """Count, code, name, severity and files; equal counts in order of code."""
    found = [verdicts.finding(code="ENV001", name="environment", severity=Severity.LOW, line=n) for n in range(1, 11)]
    found += [verdicts.finding(code="COR002", path="z.py"), verdicts.finding(code="COR001", name="gutted")]

    assert statistics.render(verdicts.verdict(found)).splitlines() == [
        "10  ENV001  environment           low       in 1 file",
        " 1  COR001  gutted                critical  in 1 file",
        " 1  COR002  commented-out-module  critical  in 1 file",
        "Found 12 findings in 2 files.",
    ]


def test_statistics_splits_a_rule_of_several_severities() -> None:
    """A rule may be more serious in production code than in tests; the table says so."""
    found = [
        verdicts.finding(severity=Severity.LOW),
        verdicts.finding(severity=Severity.LOW, line=2),
        verdicts.finding(severity=Severity.HIGH, line=3, path="app.py"),
    ]

    assert "3  COR001  commented-out-module  1 high, 2 low  in 2 files" in statistics.render(verdicts.verdict(found))


def test_statistics_of_a_clean_verdict_is_its_totals() -> None:
    """No table without findings."""
    assert statistics.render(verdicts.clean()) == "Found no findings in 271 files.\n"
