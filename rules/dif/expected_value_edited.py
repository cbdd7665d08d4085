"""The value that an assertion expects is edited, and nothing else of it.

Why it matters: writing into the test what the code happens to return is the least visible way to make it pass. It turns
the test from a statement of what is right into a record of what is.

Instead: change the expectation together with the code that changes the result, and say why the new value is right.

Known limits: expectations change for good reasons: new dependencies, dates, corrected tests. Medium where no production
code changes, low otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import at, evidence

RULE = Rule(
    code="DIF007",
    name="expected-value-edited",
    severity=Severity.MEDIUM,
    message="{name} expects another value{extent}",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    # The subject changed as well: another question.
    Example(
        "def test_total():\n    assert total([1, 2]) == 3\n",
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([1]) == 1\n"},
    ),
]
INVALID = [
    Example(
        "def test_total():\n    assert total([1]) == 2  # <- DIF007\n",
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([1]) == 1\n"},
    ),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit an assertion."""
    for pair in change.pairs:
        for before, after in pair.lost:
            if after is None or not after.sound or not (before.literal and after.literal):
                continue
            if (before.subject, before.operator) != (after.subject, after.operator) or before.kind != after.kind:
                continue
            if before.expected == after.expected or before.strength != after.strength or before.bounds != after.bounds:
                continue
            yield RULE.at(
                at(after),
                symbol=pair.after.symbol,
                path=pair.after.path,
                severity=None if change.test_only else Severity.LOW,
                evidence=evidence(change, before.text, after.text, pair.after),
                name=pair.after.symbol,
                extent=", while the code that yields it did not change" if change.test_only else "",
            )
