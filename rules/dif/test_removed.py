"""A test is removed although what it tests still exists.

Why it matters: the quickest way to make a failing test pass is to delete it. What it guarded is unguarded from then on.

Instead: repair the test, or remove it together with the code it tests; if it has to go alone, say why in the change.

Known limits: a test counts as kept when its name, body or most of its oracles stand in another test, as after a move, a
rename or a conversion into parameters, and when its class inherits one of that name. High only where no new test of the
file, or of the files it was split into, can stand in its place; medium where production code that the test speaks of
was touched, too, and where the test was switched off already or asserted nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.changes.inheritance import is_inherited
from integrity.changes.model import Fate, Removed
from integrity.model import Severity
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import evidence, place, shown

RULE = Rule(
    code="DIF002",
    name="test-removed",
    severity=Severity.HIGH,
    message="{name} is removed{extent}",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)
_KEPT = "def test_empty():\n    assert total([]) == 0\n"

VALID = [
    # Renamed.
    Example(
        "def test_of_none():\n    assert total([]) == 0\n    assert total(()) == 0\n",
        _TESTS,
        before={"example.py": "def test_empty():\n    assert total([]) == 0\n    assert total(()) == 0\n"},
    ),
    # Folded into parameters.
    Example(
        """
        import pytest


        @pytest.mark.parametrize(("items", "sum_"), [([], 0), ([1, 2], 3)])
        def test_total(items, sum_):
            assert total(items) == sum_
        """,
        _TESTS,
        before={"example.py": f"{_KEPT}\n\ndef test_some():\n    assert total([1, 2]) == 3\n"},
    ),
]
INVALID = [
    Example(
        _KEPT,
        _TESTS,
        before={"example.py": f"{_KEPT}\n\ndef test_some():  # <- DIF002\n    assert sum_of([1, 2], start=3) == 6\n"},
    ),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit a test; those of a deleted file are told at once, elsewhere."""
    for removed in change.removed:
        told = removed.fate in (Fate.LOST, Fate.REPLACED) and removed.test.file.after_path
        if told and not is_inherited(change, removed.test):
            yield _hit(change, removed)


def _hit(change: Change, removed: Removed) -> Hit:
    test = removed.test
    replaced = removed.fate is Fate.REPLACED
    idle = bool(test.profile.disabled)
    bare = not test.profile.checks and not test.profile.unresolved
    return RULE.at(
        place(test),
        symbol=test.symbol,
        path=test.file.path,
        severity=None if change.why(test) and not (replaced or idle or bare) else Severity.MEDIUM,
        evidence=evidence(change, shown(test.profile.checks) or f"def {test.profile.name}(...)", test=test),
        name=test.symbol,
        extent=_extent(replaced=replaced, idle=idle),
    )


def _extent(*, replaced: bool, idle: bool) -> str:
    if idle:
        return "; it was switched off before"
    return "; other tests were added in its place" if replaced else ", and no other test says what it said"
