"""An assertion that cannot fail takes the place of one that could.

Why it matters: `assert True`, `or True` and `x == x` keep the number of assertions, and the test, while they check
nothing.

Instead: bring the assertion back from history, or assert the new result.

Known limits: critical where an assertion that could fail is gone from the test in the same change; otherwise low. A
result that the test also holds against other values changes on the way, and may be compared with what it was.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.changes.model import TestPair
from integrity.facts.profile import Check
from integrity.model import Severity
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import at, evidence, shown

RULE = Rule(
    code="DIF006",
    name="tautology-introduced",
    severity=Severity.CRITICAL,
    message="{name} now asserts what always holds",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        "def test_total():\n    assert total([2]) == 2\n",
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([1]) == 1\n"},
    ),
]
INVALID = [
    Example(
        "def test_total():\n    assert total([1]) == 1 or True  # <- DIF006\n",
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([1]) == 1\n"},
    ),
]


def _lost_value(pair: TestPair, echo: Check) -> bool:
    """Whether an assertion of the same result against a value is gone, and none is left that it changes between."""
    alike = [one for one in pair.after.profile.checks if one.origin == echo.origin and not one.echo]
    return not alike and any(
        not old.echo and (old.origin == echo.origin or (old.subject, old.expected) == (echo.subject, echo.expected))
        for old, _ in pair.lost
    )


def check(change: Change) -> Iterator[Hit]:
    """One hit an assertion."""
    for pair in (*change.pairs, *change.helpers):
        for one in pair.gained:
            if not one.fault and not (one.echo and _lost_value(pair, one)):
                continue
            lost = [old for old, new in pair.lost if new is one or new is None]
            yield RULE.at(
                at(one),
                symbol=pair.after.symbol,
                path=pair.after.path,
                severity=None if lost else Severity.LOW,
                evidence=evidence(change, shown(lost), one.text),
                name=pair.after.symbol,
            )
