"""Texts that exhaust a parser: told apart from damage, and kept from crashing the process.

CPython refuses brackets nested 200 deep, indentation 100 deep, and expressions its stack cannot hold; such a text is
neither healthy nor damaged, it is not checked. From 3.11 on no text is known to crash `ast.parse`. On 3.10 a chain of
50,000 calls or attributes overflows the C stack, on every version 4,000 of them overflow that of libcst; the guards
here refuse both before the parser sees them. What remains: 3.10 on a stack smaller than 8 MB, and there a chain whose
links hold commas, such as `a.b(1, 2).b(1, 2)` fifty thousand times.
"""

from __future__ import annotations

import ast
import re
import sys

from integrity.errors import IntegrityError
from integrity.facts.lexical import Lexed

_SMALLEST_CRASH = 100_000  # characters; 8 MB of stack hold 50,000 links of at least two characters
_LONGEST_CHAIN = 20_000  # links on 3.10, which cannot compile even 5,000 of them
_LIBCST_SIZE = 1_000_000  # characters, read in about three seconds
_LIBCST_CHAIN = 1_500  # links; 4,000 overflow 8 MB of stack
_LIBCST_ELIFS = 1_500  # 8,000 overflow
_LIBCST_BRACKETS = 100  # 900 overflow
_LIBCST_PATTERN = 12  # brackets nested in a `case`; the time doubles with each

_SEPARATOR = re.compile(r"[,;:=]")
_PIECE = re.compile(r"(?:[^,;:=]|:(?![ \t]*\n))+")
_LINK = re.compile(r"[-+*/%@&|^~.<>(\[{]|\b(?:and|or|not|if|lambda|await)\b")
_LINKING = ".([+-*/%@&|^<>~"
_BRACKET = re.compile(r"[()\[\]{}]")
_CASE = re.compile(r"^[ \t]*case\b", re.MULTILINE)
_ELIF = re.compile(r"^[ \t]*elif\b", re.MULTILINE)
_NESTED_FIELDS = re.compile(r"(?:\{[^{}]{0,40}){100}")

_LIMITS = (
    ("nested parenthes", "brackets nested too deeply"),
    ("levels of indentation", "indentation nested too deeply"),
    ("too many nested f-strings", "f-strings nested too deeply"),
    ("expressions nested too deeply", "f-strings nested too deeply"),
    ("statically nested blocks", "loops nested too deeply"),
    ("Exceeds the limit", "an integer with too many digits"),
)


class ParserLimit(IntegrityError):  # noqa: N818 - the fault is not the text's
    """A text that no parser here can hold; the engine turns it into a gap."""


def limit(what: str, line: int | None = None) -> ParserLimit:
    """The error that says which limit a text exceeds, and on which line when that is known."""
    place = f" (line {line})" if line else ""
    return ParserLimit(f"{what}{place}: not checked")


def read_tree(text: str) -> ast.Module:
    """Parse as CPython does.

    Raises:
        SyntaxError: it is no Python.
        ValueError: it holds NUL bytes or surrogates.
        ParserLimit: it exceeds one of CPython's own limits.
    """
    try:
        return ast.parse(text)
    except (RecursionError, MemoryError, OverflowError):
        raise limit("nesting too deep for CPython's parser") from None
    except SyntaxError as error:
        raise_if_limit(error)
        raise


def raise_if_limit(error: SyntaxError) -> None:
    """Raise ParserLimit when CPython's complaint is about a limit of its own."""
    for part, what in _LIMITS:
        if part in error.msg:
            raise limit(f"{what} for CPython's parser", error.lineno) from None


def guard_stack(lexed: Lexed) -> None:
    """Refuse what would crash `ast.parse` on Python 3.10.

    Raises:
        ParserLimit: it would.
    """
    if sys.version_info >= (3, 11) or len(lexed.text) < _SMALLEST_CRASH:
        return
    if sum(map(lexed.text.count, _LINKING)) < _LONGEST_CHAIN:  # seldom more, and quickly counted
        return
    if any(len(run) > _LONGEST_CHAIN and _links(run) > _LONGEST_CHAIN for run in _SEPARATOR.split(lexed.masked)):
        raise limit("nesting too deep for CPython's parser")


def guard_libcst(lexed: Lexed) -> None:
    """Refuse what libcst would crash on, or read for minutes.

    Raises:
        ParserLimit: it would.
    """
    if len(lexed.text) > _LIBCST_SIZE:
        raise limit("too long to tell newer syntax from damage")
    if _too_deep(lexed):
        raise limit("nesting too deep to tell newer syntax from damage")


def _too_deep(lexed: Lexed) -> bool:
    masked = lexed.masked
    return (
        _brackets(masked) > (_LIBCST_PATTERN if _CASE.search(masked) else _LIBCST_BRACKETS)
        or any(_links(piece[0]) > _LIBCST_CHAIN for piece in _PIECE.finditer(masked))
        or len(_ELIF.findall(masked)) > _LIBCST_ELIFS
        or _NESTED_FIELDS.search(lexed.text) is not None
    )


def _links(text: str) -> int:
    return sum(1 for _ in _LINK.finditer(text))


def _brackets(masked: str) -> int:
    """The deepest nesting of brackets, whatever their kind."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(masked):
        depth = depth + 1 if bracket in "([{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest
