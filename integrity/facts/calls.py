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
_MAYBE_ARGUMENT = re.compile(r"[ \t]*[\w.]+\(\)")
_OPEN_ABOVE = re.compile(r"[(\[{,]\s*\Z")
_ENOUGH = 2


def orphaned_calls(lexed: Lexed, tree: ast.Module | None) -> Iterator[Trace]:
    """Every empty call that is followed by two or more lines which can only be its arguments."""
    pattern = _EMPTY_BROKEN if tree is None else _EMPTY
    for match in pattern.finditer(lexed.text):
        line = lexed.line_at(match.start())
        if _is_caller(lexed, line, parses=tree is not None) and _is_orphaned(lexed, line):
            start = lexed.starts[line - 1]
            text = lexed.lines[line - 1]
            yield trace(ORPHANED_CALL, lexed, start + len(text) - len(text.lstrip()), start + len(text.rstrip()))


def _is_caller(lexed: Lexed, line: int, *, parses: bool) -> bool:
    """Whether a line is a statement that ends in an empty call, outside strings, comments and brackets."""
    start = lexed.starts[line - 1]
    text = lexed.masked[start : start + len(lexed.lines[line - 1])].rstrip()
    if not _CALLER.fullmatch(text):
        return False
    return (
        parses
        or not _MAYBE_ARGUMENT.fullmatch(text)
        or not _OPEN_ABOVE.search(lexed.masked[max(0, start - 500) : start])
    )


def _is_orphaned(lexed: Lexed, line: int) -> bool:
    """Whether two arguments follow, the first with a comma behind it, as no statement has."""
    indent = _indent(lexed.lines[line - 1])
    below = [text.split("  #", 1)[0].rstrip() for text in lexed.lines[line : line + _ENOUGH]]
    arguments = [text for text in below if _is_argument(text) and _indent(text) >= indent]
    return len(arguments) == _ENOUGH and arguments[0].endswith(",")


def _is_argument(text: str) -> bool:
    """Whether a line reads as one whole argument; what opens a bracket goes on in the next line and is a statement."""
    code = re.sub(_STRING, "", text)
    balanced = all(code.count(opener) == code.count(closer) for opener, closer in ("()", "[]", "{}"))
    return balanced and bool(_ARGUMENT.fullmatch(text))


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
