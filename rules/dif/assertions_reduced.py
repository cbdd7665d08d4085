"""A test loses some of its assertions.

Why it matters: what it no longer asserts may break unnoticed, and one assertion less is easy to overlook in review.

Instead: keep the assertion, or say why what it checked is of no interest any more.

Known limits: medium, because tidying tests removes assertions, too. What moved to another test, to a helper or to a
fixture is not missed, and neither is an assertion in whose place a new one stands, a row of the test's new parameters,
or the pattern of the expected exception.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import evidence, place, plural, shown

RULE = Rule(
    code="DIF004",
    name="assertions-reduced",
    severity=Severity.MEDIUM,
    message="{name} has {number} fewer: {before} before, {after} now",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    # Split into two tests.
    Example(
        "def test_total():\n    assert total([1]) == 1\n\n\ndef test_none():\n    assert total([]) == 0\n",
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([1]) == 1\n    assert total([]) == 0\n"},
    ),
]
INVALID = [
    Example(
        "def test_total():  # <- DIF004\n    assert total([1]) == 1\n",
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([1]) == 1\n    assert size_of([]) == 0\n"},
    ),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit a test that keeps at least one oracle."""
    for pair in change.pairs:
        before, after = pair.checks
        lost = [one for one, other in pair.lost if other is None]
        fewer = min(len(lost), before - after)
        if fewer <= 0 or not after or pair.opaque:
            continue
        test = pair.after
        yield RULE.at(
            place(test),
            symbol=test.symbol,
            path=test.path,
            evidence=evidence(change, shown(lost), test=test),
            name=test.symbol,
            number=plural(fewer, "assertion"),
            before=before,
            after=after,
        )
