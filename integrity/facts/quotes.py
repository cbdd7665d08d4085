"""The code of a text whose quotes may be unbalanced.

One triple quote too few turns all that follows inside out: code reads as string and docstrings read as code. Four signs
tell such a string: nothing can stand where it starts; it has no end; its end touches a word, as only the start of a
docstring does; it stands as a docstring and holds a definition that no docstring so indented can hold. The balance is
restored at that quote, or at the definition, so that a lost quote costs a few lines and not the rest of the file.
"""

from __future__ import annotations

import re

from integrity.facts.lexical import Tokens

FILLER = '"'
_TRIPLE = ('"""', "'''")
_NEARBY = 200
_WORD = 20
_INDENT = r"^(?P<indent>[ \t\f]*)"
_DEFINITION = re.compile(
    _INDENT + r"(?:@[^\W\d]|(?:async[ \t]+def|def|class)[ \t]+[^\W\d]\w*[ \t]*(?:[(\[)]|:[ \t]*$))", re.MULTILINE
)
_IMPORT = re.compile(
    _INDENT + r"(?:from[ \t]+[\w.]+[ \t]+import[ \t]+[\w(*]|import[ \t]+[\w.]+(?:[ \t]+as[ \t]+\w+)?[ \t]*$)",
    re.MULTILINE,
)
_CONTINUATION = re.compile(r"\\\n")
_STRING_PREFIX = re.compile(r"(?<!\w)[rRbBuUfFtT]{1,2}\Z")
_OPERAND_FOLLOWS = frozenset("([{,=+-*/%|&^@\\")
_IMPOSSIBLE_BEFORE = re.compile(
    r"(?!\b(?:return|yield|await|in|is|and|or|not|if|elif|else|while|assert|raise|del|for|lambda|from|print|exec|case|match)\Z)"
    r"(?:\b\w+|[.!?)\]}])\Z"
)
_IMPOSSIBLE_AFTER = re.compile(r"(?!(?:and|or|in|is|if|else|for|not|as|async|while)\b)\w")


def mask(text: str) -> str:
    """The text with comments blanked, each string a run of quotes, and lines that go on in the next one joined.

    Every character keeps its offset. A line feed that is left ends a physical line that no string and no backslash
    carries over.
    """
    tokens, pieces, position, last = Tokens(text), [], 0, 0
    while token := tokens.after(position):
        start, end = token
        code = text[position:start]
        bare = _STRING_PREFIX.sub("", code).rstrip()
        last = position + len(bare) - 1 if bare else last
        if text[start] == "#":
            pieces += [code, " " * (end - start)]
        else:
            end = _true_end(text, start, end, last)
            pieces += [code, FILLER * (end - start)]
            last = end - 1
        position = end
    pieces.append(text[position:])
    return _CONTINUATION.sub("  ", "".join(pieces))


def _true_end(text: str, start: int, end: int, last: int) -> int:
    """Where the string that starts at `start` really ends, when it reads as ending at `end`.

    `last` is the offset of the last character of code before the string.
    """
    if not text.startswith(_TRIPLE, start):
        return end
    line = _line_before(text, start)
    before = _STRING_PREFIX.sub("", line).rstrip()
    if before and _IMPOSSIBLE_BEFORE.search(before[-_WORD:]):
        return start + 3
    if end - start < 2 * 3:
        return _resumption(text, start, len(text), width(line))
    if _IMPOSSIBLE_AFTER.match(text, end):
        return _resumption(text, start, end - 3, width(line))
    if before or text[last] in _OPERAND_FOLLOWS:
        return end
    misplaced = text[last] == ":" and width(line) <= width(_line_before(text, last))
    limit = width(line) if misplaced else width(line) - 1
    return end if _first(_DEFINITION, text, start, end, limit) == end else _resumption(text, start, end, limit)


def _resumption(text: str, start: int, end: int, limit: int) -> int:
    """Where code goes on in a string that ran away; `end` when nothing in it is surely code."""
    definition = _first(_DEFINITION, text, start, end, limit)
    return _first(_IMPORT, text, start, definition, limit)


def _first(pattern: re.Pattern[str], text: str, start: int, end: int, limit: int) -> int:
    """The end of the line before the first match that is indented by `limit` columns at most, else `end`."""
    matches = pattern.finditer(text, start, end)
    return next((match.start() - 1 for match in matches if width(match["indent"]) <= limit), end)


def _line_before(text: str, offset: int) -> str:
    """The start of the line that holds `offset`, up to there; of an overlong line, only the end of that."""
    nearby = max(0, offset - _NEARBY)
    return text[max(nearby, text.rfind("\n", nearby, offset) + 1) : offset]


def width(line: str) -> int:
    """The columns that a line is indented by."""
    indent = line[: len(line) - len(line.lstrip(" \t\f"))]
    return len(indent.rpartition("\f")[2].expandtabs(8))
