"""A verdict beside an older state: what changed, in words."""

from __future__ import annotations

import math

from integrity.model import Finding, Severity, Verdict
from integrity.report.options import Base, Options
from integrity.report.phrases import percent

_UNCHANGED = 0.005  # points; smaller changes would be printed as zero


def score_change(verdict: Verdict, base: Base) -> str:
    """As in "up 1.25 points from 91.2 % on main"."""
    points = verdict.score.overall - base.score.overall
    was = f"{percent(base.score.overall)} on {base.name}"
    if abs(points) < _UNCHANGED:
        return f"as on {base.name}" if points == 0 else f"nearly as on {base.name}"
    # Cut, not rounded, as every percentage is, so that no change looks larger than it is.
    return f"{'up' if points > 0 else 'down'} {math.floor(abs(points) * 100 + 1e-6) / 100:.2f} points from {was}"


def tests_change(verdict: Verdict, base: Base) -> str:
    """As in "12 live tests fewer than on main"; "" when their number is the same."""
    change = verdict.score.tests.live - base.score.tests.live
    if not change:
        return ""
    noun = "test" if abs(change) == 1 else "tests"
    return f"{abs(change):,} live {noun} {'more' if change > 0 else 'fewer'} than on {base.name}"


def fails(finding: Finding, options: Options) -> bool:
    """Whether a finding alone fails the gate."""
    return finding.severity is Severity.CRITICAL or finding.severity.at_least(options.failing)


def matters(finding: Finding, options: Options) -> bool:
    """Whether a reviewer should see a finding at once: a new one where that is known, else one that fails the gate."""
    base = options.base
    if base is not None and base.fingerprints is not None:
        return base.is_new(finding)
    return fails(finding, options)
