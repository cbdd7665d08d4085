"""How findings put numbers and names into words."""

from __future__ import annotations

from collections.abc import Sequence

_NAMED = 5


def counted(number: int, noun: str) -> str:
    """A number with its noun, as in "1 test" or "1,204 tests"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(names: Sequence[str]) -> str:
    """The first five names, and how many more there are."""
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED:,} more"


def lost(names: Sequence[str]) -> str:
    """The tests that are lost, as the end of a sentence; "" when there are none."""
    return f"; {counted(len(names), 'test')} lost: {listed(names)}" if names else ""
