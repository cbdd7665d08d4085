"""A mock takes the place of what an existing test is about.

Why it matters: the test then checks that the mock returns what it was told to return. Whatever happens to the code, it
passes.

Instead: mock what the code depends on, not the code itself.

Known limits: told where an existing test newly patches a name that it called directly before, or makes a mock of what
it used to build. A spy (`wraps`, `side_effect`) still runs the real thing.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.changes.model import TestPair
from integrity.facts.profile import Double
from integrity.model import Severity, Span
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import evidence, shown

RULE = Rule(
    code="DIF012",
    name="subject-mocked",
    severity=Severity.HIGH,
    message="{name} replaces {target}, which it tests, with a mock",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    # A collaborator.
    Example(
        """
        def test_total(monkeypatch):
            monkeypatch.setattr("cart.fetch_prices", lambda: [1])
            assert total() == 1
        """,
        _TESTS,
        before={"example.py": "def test_total():\n    assert total() == 1\n"},
    ),
]
INVALID = [
    Example(
        """
        from unittest.mock import Mock


        def test_total():
            total = Mock(return_value=1)  # <- DIF012
            assert total([1]) == 1
        """,
        _TESTS,
        before={"example.py": "from cart import total\n\n\ndef test_total():\n    assert total([1]) == 1\n"},
    ),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit a mock."""
    for pair in change.pairs:
        known = {(one.target, one.text) for one in pair.before.profile.doubles}
        for double in pair.after.profile.doubles:
            if (double.target, double.text) in known or not _is_subject(pair, double):
                continue
            yield RULE.at(
                Span(double.line),
                symbol=pair.after.symbol,
                path=pair.after.path,
                evidence=evidence(
                    change, shown([one for one, _ in pair.lost] or list(pair.before.profile.checks)), double.text
                ),
                name=pair.after.symbol,
                target=double.target,
            )


def _is_subject(pair: TestPair, double: Double) -> bool:
    """Whether the test called directly, and asserted on, what is now a mock; and still does."""
    last = double.target.rpartition(".")[2]
    before, after = pair.before.profile, pair.after.profile
    if not last or last not in before.calls or last not in after.calls:
        return False
    return any(f"{last}(" in f"{check.subject} {check.origin}" for check in before.checks)
