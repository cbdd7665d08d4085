"""In what state a version is, as far as the story needs it: small enough to be kept for each there ever was."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from integrity.history.condition import Condition, is_grave
from integrity.model import Finding, Severity

_MARKER = re.compile(r"behind the marker `#\s*(.+?)`(?:[,;]|$)")  # how findings quote what a tool wrote
_PYTHON_2 = "(this is Python 2)"  # how findings say that an older Python reads the text


class Pattern(NamedTuple):
    """One kind of damage.

    Attributes:
        code: of the rule that found it.
        name: of the rule, as in "tool-residue".
        marker: what a tool wrote in front of the lines it commented out, "" where there is no such thing.
        python_2: whether it is none for Python 2.
    """

    code: str
    name: str
    marker: str = ""
    python_2: bool = False


class State(NamedTuple):
    """What is known of one content at one path.

    Attributes:
        patterns: its grave damage, the most serious first, each code once.
        tests: number of live tests.
        lost: number of tests named in damaged text.
        unread: why it could not be checked, "" when it was.
    """

    patterns: tuple[Pattern, ...] = ()
    tests: int = 0
    lost: int = 0
    unread: str = ""

    @property
    def damaged(self) -> bool:
        """Whether anything grave is damaged."""
        return bool(self.patterns)

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its damage."""
        return frozenset(pattern.code for pattern in self.patterns)


def state_of(condition: Condition, least: Severity) -> State:
    """The state of a version.

    Args:
        condition: as the rules judge it.
        least: the failing severity.
    """
    grave = [one for one in condition.damage if is_grave(one.severity, least)]
    unread = condition.gaps[0] if condition.gaps else ""
    return State(_patterns(grave), condition.tests, condition.lost, unread)


def _patterns(findings: Iterable[Finding]) -> tuple[Pattern, ...]:
    found: dict[str, Pattern] = {}
    for one in sorted(findings, key=lambda one: (one.severity.rank, one.code)):
        match = _MARKER.search(one.message)
        found.setdefault(one.code, _shared(one.code, one.name, match[1] if match else "", _PYTHON_2 in one.message))
    return tuple(found.values())


@lru_cache(maxsize=10_000)
def _shared(code: str, name: str, marker: str, python_2: bool) -> Pattern:
    """One value for all equal patterns: a thousand files bear the same."""
    return Pattern(code, name, marker, python_2)
