"""The repairs by their kind: each takes the text of a span and gives the edit, or None where it does not apply."""

from __future__ import annotations

import re
from collections.abc import Callable

import libcst as cst
import libcst.matchers as m

from integrity.fixes.editing import Edit, Text

_CALLED_WITHOUT = frozenset(
    {
        *("assert_called", "assert_called_once", "assert_not_called"),
        *("assert_awaited", "assert_awaited_once", "assert_not_awaited"),
    }
)
_DIRECTIVE = re.compile(r"#[ \t]*integrity:[ \t]*(?:file-)?ignore[ \t]*\[(?P<codes>[^\]\n]*)\][^\r\n]*")
_LINE_END = re.compile(r"\r\n|\r|\n")
_PAIR = 2


def edit_of(kind: str, text: Text, start: int, end: int) -> Edit | None:
    """The edit of a repair.

    Args:
        kind: its kind, for `drop-suppression` followed by a colon and the codes to drop.
        text: the file.
        start: offset of the span.
        end: offset behind it.
    """
    name, _, argument = kind.partition(":")
    if name == "drop-suppression":
        return _without(text.text, start, frozenset(argument.split(",")))
    found = text.text[start:end]
    try:
        new = _EDITORS[name](found)
    except (cst.ParserSyntaxError, KeyError):
        return None
    if new is None or new == found:
        return None
    line_end = "\r\n" if "\r\n" in found else "\r" if "\r" in found else "\n"  # libcst writes its own
    return Edit(start, end, line_end.join(_LINE_END.split(new)))


def _without(text: str, start: int, codes: frozenset[str]) -> Edit | None:
    """A suppression without some of its codes; when none is left the comment goes, with its line if it has its own."""
    end = min([len(text), *(position for mark in "\r\n" if (position := text.find(mark, start)) >= 0)])
    match = _DIRECTIVE.search(text, start, end)
    if match is None:
        return None
    written = [code for code in re.split(r"[,\s]+", match["codes"]) if code]
    kept = [code for code in written if code not in codes]
    if len(kept) == len(written):
        return None
    if kept:
        return Edit(*match.span("codes"), ", ".join(kept))
    begin = start + len(text[start : match.start()].rstrip())
    if begin == start:
        return _whole(text, start, end)
    return Edit(begin, end, "")


def _whole(text: str, start: int, end: int) -> Edit:
    """The removal of a comment: its line, if nothing else stands there, else what separates it from the code, too."""
    begin = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    before = text[begin:start]
    if before.strip():
        return Edit(begin + len(before.rstrip()), end, "")
    following = text[end : end + 2]
    return Edit(begin, end + (2 if following == "\r\n" else min(1, len(following))), "")


def _strict(found: str) -> str | None:
    """`xfail` with `strict=True`."""
    node = cst.parse_expression(found)
    if not isinstance(node, cst.Call):
        return f"{found}(strict=True)"
    strict = cst.Name("True")
    for argument in node.args:
        if argument.keyword is not None and argument.keyword.value == "strict":
            return _code(node.with_deep_changes(argument, value=strict))
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    added = cst.Arg(strict, keyword=cst.Name("strict"), equal=equal)
    if node.args:
        last = node.args[-1]
        added = added.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        last = last.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace(""))
        return _code(node.with_changes(args=[*node.args[:-1], last, added]))
    return _code(node.with_changes(args=[added]))


def _call(found: str) -> str | None:
    """A call of an assertion of a mock that needs no arguments."""
    if found.startswith("assert"):
        statement = _statement(found)
        if isinstance(statement, cst.Assert) and statement.msg is None and _is_uncalled(statement.test):
            return f"{_code(statement.test)}()"
        return None
    return f"{found}()" if _is_uncalled(cst.parse_expression(found)) else None


def _is_uncalled(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Attribute) and not node.lpar and node.attr.value in _CALLED_WITHOUT


def _untuple(found: str) -> str | None:
    """`assert x, "message"` for `assert (x, "message")`; None where a comment would be lost."""
    statement = _statement(found)
    if not isinstance(statement, cst.Assert) or statement.msg is not None or not isinstance(statement.test, cst.Tuple):
        return None
    elements = statement.test.elements
    if len(elements) != _PAIR or not isinstance(elements[1].value, _TEXTS):
        return None
    parts = [one.value for one in elements]
    if len(m.findall(statement.test, m.Comment())) != sum(len(m.findall(one, m.Comment())) for one in parts):
        return None
    condition, message = map(_on_one_line, parts)
    return f"assert {condition}, {message}"


def _on_one_line(node: cst.BaseExpression) -> str:
    """The source of an expression, in parentheses where it spans lines."""
    code = _code(node)
    return f"({code})" if "\n" in code or "\r" in code else code


def _statement(found: str) -> cst.BaseSmallStatement | None:
    line = cst.parse_statement(found)
    return line.body[0] if isinstance(line, cst.SimpleStatementLine) else None


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


_TEXTS = (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)
_EDITORS: dict[str, Callable[[str], str | None]] = {"strict-xfail": _strict, "call": _call, "untuple": _untuple}
