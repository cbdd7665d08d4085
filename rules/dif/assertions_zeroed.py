"""A test loses all of its assertions and stays in the suite.

Why it matters: it runs, it passes, it is counted, and it can no longer fail over a wrong result.

Instead: bring the assertions back from history; when the result has changed on purpose, assert the new one.

Known limits: assertions moved to another test, or to a helper or fixture that the test calls, count as kept. A call of
something from elsewhere that could check the result gives the benefit of the doubt. Where only expected exceptions are
gone and the code under test has changed, it may raise none any more, and the finding is medium; so it is where a call
that was said to return nothing is still made, and where warnings that were looked through raise now. Of fixtures, those
are told that check after their `yield` or run for every test; helpers, where nothing else checks the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from integrity.changes.model import TestPair
from integrity.facts.profile import Check, Strength
from integrity.model import Severity
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import evidence, place, plural, shown

RULE = Rule(
    code="DIF003",
    name="assertions-zeroed",
    severity=Severity.CRITICAL,
    message="{name} had {number} and now has none",
    since="0.1",
    restorable=True,
)

_CALLED = re.compile(r"(\w+)\([^()]*(?:\([^()]*\)[^()]*)*\)$")
_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def check_total(items, expected):
            assert total(items) == expected


        def test_total():
            check_total([1, 2], 3)
        """,
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([1, 2]) == 3\n"},
    ),
]
INVALID = [
    Example(
        "def test_total():  # <- DIF003\n    total([1, 2])\n",
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([1, 2]) == 3\n"},
    ),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit a test."""
    for pair in change.pairs:
        lost = [one for one, _ in pair.lost]
        if not lost or pair.checks[1] or pair.gained or pair.silenced or pair.opaque or pair.after.profile.disabled:
            continue
        test = pair.after
        allowed = all(one.kind in ("raises", "warns") for one in lost) and not change.why(test)
        allowed = allowed or (all(one.kind == "warns" for one in lost) and not change.test_only)
        allowed = allowed or all(_is_still_called(one, pair) for one in lost) or _warnings_fail(pair)
        yield RULE.at(
            place(test),
            symbol=test.symbol,
            path=test.path,
            severity=Severity.MEDIUM if allowed else None,
            evidence=evidence(change, shown(lost), test=test),
            name=test.symbol,
            number=plural(pair.checks[0], "assertion"),
        )
    yield from (_support(change, one, "fixture ") for one in change.fixtures if _is_emptied(one))
    yield from (_support(change, one, "helper ") for one in change.helpers if _is_bare(one))


def _is_still_called(check: Check, pair: TestPair) -> bool:
    """Whether it said that a call returns nothing, and the call is still made: a type checker refuses the former."""
    nothing = (check.operator, check.expected) in (("is", "None"), ("==", "None"))
    called = _CALLED.search(check.subject) or _CALLED.search(check.origin)
    return nothing and called is not None and called[1] in pair.after.profile.calls


def _warnings_fail(pair: TestPair) -> bool:
    """Whether a warning raises now, where a test looked through what was recorded before."""
    now = set(pair.after.profile.calls) - {"warns"}
    recorded = "record" in pair.before.profile.words and "catch_warnings" in pair.before.profile.calls
    return recorded and bool(now & {"filterwarnings", "simplefilter"}) and '"error"' in pair.after.profile.tokens


def _demands(check: Check) -> bool:
    """Whether it asks for more than `is not None`, a type or any true value, which may be for a type checker."""
    return check.strength > Strength.WEAK or check.operator.startswith("not")


def _is_emptied(pair: TestPair) -> bool:
    """Whether a fixture that checked what tests leave behind, or checked for every test, checks nothing any more."""
    guards = pair.before.profile.autouse or "yield" in pair.before.profile.tokens
    gone = pair.silenced or any(map(_demands, (one for one, _ in pair.lost)))
    return bool(guards and gone and pair.checks[0] and not pair.checks[1] and not pair.gained and not pair.opaque)


def _is_bare(pair: TestPair) -> bool:
    """Whether a helper that checked for tests checks nothing any more."""
    demanding = any(map(_demands, (one for one, _ in pair.lost)))
    return bool(demanding and pair.checks[0] and not pair.checks[1] and not pair.gained and not pair.opaque)


def _support(change: Change, pair: TestPair, kind: str) -> Hit:
    test = pair.after
    return RULE.at(
        place(test),
        symbol=test.symbol,
        path=test.path,
        severity=Severity.HIGH if test.profile.fixture or change.why(test) else Severity.MEDIUM,
        evidence=evidence(change, shown([one for one, _ in (*pair.lost, *pair.silenced)]), test=test),
        name=f"{kind}{test.symbol}",
        number=plural(pair.checks[0], "assertion"),
    )
