"""The score's arithmetic and its promises; each fault of a score nobody should trust is a test here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.errors import TargetError
from integrity.model import Census, Finding, Score, Severity
from integrity.score import Unit, grade, score
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
    assert 0.0 <= result.overall <= 100.0 + 1e-9


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
