"""Suppression comments: `# integrity: ignore[CODE] -- reason` and `# integrity: file-ignore[CODE] -- reason`.

A comment at the end of a line covers that line, and the whole simple statement or header of a compound statement that
the line belongs to. A comment on a line of its own covers itself, the comments directly below it, and the statement
directly below those. `file-ignore` covers the file and stands in an unindented line.

A comment that is meant as a suppression but names no codes, or stands where it cannot work, is kept with no codes: it
silences nothing, and a rule can say so.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from integrity.facts.lexical import Comment, Lexed
from integrity.facts.model import Suppression
from integrity.model import Span

_DIRECTIVE = re.compile(
    r"""
    \# [ \t]* integrity: [ \t]*
    (?: (?P<file> file-ignore ) | (?P<line> ignore ) | [A-Za-z][\w-]* (?= [ \t]* \[ [ \t]* [A-Z]{3}[0-9]{3} ) )
    (?! [\w-] )
    (?: [ \t]* \[ (?P<codes> [^\]\n]* ) \] )?
    [ \t]* (?: -- [ \t]* (?P<reason> .* ) )?
    """,
    re.VERBOSE,
)
_SEPARATOR = re.compile(r"[,\s]+")
_WHOLE_FILE = (0, 0)
_Lines = tuple[int, int]


def suppressions(lexed: Lexed, tree: ast.Module | None) -> tuple[Suppression, ...]:
    """The suppression comments of a text, in order of line.

    Args:
        lexed: the text.
        tree: its syntax tree; None when it does not parse, where a comment covers single lines only.
    """
    if "integrity:" not in lexed.text:
        return ()
    found = [(comment, match) for comment in lexed.comments for match in _directives(comment)]
    if not found:
        return ()
    extents = _extents(lexed, tree) if tree else {}
    own_lines = {comment.line for comment in lexed.comments if comment.own_line}
    return tuple(
        _suppression(comment, match, lexed.lines, _covered(comment, lexed.lines, own_lines, extents))
        for comment, match in found
    )


def _directives(comment: Comment) -> Iterator[re.Match[str]]:
    """The suppressions in a comment: at its start, or behind another pragma at the end of a line of code.

    Prose and commented-out code on a line of its own may quote a suppression without being one.
    """
    if "integrity:" not in comment.text:
        return
    for match in _DIRECTIVE.finditer(comment.text):
        start = match.start()
        if start == 0 or (not comment.own_line and comment.text[start - 1] in " \t"):
            yield match


def _suppression(comment: Comment, match: re.Match[str], lines: list[str], covered: _Lines) -> Suppression:
    """The suppression that a comment states; without codes when it is malformed."""
    span = Span(comment.line, comment.column + match.start(), comment.line, comment.column + len(comment.text))
    codes = tuple(code for code in _SEPARATOR.split(match["codes"] or "") if code)
    reason = (match["reason"] or "").strip()
    if match["file"] and not lines[comment.line - 1][:1].isspace():
        return Suppression(codes, reason, span, _WHOLE_FILE)
    return Suppression(codes if match["line"] else (), reason, span, covered)


def _covered(comment: Comment, lines: list[str], own_lines: set[int], extents: Mapping[int, _Lines]) -> _Lines:
    """First and last line that a comment covers."""
    last = comment.line
    if comment.own_line:
        while last + 1 in own_lines:
            last += 1
        if last < len(lines) and lines[last].strip():
            last += 1
    first, end = extents.get(last, (last, last))
    return min(comment.line, first), end


def _extents(lexed: Lexed, tree: ast.Module) -> dict[int, _Lines]:
    """Per line the first and last line of the statement on it; lines that are a whole statement are left out."""
    masked = lexed.masked.split("\n")
    extents: dict[int, _Lines] = {}
    for node in ast.walk(tree):
        if not isinstance(node, (ast.stmt, ast.ExceptHandler)):
            continue
        first, last = _first_line(node), _last_line(node, masked)
        for line in range(first, last + 1 if last > first else first):
            known = extents.get(line, (first, last))
            extents[line] = min(first, known[0]), max(last, known[1])
    return extents


def _first_line(node: ast.stmt | ast.ExceptHandler) -> int:
    """The line on which a statement starts, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _last_line(node: ast.stmt | ast.ExceptHandler, masked: list[str]) -> int:
    """The last line of a simple statement, or of a compound statement's header.

    Comments between a header and its body belong to neither, hence the text with comments blanked.
    """
    last = _body_line(node) - 1
    if last < 0:
        return node.end_lineno or node.lineno
    while last > node.lineno and not masked[last - 1].strip():
        last -= 1
    return max(last, node.lineno)


def _body_line(node: ast.stmt | ast.ExceptHandler) -> int:
    """The line of a compound statement's first statement or case, 0 for a simple statement."""
    if isinstance(node, ast.Match):
        return node.cases[0].pattern.lineno
    body: list[ast.stmt] = getattr(node, "body", [])
    return _first_line(body[0]) if body else 0
