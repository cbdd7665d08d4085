"""The report for people at a terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from integrity.model import Census, Gap, Related, ScopeShare, Score, Severity, SnapshotInfo, Verdict, WeightedShare
from integrity.report import html, markdown, scorecard, text
from integrity.report.layout import cells, reflow, wrap
from integrity.report.phrases import percent
from tests.support import verdicts

SGR = re.compile(r"\x1b\[[0-9;]*m")
LINES_OF_A_TERMINAL = 24


def lines(verdict: Verdict, width: int = 100) -> list[str]:
    """The lines of the plain report."""
    return text.render(verdict, width=width).splitlines()


def closing(verdict: Verdict) -> list[str]:
    """The lines of the last screen."""
    found = lines(verdict, 80)
    return found[next(index for index, line in enumerate(found) if line.startswith(("Found ", "Incomplete:"))) :]


def test_a_clean_verdict_is_one_calm_line() -> None:
    """What was checked, and the score."""
    assert text.render(verdicts.clean()) == "Clean: 271 files, 3,412 live tests, score 100.0 % (A)\n"


def test_a_clean_verdict_does_not_hide_what_was_suppressed() -> None:
    """Silenced findings and tests lost in silenced damage are still named."""
    score = Score(100.0, "A", {}, {}, Census(known=9, live=7, lost=2))
    report = text.render(verdicts.verdict(score=score, suppressed=1))

    assert report.endswith("score 100.0 % (A), 1 finding suppressed, 2 tests lost\n")


def test_the_report_of_a_small_verdict_reads_like_this() -> None:
    """The whole picture at 80 columns."""
    assert text.render(verdicts.mixed(), width=80) == (
        """\
tests/test_login.py
  critical  1:1     COR001  212 of 230 lines are code commented out by a tool
                            (marker REMOVED_SYNTAX_ERROR); 14 tests lost:
                            TestLogin.test_password_is_checked,
                            TestLogin.test_token_expires and 12 more
                            line 10: TestLogin.test_1 was here
                            line 20: TestLogin.test_2 was here
                            line 30: TestLogin.test_3 was here
                            line 40: TestLogin.test_4 was here
                            line 50: TestLogin.test_5 was here
                            and 2 more places (json lists all)

app/auth/session.py
  high      118:23  COR004  does not parse: '(' was never closed
                            app/auth/tokens.py:3: the same damage
  medium    9:12    ENV001  os.environ.get reads DATABASE_URL with the default
                            'sqlite://'  in Session.connect

tests/conftest.py
  low       40:17   SUP001  the suppression of COR002 silences nothing; remove
                            it
  low       1203:5  ENV001  os.environ is written (DATABASE_URL)  in database

Not checked (2)
  app/nested.py: too deeply nested for the parser
  tests/data/huge.py: 51,200,000 bytes, more than max-file-size allows
    (10,000,000)

Note: submodule vendor/lib is not scanned

Found 5 findings in 3 of 271 files: 1 critical, 1 high, 1 medium, 2 low
  scanned      271 files of the work tree; 4 findings suppressed
  tests        3,412 live of 3,426 known, 14 lost in damaged text
  not checked  2 gaps, listed above: the check is incomplete
  score        98.7 % (A)
  by scope     production    99.3 %  150 of 151 files
               tests         96.6 %  116 of 120 files
  by group     corruption    98.8 %  268 of 271 files, weight 4
               environment   99.9 %  269 of 271 files, weight 1

Next
  integrity restore --dry-run  see which of 2 files git history can bring back
  integrity explain COR001     what it means, and how to mend it
  integrity scan --allow-gaps  accept the gaps you have looked at
"""
    )


def test_files_and_findings_are_ordered_by_severity_then_place() -> None:
    """The most serious file first, and within it the most serious finding."""
    found = [
        verdicts.finding(path="a.py", severity=Severity.LOW, line=1),
        verdicts.finding(path="z.py", severity=Severity.LOW, line=1),
        verdicts.finding(path="z.py", severity=Severity.HIGH, line=9),
        verdicts.finding(path="m.py", severity=Severity.HIGH, line=5),
    ]
    report = lines(verdicts.verdict(found))
    order = [" ".join(line.split()[:2]) for line in report[: report.index("", 8)] if line]

    assert order == ["m.py", "high 5:1", "z.py", "high 9:1", "low 1:1", "a.py", "low 1:1"]


def test_a_symbol_is_shown_unless_the_message_names_it() -> None:
    """Context without repetition."""
    named = verdicts.finding(message="TestX.test_y is gone", symbol="TestX.test_y")
    unnamed = verdicts.finding(message="gone", symbol="TestX.test_y", line=2)
    report = text.render(verdicts.verdict([named, unnamed]))

    assert report.count("TestX.test_y") == 2
    assert "gone  in TestX.test_y\n" in report


def test_hundreds_of_findings_end_in_a_screen_that_tells_the_story() -> None:
    """Counts, the worst rules and files, tests lost, gaps, score and next steps fit into 24 lines of 80 columns."""
    last = closing(verdicts.many(400))

    assert len(last) < LINES_OF_A_TERMINAL
    assert " ".join(last[:2]).startswith("Found 400 findings in 400 of 11,150 files: 80 critical, 80 high")
    assert any(re.fullmatch(r"  by rule +COR001  80 critical +commented-out-module", line) for line in last)
    assert sum("test_login.py: 1 critical" in line for line in last) == 3
    assert "  scanned      11,150 files of revision 1f1f1f1f1f1f" in last
    assert "  tests        12,300 live of 15,456 known, 3,156 lost in damaged text" in last
    assert "  score        71.3 % (C)" in last


def test_rules_beyond_the_worst_are_counted() -> None:
    """Six rules: four by name, two by number."""
    found = [verdicts.finding(code=f"COR00{n}", name=f"rule-{n}", line=line) for n in range(6) for line in (1, 2)]
    last = closing(verdicts.verdict(found))

    assert [line.split()[-1] for line in last if " critical  rule-" in line] == ["rule-0", "rule-1", "rule-2", "rule-3"]
    assert "               and 4 findings of 2 more rules" in last


def test_gaps_alone_are_never_called_clean() -> None:
    """The headline says the check is incomplete, and how to accept that."""
    report = text.render(verdicts.verdict(gaps=[Gap("a.py", "no permission")]))

    assert "Clean" not in report
    assert "Incomplete: no findings, but 1 gap in 271 files of the work tree\n" in report
    assert "Not checked (1)\n  a.py: no permission\n" in report
    assert "  integrity scan --allow-gaps " in report


def test_nobody_is_told_to_silence_damage() -> None:
    """Critical and restorable findings, and findings about suppressions, get no advice to suppress them."""
    found = [
        verdicts.finding(),
        verdicts.finding(code="COR004", severity=Severity.HIGH, restorable=True),
        verdicts.finding(code="SUP001", severity=Severity.LOW),
    ]

    assert "ignore[" not in text.render(verdicts.verdict(found))


def test_next_steps_are_at_most_three() -> None:
    """A tired engineer reads no list."""
    last = closing(verdicts.mixed())

    assert len(last[last.index("Next") + 1 :]) == 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (100.0, "100.0 %"),
        (99.97, "99.9 %"),
        (99.99999999, "99.9 %"),
        (98.7, "98.7 %"),
        (28.999999999999996, "29.0 %"),
        (66.666, "66.6 %"),
        (0.0, "0.0 %"),
    ],
)
def test_percentages_are_never_rounded_up(value: float, expected: str) -> None:
    """Only 100 is shown as 100."""
    assert percent(value) == expected


def test_a_scope_without_files_claims_no_percentage() -> None:
    """Neither 0 % nor 100 % would be true."""
    groups = {"corruption": WeightedShare(1, 1, 100.0, 0.5)}
    score = Score(100.0, "A", {"production": ScopeShare(0, 0, 0.0)}, groups, Census())
    report = text.render(verdicts.verdict([verdicts.finding()], score=score))

    assert "  by scope     production  no files\n" in report
    assert "  by group     corruption  100.0 %  1 of 1 file, weight 0.5\n" in report


def test_census_names_only_fates_that_are_known_and_happened() -> None:
    """Numbers that no rule can tell yet are left out."""
    census = Census(known=9, live=5, hollow=2, disabled=0, lost=2)
    score = Score(50.0, "D", {}, {}, census)
    report = text.render(verdicts.verdict([verdicts.finding()], score=score))

    assert "  tests        5 live of 9 known, 2 hollow, 2 lost in damaged text\n" in report


@pytest.mark.parametrize(
    ("snapshot", "place"),
    [
        (SnapshotInfo("worktree", "ab" * 20, 1, 0), "1 file of the work tree"),
        (SnapshotInfo("index", None, 2, 0), "2 files of the index"),
        (SnapshotInfo("revision", "ab" * 20, 3000, 0), "3,000 files of revision abababababab"),
    ],
)
def test_the_report_says_what_was_scanned(snapshot: SnapshotInfo, place: str) -> None:
    """Work tree, index or revision."""
    assert f"  scanned      {place}" in lines(verdicts.verdict([verdicts.finding()], snapshot=snapshot))


def test_markup_and_escapes_in_foreign_text_are_shown_not_obeyed() -> None:
    """Square brackets stay, control characters become escapes."""
    found = verdicts.finding(path="[bold]x\n.py", message="[red]y[/red]\x1b[2J\u202e", symbol="\x07")
    report = text.render(verdicts.verdict([found], notes=("\rnote",)), color=False)

    assert report.startswith("[bold]x\\n.py\n")
    assert r"[red]y[/red]\x1b[2J\u202e  in \x07" in report
    assert "Note: \\rnote\n" in report


@given(verdicts.any_verdict(), st.integers(80, 120))
def test_any_verdict_is_printable_complete_and_the_same_in_colour(verdict: Verdict, width: int) -> None:
    """No control character but the line feed reaches the terminal, and colours add nothing but colour."""
    plain = text.render(verdict, width=width)
    coloured = text.render(verdict, width=width, color=True)

    assert plain.replace("\n", "").isprintable()
    assert SGR.sub("", coloured) == plain
    assert sum(_starts_a_finding(line) for line in plain.split("\n")) == len(verdict.findings)


@given(st.lists(st.text("aé漢字ｗ한글 e\u0301🙂[]", max_size=120), max_size=8), st.sampled_from([80, 100, 120]))
def test_lines_keep_to_the_width(messages: list[str], width: int) -> None:
    """Measured with the cell widths of a terminal library; only file names may stick out."""
    related = tuple(Related("b.py", 1, message) for message in messages)
    found = [verdicts.finding(message=message, symbol=message, related=related) for message in messages]
    gaps = [Gap("a.py", message) for message in messages]

    assert [line for line in lines(verdicts.verdict(found, gaps), width) if cell_len(line) > width] == []


@pytest.mark.parametrize("content", ["plain", "漢字", "ｗｉｄｅ", "한글", "🙂", "é", "e\u0301", "×"])
def test_widths_are_those_of_a_terminal(content: str) -> None:
    """Wide and full-width characters take two cells, combining ones none."""
    assert cells(content) == cell_len(content)


@given(st.text("ab漢 e\u0301", max_size=200), st.integers(24, 120))
def test_wrapping_loses_nothing(content: str, width: int) -> None:
    """Apart from white space at the breaks, what goes in comes out."""
    assert "".join(wrap(content, width)).replace(" ", "") == content.replace(" ", "")


def _starts_a_finding(line: str) -> bool:
    return bool(re.match(r"  (critical|high    |medium  |low     )  \d+:\d+ +(COR|ENV|SUP)001(  |$)", line))


def test_paragraphs_that_are_too_wide_are_wrapped_anew() -> None:
    """Code and headings keep their lines, and so does what fits."""
    code = "```python\ndef test_total():\n    assert total([1, 2, 3]) == 6\n\n    assert total([1]) == 1  # wide\n```"
    wide = "Why it matters: one\ntwo three four five six seven."

    assert reflow(f"# A heading that is wide\n\n{wide}\n\nFits.\n\n{code}\n", 24) == (
        f"# A heading that is wide\n\nWhy it matters: one two\nthree four five six\nseven.\n\nFits.\n\n{code}\n"
    )


def test_long_names_are_cut_where_names_have_joints() -> None:
    """A path or a dotted name stays readable; one without joints is cut at the width."""
    assert wrap("netra_backend.app.services.state_persistence", 30) == [
        "netra_backend.app.services.",
        "state_persistence",
    ]
    assert wrap("x" * 40, 30) == ["x" * 30, "x" * 10]


@pytest.mark.parametrize(
    ("overall", "letter", "tests", "told"),
    [
        (92.2, "C", Census(known=10, live=8, lost=1, hollow=1), "92.2 % (C, not B: 2 tests are lost or hollow)"),
        (99.0, "D", Census(known=2, live=1, lost=1), "99.0 % (D, not A: 1 test is lost or hollow)"),
        (99.0, "B", Census(known=1, live=1), "99.0 % (B, not A: critical findings stand)"),
        (92.2, "B", Census(known=1, live=1), "92.2 % (B)"),
    ],
)
def test_a_letter_that_is_held_down_says_why(overall: float, letter: str, tests: Census, told: str) -> None:
    """Nobody should have to guess why 92 % is a C."""
    found = verdicts.verdict([verdicts.finding()], score=Score(overall, letter, {}, {}, tests))

    assert f"  score        {told}\n" in text.render(found)
    assert f"score  {told}\n" in scorecard.render(found, explain=False)
    assert told in markdown.render(found)
    assert told[8:-1].partition(", ")[2] in html.render(found)


def test_history_is_asked_only_for_what_restore_looks_for() -> None:
    """Damage below the failing severity is left alone by `restore`, and so not announced."""
    found = verdicts.verdict(
        [
            verdicts.finding(path=f"{severity.value}.py", severity=severity, restorable=True)
            for severity in (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM)
        ]
    )

    assert "which of 2 files git history can" in text.render(found)
    assert "which of 3 files git history can" in text.render(found, mendable=Severity.MEDIUM)
    assert "restore" not in text.render(found, mendable=None)
    assert "if git history has a healthy version" in text.render(found, mendable=Severity.CRITICAL)


def test_what_to_do_next_fits_a_narrow_terminal() -> None:
    """What a command is good for stands below it where there is no room beside it."""
    found = verdicts.verdict(verdicts.mixed().findings)
    narrow, wide = (text.render(found, width=width).split("\n") for width in (80, 120))

    assert max(map(cells, narrow)) <= 80
    assert any(line.startswith("  integrity restore --dry-run  ") for line in wide)
    assert "  integrity restore --dry-run" in narrow
