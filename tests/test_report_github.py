"""Annotations of GitHub Actions, and the step summary beside them."""

from __future__ import annotations

import re
from collections import Counter

from hypothesis import given
from markdown_it import MarkdownIt

from integrity.model import Gap, Related, Severity, Verdict
from integrity.report import github
from integrity.report.step_summary import LIMIT, step_summary
from tests.support import verdicts

COMMAND = re.compile(r"::(?P<level>error|warning|notice) (?P<properties>[^:]*)::(?P<text>.*)")


def parse(line: str) -> tuple[str, dict[str, str], str]:
    """Level, properties and text of a workflow command, decoded as GitHub's runner decodes them."""
    match = COMMAND.fullmatch(line)
    assert match, line
    pairs = (pair.split("=", 1) for pair in match["properties"].split(","))
    return match["level"], {key: _decode(value) for key, value in pairs}, _decode(match["text"])


def _decode(text: str) -> str:
    for escape, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(escape, character)
    return text


def cells(page: str) -> list[str]:
    """The text of every cell of every table of a page, as a Markdown parser reads it."""
    tokens = MarkdownIt().enable("table").parse(page)
    contents = [token.children or [] for token in tokens if token.type == "inline" and token.level == 4]
    assert all(child.type in {"text", "text_special"} for children in contents for child in children)
    return ["".join(child.content for child in children) for children in contents]


def test_a_finding_on_one_line_has_its_whole_range() -> None:
    """Title, file and range are properties; the text repeats the place for readers of the log."""
    found = verdicts.finding(path="a.py", line=3, column=5, end_line=3, end_column=9, message="gutted")

    assert github.render(verdicts.verdict([found])) == (
        "::error title=integrity (COR001),file=a.py,line=3,col=5,endLine=3,endColumn=9::a.py:3:5: COR001 gutted\n"
    )


def test_a_finding_on_several_lines_has_no_columns() -> None:
    """GitHub refuses columns on a range of several lines."""
    _, properties, _ = parse(github.render(verdicts.verdict([verdicts.finding()])).rstrip("\n"))

    assert properties == {
        "title": "integrity (COR001)",
        "file": "tests/test_login.py",
        "line": "1",
        "endLine": "230",
    }


def test_severities_and_gaps_have_their_levels() -> None:
    """Critical and high are errors, medium and gaps warnings, low a notice."""
    found = [verdicts.finding(severity=severity, message=severity.value) for severity in Severity]
    lines = github.render(verdicts.verdict(found, [Gap("a.py", "no permission")])).splitlines()
    seen = [(level, text.rpartition(" ")[2]) for level, _, text in map(parse, lines)]

    assert seen == [
        ("error", "critical"),
        ("error", "high"),
        ("warning", "permission"),
        ("warning", "medium"),
        ("notice", "low"),
    ]


def test_special_characters_are_escaped_as_the_runner_decodes_them() -> None:
    """Percent, newlines, and in properties colons and commas."""
    found = verdicts.finding(path="a,b:c%.py", message="50 %\r\nof: it, lost", end_line=1, end_column=2)
    report = github.render(verdicts.verdict([found]))

    assert ",file=a%2Cb%3Ac%25.py," in report
    assert report.endswith("::a,b:c%25.py:1:1: COR001 50 %25%0D%0Aof: it, lost\n")


def test_related_places_are_further_lines_of_the_text() -> None:
    """The first five, and how many more there are."""
    related = tuple(Related("b.py", number, "here too") for number in range(1, 8))
    _, _, text = parse(github.render(verdicts.verdict([verdicts.finding(related=related)])).rstrip("\n"))

    assert text.split("\n")[1:] == [f"  b.py:{number}: here too" for number in range(1, 6)] + ["  and 2 more"]


def test_the_report_stops_where_github_stops() -> None:
    """Ten of each level, the most serious first; the last notice counts what is left out."""
    high = [verdicts.finding(severity=Severity.HIGH, line=n, path="a.py") for n in range(1, 13)]
    critical = [verdicts.finding(line=n, path="z.py") for n in range(1, 5)]
    low = [verdicts.finding(severity=Severity.LOW, line=n) for n in range(1, 11)]
    lines = github.render(verdicts.verdict([*high, *critical, *low])).splitlines()
    errors = [properties["file"] for level, properties, _ in map(parse, lines) if level == "error"]

    assert errors == ["z.py"] * 4 + ["a.py"] * 6
    assert Counter(parse(line)[0] for line in lines) == {"error": 10, "notice": 10}
    assert lines[-1].startswith("::notice title=integrity::6 errors, 1 notice more: GitHub shows 10 of each kind")


def test_ten_of_each_level_are_shown_without_a_remark() -> None:
    """Exactly as many as GitHub shows is not too many."""
    found = [verdicts.finding(severity=severity, line=n) for severity in ("high", "medium", "low") for n in range(10)]
    typed = [verdicts.finding(severity=Severity(item.severity), line=item.line) for item in found]

    assert len(github.render(verdicts.verdict(typed)).splitlines()) == 30


def test_a_clean_verdict_annotates_nothing() -> None:
    """No command, no line."""
    assert github.render(verdicts.clean()) == ""


@given(verdicts.any_verdict())
def test_every_line_is_one_well_formed_command(verdict: Verdict) -> None:
    """Nothing in a repository can forge, break or end a workflow command, and caps always hold."""
    report = github.render(verdict)
    commands = [parse(line) for line in report.split("\n")[:-1]]

    assert report.replace("\n", "").isprintable()
    assert all(number <= github.SHOWN for number in Counter(level for level, _, _ in commands).values())
    assert all(properties["title"].startswith("integrity") for _, properties, _ in commands)


def test_the_summary_is_a_table_of_everything() -> None:
    """Score, totals, gaps and findings, the most serious first."""
    page = step_summary(verdicts.mixed())
    shown = cells(page)

    assert page.startswith("## integrity: 98.7 % (A)\n\nFound 5 findings in 3 of 271 files: 1 critical")
    assert shown[:4] == ["Not checked", "Reason", "app/nested.py", "too deeply nested for the parser"]
    assert shown[6:10] == ["Severity", "Code", "Place", "Message"]
    assert shown[10::4] == ["critical", "high", "medium", "low", "low"]


def test_markdown_in_foreign_text_stays_text() -> None:
    """Pipes, backticks, newlines, links, emphasis and HTML are shown as they are written."""
    hostile = "a|b `c` *d* _e_ [f](g) <b>h</b> ~~i~~ \\| &amp; $x$ ![j](k)\nl"
    shown = cells(step_summary(verdicts.verdict([verdicts.finding(message=hostile)])))

    assert shown[-1] == hostile.replace("\n", r"\n")


@given(verdicts.any_verdict())
def test_the_table_keeps_its_shape_whatever_it_holds(verdict: Verdict) -> None:
    """As many cells as findings and gaps need, none of them torn apart."""
    page = step_summary(verdict)
    findings = 4 * (len(verdict.findings) + 1) if verdict.findings else 0
    gaps = 2 * (len(verdict.gaps) + 1) if verdict.gaps else 0

    assert len(cells(page)) == findings + gaps
    assert page.replace("\n", "").isprintable()


def test_the_summary_stays_under_githubs_limit() -> None:
    """A summary of more than a mebibyte is refused as a whole; rows are left out and counted instead."""
    found = [verdicts.finding(line=number, message="漢" * 2000) for number in range(1, 2001)]
    gaps = [Gap(f"{number}.py", "|" * 900) for number in range(2000)]
    page = step_summary(verdicts.verdict(found, gaps))
    left_out = [int(number.replace(",", "")) for number in re.findall(r"^([\d,]+) rows left out", page, re.MULTILINE)]

    assert len(page.encode()) < LIMIT < 2**20
    assert left_out == [2000 - page.count("\\|" * 900), 2000]
    assert 2000 > left_out[0] > 0
