"""The expressions of pytest's `-k` and `-m` (https://docs.pytest.org/en/stable/how-to/usage.html)."""

from __future__ import annotations

import re
from collections.abc import Callable

Matches = Callable[[str], "bool | None"]
"""Whether a name of the expression holds, None when nobody knows."""

_TOKEN = re.compile(r"\s*(?:(?P<sign>[()])|(?P<word>(?:[:+\-.\[\]\\/]|\w)+)|(?P<rest>\S))")
_DEEPEST = 50


class ExpressionError(ValueError):
    """The text is no expression, or one that cannot be judged without running it."""


def holds(text: str, matches: Matches) -> bool | None:
    """What an expression comes to, None when that hangs on a name of which nobody knows.

    Raises:
        ExpressionError: it is none, or a mark in it has arguments.
    """
    tokens = [match[0].strip() for match in _TOKEN.finditer(text)]
    if any(match["rest"] for match in _TOKEN.finditer(text)):
        raise ExpressionError(text)
    if not tokens:
        return False
    reading = _Reading(tokens, matches)
    found = reading.either(0)
    if reading.peek():
        raise ExpressionError(text)
    return found


class _Reading:
    """An expression being read."""

    def __init__(self, tokens: list[str], matches: Matches) -> None:
        self._tokens = tokens
        self._matches = matches
        self._at = 0

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def either(self, depth: int) -> bool | None:
        found = self._both(depth)
        while self._take("or"):
            found = _or(found, self._both(depth))
        return found

    def _both(self, depth: int) -> bool | None:
        found = self._negation(depth)
        while self._take("and"):
            found = _not(_or(_not(found), _not(self._negation(depth))))
        return found

    def _negation(self, depth: int) -> bool | None:
        if depth > _DEEPEST:
            raise ExpressionError("nested too deeply")
        if self._take("not"):
            return _not(self._negation(depth + 1))
        if self._take("("):
            found = self.either(depth + 1)
            if not self._take(")"):
                raise ExpressionError("unclosed")
            return found
        word = self.peek()
        if word in ("", ")", "and", "or"):
            raise ExpressionError(f"unexpected {word!r}")
        self._at += 1
        return self._matches(word)

    def _take(self, token: str) -> bool:
        taken = self.peek() == token
        self._at += taken
        return taken


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _or(one: bool | None, other: bool | None) -> bool | None:
    if one or other:
        return True
    return None if one is None or other is None else False
