"""A tolerance or limit of an assertion is loosened.

Why it matters: with a wide enough tolerance any number passes, and a limit on time or size that moves whenever it is
reached is none.

Instead: find out why the result is off. If it has to be, write the new bound down with its derivation.

Known limits: only numbers written in the assertion are compared: `rel`, `abs`, `rtol`, `atol`, `delta`, `places`,
`decimal`, and the bound of a single `<` or `>`. Medium; low where production code changed as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.profile import Check
from integrity.model import Severity
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import at, evidence

RULE = Rule(
    code="DIF009",
    name="tolerance-loosened",
    severity=Severity.MEDIUM,
    message="{name} allows more: {bound} went from {old} to {new}",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

_DIGITS = frozenset({"places", "decimal", "significant", ">", ">="})  # more of these is stricter

VALID = [
    Example(
        "def test_total():\n    assert total([0.1]) == approx(0.1, rel=1e-9)\n",
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([0.1]) == approx(0.1, rel=1e-6)\n"},
    ),
]
INVALID = [
    Example(
        "def test_total():\n    assert total([0.1]) == approx(0.1, rel=0.5)  # <- DIF009\n",
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([0.1]) == approx(0.1, rel=1e-6)\n"},
    ),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit a bound."""
    for pair in change.pairs:
        for before, after in pair.lost:
            for bound, old, new in _loosened(before, after) if after and after.sound else ():
                yield RULE.at(
                    at(after) if after else at(before),
                    symbol=pair.after.symbol,
                    path=pair.after.path,
                    severity=None if change.test_only else Severity.LOW,
                    evidence=evidence(change, before.text, after.text if after else ""),
                    name=pair.after.symbol,
                    bound=bound,
                    old=f"{old:g}",
                    new=f"{new:g}",
                )


def _loosened(before: Check, after: Check | None) -> Iterator[tuple[str, float, float]]:
    """The bounds that allow more than before."""
    if after is None or before.subject != after.subject:
        return
    new = dict(after.bounds)
    for name, old in before.bounds:
        value = new.get(name)
        if value is not None and (value < old if name in _DIGITS else value > old):
            yield name, old, value
