"""Assertions that hold whatever comes out: held against an object that equals everything, or a pattern for any text."""

from __future__ import annotations

import re
from collections.abc import Container

from integrity.facts.profile import Check

_ANY = re.compile(r"\bANY\b")
_NAME = re.compile(r"(\w+)(?:\(\))?")
_TEXT = re.compile(r"""[brBR]*('''|\"\"\"|'|\")(?P<text>.*?)\1""", re.DOTALL)
_EMPTY = re.compile(r"(?:\(\?[a-z]+\))?\^?(?:\(?(?:\.|\[\\s\\S\]|\[\\S\\s\])[*+]\??\)?|\.)?\$?")
_PATTERNS = frozenset({"~", "match", "search", "fullmatch", "assertRegex", "assertNotRegex"})


def is_anything(before: Check, after: Check, equals: Container[str]) -> bool:
    """Whether what an exact value stood for is now held against something that equals everything.

    Args:
        before: the assertion as it was.
        after: as it is.
        equals: names of classes whose objects equal everything.
    """
    if _is_any(before.expected, equals):
        return False
    if after.kind == "mock" == before.kind:
        return bool(after.expected) and all(_is_any(one.strip(), equals) for one in after.expected.split(","))
    return after.kind == "compare" and after.operator in ("==", "is") and _is_any(after.expected, equals)


def is_wild(before: Check, after: Check) -> bool:
    """Whether one more argument of a call that is asserted may be anything."""
    mocks = after.kind == "mock" == before.kind and after.operator == before.operator
    return mocks and len(_ANY.findall(after.expected)) > len(_ANY.findall(before.expected))


def _is_any(text: str, equals: Container[str]) -> bool:
    last = text.rpartition(".")[2]
    name = _NAME.fullmatch(last)
    return last == "ANY" or (name is not None and name[1] in equals)


def is_any_text(before: Check, after: Check) -> bool:
    """Whether a pattern that asked for something lets every text through now."""
    raising = after.kind == before.kind and after.kind in ("raises", "warns")
    if not raising and not (after.operator == before.operator and after.operator in _PATTERNS):
        return False
    was, now = _TEXT.search(before.expected), _TEXT.search(after.expected)
    if was is None or now is None or _EMPTY.fullmatch(was["text"]):
        return False
    return bool(_EMPTY.fullmatch(now["text"]))
