"""A mock takes the place of what an existing test is about.

Why it matters: the test then checks that the mock returns what it was told to return. Whatever happens to the code, it
passes.

Instead: mock what the code depends on, not the code itself.

Known limits: told where an existing test newly patches a name that it called directly before, or makes a mock of what
it used to build; and where a fixture, a set-up or a `conftest.py` does so for it. Only the project's own code counts,
under the name by which the patch reaches it. Where no test asserts on the mock itself the finding is medium, and a
patch of what reaches outside (network, clock, files) for every test is none. A spy (`wraps`, `side_effect`, or one that
keeps the original) still runs the real thing.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.changes.model import TestPair
from integrity.changes.standins import StandIn, asks_for, locally, stand_ins
from integrity.facts.profile import Double
from integrity.model import Severity, Span
from integrity.rule import Change, Context, Example, Hit, Place, Rule

from .._changes import evidence, shown

RULE = Rule(
    code="DIF012",
    name="subject-mocked",
    severity=Severity.HIGH,
    message="{name} replaces {target}, which {who}, with a stand-in",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)
_SHOWN = 3

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
        import pytest
        import cart


        @pytest.fixture(autouse=True)
        def fixed(monkeypatch):
            monkeypatch.setattr(cart, "total", lambda items: 1)  # <- DIF012


        def test_total():
            assert cart.total([1]) == 1
        """,
        _TESTS,
        files={"src/cart.py": "def total(items):\n    return sum(items)\n"},
        before={
            "example.py": "import cart\n\n\ndef test_total():\n    assert cart.total([1]) == 1\n",
            "src/cart.py": "def total(items):\n    return sum(items)\n",
        },
    ),
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
        yield from _in_test(change, pair)
    yield from (_around(change, one) for one in stand_ins(change))


def _in_test(change: Change, pair: TestPair) -> Iterator[Hit]:
    known = {(one.target, one.text) for one in pair.before.profile.doubles}
    shown_before = shown([one for one, _ in pair.lost] or list(pair.before.profile.checks))
    for double in pair.after.profile.doubles:
        if (double.target, double.text) not in known and _is_subject(pair, double):
            yield _hit(change, pair, double.target, double.line, (shown_before, double.text))
    for was, now in locally(pair.before.profile, pair.after.profile):
        yield _hit(change, pair, now.name, now.line, (was.text, now.text))


def _hit(change: Change, pair: TestPair, target: str, line: int, sources: tuple[str, str]) -> Hit:
    name = pair.after.symbol
    return RULE.at(
        Span(line),
        symbol=name,
        path=pair.after.path,
        evidence=evidence(change, *sources),
        name=name,
        target=target,
        who="it tests",
    )


def _around(change: Change, one: StandIn) -> Hit:
    """A mock that a fixture, a set-up or a module makes for tests."""
    tests = one.tests or one.users
    more = f" and {len(tests) - 1} more" if len(tests) > 1 else ""
    verb = "test" if more else "tests"
    return RULE.at(
        Span(one.line),
        symbol=one.by.qualname if one.by else "",
        path=one.file.path,
        severity=None if one.tests else Severity.MEDIUM,
        trace=tuple(Place(each.path, each.profile.span.line, "runs with it") for each in tests[:_SHOWN]),
        evidence=evidence(change, one.was, one.text),
        name=one.by.qualname if one.by else "the module",
        target=one.target,
        who=f"{tests[0].symbol}{more} {verb if one.tests else 'run with' if more else 'runs with'}",
    )


def _is_subject(pair: TestPair, double: Double) -> bool:
    """Whether the test called directly, and asserted on, what is now a mock; and still does."""
    last = double.target.rpartition(".")[2]
    before, after = pair.before.profile, pair.after.profile
    if not last or last not in before.calls or last not in after.calls:
        return False
    return asks_for(before, last)
