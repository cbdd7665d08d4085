"""Where marks of damage stand: in which string, in which definition, and how they are written down."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from integrity.facts.lexical import Lexed
from integrity.facts.model import Definition, Trace

_LENGTH = 80
_PREFIX = re.compile(r"[rbuftRBUFT]{0,3}\Z")
_OPERAND = re.compile(r"(?:[=(\[{,+%\\]|\b(?:return|yield|in|and|or|not|is|assert|else|if|raise))\Z")


def trace(kind: str, lexed: Lexed, start: int, end: int, *, certain: bool = True) -> Trace:
    """A trace of the characters from offset `start` up to, not including, `end`."""
    return Trace(kind, printable(lexed.text[start:end]), lexed.span(start, end), 1, certain)


def printable(text: str) -> str:
    """A text on one line, what cannot be printed escaped, cut to 80 characters."""
    words = " ".join(text[: _LENGTH * 4].split())
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in words)
    return shown if len(shown) <= _LENGTH else f"{shown[: _LENGTH - 3]}..."


def one_a_kind(found: Iterable[Trace]) -> tuple[Trace, ...]:
    """The first trace of each kind with the number of all, a certain one before doubtful ones, sorted by place."""
    kinds: dict[str, list[Trace]] = {}
    for each in found:
        kinds.setdefault(each.kind, []).append(each)
    merged = [_merged(same) for same in kinds.values()]
    return tuple(sorted(merged, key=lambda each: (each.span, each.kind)))


def _merged(same: Sequence[Trace]) -> Trace:
    first = min(same, key=lambda each: (not each.certain, each.span))
    return Trace(first.kind, first.text, first.span, sum(each.count for each in same), first.certain)


def string_around(lexed: Lexed, offset: int) -> tuple[int, int] | None:
    """Start and end of the string literal that holds the character at `offset`."""
    index = bisect_right(lexed.strings, (offset, len(lexed.text) + 1)) - 1
    if index < 0 or lexed.strings[index][1] <= offset:
        return None
    return lexed.strings[index]


def stands_alone(lexed: Lexed, start: int) -> bool:
    """Whether the string literal that starts at `start` is a statement, as a docstring is, and not somebody's data."""
    before = _PREFIX.sub("", lexed.masked[max(0, start - 500) : start])
    line = before.rpartition("\n")[2]
    return not line.strip() and not _OPERAND.search(before.rstrip())


def symbol_at(definitions: Sequence[Definition], line: int) -> str:
    """The qualified name of the innermost definition that holds a line, "" at module level."""
    around = [each for each in definitions if each.span.line <= line <= each.span.end_line]
    return max(around, key=lambda each: each.span.line).qualname if around else ""
