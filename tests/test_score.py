"""The score's arithmetic and its promises; each fault of a score nobody should trust is a test here."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.config.config import Config
from integrity.errors import TargetError
from integrity.gates import gates
from integrity.model import Census, Finding, Gap, ScopeShare, Score, Severity
from integrity.report import phrases
from integrity.score import Unit, grade, repairs, score
from tests.support.verdicts import finding

_FAMILIES = frozenset({"COR", "ENV", "SUP"})
_PATHS = [f"src/m{n}.py" for n in range(4)] + [f"tests/test_{n}.py" for n in range(4)]
_UNITS = [Unit(path, path.startswith("tests"), gap=False) for path in _PATHS]


def _finding(path: str, code: str = "COR001", severity: Severity = Severity.CRITICAL) -> Finding:
    return finding(path=path, code=code, severity=severity)


def _score(units: list[Unit], findings: list[Finding], **weights: float) -> Score:
    return score(units, findings, Census(), families=_FAMILIES, weights=weights)


_FINDINGS = st.lists(
    st.builds(
        _finding,
        st.sampled_from(_PATHS),
        st.sampled_from(["COR001", "ENV001", "SUP001"]),
        st.sampled_from(list(Severity)),
    ),
    max_size=12,
)
_SUBSETS = st.lists(st.sampled_from(_UNITS), min_size=1, max_size=8, unique=True)


def test_worked_example() -> None:
    """Eight files, one corrupt, two with stray environment access: (7/8 x 4 + 6/8 x 1) / 5."""
    found = [
        _finding("src/m0.py"),
        _finding("src/m1.py", "ENV001", Severity.HIGH),
        _finding("tests/test_0.py", "ENV001"),
    ]
    result = _score(_UNITS, found)
    assert result.overall == pytest.approx((87.5 * 4 + 75.0 * 1) / 5)
    assert (result.groups["corruption"].compliant, result.groups["corruption"].files) == (7, 8)
    assert (result.scopes["production"].compliant, result.scopes["production"].files) == (2, 4)
    assert (result.scopes["tests"].compliant, result.scopes["tests"].files) == (3, 4)


def test_groups_without_rules_are_left_out() -> None:
    """A family that did not run is not called perfect."""
    assert list(_score(_UNITS, []).groups) == ["corruption", "environment"]


def test_nothing_to_score_is_an_error() -> None:
    """Zero files are an error, not 100 %."""
    with pytest.raises(TargetError, match="nothing to score"):
        _score([], [])


def test_hundred_findings_in_one_file_cost_what_one_costs() -> None:
    """The score never saturates and never goes negative."""
    one, hundred = _score(_UNITS, [_finding("src/m0.py")]), _score(_UNITS, [_finding("src/m0.py")] * 100)
    assert one == hundred


def test_critical_counts_as_a_violation() -> None:
    """Critical and high findings make a file non-compliant, medium and low ones do not."""
    shares = [_score(_UNITS, [_finding("src/m0.py", severity=one)]).groups["corruption"].compliant for one in Severity]
    assert shares == [7, 7, 8, 8]


@given(_SUBSETS, _FINDINGS)
def test_bounded(units: list[Unit], found: list[Finding]) -> None:
    """Every percentage lies between 0 and 100, and both its numbers belong to the same set of files."""
    result = _score(units, found)
    for share in [*result.scopes.values(), *result.groups.values()]:
        assert 0 <= share.compliant <= share.files
        assert 0.0 <= share.percent <= 100.0
    assert sum(share.files for share in result.scopes.values()) == len(units)
    assert {share.files for share in result.groups.values()} == {len(units)}
    assert 0.0 <= result.overall <= 100.0


@given(_FINDINGS, st.data())
def test_removing_a_finding_never_lowers_the_score(found: list[Finding], data: st.DataObject) -> None:
    """Repair is never punished."""
    kept = data.draw(st.lists(st.sampled_from(found), unique_by=id)) if found else []
    assert _score(_UNITS, kept).overall >= _score(_UNITS, found).overall


@given(_FINDINGS, st.sampled_from(_PATHS))
def test_a_gap_never_raises_the_score(found: list[Finding], path: str) -> None:
    """A file that could not be checked counts as non-compliant for every group, whatever is found in it."""
    gapped = [Unit(unit.path, unit.test, gap=unit.path == path) for unit in _UNITS]
    unread = [one for one in found if one.path != path]
    assert _score(gapped, unread).overall <= _score(_UNITS, found).overall


@given(_FINDINGS)
def test_order_does_not_matter(found: list[Finding]) -> None:
    """The same findings in another order give the same score."""
    assert _score(_UNITS, found) == _score(_UNITS[::-1], found[::-1])


def test_weights_are_applied_and_reported() -> None:
    """A weight from the configuration changes the mean and stands beside the share."""
    result = _score(_UNITS, [_finding("src/m0.py", "ENV001")], environment=4.0)
    assert result.groups["environment"].weight == 4.0
    assert result.overall == pytest.approx((100.0 * 4 + 87.5 * 4) / 8)


@pytest.mark.parametrize(
    ("percent", "letter"), [(100.0, "A"), (95.0, "A"), (94.999, "B"), (85.0, "B"), (70.0, "C"), (50.0, "D"), (0.0, "F")]
)
def test_grades_compare_unrounded(percent: float, letter: str) -> None:
    """A grade is never reached by rounding up."""
    assert letter == grade(percent)


_CENSUSES = st.builds(
    lambda live, hollow, disabled, lost: Census(live + hollow + disabled + lost, live, hollow, disabled, 0, lost),
    *[st.integers(0, 50)] * 4,
)


def test_clean_files_do_not_buy_a_grade() -> None:
    """A fifth of the tests lost in one file among a thousand clean ones: a score of 99.9 and more, and yet a C."""
    units = [Unit(f"src/m{number}.py", test=False, gap=False) for number in range(999)]
    units += [Unit("tests/test_0.py", test=True, gap=False)]
    found = [_finding("tests/test_0.py")]
    lost = score(units, found, Census(known=100, live=79, lost=21), families=_FAMILIES, weights={})
    assert (lost.overall > 99.9, lost.grade) == (True, "C")
    assert score(units, found, Census(known=100, live=99, lost=1), families=_FAMILIES, weights={}).grade == "B"
    copied = Census(known=1000, live=79, uncollected=900, lost=21)
    assert score(units, found, copied, families=_FAMILIES, weights={}).grade == "C"
    assert score(units, [], Census(known=100, live=96, hollow=4), families=_FAMILIES, weights={}).grade == "A"


@given(st.floats(0, 100), _CENSUSES, st.booleans())
def test_a_grade_is_never_better_than_the_score_alone_the_tests_or_a_critical_finding_allow(
    percent: float, tests: Census, critical: bool
) -> None:
    """It is the worst of the three, and one of them."""
    letter = grade(percent, tests, critical=critical)
    assert letter == max(grade(percent), grade(100.0, tests), grade(100.0, critical=critical))
    assert not (critical and letter == "A")


@given(_SUBSETS, _FINDINGS, _CENSUSES, st.data())
def test_repair_never_lowers_the_grade(
    units: list[Unit], found: list[Finding], tests: Census, data: st.DataObject
) -> None:
    """Neither does a finding that is gone, nor a lost or hollow test that lives again."""
    kept = data.draw(st.lists(st.sampled_from(found), unique_by=id)) if found else []
    back, filled = data.draw(st.integers(0, tests.lost)), data.draw(st.integers(0, tests.hollow))
    better = msgspec.structs.replace(
        tests, live=tests.live + back + filled, lost=tests.lost - back, hollow=tests.hollow - filled
    )
    before = score(units, found, tests, families=_FAMILIES, weights={})
    after = score(units, kept, better, families=_FAMILIES, weights={})
    assert after.grade <= before.grade


@given(_FINDINGS, _CENSUSES, st.integers(1, 500))
def test_copies_of_clean_files_never_lift_a_grade_that_the_tests_hold_down(
    found: list[Finding], tests: Census, copies: int
) -> None:
    """The score rises as the page says; the grade stays where the share of lost and hollow tests holds it."""
    clean = [Unit(f"src/copy{number}.py", test=False, gap=False) for number in range(copies)]
    after = score([*_UNITS, *clean], found, tests, families=_FAMILIES, weights={})
    assert after.grade >= grade(100.0, tests)


_WEIGHTS = st.fixed_dictionaries(
    {"corruption": st.floats(0.1, 9), "environment": st.floats(0.1, 9)}
)  # a group without weight costs nothing


@given(_SUBSETS, _FINDINGS, _WEIGHTS)
def test_exact(units: list[Unit], found: list[Finding], weights: dict[str, float]) -> None:
    """The score is the weighted mean, correctly rounded once."""
    result = _score(units, found, **weights)
    each = result.groups.values()
    total = sum(Fraction(repr(one.weight)) for one in each)
    mean = sum(Fraction(repr(one.weight)) * 100 * one.compliant / one.files for one in each) / total
    assert result.overall == float(mean)


@given(_FINDINGS, st.sampled_from(_PATHS), st.sampled_from(["COR001", "ENV001"]), _WEIGHTS)
def test_damage_never_raises_the_score_and_never_saturates(
    found: list[Finding], path: str, code: str, weights: dict[str, float]
) -> None:
    """One more damaged file costs the same, however many are damaged already; one damaged already costs nothing."""
    before = _score(_UNITS, found, **weights)
    after = _score(_UNITS, [*found, _finding(path, code)], **weights)
    group = {"COR001": "corruption", "ENV001": "environment"}[code]
    hurt = any(one.path == path and one.code == code and one.severity.at_least(Severity.HIGH) for one in found)
    total = sum(one.weight for one in before.groups.values())
    cost = 0.0 if hurt else before.groups[group].weight / total * 100 / len(_UNITS)
    assert after.overall <= before.overall
    assert before.overall - after.overall == pytest.approx(cost, abs=1e-9)


@given(_FINDINGS, _WEIGHTS)
def test_repairing_in_the_order_of_gain_reaches_everything(found: list[Finding], weights: dict[str, float]) -> None:
    """The score after each repair is what a scan would give then, and no other file would have gained more."""
    start = _score(_UNITS, found, **weights)
    left = found
    for one in repairs(start, found, ()):
        now = _score(_UNITS, left, **weights).overall
        best = max(_score(_UNITS, [f for f in left if f.path != path], **weights).overall for path in _PATHS)
        left = [finding for finding in left if finding.path != one.path]
        reached = _score(_UNITS, left, **weights).overall
        assert one.reached == pytest.approx(reached, abs=1e-9)
        assert one.gain == pytest.approx(best - now, abs=1e-9)
    assert _score(_UNITS, left, **weights).overall == 100.0


def test_a_gap_can_be_repaired_for_every_group() -> None:
    """It costs its file each of them."""
    units = [Unit(unit.path, unit.test, gap=unit.path == "src/m0.py") for unit in _UNITS]
    (one,) = repairs(_score(units, []), [], [Gap("src/m0.py", "cannot be read")])
    assert one == ("src/m0.py", ("corruption", "environment"), 12.5, 100.0)


@given(_FINDINGS, st.sampled_from(_UNITS))
def test_splitting_a_file_costs_and_gains_what_the_page_says(found: list[Finding], unit: Unit) -> None:
    """Two halves of the same compliance: a compliant share c/n becomes (c+1)/(n+1), else c/(n+1)."""
    other = Unit(f"{unit.path}2", unit.test, unit.gap)
    copies = [_finding(other.path, one.code, one.severity) for one in found if one.path == unit.path]
    before, after = _score(_UNITS, found), _score([*_UNITS, other], [*found, *copies])
    for group, share in before.groups.items():
        broken = any(
            one.path == unit.path and one.severity.at_least(Severity.HIGH) and one.code.startswith(group[:3].upper())
            for one in found
        )
        expected = share.compliant if broken else share.compliant + 1
        assert (after.groups[group].compliant, after.groups[group].files) == (expected, share.files + 1)


@given(_FINDINGS, st.permutations(range(4)))
def test_moving_files_within_a_scope_changes_nothing(found: list[Finding], order: list[int]) -> None:
    """Paths have no part in the arithmetic."""
    moved = {
        f"{folder}{number}.py": f"{folder}{order[number]}.py"
        for folder in ("src/m", "tests/test_")
        for number in range(4)
    }
    there = [_finding(moved[one.path], one.code, one.severity) for one in found]
    assert _score(_UNITS, there) == _score(_UNITS, found)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 100_000))
def test_a_gate_says_what_it_compares(compliant: int, files: int, thousandths: int) -> None:
    """It is met exactly when the fraction reaches the threshold; missed, the printed figures differ as they do."""
    compliant = min(compliant, files)
    figures = _score(_UNITS, [])
    share = ScopeShare(compliant, files, 100.0 * compliant / files, Census())
    figures.scopes["tests"] = share
    (gate,) = gates(figures, Config(scope_thresholds={"tests": thousandths / 1000}))
    assert gate.met == (Fraction(100 * compliant, files) >= Fraction(thousandths, 1000))
    text = phrases.gate(gate)
    assert f"({compliant:,} of {files:,} file" in text
    if not gate.met:
        shown, bound = (Fraction(text.split(" % ")[0].split()[-1]), Fraction(text.split()[-2]))
        assert shown < bound == Fraction(thousandths, 1000)
        assert shown <= Fraction(100 * compliant, files)
