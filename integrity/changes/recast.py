"""Oracles that are said in another way: rows of a parametrised test, and the pattern of an expected exception."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from integrity.facts.profile import Check, FunctionProfile

_CAUGHT = re.compile(r"\.(?:value|exception)\b")
_ESCAPED = re.compile(r"\\(\W)")
_TEXT = ("in", "==", "startswith", "endswith")


def not_recast(
    lost: Sequence[Check], gained: Sequence[Check], before: FunctionProfile, after: FunctionProfile
) -> list[Check]:
    """The lost oracles that neither rows nor the pattern of an expected exception now stand for.

    Args:
        lost: what the test no longer says word by word.
        gained: what it says now and did not before.
        before: the test.
        after: likewise.
    """
    patterns = [_pattern(one) for one in gained if one.kind == "raises" and one.sound and one.expected]
    kept = [one for one in lost if not any(_matched(one, pattern) for pattern in patterns)]
    rows = _rows(after) if not _rows(before) else []
    heirs = [*gained, *map(_as_written, gained)]
    return [one for one in kept if not (_take(one, heirs, after, rows) or _take(_as_written(one), heirs, after, rows))]


def _as_written(check: Check) -> Check:
    """The oracle by the local name of its subject: in one test, that name stands for the same before and after."""
    return check._replace(origin=check.subject)


def stands_in_rows(checks: Sequence[Check], heirs: Sequence[Check], heir: FunctionProfile) -> bool:
    """Whether one row of a parametrised test makes it say everything that another test said."""
    return bool(checks) and any(all(_fits_any(one, heirs, heir, row) for one in checks) for row in _rows(heir))


def _rows(test: FunctionProfile) -> list[str]:
    """The rows of the parameter sets of a test, and of the tables that its loops go over."""
    return [*test.cases, *(row for table in test.tables if table.loop for row in table.rows)]


def _bound(test: FunctionProfile) -> set[str]:
    """The names that a row gives a value."""
    return {*test.parameters, *(name for table in test.tables for name in table.targets)}


def _take(check: Check, heirs: Iterable[Check], test: FunctionProfile, rows: list[str]) -> bool:
    """Whether a row says what an oracle said; each row stands for one."""
    for place, row in enumerate(rows):
        if _fits_any(check, heirs, test, row):
            del rows[place]
            return True
    return False


def _fits_any(check: Check, heirs: Iterable[Check], test: FunctionProfile, row: str) -> bool:
    return any(_fits(check, heir, test, row) for heir in heirs)


def _fits(check: Check, heir: Check, test: FunctionProfile, row: str) -> bool:
    """Whether an oracle with the values of a row demands as much of the same things."""
    if not heir.sound or heir.strength < check.strength or {check.kind, heir.kind} - {"compare", "truth"}:
        return False
    if not _names(heir) & _bound(test) or not _names(check) <= _names(heir) | _identifiers(row):
        return False
    wanted = _wanted(check, heir)
    return bool(wanted) and wanted <= _constants(row)


def _wanted(check: Check, heir: Check) -> frozenset[str]:
    """The literals of an oracle that its heir must get from a row."""
    found = _constants(check.origin) | _constants(check.expected)
    if check.kind == "truth" and heir.kind != "truth":
        found |= {repr(not check.operator.startswith("not"))}
    elif check.kind == heir.kind == "truth" and check.operator.startswith("not") != heir.operator.startswith("not"):
        return frozenset()
    return found - _constants(heir.origin) - _constants(heir.expected)


def _names(check: Check) -> frozenset[str]:
    called = check.operator.removeprefix("not").strip() if check.kind == "truth" else ""
    return _identifiers(check.origin) | _identifiers(check.expected) | _identifiers(called)


def _identifiers(text: str) -> frozenset[str]:
    return frozenset(one.id for one in _parts(text) if isinstance(one, ast.Name))


def _constants(text: str) -> frozenset[str]:
    return frozenset(repr(one.value) for one in _parts(text) if isinstance(one, ast.Constant))


def _parts(text: str) -> list[ast.AST]:
    """The nodes of an expression; none where it is none."""
    try:
        return list(ast.walk(ast.parse(text, mode="eval"))) if text else []
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _pattern(check: Check) -> str:
    """The text of a regular expression that is written out; "" when it is not."""
    values = [one.value for one in _parts(check.expected) if isinstance(one, ast.Constant)]
    return values[0] if len(values) == 1 and isinstance(values[0], str) else ""


def _matched(check: Check, pattern: str) -> bool:
    """Whether a pattern demands what an oracle says of the text of the exception."""
    if check.operator not in _TEXT or not (_CAUGHT.search(check.origin) or _CAUGHT.search(check.subject)):
        return False
    text = _pattern(check)
    plain = _ESCAPED.sub(r"\1", pattern)
    if check.operator == "==":
        return bool(text) and plain in (f"^{text}$", f"\\A{text}\\Z")
    return bool(text) and text in plain
