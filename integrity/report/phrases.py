"""Wording that several reports share: numbers, percentages, and the sentences made of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal

from integrity.gates import Gate
from integrity.model import Census, Score, Severity, Share, SnapshotInfo, Verdict
from integrity.report.counts import by_severity
from integrity.report.printable import printable
from integrity.score import BEST_WITH_CRITICAL, grade

_PLACES = {"worktree": "the work tree", "index": "the index"}
_REVISION_LENGTH = 12


def plural(number: int, noun: str) -> str:
    """The number and the noun, as in "1 file", "1,203 files"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def percent(value: float) -> str:
    """A percentage cut to one decimal, never rounded up: 99.97 is "99.9 %"."""
    # Rounding far to the right first undoes binary fractions such as 28.999999999999996, never real differences.
    tenths = math.floor(round(value * 10, 6))
    return f"{(tenths if value >= 100 else min(tenths, 999)) / 10:.1f} %"  # noqa: PLR2004 - a hundred per cent


def share(part: Share) -> str:
    """The two numbers behind a percentage, as in "1,203 of 1,225 files"."""
    return f"{part.compliant:,} of {plural(part.files, 'file')}"


def score(figures: Score) -> str:
    """The overall score, as in "98.7 % (A)"."""
    return f"{percent(figures.overall)} ({figures.grade})"


def score_told(figures: Score) -> str:
    """The score, and why its letter is lower than it alone, as in "92.2 % (C, not B: 3 tests are lost or hollow)"."""
    held = held_down(figures)
    return f"{percent(figures.overall)} ({figures.grade}, {held})" if held else score(figures)


def held_down(figures: Score) -> str:
    """Why the letter is below that of the score alone, as in "not A: critical findings stand"; "" when it is not."""
    alone, spoiled = grade(figures.overall), figures.tests.lost + figures.tests.hollow
    if figures.grade <= alone:
        return ""
    if grade(100, figures.tests) == figures.grade:
        return f"not {alone}: {plural(spoiled, 'test')} {'is' if spoiled == 1 else 'are'} lost or hollow"
    return f"not {alone}: critical findings stand" if figures.grade == BEST_WITH_CRITICAL else ""


def gate(one: Gate) -> str:
    """A threshold held against what was reached, as in "group tests 89.97 % (1,203 of 1,337 files) is below 90 %"."""
    if one.percent is None:
        return f"{one.subject} not judged: no rule of it ran, so its threshold of {_bound(one.threshold)} is not tested"
    if one.share and not one.share.files:
        return f"{one.subject} has no files, which shows nothing; its threshold is {_bound(one.threshold)}"
    numbers = f" ({share(one.share)})" if one.share else ""
    if one.met:
        return f"{one.subject} {percent(one.percent)}{numbers} reaches {_bound(one.threshold)}"
    return f"{one.subject} {_apart(one.percent, one.threshold)}{numbers} is below {_bound(one.threshold)}"


def _bound(threshold: float) -> str:
    """A percentage as it was written."""
    return f"{Decimal(repr(threshold)).normalize():f} %"


def _apart(value: float, bound: float) -> str:
    """A percentage below a bound, cut to as many decimals as it takes to see that it is below."""
    exact = Decimal(repr(value))
    shown = (exact.quantize(Decimal(1).scaleb(-places), ROUND_FLOOR) for places in range(1, 20))
    least = Decimal(repr(bound)) - exact
    return f"{next((one for one in shown if exact - one <= least), exact)} %"


def severities(counted: Mapping[Severity, int]) -> str:
    """The findings by severity, as in "2 critical, 10 low"."""
    return ", ".join(f"{number:,} {severity.value}" for severity, number in counted.items())


def scanned(snapshot: SnapshotInfo) -> str:
    """What was scanned, as in "11,150 files of revision 1a2b3c4d5e6f"."""
    place = _PLACES.get(snapshot.kind, snapshot.kind)
    if snapshot.revision and snapshot.kind == "revision":
        place = f"revision {printable(snapshot.revision[:_REVISION_LENGTH])}"
    return f"{plural(snapshot.files, 'file')} of {place}"


def census(tests: Census) -> str:
    """What became of the tests, as in "12,300 live of 15,456 known, 3,156 lost in damaged text"."""
    kinds = (
        (tests.hollow, "hollow"),
        (tests.disabled, "disabled"),
        (tests.uncollected, "not collected"),
        (tests.lost, "lost in damaged text"),
    )
    fates = [f"{number:,} {fate}" for number, fate in kinds if number]
    told = ", ".join([f"{tests.live:,} live of {tests.known:,} known", *fates])
    return f"{told}; {plural(tests.unknown_files, 'file')} only a run can tell" if tests.unknown_files else told


def baselined(counted: Mapping[Severity, int]) -> str:
    """What is tolerated, as in "12 findings (3 critical)"."""
    critical = counted.get(Severity.CRITICAL, 0)
    number = plural(sum(counted.values()), "finding")
    return f"{number} ({critical:,} critical)" if critical else number


def headline(verdict: Verdict) -> str:
    """The result in one line, as in "Found 3 findings in 2 of 271 files: 1 critical, 2 low"."""
    if verdict.findings:
        return _found(verdict)
    if verdict.gaps:
        return f"Incomplete: no findings, but {plural(len(verdict.gaps), 'gap')} in {scanned(verdict.snapshot)}"
    return _clean(verdict)


def footer(verdict: Verdict) -> str:
    """The last line of the line-oriented reports."""
    files = len({finding.path for finding in verdict.findings}) or verdict.snapshot.files
    number = plural(len(verdict.findings), "finding") if verdict.findings else "no findings"
    sentence = f"Found {number} in {plural(files, 'file')}{_aside(verdict)}."
    restorable = sum(finding.restorable for finding in verdict.findings)
    return f"{sentence} [*] {restorable:,} may come back from git history." if restorable else sentence


def _found(verdict: Verdict) -> str:
    files = len({finding.path for finding in verdict.findings})
    where = f"{files:,} of {plural(verdict.snapshot.files, 'file')}"
    counted = severities(by_severity(verdict.findings))
    return f"Found {plural(len(verdict.findings), 'finding')} in {where}: {counted}"


def _clean(verdict: Verdict) -> str:
    snapshot, lost = verdict.snapshot, verdict.score.tests.lost
    facts = [plural(snapshot.files, "file"), plural(snapshot.tests, "live test"), f"score {score(verdict.score)}"]
    facts += [plural(verdict.suppressed, "finding") + " suppressed"] if verdict.suppressed else []
    facts += [f"{baselined(verdict.baselined)} known before"] if verdict.baselined else []
    facts += [plural(lost, "test") + " lost"] if lost else []
    return f"{'Nothing new' if verdict.baselined else 'Clean'}: {', '.join(facts)}"


def _aside(verdict: Verdict) -> str:
    """Gaps and suppressed findings in brackets, "" when there are none."""
    parts = [plural(len(verdict.gaps), "gap")] if verdict.gaps else []
    parts += [f"{verdict.suppressed:,} suppressed"] if verdict.suppressed else []
    parts += [f"{baselined(verdict.baselined)} known before"] if verdict.baselined else []
    return f" ({', '.join(parts)})" if parts else ""
