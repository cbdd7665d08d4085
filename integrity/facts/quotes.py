"""The code of a text whose quotes may be unbalanced.

One triple quote too few turns all that follows inside out: code reads as string and docstrings read as code. Four signs
tell such a string: nothing can stand where it starts; it has no end; its end touches a word, as only the start of a
docstring does; it stands as a statement and holds a definition indented less than itself. The balance is then restored
at that quote or at the definition, so that a lost quote costs a few lines and not the rest of the file.
"""

from __future__ import annotations

import re

from integrity.facts.lexical import next_token

FILLER = '"'
_TRIPLE = ('"""', "'''")
_HEADER = re.compile(
    r"^(?P<indent>[ \t\f]*)(?:@[ \t]*[^\W\d]|(?:async[ \t]+def|def|class)[ \t]+[^\W\d]\w*[ \t]*[(\[:])", re.MULTILINE
)
_CONTINUATION = re.compile(r"\\\n")
_STRING_PREFIX = re.compile(r"(?<!\w)[rRbBuUfFtT]{1,2}\Z")
_OPERAND_FOLLOWS = frozenset("([{,=+-*/%|&^@\\")
_IMPOSSIBLE_BEFORE = re.compile(
    r"(?!\b(?:return|yield|await|in|is|and|or|not|if|elif|else|while|assert|raise|del|for|lambda|from|print|exec|case|match)\Z)"
    r"(?:\b\w+|[.!?])\Z"
)
_IMPOSSIBLE_AFTER = re.compile(r"(?!(?:and|or|in|is|if|else|for|not|as|async|while)\b)\w")


def mask(text: str) -> str:
    """The text with comments blanked, each string a run of quotes, and lines that go on in the next one joined.

    Every character keeps its offset. A line feed that is left ends a physical line that no string and no backslash
    carries over.
    """
    pieces, position, before = [], 0, ""
    while token := next_token(text, position):
        start, end = token
        code = text[position:start]
        before = _STRING_PREFIX.sub("", code).rstrip()[-1:] or before
        if text[start] == "#":
            pieces += [code, " " * (end - start)]
        else:
            end = _true_end(text, start, end, operand=before in _OPERAND_FOLLOWS)
            pieces += [code, FILLER * (end - start)]
            before = FILLER
        position = end
    pieces.append(text[position:])
    return _CONTINUATION.sub("  ", "".join(pieces))


def _true_end(text: str, start: int, end: int, *, operand: bool) -> int:
    """Where the string that starts at `start` really ends, when it reads as ending at `end`.

    `operand` tells that what comes before the string calls for one, so that it is no docstring.
    """
    if not text.startswith(_TRIPLE, start):
        return end
    line = text[text.rfind("\n", 0, start) + 1 : start]
    before = _STRING_PREFIX.sub("", line).rstrip()
    if before and _IMPOSSIBLE_BEFORE.search(before):
        return start + 3
    if end - start < 2 * 3:
        return _runaway_end(text, start, len(text), width(line))
    if _IMPOSSIBLE_AFTER.match(text, end):
        return _runaway_end(text, start, end - 3, width(line))
    return end if before or operand else _runaway_end(text, start, end, width(line) - 1)


def _runaway_end(text: str, start: int, end: int, limit: int) -> int:
    """The start of the first definition that is indented by `limit` columns at most, else `end`."""
    headers = _HEADER.finditer(text, start, end)
    return next((header.start() for header in headers if width(header["indent"]) <= limit), end)


def width(line: str) -> int:
    """The columns that a line is indented by."""
    indent = line[: len(line) - len(line.lstrip(" \t\f"))]
    return len(indent.rpartition("\f")[2].expandtabs(8))
