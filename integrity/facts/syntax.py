"""CPython's verdict on a text: its tree, or what is wrong with it."""

from __future__ import annotations

import ast
import re
import warnings

from integrity.facts.lexical import Lexed
from integrity.facts.limits import ParserLimit, guard_stack, read_tree
from integrity.facts.model import Parse, Syntax
from integrity.facts.refusal import refusal
from integrity.model import Span

__all__ = ["ParserLimit", "parse"]

_PYTHON_2 = re.compile(
    r"""
    ^\s* (?: print\s+[^\s(=.,] | print\s*>> | exec\s+["'\w] ) # statements that became functions
    | \bexcept\s+ [\w.]+ \s*,\s* \w+ \s*:                     # `except X, error:`
    | \braise\s+ [\w.]+ \s*,\s* \S
    | \b 0[0-7]+ \b | \b [0-9]+[lL] \b | <> | \b[uU][rR]["']
    | [=(,+%]\s* `[^`]+`                                      # repr
    """,
    re.VERBOSE,
)

_BLANK = re.compile(r"\{\{[^{}\n]*\}\}")


def parse(lexed: Lexed) -> tuple[Parse, ast.Module | None]:
    """The verdict on a text, with its tree unless it is broken.

    The tree of text newer than the running interpreter is that of an equivalent: every line and nearly every column is
    that of the text, but a formatted string is a call of its expressions, and type parameters are gone. Statements
    nest up to a few thousand deep (a chain of `elif`) and expressions up to 100,000: recurse over neither.

    Raises:
        ParserLimit: the text exceeds a limit of the parser, so that nothing can be said of it.
    """
    guard_stack(lexed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = read_tree(lexed.text)
        except SyntaxError as error:
            return _refused(lexed, error)
        except ValueError as error:
            return _unreadable(lexed, error), None
        return _compiled(lexed, Parse(), tree)


def _refused(lexed: Lexed, error: SyntaxError) -> tuple[Parse, ast.Module | None]:
    """Damaged, or newer than the running interpreter."""
    if "\0" in lexed.text:
        return _unreadable(lexed, ValueError(error.msg)), None
    from integrity.facts.newer import read_newer

    found = read_newer(lexed, error)
    return _compiled(lexed, *found) if found else (_broken(lexed, error), None)


def _compiled(lexed: Lexed, verdict: Parse, tree: ast.Module) -> tuple[Parse, ast.Module | None]:
    """The verdict, unless CPython refuses to compile the tree."""
    error = refusal(tree, lexed.text)
    if error is None:
        return verdict, tree
    error.offset = _characters(lexed, error.lineno, error.offset)
    error.end_offset = _characters(lexed, error.end_lineno, error.end_offset)
    return _broken(lexed, error), None


def _unreadable(lexed: Lexed, error: ValueError) -> Parse:
    """A character that no Python source may hold."""
    offset = lexed.text.find("\0")
    if offset >= 0:
        return Parse(Syntax.BROKEN, "source code cannot contain NUL bytes", lexed.span(offset, offset + 1))
    if isinstance(error, UnicodeEncodeError):
        return Parse(Syntax.BROKEN, "source code cannot contain surrogates", lexed.span(error.start, error.start + 1))
    return Parse(Syntax.BROKEN, str(error))


def _broken(lexed: Lexed, error: SyntaxError) -> Parse:
    span = _span(lexed, error)
    line = lexed.lines[span.line - 1]
    old = error.msg.startswith("Missing parentheses in call") or _PYTHON_2.search(line)
    template = "{{" in line and _is_template(lexed)
    kind = " (this is a template)" if template else " (this is Python 2)" if old else ""
    return Parse(Syntax.BROKEN, f"{error.msg}{kind}", span, template=template)


def _is_template(lexed: Lexed) -> bool:
    """Whether the text is Python once each `{{...}}` is filled in, as Jinja and cookiecutter do."""
    try:
        read_tree(_BLANK.sub("blank", lexed.text))
    except (SyntaxError, ValueError, ParserLimit):
        return False
    return True


def _span(lexed: Lexed, error: SyntaxError) -> Span:
    """The place of an error, inside the text whatever CPython says."""
    line = min(max(error.lineno or 1, 1), len(lexed.lines))
    column = min(max(error.offset or 1, 1), len(lexed.lines[line - 1]) + 1)
    end_line = min(max(error.end_lineno or line, line), len(lexed.lines))
    end_column = min(max(error.end_offset or 1, 1), len(lexed.lines[end_line - 1]) + 1)
    return Span(line, column, end_line, end_column if end_line > line else max(end_column, column))


def _characters(lexed: Lexed, line: int | None, column: int | None) -> int:
    """The column in characters of the compiler's, which counts bytes of UTF-8."""
    if not line or not column or line > len(lexed.lines):
        return 1
    text = lexed.lines[line - 1]
    return column if text.isascii() else len(text.encode()[: column - 1].decode("utf-8", "replace")) + 1
