"""The lowest Python that a requirement admits: `>=3.9,<4` as packaging writes it, `^3.9 || 3.12.*` as Poetry does."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import partial

_Version = tuple[int, ...]
_Clause = Callable[[_Version], bool]

_CLAUSE = re.compile(
    r"(?P<sign>===|[<>=!~]=|[<>=^~])?\s*v?(?P<release>[0-9]{1,6}(?:\.[0-9]{1,6}){0,3})"
    r"(?P<star>\.\*)?(?:[-_.]?(?:alpha|beta|a|b|c|rc|dev|post)[-_.]?[0-9]*)?",
    re.ASCII,
)
_MINORS = [(2, minor) for minor in range(8)] + [(3, minor) for minor in range(100)]
_PATCHES = range(41)
_COMPARISONS: dict[str, Callable[[_Version, _Version], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
_COMMON_PARTS = {"^": lambda release: release[:1], "~": lambda release: release[:2], "~=": lambda release: release[:-1]}


def lowest(requirement: str) -> str:
    """The lowest minor version, as in "3.9", of which some release is admitted; "" when there is no lower bound.

    Raises:
        ValueError: the text is not a version requirement.
    """
    alternatives = [_clauses(part) for part in re.split(r"\|\|?", requirement)]
    for minor in _MINORS:
        if any(_admits(clauses, minor) for clauses in alternatives):
            return "" if minor == _MINORS[0] else f"{minor[0]}.{minor[1]}"
    return ""


def _admits(clauses: list[_Clause], minor: _Version) -> bool:
    """Whether all clauses admit one and the same release of a minor version."""
    return any(all(clause((*minor, patch)) for clause in clauses) for patch in _PATCHES)


def _clauses(text: str) -> list[_Clause]:
    found, position = [], 0
    while position < len(text):
        match = _CLAUSE.match(text, position)
        if match:
            found.append(_clause(match))
        elif text[position] not in ", \t\r\n*":
            raise ValueError(f"not a version requirement: {text!r}")
        position = match.end() if match else position + 1
    return found


def _clause(match: re.Match[str]) -> _Clause:
    sign, release = match["sign"] or "==", tuple(map(int, match["release"].split(".")))
    bound = (*release, 0, 0)[:3]
    if sign in _COMPARISONS:
        return partial(_holds, _COMPARISONS[sign], bound)
    if sign in _COMMON_PARTS:
        return partial(_compatible, bound, _COMMON_PARTS[sign](release))
    prefix = release if match["star"] else bound
    return partial(_differs if sign == "!=" else _agrees, prefix)


def _holds(comparison: Callable[[_Version, _Version], bool], bound: _Version, version: _Version) -> bool:
    return comparison(version, bound)


def _compatible(bound: _Version, prefix: _Version, version: _Version) -> bool:
    return version >= bound and _agrees(prefix, version)


def _agrees(prefix: _Version, version: _Version) -> bool:
    return version[: len(prefix)] == prefix


def _differs(prefix: _Version, version: _Version) -> bool:
    return not _agrees(prefix, version)
