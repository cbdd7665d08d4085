"""Calls that a tool closed too early, so that their arguments became statements.

The tool that repairs line by line turns `basicConfig(` into `basicConfig( )` and leaves `level=DEBUG,` below it. That
parses: each argument is the assignment of a tuple, or a tuple that nobody uses.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from integrity.facts.lexical import Lexed
from integrity.facts.model import Trace
from integrity.facts.places import trace

ORPHANED_CALL = "orphaned-call"

_NAMED = r"[A-Za-z_]\w*=(?![=\s])[^\n]*"
_STRING = r"""[rbfuRBFU]{0,2}(?:"[^"\\\n]+"|'[^'\\\n]+')"""
# `{ )` and `[ )` are never Python, so only broken text is searched for them: one fixed first character is found faster.
_EMPTY = re.compile(r"""\( ?\)\n[ \t]*(?:["']|\w+=)""")
_EMPTY_BROKEN = re.compile(r"""(?:\( ?|[\[{] )\)[ \t]*\n[ \t]*(?:["']|\w+=)""")
_ARGUMENT = re.compile(rf"[ \t]*(?:{_NAMED}|{_STRING}(?:[ ]?:[ ][^\n]*)?,?)")
_CALLER = re.compile(
    r"[ \t]*(?:"
    r"(?:[\w.\[\], ]+(?::[^=\n]+)? = )?(?:(?:return|yield|await)\b )*(?:await )?[A-Za-z_][\w.]*(?:\( ?\)|[\[{] \))"
    r"|[\w.]+ = [\[{] \)"
    r")"
)
_OPEN_ABOVE = re.compile(r"[(\[{,]\s*\Z")
_ENOUGH = 2


def orphaned_calls(lexed: Lexed, tree: ast.Module | None) -> Iterator[Trace]:
    """Every empty call that is followed by two or more lines which can only be its arguments."""
    pattern = _EMPTY_BROKEN if tree is None else _EMPTY
    for match in pattern.finditer(lexed.text):
        line = lexed.line_at(match.start())
        if _is_caller(lexed, line) and _is_orphaned(lexed, line):
            start = lexed.starts[line - 1]
            text = lexed.lines[line - 1]
            yield trace(ORPHANED_CALL, lexed, start + len(text) - len(text.lstrip()), start + len(text.rstrip()))


def _is_caller(lexed: Lexed, line: int) -> bool:
    """Whether a line is a statement that ends in an empty call, outside strings, comments and brackets."""
    start = lexed.starts[line - 1]
    text = lexed.masked[start : start + len(lexed.lines[line - 1])].rstrip()
    return bool(_CALLER.fullmatch(text)) and not _OPEN_ABOVE.search(lexed.masked[max(0, start - 500) : start])


def _is_orphaned(lexed: Lexed, line: int) -> bool:
    """Whether arguments follow: every one but the last ends in a comma, as statements never do."""
    indent = _indent(lexed.lines[line - 1])
    commas = count = 0
    for text in lexed.lines[line:]:
        bare = text.split("  #", 1)[0].rstrip()
        if not _ARGUMENT.fullmatch(bare) or _indent(text) < indent:
            break
        count += 1
        if not bare.endswith(","):
            break
        commas += 1
    return count >= _ENOUGH and commas >= 1


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
