"""The comment on a pull request, as a Markdown parser reads it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from integrity.model import Census, Gap, Score, Severity, Verdict
from integrity.report.markdown import LIMIT, render
from integrity.report.options import Base, Options
from integrity.report.outputs import render as render_format
from tests.support import verdicts

PARSER = MarkdownIt("gfm-like", {"linkify": False, "html": True})
OWN_HTML = {"<details>", "</details>", "<summary>", "</summary>", "<!-- -->"}


def tables(page: str) -> list[list[list[str]]]:
    """The cells of every table, as a reader sees them."""
    found: list[list[list[str]]] = []
    for token in PARSER.parse(page):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and found and token.level > 2:
            children = token.children or []
            assert {child.type for child in children} <= {"text", "text_special", "code_inline", "html_inline"}
            found[-1][-1].append("".join(child.content for child in children if child.type != "html_inline"))
    return found


def base(overall: float, live: int = 3412, fingerprints: frozenset[str] | None = None) -> Base:
    """An older state."""
    score = Score(overall, "A", verdicts.SCORE.scopes, verdicts.SCORE.groups, Census(known=live, live=live))
    return Base("main", score, fingerprints)


def test_the_comment_says_first_whether_the_gate_is_met() -> None:
    """In words, not by a picture alone."""
    failed = render(verdicts.mixed(), Options(failures=("2 gaps: the check is incomplete",), project="shop"))
    assert failed.startswith(
        "## Test integrity: shop\n\n:x: **The gate is not met**: 2 gaps: the check is incomplete.\n"
    )
    assert ":white_check_mark: **The gate is met.**" in render(verdicts.clean(), Options(failures=()))


@pytest.mark.parametrize(("build", "met"), [(verdicts.clean, True), (verdicts.mixed, False)])
def test_without_a_judge_the_defaults_of_a_scan_hold(build: object, met: bool) -> None:
    """Gaps and findings of severity high and above fail."""
    assert callable(build)
    assert ("**The gate is met.**" in render(build())) is met


@pytest.mark.parametrize(
    ("overall", "words"),
    [
        (97.5, "up 1.26 points from 97.5 % on main"),
        (99.0, "down 0.23 points from 99.0 % on main"),
        (98.765, "as on main"),
        (98.766, "nearly as on main"),
    ],
)
def test_the_score_is_compared_with_the_base(overall: float, words: str) -> None:
    """Cut, never rounded up."""
    assert f"**Score 98.7 % (A)**; {words}; tests:" in render(verdicts.mixed(), Options(base=base(overall)))


def test_lost_tests_are_counted_against_the_base() -> None:
    """The number that a reviewer must not miss."""
    assert "; **88 live tests fewer than on main**." in render(verdicts.mixed(), Options(base=base(98, live=3500)))
    assert "than on main" not in render(verdicts.mixed(), Options(base=base(98)))


def test_what_fails_the_gate_stands_in_the_open() -> None:
    """Everything else is folded away."""
    first, *folded = tables(render(verdicts.mixed()))

    assert first[0] == ["Severity", "Rule", "Place", "What is wrong"]
    assert [row[:3] for row in first[1:]] == [
        ["critical", "COR001", "tests/test_login.py:1"],
        ["high", "COR004", "app/auth/session.py:118"],
    ]
    assert [table[0][0] for table in folded] == ["File", "Rule", "File", "Group"]


def test_new_findings_stand_in_the_open_when_the_base_is_known() -> None:
    """Whatever their severity; old ones do not."""
    old = verdicts.finding(fingerprint="old")
    new = verdicts.finding(fingerprint="new", severity=Severity.LOW, path="b.py")
    page = render(verdicts.verdict([old, new]), Options(base=base(98, fingerprints=frozenset({"old"}))))

    assert "### New findings (1)" in page
    assert [row[2] for row in tables(page)[0][1:]] == ["b.py:1"]


def test_many_findings_show_some_of_every_rule() -> None:
    """The most serious first, and how many are not shown."""
    many = [verdicts.finding(code="IMP001", line=line) for line in range(1, 200)]
    page = render(verdicts.verdict([*many, verdicts.finding(path="z.py")]))

    assert len(tables(page)[0]) == 26
    assert tables(page)[0][1][1] == "COR001"
    assert "and 175 more findings, counted below" in page


def test_gaps_are_listed_with_their_reasons() -> None:
    """Folded, and counted in the summary."""
    page = render(verdicts.verdict(gaps=[Gap("a.py", "no permission")]))
    assert "<summary>Not checked (1)</summary>" in page
    assert tables(page)[0][1] == ["a.py", "no permission"]


@pytest.mark.parametrize("text", ["@pytest.mark.skip", "see #12", "<script>alert(1)</script>", "a|b", "[a](http://b)"])
def test_foreign_text_mentions_nobody_and_links_nowhere(text: str) -> None:
    """It is shown as it is written."""
    page = render(verdicts.verdict([verdicts.finding(message=text)]))
    assert tables(page)[0][1][3] == text
    assert not re.search(r"@pytest|#12|<script|\]\(http", re.sub(r"\\.", "", page))


def test_code_in_a_message_is_shown_as_code() -> None:
    """Between its backticks nothing is escaped."""
    page = render(verdicts.verdict([verdicts.finding(message="`assert a_b | True` holds")]))
    assert r"`assert a_b \| True` holds |" in page
    assert tables(page)[0][1][3] == "assert a_b | True holds"


@given(verdicts.any_verdict())
def test_no_repository_adds_html_or_tears_a_table(verdict: Verdict) -> None:
    """All HTML of the page is ours, and every row has as many cells as its head."""
    page = render(verdict, Options(project=verdicts.HOSTILE, base=replace(base(98), name=verdicts.HOSTILE)))
    assert set(re.findall(r"<[^>]*>", re.sub(r"`[^`\n]*`|\\.", "", page))) <= OWN_HTML
    assert all(len({len(row) for row in table}) == 1 for table in tables(page))
    assert page.replace("\n", "").isprintable()


def test_the_comment_stays_under_githubs_limit() -> None:
    """Rows are left out and counted; every fold that was opened is closed."""
    gaps = [Gap(f"{number}.py", "漢" * 900) for number in range(2000)]
    found = [verdicts.finding(code=f"XYZ{n}", line=n + 1, message="漢" * 2000, path=f"{n}.py") for n in range(2000)]
    page = render_format(verdicts.verdict(found, gaps), "markdown")

    assert len(page.encode()) <= LIMIT
    assert page.count("<details>") == page.count("</details>") == 4
    assert re.search(r"and [\d,]+ more gaps\n", page)
