"""The statements of a text that may not parse, one logical line each.

A bracket that is never closed would carry one line on to the end of the file. It is taken for closed where a line
starts with a word that can only start a statement, and names to import go on only as long as they are names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from integrity.facts.quotes import mask, width

_LINE = re.compile(r"[^\n]+")
_STARTER = re.compile(
    r"(?:(?:async[ \t]+)?def|class|return|import|with|while|try|raise|assert|pass|del|global|nonlocal|break|continue)\b"
    r"|@\w"
)
_FROM = re.compile(r"from\b")
_NAMES = re.compile(r"(?!from\b)[\w\s,)]*\Z")


class LogicalLine(NamedTuple):
    """A statement, or several between semicolons.

    Attributes:
        start: offset of its first character.
        end: offset behind its last character that is code.
        indent: the columns it is indented by, a tab reaching to the next multiple of eight.
        code: its text, strings and comments masked as `quotes.mask` does.
    """

    start: int
    end: int
    indent: int
    code: str


def logical_lines(text: str) -> Iterator[LogicalLine]:
    """The logical lines in order; lines without code are left out."""
    code = mask(text)
    first = last = depth = 0
    names = False
    for match in _LINE.finditer(code):
        line = match[0].strip()
        if not line.strip("\\"):
            continue
        if depth == 0 or _STARTER.match(line) or (names and not _NAMES.match(line)):
            if last:
                yield _logical(code, first, last)
            first, depth, names = match.start(), 0, bool(_FROM.match(line))
        depth = max(0, depth + sum(map(line.count, "([{")) - sum(map(line.count, ")]}")))
        last = match.end()
    if last:
        yield _logical(code, first, last)


def _logical(code: str, first: int, last: int) -> LogicalLine:
    line = code[first:last]
    bare = line.strip()
    start = first + len(line) - len(line.lstrip())
    return LogicalLine(start, start + len(bare), width(line), bare)
