"""An assertion still stands, but its failure no longer reaches the runner.

Why it matters: a broad `except` around it, an early `return` before it or a condition that is never true leave every
line of the test in place, and the test cannot fail any more.

Instead: take the `try`, the `return` or the condition out again; to expect an exception, use `pytest.raises`.

Known limits: a handler that records the failure, raises or fails again is not one that swallows. A condition on the
platform counts only where no assertion of the test is left without one. A return or `continue` on a condition of the
input is told as medium.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.changes.model import TestPair
from integrity.facts.gating import ENVIRON, PLATFORM
from integrity.facts.profile import Check
from integrity.model import Severity
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import at, evidence

RULE = Rule(
    code="DIF011",
    name="failure-swallowed",
    severity=Severity.CRITICAL,
    message="an assertion of {name} {how}",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def test_total():
            try:
                assert total([1]) == 1
            except AssertionError:
                dump(total)
                raise
        """,
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([1]) == 1\n"},
    ),
]
INVALID = [
    Example(
        """
        def test_total():
            try:
                assert total([1]) == 1  # <- DIF011
            except Exception:
                pass


        def test_none():
            return
            assert total([]) == 0  # <- DIF011
        """,
        _TESTS,
        before={
            "example.py": """
            def test_total():
                assert total([1]) == 1


            def test_none():
                assert total([]) == 0
            """
        },
    ),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit a test: the first of its assertions stands for all."""
    for pair in (*change.pairs, *change.helpers):
        found = pair.silenced or pair.guarded or pair.passed
        if not found or pair.after.profile.disabled:
            continue
        before, after = found[0]
        yield RULE.at(
            at(after),
            symbol=pair.after.symbol,
            path=pair.after.path,
            severity=_severity(pair),
            evidence=evidence(change, before.text, after.text),
            name=pair.after.symbol,
            how="is passed over for more inputs now" if found is pair.passed else _how(after),
        )


def _severity(pair: TestPair) -> Severity | None:
    if not pair.silenced and not pair.guarded:
        return Severity.MEDIUM
    return Severity.HIGH if pair.guarded or pair.checks[1] else None


def _how(check: Check) -> str:
    if check.dead:
        return "is not reached any more"
    if check.gate in (ENVIRON, PLATFORM) and not check.swallowed:
        return "is reached only in some environments now, and passes without a word in the others"
    return "may fail now without failing the test" if check.swallowed else "is reached only where it holds"
