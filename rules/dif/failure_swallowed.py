"""An assertion still stands, but its failure no longer reaches the runner.

Why it matters: a broad `except` around it, an early `return` before it or a condition that is never true leave every
line of the test in place, and the test cannot fail any more.

Instead: take the `try`, the `return` or the condition out again; to expect an exception, use `pytest.raises`.

Known limits: decorators and context managers count where the change holds them. A handler that records the failure,
raises or fails again is not one that swallows. A condition on the platform counts only where no assertion of the test
is left without one. A return or `continue` on a condition of the input is told as medium.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from integrity.changes.model import Kind, TestPair
from integrity.facts.gating import ENVIRON, PLATFORM
from integrity.facts.profile import Check
from integrity.model import Severity
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import at, evidence, place

RULE = Rule(
    code="DIF011",
    name="failure-swallowed",
    severity=Severity.CRITICAL,
    message="an assertion of {name} {how}",
    since="0.1",
    restorable=True,
)

_STRICT = re.compile(r"strict|check|exact|verify|assert|raise|fail|valid")
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
    names = frozenset(name for file in change.of_kind(Kind.TEST) for name in file.after.swallowers)
    for pair in (*change.pairs, *change.helpers):
        yield from _wrapped(change, pair, names)
        yield from _relaxed(change, pair)
        found = pair.silenced or _guarded(pair) or pair.passed
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


def _guarded(pair: TestPair) -> tuple[tuple[Check, Check], ...]:
    """The oracles that a condition guards now; not one on the platform where the test was skipped on some already."""
    skipped = any(mark.conditional and mark.kind == "skip" for mark in pair.before.profile.marks)
    return tuple(one for one in pair.guarded if not (skipped and one[1].gate == PLATFORM))


def _wrapped(change: Change, pair: TestPair, names: frozenset[str]) -> Iterator[Hit]:
    """A test in, or under, something that catches its failures."""
    before, after = pair.before.profile, pair.after.profile
    new = sorted((after.wrapped & names) - before.wrapped)
    if new and before.checks:
        yield RULE.at(
            place(pair.after),
            symbol=pair.after.symbol,
            path=pair.after.path,
            evidence=evidence(change, f"def {before.name}(...)", f"{new[0]} around it"),
            name=pair.after.symbol,
            how=f"may fail now without failing the test: {new[0]} catches it",
        )


def _relaxed(change: Change, pair: TestPair) -> Iterator[Hit]:
    """A helper that checks strictly only where it is told to now."""
    before, after = pair.before.profile, pair.after.profile
    for name, value in sorted(before.defaults.items()):
        if value and after.defaults.get(name) is False and _STRICT.search(name) and not after.collected:
            yield RULE.at(
                place(pair.after),
                symbol=pair.after.symbol,
                path=pair.after.path,
                severity=Severity.MEDIUM,
                evidence=evidence(change, f"{name}=True", f"{name}=False"),
                name=pair.after.symbol,
                how=f"may be made only where {name} is asked for now",
            )


def _severity(pair: TestPair) -> Severity | None:
    if not pair.silenced and not _guarded(pair):
        return Severity.MEDIUM
    return Severity.HIGH if pair.guarded or pair.checks[1] else None


def _how(check: Check) -> str:
    if check.dead:
        return "is not reached any more"
    if check.gate in (ENVIRON, PLATFORM) and not check.swallowed:
        return "is reached only in some environments now, and passes without a word in the others"
    return "may fail now without failing the test" if check.swallowed else "is reached only where it holds"
