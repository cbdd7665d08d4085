"""Verdicts to report on, built without scanning anything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from hypothesis import strategies as st

from integrity.model import (
    Census,
    Finding,
    Gap,
    Related,
    ScopeShare,
    Score,
    Severity,
    SnapshotInfo,
    Verdict,
    WeightedShare,
)
from integrity.report.options import Base

BIDI = "\u202e"
ESCAPE = "\x1b[31m"
UNDECODABLE = "caf\udce9.py"  # how Python holds the Latin-1 file name "café.py"
HOSTILE = f"[bold]a|b`c`\n::error::d\t{ESCAPE}{BIDI}e\u2028f\x00 %0A <script>"

SCORE = Score(
    overall=98.765,
    grade="A",
    scopes={"production": ScopeShare(150, 151, 15000 / 151), "tests": ScopeShare(116, 120, 11600 / 120)},
    groups={
        "corruption": WeightedShare(268, 271, 26800 / 271, 4.0),
        "environment": WeightedShare(269, 271, 99.99, 1.0),
    },
    tests=Census(known=3426, live=3412, lost=14),
)
SCORE_BASE = Base("main", Score(97.5, "A", {}, {}, Census(known=3500, live=3500)))
PERFECT = Score(
    overall=100.0,
    grade="A",
    scopes={"production": ScopeShare(151, 151, 100.0), "tests": ScopeShare(120, 120, 100.0)},
    groups={"corruption": WeightedShare(271, 271, 100.0, 4.0)},
    tests=Census(known=3412, live=3412),
)


def finding(**fields: Any) -> Finding:
    """A finding, ordinary in every field that is not given."""
    ordinary: dict[str, Any] = {
        "code": "COR001",
        "name": "commented-out-module",
        "severity": Severity.CRITICAL,
        "message": "212 of 230 lines are commented-out code",
        "path": "tests/test_login.py",
        "line": 1,
        "column": 1,
        "end_line": 230,
        "end_column": 1,
        "symbol": "",
        "fingerprint": "0123456789abcdef",
        "restorable": False,
    }
    return Finding(**{**ordinary, **fields})


def verdict(findings: Iterable[Finding] = (), gaps: Iterable[Gap] = (), **fields: Any) -> Verdict:
    """A verdict on the work tree of 271 files, in the order that a scan gives."""
    ordered = tuple(sorted(findings, key=lambda found: found.order))
    ordinary: dict[str, Any] = {
        "snapshot": SnapshotInfo("worktree", None, 271, 3412),
        "suppressed": 0,
        "score": SCORE,
    }
    return Verdict(findings=ordered, gaps=tuple(sorted(gaps)), **{**ordinary, **fields})


def clean() -> Verdict:
    """Nothing found, everything checked."""
    return verdict(score=PERFECT)


def mixed() -> Verdict:
    """A few findings of every severity, two gaps and a note."""
    gaps = [
        Gap("tests/data/huge.py", "51,200,000 bytes, more than max-file-size allows (10,000,000)"),
        Gap("app/nested.py", "too deeply nested for the parser"),
    ]
    return verdict(_mixed_findings(), gaps, suppressed=4, notes=("submodule vendor/lib is not scanned",))


def many(number: int) -> Verdict:
    """A badly damaged repository: `number` findings, three files in four with one, plus gaps."""
    template = _mixed_findings()
    findings = [_copy(template[index % len(template)], index) for index in range(number)]
    gaps = [Gap(f"backups/old_{index}.py", "line 3 is not utf-8 (byte 0xff)") for index in range(3)]
    census = Census(known=15456, live=12300, lost=3156)
    score = Score(71.39, "C", SCORE.scopes, SCORE.groups, census)
    return verdict(findings, gaps, score=score, snapshot=SnapshotInfo("revision", "1f" * 20, 11150, 12300))


def _mixed_findings() -> list[Finding]:
    lost = "14 tests lost: TestLogin.test_password_is_checked, TestLogin.test_token_expires and 12 more"
    return [
        finding(
            message=f"212 of 230 lines are code commented out by a tool (marker REMOVED_SYNTAX_ERROR); {lost}",
            restorable=True,
            related=tuple(Related("tests/test_login.py", 10 * n, f"TestLogin.test_{n} was here") for n in range(1, 8)),
        ),
        finding(
            code="COR004",
            name="syntax-error",
            severity=Severity.HIGH,
            message="does not parse: '(' was never closed",
            path="app/auth/session.py",
            line=118,
            column=23,
            end_line=118,
            end_column=24,
            restorable=True,
            related=(Related("app/auth/tokens.py", 3, "the same damage"),),
        ),
        finding(
            code="ENV001",
            name="direct-environment-access",
            severity=Severity.MEDIUM,
            message="os.environ.get reads DATABASE_URL with the default 'sqlite://'",
            path="app/auth/session.py",
            line=9,
            column=12,
            end_line=9,
            end_column=48,
            symbol="Session.connect",
        ),
        finding(
            code="ENV001",
            name="direct-environment-access",
            severity=Severity.LOW,
            message="os.environ is written (DATABASE_URL)",
            path="tests/conftest.py",
            line=1203,
            column=5,
            end_line=1203,
            end_column=30,
            symbol="database",
        ),
        finding(
            code="SUP001",
            name="unused-suppression",
            severity=Severity.LOW,
            message="the suppression of COR002 silences nothing; remove it",
            path="tests/conftest.py",
            line=40,
            column=17,
            end_line=40,
            end_column=52,
        ),
    ]


def _copy(original: Finding, index: int) -> Finding:
    folder, _, name = original.path.rpartition("/")
    path = f"{folder}/service_{index % 97}/{index // 8}_{name}"
    return msgspec.structs.replace(original, path=path, line=index + 1, end_line=index + 1)


def any_verdict() -> st.SearchStrategy[Verdict]:
    """Verdicts whose every text holds whatever a hostile repository may put there."""
    findings, gaps = st.lists(_any_finding(), max_size=30), st.lists(st.builds(Gap, _ANY_TEXT, _ANY_TEXT), max_size=12)
    notes = st.lists(_ANY_TEXT, max_size=2).map(tuple)
    return st.builds(verdict, findings, gaps, suppressed=st.integers(0, 5), notes=notes)


# The default alphabet leaves out lone surrogates, which file names that are not UTF-8 consist of.
_ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from(HOSTILE + UNDECODABLE + "\ud800漢🙂")), max_size=40)
_NUMBER = st.integers(1, 3000)


def _any_finding() -> st.SearchStrategy[Finding]:
    related = st.lists(st.builds(Related, _ANY_TEXT, _NUMBER, _ANY_TEXT), max_size=7).map(tuple)
    texts = dict.fromkeys(("message", "path", "symbol", "name"), _ANY_TEXT)
    numbers = dict.fromkeys(("line", "column", "end_line", "end_column"), _NUMBER)
    codes = st.sampled_from(["COR001", "ENV001", "SUP001"])
    severities = st.sampled_from(Severity)
    return st.builds(
        finding, code=codes, severity=severities, restorable=st.booleans(), related=related, **texts, **numbers
    )
