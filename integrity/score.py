"""The compliance score: compliant files of all files, by scope and by group of rule families.

The README's page of arithmetic states the formula and its properties. Everything is computed in fractions and turned
into a floating-point number once, at the end, so that equal shares compare equal and repair never lowers a digit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from integrity.errors import TargetError
from integrity.model import Census, Finding, Gap, ScopeShare, Score, Severity, Share, WeightedShare

GROUPS: dict[str, tuple[str, ...]] = {
    "corruption": ("COR",),
    "tests": ("TST", "HAR", "DIF"),
    "imports": ("CYC", "IMP"),
    "environment": ("ENV",),
    "structure": ("SSO", "CPX"),
}
DEFAULT_WEIGHTS = {"corruption": 4.0, "tests": 3.0, "imports": 2.0, "environment": 1.0, "structure": 1.0}
GRADES = (("A", 95.0), ("B", 85.0), ("C", 70.0), ("D", 50.0))
BEST_WITH_CRITICAL = "B"


@dataclass(frozen=True)
class Unit:
    """A file that counts: one that holds at least one statement or comment line, or that could not be checked.

    Attributes:
        path: relative to the repository root.
        test: whether it belongs to the tests (else to production).
        gap: whether something about it could not be checked.
    """

    path: str
    test: bool
    gap: bool


def score(
    units: Sequence[Unit],
    findings: Iterable[Finding],
    census: Census,
    *,
    families: frozenset[str],
    weights: Mapping[str, float],
    scope_tests: Mapping[str, Census] = MappingProxyType({}),
) -> Score:
    """The score of one scan, by the formula of the README's page of arithmetic.

    Args:
        units: the files that count.
        findings: unsuppressed findings; those of severity high and above make their file non-compliant.
        census: the tests, passed through.
        families: the rule families that ran; a group without any is left out rather than called perfect.
        weights: group to weight, on top of the default weights.
        scope_tests: the tests of each scope, passed through.

    Raises:
        TargetError: there is no file to score.
    """
    if not units:
        raise TargetError("nothing to score: no file holds a statement or a comment; name a path that does")
    broken: dict[str, set[str]] = {}
    critical = False
    for finding in findings:
        critical = critical or finding.severity is Severity.CRITICAL
        if finding.severity.at_least(Severity.HIGH):
            broken.setdefault(finding.path, set()).add(group_of(finding.code))
    found = figures(units, broken, families=families, weights=weights, scope_tests=scope_tests)
    letter = grade(found.overall, census, critical=critical)
    return msgspec.structs.replace(found, tests=census, grade=letter)


def figures(
    units: Sequence[Unit],
    broken: Mapping[str, Collection[str]],
    *,
    families: frozenset[str],
    weights: Mapping[str, float],
    scope_tests: Mapping[str, Census],
    critical: bool = False,
) -> Score:
    """As `score`, for units of which is known already where they do not comply; its census is that of the scopes.

    Args:
        units: the files that count, at least one.
        broken: path to the groups that the file does not comply with.
        families: as in `score`.
        weights: as in `score`.
        scope_tests: as in `score`.
        critical: whether a critical finding stands.
    """
    present = [group for group, members in GROUPS.items() if not families.isdisjoint(members)]
    failing = [_failing(unit, broken.get(unit.path, ()), present) for unit in units]
    groups = {
        group: _weighted(
            _share(len(units), sum(group in one for one in failing)), weights.get(group, DEFAULT_WEIGHTS[group])
        )
        for group in present
    }
    scopes = {
        scope: _scoped([bool(one) for unit, one in zip(units, failing, strict=True) if unit.test is test], tests)
        for scope, test in (("production", False), ("tests", True))
        for tests in [scope_tests.get(scope, Census())]
    }
    overall = _weighted_mean(groups.values())
    census = sum((one.tests for one in scopes.values()), Census())
    letter = grade(overall, census, critical=critical)
    return Score(overall=overall, grade=letter, scopes=scopes, groups=groups, tests=census)


def _failing(unit: Unit, broken: Collection[str], present: Collection[str]) -> Collection[str]:
    """The groups that a unit does not comply with: a gap counts against every group."""
    return present if unit.gap else [group for group in present if group in broken] if broken else ()


def grade(percent: float, tests: Census = Census(), *, critical: bool = False) -> str:  # noqa: B008 - immutable
    """A from 95, B from 85, C from 70, D from 50, else F: of the score or of the tests that still test, the lower.

    Clean files added to a tree raise its score, but not the share of its tests that were lost or hollowed out.

    Args:
        percent: the score.
        tests: the census.
        critical: whether a critical finding stands, with which no grade is better than `BEST_WITH_CRITICAL`.
    """
    letters = [_letter(percent), _letter(sound(tests)), BEST_WITH_CRITICAL if critical else "A"]
    return max(letters)


def sound(tests: Census) -> float:
    """The percentage of live tests among those that are live, lost or hollow; 100 where there are none.

    Tests that are switched off or found by no runner stand aside: else copies of a suite that nobody runs would hide
    what is lost of the one that is.
    """
    spoiled = tests.lost + tests.hollow
    return 100.0 * tests.live / (tests.live + spoiled) if spoiled else 100.0


def _letter(percent: float) -> str:
    return next((letter for letter, bound in GRADES if percent >= bound), "F")


def group_of(code: str) -> str:
    """The group that a rule's code belongs to, "" when its family has no part in the score."""
    return _GROUP_OF.get(code[:3], "")


_GROUP_OF = {family: group for group, families in GROUPS.items() for family in families}


def _share(files: int, failing: int) -> Share:
    """The compliant ones among some files; no files are 0 %, because nothing was shown to comply."""
    compliant = files - failing
    return Share(compliant=compliant, files=files, percent=100.0 * compliant / files if files else 0.0)


def _scoped(failing: Sequence[bool], tests: Census) -> ScopeShare:
    share = _share(len(failing), sum(failing))
    return ScopeShare(compliant=share.compliant, files=share.files, percent=share.percent, tests=tests)


def _weighted(share: Share, weight: float) -> WeightedShare:
    return WeightedShare(compliant=share.compliant, files=share.files, percent=share.percent, weight=weight)


def _weighted_mean(groups: Collection[WeightedShare]) -> float:
    """The mean of the groups' percentages by weight; 0 when no group has a weight."""
    total = sum(map(_weight, groups))
    points = sum(_weight(group) * Fraction(100 * group.compliant, group.files) for group in groups)
    return float(points / total) if total else 0.0


def _weight(group: WeightedShare) -> Fraction:
    """The weight as it is written: 0.1 is a tenth, and not the nearest binary fraction."""
    return Fraction(repr(group.weight))


class Repair(NamedTuple):
    """What it gains to repair one file.

    Attributes:
        path: the file.
        groups: those it is not compliant for, in the order of `GROUPS`.
        gain: in points of the overall score.
        reached: the overall score once this file and all before it are repaired.
    """

    path: str
    groups: tuple[str, ...]
    gain: float
    reached: float


def repairs(figures: Score, findings: Iterable[Finding], gaps: Iterable[Gap]) -> list[Repair]:
    """The files that are not compliant, those first whose repair gains most; of equal ones, in order of path.

    Args:
        figures: the score, whose groups count.
        findings: unsuppressed findings.
        gaps: what could not be checked, which costs its file every group.
    """
    costs = _costs(figures)
    broken: dict[str, set[str]] = {gap.path: set(costs) for gap in gaps}
    for finding in findings:
        if finding.severity.at_least(Severity.HIGH) and group_of(finding.code) in costs:
            broken.setdefault(finding.path, set()).add(group_of(finding.code))
    gains = {path: sum((costs[group] for group in groups), Fraction()) for path, groups in broken.items()}
    reached, found = Fraction(figures.overall), []
    for path in sorted(gains, key=lambda path: (-gains[path], path)):
        reached += gains[path]
        groups = tuple(group for group in costs if group in broken[path])
        found.append(Repair(path, groups, float(gains[path]), min(100.0, float(reached))))
    return found


def _costs(figures: Score) -> dict[str, Fraction]:
    """What one file that is not compliant costs, in points of the overall score, by group."""
    total = sum(map(_weight, figures.groups.values())) or Fraction(1)
    return {name: 100 * _weight(group) / total / group.files for name, group in figures.groups.items()}
