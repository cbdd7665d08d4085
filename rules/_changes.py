"""How rules about changes show what they found."""

from __future__ import annotations

from integrity.changes.model import Change, Test
from integrity.facts.profile import Check
from integrity.model import Span
from integrity.rule import Evidence, Place

_SHOWN = 3


def place(test: Test) -> Span:
    """The line that defines a test."""
    return Span(test.profile.span.line, test.profile.span.column)


def at(check: Check) -> Span:
    """The first line of an oracle, in the file that holds it."""
    return Span(check.span.line, check.span.column)


def was(test: Test, remark: str = "stood here before") -> tuple[Place, ...]:
    """Where a test stood before the change."""
    return (Place(test.path, test.profile.span.line, remark),)


def shown(checks: tuple[Check, ...] | list[Check]) -> str:
    """The first oracles, a line each."""
    texts = [one.text for one in checks[:_SHOWN]]
    more = len(checks) - _SHOWN
    return "\n".join([*texts, *([f"and {more} more"] if more > 0 else [])])


def evidence(change: Change, before: str, after: str = "", test: Test | None = None) -> Evidence:
    """What was there and what is, with the reason why that is suspicious in this change."""
    return Evidence(before, after, change.why(test))


def plural(number: int, noun: str) -> str:
    """A count with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
